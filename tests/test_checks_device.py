"""What the checks of this device make of what was seen."""

import time
from types import SimpleNamespace

import pytest

from netcheck.catalog import load
from netcheck.checks import (
    anchor_answers,
    device_may_send,
    https_passes,
    ipv6_works,
    link_is_quiet,
)
from netcheck.checks.anchor_answers import AnchorFacts
from netcheck.checks.contract import Seen
from netcheck.checks.device_may_send import SendingFacts
from netcheck.checks.https_passes import HttpsPathFacts
from netcheck.checks.ipv6_works import Ipv6Facts
from netcheck.checks.loss_counts import LossFacts
from netcheck.checks.own_traffic import TrafficFacts
from netcheck.device.settings import Proxy, Radio, overridden, proxy, radios
from netcheck.device.sysfs import Counters, counters
from netcheck.model.observation import Observation, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.probe.dns import DnsAnswer
from netcheck.probe.resolve import SystemAnswer
from netcheck.probe.tcp import TcpConnect

ANCHOR = AnchorFacts(1.0, 1.0, 1.0, 1.0, None, 200, "ipv4", "TLSv1.3", "Lab", None, 0)


def seen(check, failure=None, facts=None):
    outcome = Outcome.FAILED if failure else Outcome.OK
    return Observation(check, Target("there"), outcome, failure, facts, 0.0, 1.0)


def situation(*observations, **more):
    return SimpleNamespace(seen=Seen(observations), **more)


def told(check, *observations, **more):
    return [finding.id for finding in check.read(situation(*observations, **more))]


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        ((4, 0, 12, 0), "free"),
        ((4, 4, 12, 0), "calling-forbidden"),
        ((0, 0, 12, 4), "forbidden"),
        ((4, 1, 12, 1), "some-forbidden"),
        ((0, 0, 3, 0), "free"),
    ],
)
def test_what_this_device_lets_out(counts, state):
    observed = seen("device-may-send", facts=SendingFacts(*counts))
    assert told(device_may_send.CHECK, observed) == [f"sending.{state}"]


def test_a_refusal_to_send_is_counted_by_whom_it_kept_from_being_asked():
    refused = Failure.NOT_PERMITTED
    observed = device_may_send.observe(
        Target("this device"),
        situation(
            seen("epdg-answers-ike", refused),
            seen("epdg-answers-ike", Failure.TIMEOUT),
            seen("no-portal"),
            seen("anchor-answers", refused),
            seen("gateway-answers", refused),
        ),
    )
    assert (observed.failure, observed.facts) == (refused, SendingFacts(2, 1, 2, 1))


@pytest.mark.parametrize(
    ("https_last", "control_last", "answered_at", "state"),
    [
        (1, 4, None, "at-router"),
        (1, 4, 2, "at-router"),
        (2, 4, None, "at-provider"),
        (2, 4, 3, "at-provider"),
        (3, 4, None, "beyond"),
        (3, 4, 4, "beyond"),
        (None, 4, None, "at-router"),
        (1, 1, None, "unseen"),
        (None, None, None, "unseen"),
    ],
)
def test_where_the_way_to_secure_sites_ends(https_last, control_last, answered_at, state):
    facts = HttpsPathFacts(https_last, control_last, answered_at)
    observed = seen("https-passes", Failure.TIMEOUT, facts)
    assert told(https_passes.CHECK, observed) == [f"https-stops.{state}"]


# --- what is set on this machine ---


