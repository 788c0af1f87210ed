"""Checks that need an administrator and the raw extra: what they say where either is missing."""

import importlib.util
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from netcheck.agent.targets import allowed_targets
from netcheck.catalog import load
from netcheck.checks import address_is_ours_alone, link_counts_no_errors, one_dhcp_server_answers
from netcheck.checks.contract import Seen
from netcheck.checks.link_counts_no_errors import ErrorFacts
from netcheck.checks.one_dhcp_server_answers import DhcpFacts
from netcheck.checks.own_traffic import TrafficFacts
from netcheck.device.sysfs import error_counters
from netcheck.model.device import Address, Device, Interface, LinkKind
from netcheck.model.observation import Family, Observation, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.probe import raw
from netcheck.probe.network import AllowList, Network, NotAllowed
from netcheck.probe.raw_arp import probe_for
from netcheck.probe.raw_dhcp import discover

OWN = Address("192.168.1.20", 24, Family.IPV4, link_local=False)
CABLE = Interface("nobody0", LinkKind.ETHERNET, True, True, (OWN,))
RAW = (
    (address_is_ours_alone.PROBE, Target("192.168.1.20", address="192.168.1.20")),
    (one_dhcp_server_answers.CHECK, Target("nobody0")),
)


def situation():
    net = Network(AllowList(allowed_targets(load(), ())))
    return SimpleNamespace(
        interface=CABLE, device=Device("linux", (CABLE,), ()), net=net, seen=Seen()
    )


def refuse(*_, **__):
    raise PermissionError(1, "Operation not permitted")


@pytest.mark.parametrize(("check", "target"), RAW)
@pytest.mark.parametrize("lacks", [raw.NO_EXTRA, raw.NO_RIGHT, raw.NO_SYSTEM])
def test_without_rights_or_extra_it_is_skipped_and_says_why(monkeypatch, check, target, lacks):
    if lacks == raw.NO_EXTRA:
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    elif lacks == raw.NO_RIGHT:
        monkeypatch.setattr(socket, "socket", refuse)
    else:
        monkeypatch.delattr(socket, "AF_PACKET")
    observed = check.observe(target, situation())
    assert (observed.outcome, observed.failure) == (Outcome.SKIPPED, None)
    assert (observed.unmet, observed.detail) == ("raw", lacks)


def test_nothing_of_scapy_is_loaded_by_the_checks_themselves():
    code = (
        "import sys; from netcheck.checks import ALL; import netcheck.probe.raw_arp, "
        "netcheck.probe.raw_dhcp; sys.exit(any(m.split('.')[0] == 'scapy' for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_bare_frames_keep_to_the_list_of_targets():
    nothing_listed = Network(AllowList(()))
    with pytest.raises(NotAllowed):
        probe_for(nothing_listed, "nobody0", "192.168.1.20")
    with pytest.raises(NotAllowed):
        discover(nothing_listed, "nobody0")
    with pytest.raises(NotAllowed):  # listed as a class, but nobody's address yet
        probe_for(situation().net, "nobody0", "192.168.1.99")


def seen(check, failure, facts):
    outcome = Outcome.FAILED if failure else Outcome.OK
    return Observation(check, Target("nobody0"), outcome, failure, facts, 0.0, 1.0)


@pytest.mark.parametrize(
    ("servers", "routers", "ours", "states"),
    [
        ((), (), None, ["none"]),
        ((), (), False, ["none"]),
        (("192.168.1.1",), ("192.168.1.1",), None, ["one"]),
        (("192.168.1.1",), ("192.168.1.1",), True, ["one"]),
        (("192.168.1.2",), ("192.168.1.2",), False, []),  # who named ours did not answer
        (("192.168.1.1", "192.168.1.2"), ("192.168.1.1",), True, ["several"]),
        (("192.168.1.1", "192.168.1.2"), ("192.168.1.2",), False, ["conflicting"]),
        (("192.168.1.1", "192.168.1.2"), ("192.168.1.1", "192.168.1.2"), None, ["conflicting"]),
        (("192.168.1.1", "192.168.1.2"), (), None, ["several"]),
        (("192.168.1.1", "192.168.1.2"), (), False, ["several"]),
    ],
)
def test_who_hands_out_addresses(servers, routers, ours, states):
    observed = seen("one-dhcp-server-answers", None, DhcpFacts(servers, routers, ours))
    found = one_dhcp_server_answers.read(SimpleNamespace(seen=Seen([observed])))
    assert [one.id for one in found] == [f"dhcp-servers.{state}" for state in states]


@pytest.mark.parametrize(("before", "state"), [(0, "none"), (1, "none"), (2, "new"), (40, "new")])
def test_only_errors_that_grow_while_this_runs_are_a_finding(tmp_path, before, state):
    traffic = TrafficFacts(40.0, 60.0, errors=900, drops=70, new_errors=before)
    watched = seen("link-is-quiet", None, traffic)
    here = SimpleNamespace(seen=Seen([watched]), interface=CABLE, catalog=load())
    observed = link_counts_no_errors.observe(Target("nobody0"), here)
    assert isinstance(observed.facts, ErrorFacts)
    assert (observed.facts.errors, observed.facts.new_errors) == (900, before)
    assert observed.facts.damaged is None  # not shown for an interface that is not there
    again = seen("link-counts-no-errors", observed.failure, observed.facts)
    found = list(link_counts_no_errors.read(SimpleNamespace(seen=Seen([again]))))
    assert [one.id for one in found] == [f"link-errors.{state}"]


def test_without_a_count_nothing_is_said_of_errors():
    observed = link_counts_no_errors.observe(Target("nobody0"), SimpleNamespace(seen=Seen()))
    assert (observed.outcome, observed.unmet) == (Outcome.SKIPPED, "link-is-quiet")


def test_kinds_of_errors_are_told_where_the_system_shows_them_all(tmp_path):
    folder = tmp_path / "sys/class/net/nobody0"
    (folder / "statistics").mkdir(parents=True)
    for name, count in (("rx_crc_errors", 3), ("rx_frame_errors", 1), ("rx_length_errors", 0)):
        (folder / "statistics" / name).write_text(f"{count}\n")
    (folder / "statistics/rx_over_errors").write_text("9\n")  # one of several: no whole count
    (folder / "carrier_changes").write_text("6\n")
    assert error_counters("nobody0", str(tmp_path)) == {"damaged": 4, "flaps": 6}
    assert error_counters("wlan0", str(tmp_path)) == {}


@pytest.mark.parametrize(
    ("duplicates", "failure"),
    [
        ((), None),
        ((Family.IPV6,), Failure.WRONG_ANSWER),
        ((Family.IPV6,) * 2, Failure.WRONG_ANSWER),
    ],
)
def test_an_address_the_kernel_found_in_use_is_told(duplicates, failure):
    cable = Interface("nobody0", LinkKind.ETHERNET, True, True, (OWN,), duplicates=duplicates)
    here = SimpleNamespace(interface=cable, seen=Seen())
    observed = address_is_ours_alone.observe(Target("nobody0"), here)
    assert observed.failure == failure
    assert observed.facts.ipv6_duplicates == len(duplicates)


def test_a_look_that_was_cut_short_found_nobody_at_our_address():
    late = seen("nobody-answers-for-our-address", Failure.TIMEOUT, None)
    assert list(address_is_ours_alone.read(SimpleNamespace(seen=Seen([late])))) == []
