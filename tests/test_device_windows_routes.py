"""Ways and neighbours of a Windows machine made of memory. Nothing here was run on Windows."""

import pytest

from netcheck.device.windows import WindowsReader
from netcheck.device.windows_iphlpapi import Error, State
from netcheck.model.device import Neighbour, NeighbourState, Route
from netcheck.model.observation import Family
from tests.windows_layout import CABLE, RADIO, FakeRoute
from tests.windows_memory import FakeWindows


def test_the_way_to_an_address_by_the_interface_asked_for() -> None:
    fake = FakeWindows(
        adapters=[CABLE, RADIO],
        best=FakeRoute(RADIO.luid, "0.0.0.0/0", "10.0.0.1", index=7),
        source="10.0.0.7",
    )
    reader = WindowsReader(loading=fake.load)
    expected = Route("203.0.113.5", Family.IPV4, "Wi-Fi à moi", "10.0.0.1", "10.0.0.7")
    assert reader.route_to("203.0.113.5") == expected
    assert reader.route_to("203.0.113.5", "Wi-Fi à moi") == expected
    assert [by for by, _ in fake.given] == [None, RADIO.luid]
    assert reader.route_to("203.0.113.5", "no such") is None
    assert reader.route_to("no address") is None


def test_a_link_local_target_and_gateway_carry_the_index_of_their_interface() -> None:
    fake = FakeWindows(
        adapters=[CABLE], best=FakeRoute(CABLE.luid, "::/0", "fe80::1", index=12), source="fe80::9"
    )
    reader = WindowsReader(loading=fake.load)
    for spelling in ("fe80::5%12", "fe80::5%Ethernet"):
        route = reader.route_to(spelling)
        assert route == Route(spelling, Family.IPV6, "Ethernet", "fe80::1%12", "fe80::9")
        assert fake.given[-1][1][24:28] == (12).to_bytes(4, "little")
    assert reader.route_to("fe80::5%none") is None


def test_an_on_link_address_has_no_gateway() -> None:
    fake = FakeWindows(
        adapters=[CABLE], best=FakeRoute(CABLE.luid, "192.168.1.0/24", "0.0.0.0"), source=""
    )
    route = WindowsReader(loading=fake.load).route_to("192.168.1.77")
    assert route == Route("192.168.1.77", Family.IPV4, "Ethernet", None, None)


@pytest.mark.parametrize(
    ("code", "known"),
    [
        (Error.ERROR_NETWORK_UNREACHABLE, True),
        (Error.ERROR_HOST_UNREACHABLE, True),
        (Error.ERROR_NOT_FOUND, True),
        (Error.ERROR_NOT_SUPPORTED, False),  # no such family, or no such question
        (Error.ERROR_ACCESS_DENIED, False),
        (87, False),  # a parameter that Windows does not understand
    ],
)
def test_no_way_is_told_apart_from_not_measured(code: int, known: bool) -> None:
    nowhere = Route("203.0.113.5", Family.IPV4, None, None, None)
    route = WindowsReader(loading=FakeWindows(best=code).load).route_to("203.0.113.5")
    assert route == (nowhere if known else None)


@pytest.mark.parametrize(
    ("number", "state"),
    [
        (State.NlnsReachable, NeighbourState.REACHABLE),
        (State.NlnsStale, NeighbourState.STALE),
        (State.NlnsDelay, NeighbourState.STALE),
        (State.NlnsProbe, NeighbourState.STALE),
        (State.NlnsPermanent, NeighbourState.STALE),
        (State.NlnsIncomplete, NeighbourState.INCOMPLETE),
        (State.NlnsUnreachable, NeighbourState.FAILED),
    ],
)
def test_what_windows_knows_of_a_neighbour(number: int, state: NeighbourState) -> None:
    fake = FakeWindows(
        adapters=[CABLE, RADIO],
        neighbours=[
            (RADIO.luid, "192.168.1.1", State.NlnsUnreachable),
            (CABLE.luid, "192.168.1.2", State.NlnsReachable),
            (CABLE.luid, "192.168.1.1", number),
        ],
        best=FakeRoute(CABLE.luid, "192.168.1.0/24", "0.0.0.0"),
    )
    reader = WindowsReader(loading=fake.load)
    expected = Neighbour("192.168.1.1", "Ethernet", state)
    assert reader.neighbour("192.168.1.1", "Ethernet") == expected
    assert reader.neighbour("192.168.1.1", None) == expected
    assert fake.lent == {}


def test_a_neighbour_that_was_never_asked_for_is_not_an_unknown_one() -> None:
    fake = FakeWindows(adapters=[CABLE])
    reader = WindowsReader(loading=fake.load)
    assert reader.neighbour("fe80::1%12", "Ethernet") == Neighbour(
        "fe80::1%12", "Ethernet", NeighbourState.NONE
    )
    assert reader.neighbour("192.168.1.1", None) is None  # no way there, so no interface
    assert reader.neighbour("192.168.1.1", "gone") is None
    assert reader.neighbour("junk", "Ethernet") is None
    assert "ResolveIpNetEntry2" not in fake.asked


def test_a_state_that_nobody_knows_is_not_measured() -> None:
    fake = FakeWindows(adapters=[CABLE], neighbours=[(CABLE.luid, "192.168.1.1", 99)])
    assert WindowsReader(loading=fake.load).neighbour("192.168.1.1", "Ethernet") is None
