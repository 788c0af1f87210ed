"""Whose network a line is in: the questions that are asked, and what is read from the answers."""

from types import SimpleNamespace

import pytest

from netcheck.catalog import load
from netcheck.checks import certificates_verify, large_packets_pass, provider_is_known
from netcheck.checks.anchor_answers import AnchorFacts
from netcheck.checks.contract import Seen
from netcheck.checks.large_packets_pass import LargeFacts
from netcheck.checks.provider_is_known import (
    ProviderFacts,
    origin_question,
    read_name,
    read_origin,
)
from netcheck.model.observation import Family, Observation, Target
from netcheck.model.outcome import Failure, Outcome

BOOK = load()


def seen(check, facts, failure=None, target="there", family=None):
    outcome = Outcome.FAILED if failure else Outcome.OK
    where = Target(target, family=family)
    return Observation(check, where, outcome, failure, facts, 0.0, 1.0)


def situation(*observations, **more):
    return SimpleNamespace(seen=Seen(observations), catalog=BOOK, **more)


@pytest.mark.parametrize(
    ("address", "question"),
    [
        ("77.68.20.57", "0.20.68.77.origin.asn.cymru.com"),
        ("2a02:8108:1:1::5", "1.0.0.0.8.0.1.8.2.0.a.2.origin6.asn.cymru.com"),
    ],
)
def test_only_the_prefix_that_is_routed_as_one_is_asked_about(address, question):
    assert origin_question(address, situation()) == question


@pytest.mark.parametrize(
    ("records", "told"),
    [
        (["7018 | 12.0.0.0/8 | US | arin | 1983-08-23"], (7018, "US")),
        (["701 7018 | 12.0.0.0/8 | US | arin | 1983-08-23"], (701, "US")),
        (
            ["7018 | 12.0.0.0/8 | US | arin | ", "64500 | 12.1.0.0/16 | DE | ripencc | "],
            (64500, "DE"),
        ),
        (["7018 | 12.0.0.0/8 |  | arin | "], (7018, None)),
        (["NA | 12.0.0.0/8 | US | arin | "], None),
        (["v=spf1 -all"], None),
        ([], None),
    ],
)
def test_the_number_and_the_country_are_read_from_the_longest_prefix(records, told):
    assert read_origin(records) == told


def test_the_registered_name_is_read_without_its_country():
    assert read_name(["7018 | US | arin | 1996-07-30 | ATT-INTERNET4, US"]) == "ATT-INTERNET4"
    assert read_name(["7018 | US"]) is None


@pytest.mark.parametrize(
    ("carrier", "asn", "finding"),
    [
        ("att", 7018, ["provider-is-carrier.yes"]),
        ("att", 701, ["provider-is-carrier.no"]),
        ("cspire", 701, []),
        ("att", None, []),
        (None, 7018, []),
    ],
)
def test_one_party_or_two(carrier, asn, finding):
    observed = seen("provider-is-known", ProviderFacts(asn, None, None, "stun"))
    own = BOOK.carrier(carrier) if carrier else None
    found = provider_is_known.CHECK.read(situation(observed, own=own))
    assert [one.id for one in found] == finding


# --- certificates ---


def shown(host, error=None, issuer="Lab"):
    tls_ms, phase = (None, "tls") if error else (1.0, None)
    facts = AnchorFacts(
        dns_ms=1.0, tcp_ms=1.0, tls_ms=tls_ms, http_ms=None, failed_phase=phase, status=None,
        family="ipv4", tls_version=None, issuer=issuer, verify_error=error, clock_offset_s=None,
    )  # fmt: skip
    return seen("anchor-answers", facts, Failure.CERTIFICATE if error else None, host)


CLOCK_RIGHT = seen("clock-is-right", None)
CLOCK_WRONG = seen("clock-is-right", None, Failure.WRONG_ANSWER)


@pytest.mark.parametrize(
    ("errors", "clock", "states"),
    [
        ([None, None, None], CLOCK_RIGHT, []),
        ([None, None, "expired"], CLOCK_RIGHT, ["one-bad"]),
        (["expired"] * 3, CLOCK_WRONG, ["dates"]),
        (["not-yet-valid"] * 3, None, ["dates"]),
        (["expired"] * 3, CLOCK_RIGHT, ["dates-clock-right"]),
        (["self-signed"] * 3, CLOCK_RIGHT, ["self-signed"]),
        (["unknown-issuer"] * 2 + ["expired"], CLOCK_RIGHT, ["stranger"]),
        (["wrong-name"] * 3, CLOCK_RIGHT, ["wrong-name"]),
        (["wrong-name", "expired"], CLOCK_RIGHT, ["mixed"]),
        (["other", "other"], CLOCK_RIGHT, ["mixed"]),
    ],
)
def test_what_is_wrong_with_the_proofs_of_sites(errors, clock, states):
    looked = [shown(f"{number}.example", error) for number, error in enumerate(errors)]
    looked += [clock] if clock else []
    observed = certificates_verify.observe(Target("sites"), situation(*looked))
    looked.append(seen("certificates-verify", observed.facts, observed.failure))
    found = certificates_verify.CHECK.read(situation(*looked))
    assert [one.id for one in found] == [f"certificates.{state}" for state in states]


def test_the_one_bad_site_and_the_common_signer_are_named():
    looked = [shown("a.example"), shown("b.example", "unknown-issuer", "Office Guard")]
    facts = certificates_verify.observe(Target("sites"), situation(*looked)).facts
    assert (facts.only, facts.issuer, facts.bad, facts.sites) == ("b.example", "Office Guard", 1, 2)


# --- large packets, by family ---


@pytest.mark.parametrize(
    ("four", "six", "state", "family"),
    [
        (True, True, "pass", None),
        (True, False, "stop-beyond", "IPv6"),
        (False, True, "stop-beyond", "IPv4"),
        (False, False, "stop-beyond", None),
    ],
)
def test_large_packets_are_told_by_family(four, six, state, family):
    looked = [
        seen("large-packets-pass", LargeFacts(1350, passed, 3, 3), family=which)
        for passed, which in ((four, Family.IPV4), (six, Family.IPV6))
    ]
    found = list(large_packets_pass.CHECK.read(situation(*looked)))
    assert [one.id for one in found] == [f"large-packets.{state}"]
    assert found[0].params.get("family") == family