def test_only_lines_of_names_that_matter_are_taken_from_a_hosts_file(tmp_path):
    hosts = tmp_path / "hosts"
    hosts.write_text(
        "127.0.0.1 localhost\n"
        "0.0.0.0\tads.example WWW.Google.com # an old trick\n"
        "# 1.2.3.4 www.apple.com\n"
        "10.0.0.1 notwww.apple.com\n"
    )
    names = {"www.google.com", "www.apple.com"}
    assert overridden(names, hosts) == (("www.google.com", "0.0.0.0"),)
    assert overridden(names, tmp_path / "none") is None


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, None),
        ({"https_proxy": "http://me:secret@proxy.lan:3128"}, ("https_proxy", "proxy.lan", 3128)),
        ({"ALL_PROXY": "socks5://10.0.0.1"}, ("ALL_PROXY", "10.0.0.1", 1080, False)),
        ({"http_proxy": "proxy.lan:8080"}, ("http_proxy", "proxy.lan", 8080)),
        ({"HTTPS_PROXY": "http://[2001:db8::1]:3128/"}, ("HTTPS_PROXY", "2001:db8::1", 3128)),
        ({"https_proxy": "http://proxy:port"}, None),
        ({"https_proxy": "http://[broken"}, None),
        ({"https_proxy": " ", "all_proxy": "a:1"}, ("all_proxy", "a", 1)),
        ({"HTTP_PROXY": "http://set.by.a.web.request:1"}, None),
    ],
)
def test_the_proxy_of_the_environment(environment, found):
    assert proxy(environment) == (Proxy(*found) if found else None)


def test_radios_are_read_with_both_their_switches(tmp_path):
    for number, (kind, soft, hard) in enumerate(
        (("wlan", 1, 0), ("bluetooth", 1, 1), ("wwan", 0, 1))
    ):
        folder = tmp_path / f"sys/class/rfkill/rfkill{number}"
        folder.mkdir(parents=True)
        for name, value in (("type", kind), ("soft", soft), ("hard", hard)):
            (folder / name).write_text(f"{value}\n")
    assert radios(str(tmp_path)) == (Radio("wlan", True, False), Radio("wwan", False, True))
    assert radios(str(tmp_path / "none")) is None


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (Ipv6Facts(False, 0, 0, None, None), "absent"),
        (Ipv6Facts(True, 6, 5, None, None), "works"),
        (Ipv6Facts(True, 6, 0, True, None), "late"),
        (Ipv6Facts(True, 6, 0, False, 1), "ends-at-router"),
        (Ipv6Facts(True, 6, 0, False, 3), "ends-beyond"),
        (Ipv6Facts(True, 6, 0, False, None), "ends-unseen"),
    ],
)
def test_where_ipv6_leads(facts, state):
    observed = seen("ipv6-works", facts=facts)
    assert told(ipv6_works.CHECK, observed) == [f"ipv6.{state}"]


def test_who_signed_for_the_sites_is_told_with_what_is_wrong_with_it():
    def facts(error):
        return AnchorFacts(
            dns_ms=1.0, tcp_ms=1.0, tls_ms=None, http_ms=None, failed_phase="tls", status=None,
            family="ipv4", tls_version=None, issuer="Office Guard", verify_error=error,
            clock_offset_s=None,
        )  # fmt: skip

    observed = [seen("anchor-answers", Failure.CERTIFICATE, facts("unknown-issuer"))] * 3
    found = list(anchor_answers.CHECK.read(situation(*observed)))
    assert [finding.id for finding in found] == ["anchors.untrusted"]
    assert found[0].params == {
        "count": 0, "total": 3, "issuer": "Office Guard", "reason": "unknown-issuer",
    }  # fmt: skip


def test_the_counters_of_an_interface_are_read_whole_or_not_at_all(tmp_path):
    folder = tmp_path / "sys/class/net/eth0/statistics"
    folder.mkdir(parents=True)
    for name, value in (
        *(("rx_bytes", 1000), ("tx_bytes", 200), ("rx_errors", 1)),
        *(("tx_errors", 2), ("rx_dropped", 3)),
    ):
        (folder / name).write_text(f"{value}\n")
    assert counters("eth0", str(tmp_path)) is None
    (folder / "tx_dropped").write_text("4\n")
    assert counters("eth0", str(tmp_path)) == Counters(1000, 200, errors=3, drops=7)


