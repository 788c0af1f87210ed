"""Running a plan: side by side, each within its deadline, and nothing lost when it is cut short."""

import threading
import time
from types import SimpleNamespace

import pytest

from netcheck.agent.engine import Engine
from netcheck.checks.contract import Check, Seen
from netcheck.model.check import CheckSpec
from netcheck.model.observation import Target, failed, ok
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.stage import Stage


def check(id, observe, targets=("there",), deadline_ms=400, packets=0, **more):
    spec = CheckSpec(id, Stage.DEVICE, "?", "none.", packets, deadline_ms, **more)
    named = targets if callable(targets) else lambda _: [Target(name) for name in targets]
    return Check(spec, named, observe, lambda _: ())


def run(*checks, budget_ms=5000, starved_ms=1e9, heard=None):
    situation = SimpleNamespace(seen=Seen(), interface=None)
    Engine(checks, situation, budget_ms=budget_ms, starved_ms=starved_ms, heard=heard).run()
    return [
        (o.check, o.target.name, o.outcome.value, o.failure or o.unmet)
        for o in situation.seen.all()
    ]


def after(seconds, observed):
    def observe(target, situation):
        time.sleep(seconds)
        return observed

    return observe


def starved(target, situation):
    # Holds the interpreter without a pause, as a machine without a free processor would.
    sum(range(20_000_000))
    return failed(Failure.TIMEOUT)


def test_independent_checks_run_side_by_side():
    began = time.monotonic()
    run(*(check(f"c{i}", after(0.2, ok())) for i in range(5)))
    assert time.monotonic() - began < 0.5


def test_a_check_that_outlives_its_deadline_is_a_timeout_and_holds_nobody():
    began = time.monotonic()
    seen = run(check("hangs", after(30, ok()), deadline_ms=200, packets=1))
    assert seen == [("hangs", "there", "failed", Failure.TIMEOUT)]
    assert time.monotonic() - began < 0.5


def test_a_defect_in_a_check_is_an_error_never_a_failure():
    def broken(target, situation):
        raise KeyError("oops")

    assert run(check("broken", broken)) == [("broken", "there", "error", Failure.BROKEN)]


def test_a_defect_in_choosing_targets_is_an_error_too_and_ends_no_run():
    def broken(situation):
        raise RuntimeError("oops")

    seen = run(check("broken", after(0, ok()), targets=broken), check("sound", after(0, ok())))
    assert sorted(seen) == [
        ("broken", "broken", "error", Failure.BROKEN),
        ("sound", "there", "ok", None),
    ]


def test_the_budget_ends_the_run_and_says_what_was_not_measured():
    seen = run(check("slow", after(5, ok()), deadline_ms=9000), budget_ms=200)
    assert seen == [("slow", "there", "skipped", "budget")]


def test_a_follower_is_aimed_after_each_observation_of_what_it_follows():
    first = check("first", after(0, ok()), targets=("a", "b"))

    def seen_so_far(situation):
        return [Target("from " + o.target.name) for o in situation.seen.of("first")]

    second = check("second", after(0, ok()), targets=seen_so_far, follows="first")
    seen = {(c, t) for c, t, _, _ in run(first, second)}
    assert seen == {("first", "a"), ("first", "b"), ("second", "from a"), ("second", "from b")}


def test_a_follower_without_anything_to_follow_is_skipped():
    first = check("first", after(0, ok()))
    second = check("second", after(0, ok()), targets=lambda _: [], follows="first")
    assert ("second", "second", "skipped", "first") in run(first, second)


def test_results_stream_as_they_arrive():
    heard = []
    run(
        check("quick", after(0, ok())),
        check("slow", after(0.1, ok())),
        heard=lambda o: heard.append(o.check),
    )
    assert heard == ["quick", "slow"]


def test_a_failure_measured_while_this_machine_stood_still_is_an_error():
    seen = run(check("starved", starved, packets=1, deadline_ms=20_000), starved_ms=0.5)
    assert [(outcome, why) for _, _, outcome, why in seen] == [("error", Failure.STARVED)]


def test_a_second_look_of_the_same_run_watches_this_machine_too():
    situation = SimpleNamespace(seen=Seen(), interface=None)
    engine = Engine([check("first", after(0, ok()))], situation, budget_ms=60_000, starved_ms=0.5)
    engine.run()
    engine.add([check("starved", starved, packets=1, deadline_ms=20_000)])
    engine.run()
    assert [o.outcome for o in situation.seen.all()] == [Outcome.OK, Outcome.ERROR]


