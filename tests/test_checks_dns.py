"""What the checks of names make of what was seen, and what comes of it."""

from types import SimpleNamespace

import pytest

from netcheck import catalog
from netcheck.checks import (
    bogus_names_fail,
    fresh_names_resolve,
    nameserver_answers,
    nobody_answers_elsewhere,
    other_resolvers_gateway,
)
from netcheck.checks.contract import Seen
from netcheck.checks.epdg_resolves import EpdgNameFacts
from netcheck.checks.fresh_names_resolve import FreshNameFacts
from netcheck.checks.nameserver_answers import NameserverFacts
from netcheck.checks.nobody_answers_elsewhere import NobodyFacts
from netcheck.checks.other_resolvers_gateway import OtherGatewayFacts
from netcheck.checks.unknown_names_stay_unknown import UnknownNameFacts
from netcheck.model.observation import Observation, Role, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.probe.dns import DnsAnswer
from tests.test_diagnosis_verdict import but, verdict_on

STUB, UPSTREAM = "127.0.0.53", "192.168.1.1"


def seen(check, facts, *, who="there", role=Role.OWN, failure=None):
    outcome = Outcome.FAILED if failure else Outcome.OK
    return Observation(check, Target(who, role), outcome, failure, facts, 0.0, 1.0)


def situation(*observations, nameservers=(UPSTREAM,)):
    return SimpleNamespace(
        seen=Seen(observations),
        device=SimpleNamespace(nameservers=nameservers),
        catalog=catalog.load(),
        own=SimpleNamespace(id="att_us"),
    )


def told(check, *observations, **more):
    return [finding.id for finding in check.read(situation(*observations, **more))]


def nameserver(who=UPSTREAM, failure=None, place="home", itself_ms=2.0):
    rcode = None if failure else "NOERROR"
    facts = NameserverFacts(place, rcode, failure is None, 2.0, (), itself_ms)
    return seen("nameserver-answers", facts, who=who, failure=failure)


def lookups(own_ms, control_ms):
    for role, (first, second) in ((Role.OWN, own_ms), (Role.CONTROL, control_ms)):
        yield seen("fresh-names-resolve", FreshNameFacts("NXDOMAIN", (first,)), role=role)
        facts = UnknownNameFacts("NXDOMAIN", False, second)
        yield seen("unknown-names-stay-unknown", facts, role=role)


@pytest.mark.parametrize(
    ("own_ms", "control_ms", "itself_ms", "state"),
    [
        ((30, 30), (10, 10), 2, "prompt"),
        ((900, 900), (10, 10), 2, "slow-beyond"),
        ((900, 900), (10, 10), 900, "slow-at-home"),
        ((900, 900), (10, 10), None, "slow-unseen"),
        ((900, 30), (10, 10), 2, "prompt"),
        ((900, 900), (200, 200), 2, "prompt"),
    ],
)
def test_names_are_slow_only_twice_and_only_beside_a_quick_control(
    own_ms, control_ms, itself_ms, state
):
    observations = [*lookups(own_ms, control_ms), nameserver(itself_ms=itself_ms)]
    assert told(fresh_names_resolve.CHECK, *observations) == [f"dns-pace.{state}"]


def test_without_a_control_nobody_is_slow():
    own = [one for one in lookups((900, 900), (1, 1)) if one.target.role == Role.OWN]
    assert told(fresh_names_resolve.CHECK, *own) == []


def test_a_train_counts_by_its_median():
    slow = FreshNameFacts("NXDOMAIN", (10.0, 900.0, 900.0, 900.0, 20.0))
    train = seen("fresh-names-keep-pace", slow)
    observations = [*lookups((10, 10), (10, 10)), train, nameserver()]
    assert told(fresh_names_resolve.CHECK, *observations) == ["dns-pace.slow-beyond"]


