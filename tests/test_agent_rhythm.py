"""What an unattended run takes over from the run before it, and when it does not."""

import json
import sys
from dataclasses import replace

import msgspec
import pytest

from netcheck.agent import rhythm
from netcheck.agent.rhythm import as_text, taken_over, to_keep, with_taken_over
from netcheck.agent.running import Request, Run
from netcheck.catalog import load
from netcheck.checks.anchor_answers import CHECK as ANCHOR
from netcheck.checks.contract import Seen
from netcheck.checks.device_may_send import CHECK as SENDS
from netcheck.checks.device_may_send import SendingFacts
from netcheck.checks.epdg_answers_ike import IkeFacts, IkePortFacts
from netcheck.checks.epdg_resolves import EpdgNameFacts
from netcheck.model.device import Route
from netcheck.model.observation import Family, Observation, Role, Target
from netcheck.model.outcome import Failure, Outcome

CATALOG = load()
ATT = CATALOG.carrier("att")
BEGAN_S = 1_700_000_000.0


def observed(check, facts, *, role=Role.OWN, outcome=Outcome.OK, failure=None, unmet=None):
    target = Target("epdg.epc.att.net", role, "att_us", "141.207.1.10", 500, Family.IPV4)
    return Observation(check, target, outcome, failure, facts, 100.0, 900.0, "eth0", unmet)


PORTS = (
    IkePortFacts(500, "sa", False, None, 31.5, 1, False, 14, None, 2, ("strongSwan",), True),
    IkePortFacts(4500, None, False, "62.115.0.2", None, 2, True, None),
)
NAMES = observed("epdg-resolves", EpdgNameFacts("att_us", "configured", "NOERROR", ("1.2.3.4",), 3))
ANSWERED = observed("epdg-answers-ike", IkeFacts("att_us", PORTS))
SILENT = observed(
    "epdg-answers-ike", IkeFacts("att_us", ()), outcome=Outcome.FAILED, failure=Failure.TIMEOUT
)
SKIPPED = observed("ike-passes", None, outcome=Outcome.SKIPPED, unmet="epdg-answers-ike")
AN_ANCHOR = observed(ANCHOR.id, None, role=Role.CONTROL)


def situation(*seen, own=ATT):
    base = Run(Request(catalog=CATALOG, own=own)).situation
    return replace(base, seen=Seen(seen))


def kept(*seen):
    found = to_keep(situation(*seen), BEGAN_S)
    return None if found is None else as_text(found)


def over(text, *, after_s=20.0, of=None):
    return taken_over(text, of or situation(), BEGAN_S + after_s)


def test_the_next_run_gets_the_same_observations_with_their_age():
    text = kept(NAMES, ANSWERED, SKIPPED, AN_ANCHOR)
    aged = tuple(replace(one, age_s=19.0) for one in (NAMES, ANSWERED, SKIPPED))
    assert over(text) == aged  # they ended a second after that run had begun


def test_what_is_kept_has_no_hardware_address_in_an_interface_s_name():
    named = [
        replace(one, interface="wlx0011223344aa") for one in (NAMES, ANSWERED, SKIPPED, AN_ANCHOR)
    ]
    text = kept(*named)
    assert text is not None and "0011223344aa" not in text


def test_a_silent_gateway_is_kept_while_something_else_was_heard():
    assert over(kept(SILENT, AN_ANCHOR)) == (replace(SILENT, age_s=19.0),)


@pytest.mark.parametrize(
    "seen",
    [
        (),
        (AN_ANCHOR,),
        (SKIPPED, AN_ANCHOR),
        (SILENT,),  # nothing at all was heard: that may be the line's doing
        (ANSWERED, observed("ike-passes", None, outcome=Outcome.SKIPPED, unmet="budget")),
        (ANSWERED, observed("ike-passes", None, outcome=Outcome.SKIPPED, unmet="enough-known")),
        (replace(ANSWERED, age_s=30.0), AN_ANCHOR),  # it was taken over itself
    ],
)
def test_what_is_not_sound_is_not_kept(seen):
    assert kept(*seen) is None


def test_a_check_that_could_not_be_made_is_left_to_the_next_run():
    starved = observed("ike-passes", None, outcome=Outcome.ERROR, failure=Failure.STARVED)
    assert over(kept(ANSWERED, starved)) == (replace(ANSWERED, age_s=19.0),)


