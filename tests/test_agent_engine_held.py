"""Checks that come later: loaded while the first ones run, or held until a person has answered."""

import threading
import time
from types import SimpleNamespace

import pytest

from netcheck.agent.engine import Engine
from netcheck.checks.contract import Check, Seen
from netcheck.model.check import CheckSpec
from netcheck.model.observation import Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


def check(id, observe=lambda target, situation: ok(), stage=Stage.DEVICE, **more):
    spec = CheckSpec(id, stage, "?", "none.", 0, 400, **more)
    return Check(spec, lambda _: [Target("there")], observe, lambda _: ())


def world(**more):
    return SimpleNamespace(seen=Seen(), interface=None, **more)


def engine(checks, situation, **more):
    return Engine(checks, situation, budget_ms=more.pop("budget_ms", 5000), starved_ms=1e9, **more)


def held(check):
    return check.spec.stage == Stage.CARRIER


def seen(situation):
    return [(o.check, o.outcome.value, o.unmet) for o in situation.seen.all()]


def test_further_checks_run_once_they_are_loaded_and_see_what_came_before():
    situation = world()

    def load():
        time.sleep(0.1)
        return [check("second", needs=("first",)), check("third", needs=("second",))]

    engine([check("first")], situation, more=load).run()
    assert seen(situation) == [("first", "ok", None), ("second", "ok", None), ("third", "ok", None)]


def test_the_first_checks_do_not_wait_for_the_further_ones():
    situation = world()
    loaded = threading.Event()
    first = check(
        "first", lambda target, situation: ok() if not loaded.is_set() else failed(Failure.TIMEOUT)
    )

    def load():
        time.sleep(0.1)
        loaded.set()
        return []

    engine([first], situation, more=load).run()
    assert seen(situation) == [("first", "ok", None)]


def test_a_need_that_was_not_met_counts_for_what_is_loaded_later():
    situation = world()
    broken = check("first", lambda target, situation: failed(Failure.ABSENT))
    engine([broken], situation, more=lambda: [check("second", needs=("first",))]).run()
    assert seen(situation) == [("first", "failed", None), ("second", "skipped", "first")]


def test_a_defect_in_what_is_loaded_later_is_told():
    def load():
        raise ImportError("no such part")

    with pytest.raises(ImportError, match="no such part"):
        engine([check("first")], world(), more=load).run()


def test_held_checks_start_only_after_the_release_and_look_at_its_situation():
    before = world(own=None)
    after = SimpleNamespace(seen=before.seen, interface=None, own="cricket")
    asked = []
    carrier = check(
        "carrier", lambda target, situation: asked.append(situation.own) or ok(), Stage.CARRIER
    )
    running = engine([check("local"), carrier], before, holds=held)
    begun = time.monotonic()
    threading.Timer(0.2, running.release, [after]).start()
    running.run()
    assert asked == ["cricket"]
    assert 0.2 <= time.monotonic() - begun < 0.6
    assert seen(before) == [("local", "ok", None), ("carrier", "ok", None)]


def test_a_release_before_the_checks_are_loaded_holds_nothing():
    situation = world()

    def load():
        time.sleep(0.1)
        return [check("carrier", stage=Stage.CARRIER)]

    running = engine([check("local")], situation, holds=held, more=load)
    running.release(situation)
    running.run()
    assert seen(situation) == [("local", "ok", None), ("carrier", "ok", None)]


def test_the_time_a_person_takes_is_no_part_of_the_budget():
    situation = world()
    carrier = check("carrier", stage=Stage.CARRIER)
    running = engine([check("local"), carrier], situation, holds=held, budget_ms=300)
    threading.Timer(0.6, running.release, [situation]).start()
    running.run()
    assert seen(situation) == [("local", "ok", None), ("carrier", "ok", None)]
    assert 550 < running.idle_ms < 900


def test_nothing_is_idle_while_local_checks_run():
    situation = world()

    def slow(target, situation):
        time.sleep(0.3)
        return ok()

    running = engine([check("local", slow), check("c", stage=Stage.CARRIER)], situation, holds=held)
    threading.Timer(0.1, running.release, [situation]).start()
    running.run()
    assert running.idle_ms < 50


def test_what_can_no_longer_start_waits_for_nobody():
    situation = world()
    broken = check("route", lambda target, situation: failed(Failure.ABSENT))
    carrier = check("carrier", stage=Stage.CARRIER, needs=("route",))
    engine([broken, carrier], situation, holds=held).run()
    assert seen(situation) == [("route", "failed", None), ("carrier", "skipped", "route")]


def test_what_comes_after_a_held_check_waits_with_it():
    situation = world()
    carrier = check("carrier", stage=Stage.CARRIER)
    last = check("last", after=("carrier",))
    running = engine([carrier, last], situation, holds=held)
    threading.Timer(0.1, running.release, [situation]).start()
    running.run()
    assert seen(situation) == [("carrier", "ok", None), ("last", "ok", None)]


def test_the_time_a_person_thinks_over_a_last_question_is_no_part_of_the_run():
    situation = world()
    witness = Check(
        CheckSpec("witness", Stage.PHONE, "?", "none.", 0, 400),
        lambda situation: [Target("the user's word")] if situation.told else [],
        lambda target, situation: ok(),
        lambda _: (),
    )
    situation.told = False
    made = engine([check("first"), witness], situation)
    made.run()
    time.sleep(0.4)
    made.look_again(SimpleNamespace(**{**vars(situation), "told": True}), ["witness"])
    (said,) = situation.seen.of("witness")
    assert said.start_ms + said.duration_ms < 300
