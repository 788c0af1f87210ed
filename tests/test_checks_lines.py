"""What is made of a full line, of silent mappings, of a translator and of a proxy."""

from types import SimpleNamespace

import pytest

from netcheck import catalog
from netcheck.checks import (
    anchor_answers,
    line_stays_quick,
    mapping_outlives_silence,
    no_portal,
    portal_lets_us_out,
    proxy_answers,
    proxy_leads_out,
    translator_passes,
)
from netcheck.checks.anchor_answers import AnchorFacts
from netcheck.checks.contract import Seen
from netcheck.checks.line_stays_quick import BloatFacts, FilledFacts, grade, increase_ms
from netcheck.checks.mapping_outlives_silence import MappingFacts, delays
from netcheck.checks.no_portal import PortalFacts
from netcheck.checks.proxy_answers import ProxyFacts
from netcheck.checks.translator_passes import TranslatorFacts
from netcheck.model.observation import Observation, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.probe.train import Train

BOOK = catalog.load()
OPENED = AnchorFacts(1.0, 1.0, 1.0, 1.0, None, 200, "ipv4", "TLSv1.3", "CA", None, 0)
SHUT = AnchorFacts(1.0, None, None, None, "tcp", None, None, None, None, None, None)
REFUSED = AnchorFacts(None, 1.0, None, None, "proxy", None, None, None, None, None, None)


def seen(check, facts, failure=None, via=None):
    outcome = Outcome.FAILED if failure else Outcome.OK
    return Observation(check, Target("there", via=via), outcome, failure, facts, 0.0, 1.0)


def situation(*observations, own=None):
    return SimpleNamespace(seen=Seen(observations), catalog=BOOK, own=own)


def train(sent: int, lost: int, delay_ms: float) -> Train:
    return Train(sent, lost, (delay_ms,) * (sent - lost))


def ids(check, *observations):
    return [one.id for one in check.read(situation(*observations))]


def filled(direction, increase_ms, router_ms=0.0):
    return FilledFacts(direction, 1, 3000.0, 4.0, 30, 0, increase_ms, router_ms, None)


@pytest.mark.parametrize(
    ("up", "down", "states"),
    [
        (filled("up", 12.0), filled("down", 40.0), ["full-line.quick"]),
        (filled("up", 90.0), filled("down", 40.0), ["full-line.slower"]),
        (filled("up", 900.0), filled("down", 40.0), ["full-line.slow-up"]),
        (filled("up", 20.0), filled("down", 200.0), ["full-line.slow-down"]),
        (filled("up", 300.0), filled("down", 500.0), ["full-line.slow-both"]),
        (filled("up", 800.0, 700.0), filled("down", 20.0), ["full-line.slow-at-home"]),
        (filled("up", None), filled("down", 20.0), []),
        (filled("up", None), filled("down", 600.0), ["full-line.slow-down"]),
        (filled("up", None), filled("down", None), []),
    ],
)
def test_how_a_full_line_is_called(up, down, states):
    facts = BloatFacts(20_000_000, 9.0, 1.0, (up, down))
    assert ids(line_stays_quick, seen("line-stays-quick", facts)) == states


@pytest.mark.parametrize(
    ("increase_ms", "failure"), [(20.0, None), (900.0, Failure.TIMEOUT), (None, None)]
)
def test_what_comes_late_was_not_lost(monkeypatch, increase_ms, failure):
    ways = SimpleNamespace(idle=train(10, 0, 9.0), router_idle=None)
    monkeypatch.setattr(line_stays_quick, "context", lambda: None)
    monkeypatch.setattr(line_stays_quick, "_Ways", lambda _: ways)
    monkeypatch.setattr(line_stays_quick, "_filled", lambda way, *_: filled(way, increase_ms))
    names = SimpleNamespace(by_system=lambda _: SimpleNamespace(addresses=("192.0.2.1",)))
    net = SimpleNamespace(allowed=SimpleNamespace(resolved=lambda *_: None))
    world = SimpleNamespace(catalog=BOOK, resolver=names, net=net)
    observed = line_stays_quick.CHECK.observe(Target(BOOK.load[0].host), world)
    assert observed.failure == failure


@pytest.mark.parametrize(
    ("idle", "loaded", "increase"),
    [
        (train(10, 0, 20.0), train(30, 0, 520.0), 500.0),
        (train(10, 0, 20.0), train(30, 20, 25.0), 2480.0),  # most were lost under load alone
        (train(10, 5, 20.0), train(30, 16, 25.0), 5.0),  # half are lost with and without
        (train(10, 0, 20.0), train(30, 27, 25.0), None),
        (None, train(30, 0, 25.0), None),
    ],
    ids=["deep queue", "full queue", "lossy line", "too few answers", "not measured before"],
)
def test_what_is_lost_without_load_too_is_no_queue(idle, loaded, increase):
    assert increase_ms(loaded, idle) == increase


@pytest.mark.parametrize(
    ("increase_ms", "letter"),
    [(0, "A+"), (5, "A"), (30, "B"), (60, "C"), (199, "C"), (200, "D"), (400, "F")],
)
def test_the_grades_are_those_of_dslreports(increase_ms, letter):
    assert grade(increase_ms, situation()) == letter