def test_a_check_that_was_made_only_in_part_is_left_to_the_next_run():
    other = replace(ANSWERED, outcome=Outcome.ERROR, failure=Failure.STARVED)
    assert kept(ANSWERED, other, AN_ANCHOR) is None


@pytest.mark.parametrize(("after_s", "count"), [(0, 1), (60, 1), (60.5, 0), (-1, 0), (1e9, 0)])
def test_only_within_a_minute_and_never_by_a_clock_that_was_set_back(after_s, count):
    assert len(over(kept(ANSWERED), after_s=after_s)) == count


def test_another_carrier_is_asked():
    verizon = situation(own=CATALOG.carrier("verizon"))
    assert over(kept(ANSWERED), of=verizon) == ()


def test_on_another_network_everybody_is_asked():
    here = situation()
    elsewhere = Route("0.0.0.0/0", Family.IPV4, "wlan0", "10.0.0.1", "10.0.0.7")
    moved = replace(here, device=replace(here.device, default_routes=(elsewhere,)))
    assert over(kept(ANSWERED), of=moved) == ()


def test_another_version_or_other_rules_measure_anew(monkeypatch):
    text = kept(ANSWERED)
    monkeypatch.setattr(rhythm, "RULES_VERSION", rhythm.RULES_VERSION + 1)
    assert over(text) == ()


def damaged(**changes):
    document = json.loads(kept(ANSWERED))
    document["observations"][0] |= changes
    return json.dumps(document)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[" * 100_000,
        "{}",
        '{"began_s": 1, "of": "x", "observations": [{}]}',
        damaged(facts_are="Facts"),
        damaged(facts_are="Popen"),
        damaged(facts={"operator": 7}),
        damaged(outcome="splendid"),
        damaged(check="gateway-answers"),
    ],
)
def test_a_damaged_or_foreign_file_is_as_good_as_none(text):
    assert over(text) == ()


def test_without_msgspec_every_process_asks_for_itself(monkeypatch):
    text = kept(ANSWERED)
    monkeypatch.setitem(sys.modules, "msgspec", None)
    assert (kept(ANSWERED), over(text)) == (None, ())


def test_within_one_process_what_carriers_said_needs_no_text(monkeypatch):
    monkeypatch.setitem(sys.modules, "msgspec", None)
    found = to_keep(situation(ANSWERED, AN_ANCHOR), BEGAN_S)
    assert taken_over(found, situation(), BEGAN_S + 20) == (replace(ANSWERED, age_s=19.0),)


def test_the_facts_of_every_check_can_be_kept_and_read_back():
    for kind in rhythm._kinds_of_facts().values():
        msgspec.json.Decoder(kind)  # raises for a type that has no JSON form
    assert "IkeFacts" in rhythm._kinds_of_facts()


def test_what_was_taken_over_counts_only_while_something_beyond_answers_now():
    before = (replace(ANSWERED, age_s=20.0),)
    alive, dead = situation(AN_ANCHOR), situation()
    assert with_taken_over(alive, before).seen.all() == (AN_ANCHOR, *before)
    assert with_taken_over(dead, before) is dead


def test_a_run_that_takes_over_starts_none_of_those_checks():
    now_s = Run(Request(catalog=CATALOG, own=ATT))._started_at.timestamp()
    before = to_keep(situation(NAMES, ANSWERED, SKIPPED, AN_ANCHOR), now_s)
    run = Run(Request(catalog=CATALOG, own=ATT, before=before))
    ids = {check.id for check in run._the_rest()}
    assert ids & {"epdg-resolves", "epdg-answers-ike", "ike-passes"} == set()
    assert "anchor-answers" in ids


def test_what_only_sums_up_counts_what_was_taken_over():
    """A firewall here refused what was sent to gateways: that is no less true a minute later."""
    refused = replace(ANSWERED, outcome=Outcome.FAILED, failure=Failure.NOT_PERMITTED, facts=None)
    now_s = Run(Request(catalog=CATALOG, own=ATT))._started_at.timestamp()
    before = to_keep(situation(refused, AN_ANCHOR), now_s)
    run = Run(Request(catalog=CATALOG, own=ATT, before=before))
    run.situation.seen.add(AN_ANCHOR)
    observed = run._engine._observed(SENDS, Target("this device"))
    assert observed.facts == SendingFacts(
        calling=1, calling_forbidden=1, others=1, others_forbidden=0
    )