@pytest.mark.parametrize(
    ("stub", "upstream", "told_of_it"),
    [
        (None, None, ["stub.answers"]),
        (Failure.REFUSED, None, ["stub.fails"]),
        (Failure.REFUSED, Failure.TIMEOUT, []),
    ],
)
def test_a_stub_is_blamed_only_while_the_server_behind_it_answers(stub, upstream, told_of_it):
    observations = [nameserver(STUB, stub), nameserver(UPSTREAM, upstream)]
    found = told(nameserver_answers.CHECK, *observations, nameservers=(STUB, UPSTREAM))
    assert [id for id in found if id.startswith("stub")] == told_of_it


def test_the_place_of_the_server_behind_a_stub_is_told_whoever_answered_first():
    observations = [nameserver(STUB), nameserver("77.68.0.53", place="provider")]
    found = told(nameserver_answers.CHECK, *observations, nameservers=(STUB, "77.68.0.53"))
    assert "nameserver-place.provider" in found


def gateways(configured, public):
    for resolver, addresses in (("configured", configured), ("public", public)):
        yield seen("epdg-resolves", EpdgNameFacts("att_us", resolver, "NOERROR", addresses, 3.0))


def test_a_gateway_both_resolvers_name_is_the_same():
    both = gateways(("141.207.1.10",), ("141.207.1.10", "141.207.1.11"))
    assert told(other_resolvers_gateway.CHECK, *both) == ["other-gateway.same"]


@pytest.mark.parametrize(("answered", "state"), [(True, "answers"), (False, "silent")])
def test_another_gateway_counts_by_its_answer(answered, state):
    facts = OtherGatewayFacts("att_us", 0, answered, None)
    other = seen("other-resolvers-gateway-answers", facts)
    observations = [*gateways(("203.0.113.1",), ("141.207.1.10",)), other]
    assert told(other_resolvers_gateway.CHECK, *observations) == [f"other-gateway.{state}"]


def test_different_gateways_alone_say_nothing():
    differ = gateways(("203.0.113.1",), ("141.207.1.10",))
    assert told(other_resolvers_gateway.CHECK, *differ) == []


@pytest.mark.parametrize(("rcode", "state"), [(None, "free"), ("NOERROR", "taken")])
def test_an_answer_from_nobody_is_somebodys(rcode, state):
    observed = seen("nobody-answers-elsewhere", NobodyFacts(rcode, None))
    assert told(nobody_answers_elsewhere.CHECK, observed) == [f"dns-way.{state}"]


@pytest.mark.parametrize(
    ("signed", "bogus", "validates"),
    [
        (DnsAnswer("NOERROR"), DnsAnswer("SERVFAIL", failure=Failure.SERVFAIL), True),
        (DnsAnswer("NOERROR"), DnsAnswer("NOERROR"), False),
        (DnsAnswer("NOERROR"), DnsAnswer(failure=Failure.TIMEOUT), None),
        (DnsAnswer("SERVFAIL", failure=Failure.SERVFAIL), None, None),
    ],
)
def test_a_resolver_validates_when_the_bogus_name_alone_fails(
    monkeypatch, signed, bogus, validates
):
    said = {bogus_names_fail.SIGNED: signed, bogus_names_fail.BOGUS: bogus}
    monkeypatch.setattr(bogus_names_fail, "ask", lambda net, server, name: said[name])
    observed = bogus_names_fail.observe(Target(UPSTREAM), SimpleNamespace(net=None))
    assert observed.facts.validates is validates
    assert (observed.outcome == Outcome.OK) is (validates is True)


@pytest.mark.parametrize(
    ("found", "side", "fault"),
    [
        ("dns-pace.slow-beyond", "isp", "provider-dns-slow"),
        ("dns-pace.slow-at-home", "local", "router-dns-slow"),
        (
            "stub.fails system-resolver.fails anchors.unresolved",
            "local",
            "device-dns-dead",
        ),
        (
            "own-epdg.silent other-gateway.answers ike-stops.beyond",
            "local",
            "dns-misleads-calling",
        ),
        (
            "own-epdg.silent other-gateway.answers ike-stops.beyond nameserver-place.provider",
            "isp",
            "provider-dns-misleads-calling",
        ),
    ],
)
def test_what_is_concluded(found, side, fault):
    verdict = verdict_on(but(found, "own-epdg-pace"))
    assert (verdict.side, verdict.fault) == (side, fault)