def test_a_defect_in_what_only_sums_up_does_not_end_a_run_whose_budget_is_spent():
    def broken(target, situation):
        raise KeyError("oops")

    slow = check("slow", after(5, ok()), deadline_ms=9000, packets=1)
    sums = check("sums", broken, after=("slow",))
    assert run(slow, sums, budget_ms=150) == [
        ("slow", "there", "skipped", "budget"),
        ("sums", "there", "error", Failure.BROKEN),
    ]


def test_what_only_sums_up_sees_what_was_taken_over_and_what_sends_does_not():
    situation = SimpleNamespace(seen=Seen(), interface=None, more=False)
    summed = SimpleNamespace(seen=situation.seen, interface=None, more=True)
    told = {}

    def look(id):
        def observe(target, situation):
            told[id] = situation.more
            return ok()

        return observe

    checks = [check("sums", look("sums")), check("sends", look("sends"), packets=1)]
    Engine(checks, situation, budget_ms=5000, starved_ms=1e9, summed=lambda _: summed).run()
    assert told == {"sums": True, "sends": False}


def test_a_check_takes_no_longer_than_it_took_whatever_else_is_weighed():
    situation = SimpleNamespace(seen=Seen(), interface=None)

    def slow_to_tell(observation):
        time.sleep(0.3)

    quick = check("quick", after(0, ok()), targets=("a", "b"))
    Engine([quick], situation, budget_ms=5000, starved_ms=1e9, heard=slow_to_tell).run()
    assert max(o.duration_ms for o in situation.seen.all()) < 200


def test_a_long_look_bears_a_machine_that_stands_still_for_a_moment():
    patient = check("starved", starved, packets=1, deadline_ms=20_000, bears_lag_ms=20_000)
    seen = run(patient, starved_ms=0.5)
    assert [(outcome, why) for _, _, outcome, why in seen] == [("failed", Failure.TIMEOUT)]


def test_what_was_seen_before_an_interrupt_is_kept():
    situation = SimpleNamespace(seen=Seen(), interface=None)

    def interrupt(observation):
        raise KeyboardInterrupt

    engine = Engine(
        [check("first", after(0, ok()))],
        situation,
        budget_ms=1000,
        starved_ms=1e9,
        heard=interrupt,
    )
    with pytest.raises(KeyboardInterrupt):
        engine.run()
    assert [o.outcome for o in situation.seen.all()] == [Outcome.OK]


def test_a_hung_check_leaves_no_thread_that_holds_the_process():
    run(check("hangs", after(3, ok()), deadline_ms=50))
    alive = [t for t in threading.enumerate() if t is not threading.main_thread() and not t.daemon]
    assert alive == []


def test_what_would_wait_for_something_is_no_sum_and_is_not_begun_when_the_budget_is_spent():
    slow = check("slow", after(5, ok()), deadline_ms=9000, packets=1)
    watch = check("watch", after(5, ok()), deadline_ms=6000, after=("slow",))
    began_s = time.monotonic()
    assert run(slow, watch, budget_ms=150) == [
        ("slow", "there", "skipped", "budget"),
        ("watch", "watch", "skipped", "budget"),
    ]
    assert time.monotonic() - began_s < 3


def test_when_the_budget_is_spent_sums_are_made_of_what_is_known_and_the_rest_says_so():
    quick = check("quick", after(0, ok()))
    slow = check("slow", after(5, ok()), deadline_ms=9000, packets=1)
    never = check("never", after(0, ok()), packets=1, needs=("slow",))
    total = check("total", after(0, ok()), needs=("quick",), after=("slow",))
    assert run(quick, slow, never, total, budget_ms=150) == [
        ("quick", "there", "ok", None),
        ("slow", "there", "skipped", "budget"),
        ("never", "never", "skipped", "budget"),
        ("total", "there", "ok", None),
    ]


def test_a_check_without_packets_that_is_late_was_starved_not_failed():
    late = check("late", after(30, ok()), deadline_ms=100)
    assert run(late) == [("late", "there", "error", Failure.STARVED)]


@pytest.mark.parametrize("failure", [Failure.BROKEN, Failure.STARVED])
def test_what_a_probe_could_not_do_on_this_machine_is_no_failure_of_the_network(failure):
    observed = failed(failure)
    assert (observed.outcome, observed.failure) == (Outcome.ERROR, failure)
    assert failed(Failure.TIMEOUT).outcome is Outcome.FAILED