def test_a_silent_box_behind_the_router_leaves_open_which_of_them_shuts_out_secure_sites():
    observed = seen("https-passes", Failure.TIMEOUT, HttpsPathFacts(1, 5, None, 3))
    assert told(https_passes.CHECK, observed) == ["https-stops.unseen"]
    observed = seen("https-passes", Failure.TIMEOUT, HttpsPathFacts(1, 5, None, 2))
    assert told(https_passes.CHECK, observed) == ["https-stops.at-router"]


BUSY = TrafficFacts(8000.0, 300.0, 0, 0, 0)
QUIET = TrafficFacts(40.0, 60.0, 3, 7, 0)
FULL = TrafficFacts(900.0, 1200.0, 0, 0, 0, 0, queue_dropped=40)
LEAKS = TrafficFacts(58.0, 47.0, 0, 0, 0, 0, queue_dropped=18)
LOOKED_WHILE_BUSY = LossFacts("internet", 200, 12, BUSY)
LIMITS = SimpleNamespace(thresholds=load().thresholds)


@pytest.mark.parametrize(
    ("first", "look", "state"),
    [
        (QUIET, None, "quiet"),
        (BUSY, None, "busy"),
        (QUIET, LOOKED_WHILE_BUSY, "busy"),  # an upload that began after the first trains
        (BUSY, LossFacts("internet", 200, 0, QUIET), "busy"),
        (FULL, LOOKED_WHILE_BUSY, "overflows"),
        (QUIET, LossFacts("home", 40, 3), "quiet"),
        (LEAKS, None, "quiet"),  # a queue is not full of next to nothing
    ],
)
def test_how_much_this_device_moved_while_loss_was_measured(first, look, state):
    looks = [seen("loss-is-rare", facts=look)] if look else []
    observed = [seen("link-is-quiet", facts=first), *looks]
    assert told(link_is_quiet.CHECK, *observed, catalog=LIMITS) == [f"own-traffic.{state}"]


@pytest.mark.parametrize(
    ("facts", "failure"), [(QUIET, None), (BUSY, Failure.BUSY), (FULL, Failure.LOSS)]
)
def test_a_busy_line_has_lost_nothing_yet(monkeypatch, facts, failure):
    meter = SimpleNamespace(watched_s=3.0, read=lambda: facts)
    monkeypatch.setattr(link_is_quiet, "Meter", lambda _: meter)
    world = situation(interface=SimpleNamespace(name="eth0"), catalog=LIMITS)
    assert link_is_quiet.CHECK.observe(Target("eth0"), world).failure == failure


def test_nothing_is_said_of_own_traffic_that_was_not_measured():
    assert told(link_is_quiet.CHECK, catalog=LIMITS) == []


def test_what_ipv6_costs_ends_with_the_check_however_many_sites_are_shut(monkeypatch):
    """A clock that only the attempts move: each takes all the time that it is given."""
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def shut(net, address, port, deadline):
        clock[0] += deadline.left_s()
        return TcpConnect(Failure.TIMEOUT, None, None)

    def silent(*_, deadline_ms, **more):
        clock[0] += deadline_ms / 1000
        return DnsAnswer(failure=Failure.TIMEOUT)

    monkeypatch.setattr(ipv6_works, "connect", shut)
    monkeypatch.setattr(ipv6_works, "ask", silent)
    monkeypatch.setattr(ipv6_works, "trace", lambda *_, **more: silent(**more) and None)
    by_ipv4 = [
        Observation("anchor-answers", Target(anchor.host), Outcome.OK, None, ANCHOR, 0.0, 1.0)
        for anchor in load().anchors
    ]
    names = SimpleNamespace(
        by_system=lambda host, deadline_ms=2500: SystemAnswer(("192.0.2.1", "2001:db8::1"), None, 1)
    )
    world = situation(
        *by_ipv4, catalog=load(), net=None, resolver=names, has_ipv4=True, has_ipv6=True
    )
    observed = ipv6_works.CHECK.observe(Target("IPv6"), world)
    assert observed.facts == Ipv6Facts(True, len(by_ipv4), 0, False, None)
    assert clock[0] * 1000 < ipv6_works.CHECK.spec.deadline_ms