@pytest.mark.parametrize(
    ("facts", "states"),
    [
        (MappingFacts(20, 21, None, True, False), ["mapping.outlasts"]),
        (MappingFacts(20, 10, 15, False, False), ["mapping.too-short-at-router"]),
        (MappingFacts(20, 10, 15, True, True), ["mapping.too-short-at-router"]),
        (MappingFacts(20, 10, 15, False, True), ["mapping.too-short-beyond"]),
        (MappingFacts(20, None, 5, False, None), []),  # nobody knows who translates
        (MappingFacts(20, None, 5, True, None), ["mapping.too-short-at-router"]),
        (MappingFacts(180, 61, None, True, False), []),  # not asked for long enough
    ],
)
def test_how_a_silent_mapping_is_called(facts, states):
    assert ids(mapping_outlives_silence, seen("mapping-outlives-silence", facts)) == states


@pytest.mark.parametrize(
    ("carrier", "asked"),
    [
        ("tmobile", (20.0, (5.0, 10.0, 15.0, 21.0))),
        ("att", (30.0, (5.0, 10.0, 15.0, 20.0, 31.0))),
        ("verizon", (60.0, (5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 61.0))),
        (None, (20.0, (5.0, 10.0, 15.0, 21.0))),
    ],
)
def test_a_mapping_is_held_against_the_carriers_own_keepalive(carrier, asked):
    own = BOOK.carrier(carrier) if carrier else None
    assert delays(situation(own=own)) == asked


def test_without_a_helper_nothing_is_measured():
    here = situation()
    target = next(iter(mapping_outlives_silence.targets(here)))
    observed = mapping_outlives_silence.observe(target, here)
    assert (observed.outcome, observed.unmet) == (Outcome.SKIPPED, "mapping_helpers")


def test_a_translator_that_lets_nothing_through_is_told():
    assert ids(translator_passes, seen("translator-passes", TranslatorFacts(6, 6, True))) == [
        "translator.passes"
    ]
    dead = seen("translator-passes", TranslatorFacts(6, 0, True), Failure.TIMEOUT)
    assert ids(translator_passes, dead) == ["translator.silent"]


CLOSED = [seen("anchor-answers", SHUT, Failure.TIMEOUT) for _ in range(6)]
NO_PAGE = seen("no-portal", PortalFacts(None, None, None, None, None, "tcp"), Failure.TIMEOUT)
NO_NAME = seen("no-portal", PortalFacts(None, None, None, None, None, "dns"), Failure.TIMEOUT)
PROXY = seen("proxy-answers", ProxyFacts("https_proxy", 1.0), via="https_proxy")


def test_sites_that_open_by_the_proxy_alone_are_well():
    by_proxy = [seen("proxy-leads-out", OPENED) for _ in range(3)]
    assert ids(anchor_answers, *CLOSED, PROXY, *by_proxy) == ["anchors.answer"]
    assert ids(no_portal, NO_PAGE, *by_proxy) == []
    assert ids(proxy_answers, PROXY, *by_proxy) == ["proxy.answers"]


def test_a_proxy_that_opens_no_site_leads_nowhere():
    refused = [seen("proxy-leads-out", REFUSED, Failure.REFUSED) for _ in range(3)]
    assert ids(anchor_answers, *CLOSED, PROXY, *refused) == ["anchors.silent"]
    assert ids(no_portal, NO_PAGE, *refused) == ["portal.unanswered"]
    assert ids(proxy_answers, PROXY, *refused) == ["proxy.leads-nowhere"]


def test_a_proxy_is_asked_only_where_most_sites_do_not_open_without_it(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    well = [seen("anchor-answers", OPENED) for _ in range(6)]
    assert list(proxy_leads_out.targets(situation(*well, PROXY))) == []
    assert len(list(proxy_leads_out.targets(situation(*CLOSED, PROXY)))) == 3
    assert list(proxy_leads_out.targets(situation(*CLOSED))) == []


def test_a_page_whose_name_did_not_come_says_nothing_of_a_portal():
    assert ids(no_portal, NO_NAME, NO_NAME) == []
    assert ids(no_portal, NO_NAME, NO_PAGE) == ["portal.unanswered"]


UNASKED = AnchorFacts(None, None, None, None, "dns", None, None, None, None, None, None)


@pytest.mark.parametrize(
    ("opened", "unasked", "shut", "state"),
    [
        (4, 2, 0, "answer"),
        (3, 3, 0, "answer"),
        (4, 1, 1, "one-dead"),
        (3, 1, 2, "several-dead"),
        # Where most have no name it is the names that fail.
        (2, 4, 0, "unresolved"),
    ],
)
def test_a_site_whose_name_did_not_come_in_time_is_not_dead(opened, unasked, shut, state):
    sites = [
        *(seen("anchor-answers", OPENED) for _ in range(opened)),
        *(seen("anchor-answers", UNASKED, Failure.TIMEOUT) for _ in range(unasked)),
        *(seen("anchor-answers", SHUT, Failure.TIMEOUT) for _ in range(shut)),
    ]
    (found,) = anchor_answers.CHECK.read(situation(*sites))
    assert found.id == f"anchors.{state}"
    assert found.params["count"] == opened


def test_a_site_whose_name_is_gone_is_dead():
    gone = seen("anchor-answers", UNASKED, Failure.NXDOMAIN)
    assert ids(anchor_answers, *[seen("anchor-answers", OPENED)] * 5, gone) == ["anchors.one-dead"]


def test_the_programs_that_keep_leases_are_asked_by_the_check_itself_and_not_before(monkeypatch):
    asked = []
    monkeypatch.setattr(portal_lets_us_out, "portal_uri", asked.append)
    here = situation()
    here.interface = SimpleNamespace(name="wlan0")
    (target,) = portal_lets_us_out.CHECK.targets(here)
    assert asked == []
    assert portal_lets_us_out.CHECK.observe(target, here).unmet == "sign-in-server"
    assert asked == ["wlan0"]
