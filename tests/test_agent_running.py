"""A run whose carrier comes late, and what the first checks may need. Nothing here sends a packet:
no run is performed."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from netcheck.agent import running
from netcheck.agent.running import Request, Run, carriers_of, choice_of
from netcheck.catalog import load
from netcheck.checks import ALL, FIRST
from netcheck.checks.contract import Situation
from netcheck.checks.loss_counts import LossFacts, SteadyFacts
from netcheck.model.device import Interface, LinkKind
from netcheck.model.observation import Facts, Observation, Target
from netcheck.model.outcome import Outcome

CATALOG = load()
CRICKET = CATALOG.carrier("cricket")


def hosts(run: Run) -> set[str | None]:
    return {row.host for row in run.situation.net.allowed.rows}


def test_a_carrier_that_is_chosen_late_opens_its_hosts_and_chooses_its_controls() -> None:
    late = Run(Request(catalog=CATALOG, country="GB"), asking=True)
    assert "epdg.epc.att.net" not in hosts(late)
    seen = late.situation.seen
    late.choose(CRICKET)
    at_once = Run(Request(catalog=CATALOG, own=CRICKET, country="GB"))
    assert hosts(late) >= hosts(at_once)
    assert late.situation.own == CRICKET
    assert late.situation.controls == at_once.situation.controls
    assert late.situation.seen is seen
    assert late.result().carrier == choice_of(CRICKET)


def test_a_question_that_was_skipped_leaves_the_controls_of_the_country() -> None:
    late = Run(Request(catalog=CATALOG, country="GB"), asking=True)
    late.choose(None)
    assert {carrier.country for carrier in late.situation.controls} == {"GB"}
    assert late.result().carrier is None


def test_the_parties_of_a_run_are_one_s_own_the_called_one_s_and_the_controls() -> None:
    verizon = CATALOG.carrier("verizon")
    request = Request(catalog=CATALOG, own=CRICKET, called=verizon)
    assert carriers_of(request)[:2] == (CRICKET, verizon)
    owners = {carrier.owner for carrier in carriers_of(request)[2:]}
    assert "AT&T" not in owners  # what fails together is no control


def test_a_result_before_anything_was_seen_says_so_when_it_was_cut_short() -> None:
    run = Run(Request(catalog=CATALOG))
    run.interrupt()
    result = run.result()
    assert result.verdict.headline.id == "interrupted"
    assert (result.interrupted, result.observations, result.packets_sent) == (True, (), 0)


def test_the_first_checks_need_nothing_that_is_loaded_later() -> None:
    first = {check.id for check in FIRST}
    for check in FIRST:
        spec = check.spec
        links = {*spec.needs, *spec.after, *((spec.follows,) if spec.follows else ())}
        assert links <= first
    assert [check.id for check in ALL if check.id in first] == [check.id for check in FIRST]


class Watch:
    """A watch that remembers whether it was ended."""

    ended = 0

    def stop(self) -> None:
        self.ended += 1


@pytest.mark.parametrize(
    ("kind", "up", "watches"),
    [
        (LinkKind.WIFI, True, True),
        (LinkKind.WIFI, False, False),
        (LinkKind.ETHERNET, True, False),
        (LinkKind.CELLULAR, True, False),
    ],
)
def test_only_a_run_over_wifi_begins_a_watch_of_it(kind: LinkKind, up: bool, watches: bool) -> None:
    asked: list[str] = []
    reader = SimpleNamespace(watch_wifi=lambda name: asked.append(name) or Watch())
    interface = Interface("nc0", kind, up, up)
    situation = SimpleNamespace(interface=interface, reader=reader)
    begun = running._wifi_watch(cast(Situation, situation))
    assert (asked, begun is not None) == ((["nc0"], True) if watches else ([], False))


def test_a_watch_ends_with_its_run() -> None:
    run = Run(Request(load()))
    watch = Watch()
    run.situation = replace(run.situation, wifi=cast(Any, watch))
    run._engine = cast(Any, SimpleNamespace(run=lambda: None, left_ms=0.0))
    run.perform()
    assert watch.ended == 1


def test_a_finding_names_the_checks_that_saw_it_and_no_others() -> None:
    def seen(check: str, facts: Facts) -> Observation:
        return Observation(check, Target("there"), Outcome.OK, None, facts, 0.0, 1.0)

    run = Run(Request(catalog=CATALOG))
    run.learn(seen("internet-is-steady", SteadyFacts(3, 20, 0, 9.0, 0.2)))
    found = {finding.id: finding.checks for finding in run.result().findings}
    assert found == {"internet-loss.none": ("internet-is-steady",)}
    run.learn(seen("loss-is-rare", LossFacts("internet", 200, 0)))
    found = {finding.id: finding.checks for finding in run.result().findings}
    assert found == {"internet-loss.none": ("internet-is-steady", "loss-is-rare")}
