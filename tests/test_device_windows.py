"""The Windows reader before a Windows made of memory. Nothing here was run on Windows."""

import math
import socket
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcheck.checks import interface_is_up
from netcheck.checks.interface_is_up import InterfaceFacts
from netcheck.device import windows
from netcheck.device.contract import Fact
from netcheck.device.windows import WindowsReader
from netcheck.device.windows_iphlpapi import Error, LaterNumber, Number, State
from netcheck.model.device import (
    Address,
    Device,
    Interface,
    LinkKind,
    Opinion,
    Route,
)
from netcheck.model.observation import Family, Target
from netcheck.model.outcome import Failure
from netcheck.model.wifi_link import NamePermission, WifiLink
from netcheck.probe import network
from tests.windows_layout import CABLE, CABLE_GUID, LOOPBACK, RADIO, TUNNEL, FakeAdapter, FakeRoute
from tests.windows_memory import FakeWifi, FakeWindows, Mutate


def _read(fake: FakeWindows) -> Device:
    device = WindowsReader(loading=fake.load).read()
    assert fake.lent == {}  # what Windows allocated was given back
    return device


def test_a_machine_on_a_cable_whole() -> None:
    fake = FakeWindows(
        adapters=[LOOPBACK, CABLE],
        routes=[FakeRoute(CABLE.luid, "0.0.0.0/0", "192.168.1.1", metric=0)],
    )
    assert _read(fake) == Device(
        system="windows",
        interfaces=(
            Interface(
                name="Ethernet",
                kind=LinkKind.ETHERNET,
                up=True,
                carrier=True,
                addresses=(
                    Address("192.168.1.23", 24, Family.IPV4, False),
                    Address("fe80::1234", 64, Family.IPV6, True),
                ),
                mtu=1500,
                speed_mbps=1000,
                duplicates=(Family.IPV4,),
                made_up=False,
            ),
        ),
        nameservers=("192.168.1.1", "fe80::1%12"),
        default_routes=(
            Route("0.0.0.0/0", Family.IPV4, "Ethernet", "192.168.1.1", None, 25, "dhcp"),
        ),
        opinion=Opinion.INTERNET,
    )


def test_how_long_an_address_is_kept_is_told() -> None:
    (interface,) = _read(FakeWindows(adapters=[CABLE])).interfaces
    assert [address.valid_s for address in interface.addresses] == [3600.0, math.inf]


def test_several_default_routes_come_in_the_order_of_route_and_interface_together() -> None:
    fake = FakeWindows(
        adapters=[CABLE, RADIO, TUNNEL],
        routes=[
            FakeRoute(RADIO.luid, "0.0.0.0/0", "10.0.0.1", metric=0),
            FakeRoute(CABLE.luid, "0.0.0.0/0", "192.168.1.1", metric=30, origin=0),
            FakeRoute(TUNNEL.luid, "0.0.0.0/0", "0.0.0.0", metric=0, origin=0),
            FakeRoute(CABLE.luid, "192.168.1.0/24", "0.0.0.0"),
            FakeRoute(CABLE.luid, "::/0", "fe80::1", metric=256, index=12,
                      origin=State.NlroRouterAdvertisement),
            FakeRoute(0xDEAD, "0.0.0.0/0", "10.9.9.9"),
        ],
    )  # fmt: skip
    assert _read(fake).default_routes == (
        Route("0.0.0.0/0", Family.IPV4, "wg0", None, None, 5, "set"),
        Route("0.0.0.0/0", Family.IPV4, "Wi-Fi à moi", "10.0.0.1", None, 45, "dhcp"),
        Route("0.0.0.0/0", Family.IPV4, "Ethernet", "192.168.1.1", None, 55, "set"),
        Route("::/0", Family.IPV6, "Ethernet", "fe80::1%12", None, 281, "ra"),
    )


def test_the_nameservers_of_the_preferred_adapter_come_first() -> None:
    assert _read(FakeWindows(adapters=[RADIO, CABLE, TUNNEL])).nameservers == (
        "100.64.0.1",
        "192.168.1.1",
        "fe80::1%12",
        "10.0.0.1",
    )


def test_an_adapter_that_does_not_run_gives_no_nameservers_and_no_way_out() -> None:
    unplugged = FakeAdapter(**{**CABLE.__dict__, "running": False, "media": 2})
    device = _read(
        FakeWindows(
            adapters=[unplugged], routes=[FakeRoute(CABLE.luid, "0.0.0.0/0", "192.168.1.1")]
        )
    )
    assert (device.nameservers, device.default_routes) == ((), ())
    assert [(i.up, i.carrier) for i in device.interfaces] == [(True, False)]


@pytest.mark.parametrize(
    ("if_type", "hardware", "expected"),
    [
        (Number.IF_TYPE_ETHERNET_CSMACD, True, LinkKind.ETHERNET),
        (Number.IF_TYPE_ETHERNET_CSMACD, False, LinkKind.OTHER),  # a virtual switch's end
        (Number.IF_TYPE_IEEE80211, False, LinkKind.OTHER),  # Wi-Fi Direct
        (Number.IF_TYPE_PROP_VIRTUAL, False, LinkKind.TUNNEL),
        (Number.IF_TYPE_TUNNEL, False, LinkKind.TUNNEL),
        (Number.IF_TYPE_PPP, False, LinkKind.TUNNEL),
        (LaterNumber.IF_TYPE_WWANPP, True, LinkKind.CELLULAR),
        (LaterNumber.IF_TYPE_WWANPP2, True, LinkKind.CELLULAR),
        (144, True, LinkKind.OTHER),  # FireWire
    ],
)
def test_what_an_adapter_is_made_of_comes_from_numbers(
    if_type: int, hardware: bool, expected: LinkKind
) -> None:
    adapter = FakeAdapter("Connexion réseau", CABLE_GUID, 5, 5, if_type=if_type, hardware=hardware)
    fake = FakeWindows(adapters=[adapter], wifis=[FakeWifi(CABLE_GUID)])
    assert [one.kind for one in _read(fake).interfaces] == [expected]


def test_a_telephone_by_bluetooth_is_no_cable() -> None:
    paired = FakeAdapter("Bluetooth", CABLE_GUID, 5, 5, medium=10)
    assert [one.kind for one in _read(FakeWindows(adapters=[paired])).interfaces] == [
        LinkKind.OTHER
    ]


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        (socket.AF_INET, (0, 31, b"\x00\x00\x01\x0c")),
        (socket.AF_INET6, (41, 31, b"\x0c\x01\x00\x00")),
    ],
)
def test_a_socket_is_tied_to_an_interface_by_its_index(
    monkeypatch: pytest.MonkeyPatch, family: int, expected: tuple[int, int, bytes]
) -> None:
    fake = FakeWindows(adapters=[FakeAdapter("Wi-Fi à moi", CABLE_GUID, 5, 0x10C)])
    whole = windows.interface_index
    monkeypatch.setattr(windows, "interface_index", lambda name: whole(name, loading=fake.load))
    opened = SimpleNamespace(family=family, set=[])
    opened.setsockopt = lambda *told: opened.set.append(told)
    network._bind_on_windows(opened, "Wi-Fi à moi")  # type: ignore[arg-type]
    assert opened.set == [expected]
    with pytest.raises(OSError) as raised:
        network._bind_on_windows(opened, "gone")  # type: ignore[arg-type]
    assert network.failure_of(raised.value) is Failure.ABSENT


def test_what_windows_thinks_of_its_way_is_noted_beside_the_interfaces() -> None:
    device = _read(FakeWindows(adapters=[CABLE], connectivity=0x20))
    situation = SimpleNamespace(device=device, physical_interfaces=list(device.interfaces))
    observed = interface_is_up.observe(Target("this device"), situation)  # type: ignore[arg-type]
    assert observed.facts == InterfaceFacts(1, 1, "local")


def test_a_tunnel_is_connected_when_it_runs_and_a_disabled_adapter_is_down() -> None:
    disabled = FakeAdapter("Ethernet 2", CABLE_GUID, 6, 6, running=False, admin=2, media=2)
    device = _read(FakeWindows(adapters=[TUNNEL, disabled]))
    assert [(i.name, i.up, i.carrier, i.speed_mbps) for i in device.interfaces] == [
        ("wg0", True, True, None),
        ("Ethernet 2", False, None, None),
    ]


def test_a_long_list_of_adapters_is_asked_for_again_with_room_for_it() -> None:
    many = [
        FakeAdapter(f"Ethernet {n}", CABLE_GUID, n + 1, n + 1, addresses=CABLE.addresses)
        for n in range(60)
    ]
    fake = FakeWindows(adapters=many)
    assert [one.name for one in _read(fake).interfaces] == [one.name for one in many]
    assert fake.asked.count("GetAdaptersAddresses") == 2


def test_a_list_that_grows_for_ever_is_not_measured() -> None:
    fake = FakeWindows(
        adapters=[CABLE], errors={"GetAdaptersAddresses": Error.ERROR_BUFFER_OVERFLOW}
    )
    device = _read(fake)
    assert fake.asked.count("GetAdaptersAddresses") == 4
    assert (device.interfaces, set(device.not_measured)) == (
        (),
        {
            "interfaces",
            "carrier",
            "link-kinds",
            "addresses",
            "speed",
            "wifi",
            "wifi-name",
            "nameservers",
        },
    )


@pytest.mark.parametrize(
    ("function", "withheld"),
    [
        (
            "GetAdaptersAddresses",
            {
                "interfaces",
                "carrier",
                "link-kinds",
                "addresses",
                "speed",
                "wifi",
                "wifi-name",
                "nameservers",
            },
        ),
        ("GetIpForwardTable2", {"default-routes", "gateways"}),
    ],
)
def test_what_windows_denies_is_not_permitted_and_the_rest_is_told(
    function: str, withheld: set[str]
) -> None:
    fake = FakeWindows(adapters=[CABLE], errors={function: Error.ERROR_ACCESS_DENIED})
    device = _read(fake)
    assert (set(device.not_permitted), device.not_measured) == (withheld, ())
    assert device.opinion is Opinion.INTERNET


def test_no_adapters_and_no_ipv6_are_facts_not_failures() -> None:
    fake = FakeWindows(errors={"GetIpForwardTable2": Error.ERROR_NOT_SUPPORTED})
    assert _read(fake) == Device("windows", (), (), opinion=Opinion.INTERNET)


def test_an_adapter_that_has_just_gone_keeps_what_was_known_of_it() -> None:
    fake = FakeWindows(adapters=[CABLE], errors={"GetIfEntry2": Error.ERROR_FILE_NOT_FOUND})
    device = _read(fake)
    assert [(i.kind, i.up, i.carrier) for i in device.interfaces] == [
        (LinkKind.ETHERNET, None, None)
    ]
    assert set(device.not_measured) == {"carrier", "link-kinds"}


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (0x40, Opinion.INTERNET),
        (0x400, Opinion.INTERNET),
        (0x20 | 0x2, Opinion.LOCAL),
        (0x100, Opinion.LOCAL),
        (0x1 | 0x2, Opinion.NOTHING),
        (0, Opinion.NOTHING),
    ],
)
def test_the_network_lists_opinion(flags: int, expected: Opinion) -> None:
    assert _read(FakeWindows(connectivity=flags)).opinion is expected


@pytest.mark.parametrize(
    ("fake", "denied", "missing"),
    [
        (FakeWindows(hresult=-2147221164), (), ("opinion",)),  # the class is not registered
        (FakeWindows(hresult=-2147024891), ("opinion",), ()),  # access denied
        (FakeWindows(without=frozenset({"ole32.dll"})), (), ("opinion",)),
    ],
)
def test_without_an_opinion_the_reason_is_named(
    fake: FakeWindows, denied: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    device = _read(fake)
    assert (device.opinion, device.not_permitted, device.not_measured) == (None, denied, missing)


def test_wifi_whose_place_is_withheld_is_not_permitted_and_the_rest_is_told() -> None:
    device = _read(FakeWindows(adapters=[RADIO], wifis=[FakeWifi()]))
    (interface,) = device.interfaces
    assert interface.wifi == WifiLink(
        associated=True,
        signal_dbm=-61,
        frequency_mhz=5220,
        authorized=True,
        name_permission=NamePermission.NOT_PERMITTED,
    )
    assert (device.not_permitted, device.not_measured) == (("wifi", "wifi-name"), ())
    assert [address.address for address in interface.addresses] == ["10.0.0.7"]


@pytest.mark.parametrize(
    ("fake", "denied", "missing"),
    [
        (
            FakeWindows(adapters=[RADIO], wlan_service=1062),
            (),
            ("wifi", "wifi-name"),
        ),  # it does not run
        (FakeWindows(adapters=[RADIO], wlan_service=5), ("wifi", "wifi-name"), ()),
        (
            FakeWindows(adapters=[RADIO], without=frozenset({"wlanapi.dll"})),
            (),
            ("wifi", "wifi-name"),
        ),
        (
            FakeWindows(adapters=[RADIO], wifis=[]),
            (),
            ("wifi", "wifi-name"),
        ),  # it does not know the adapter
        (FakeWindows(adapters=[CABLE], wlan_service=1062), (), ()),  # nothing there to ask for
    ],
)
def test_a_wlan_service_that_does_not_answer_is_named(
    fake: FakeWindows, denied: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    device = _read(fake)
    assert (device.not_permitted, device.not_measured) == (denied, missing)
    assert [interface.wifi for interface in device.interfaces] == [None]


def test_a_radio_that_is_switched_off_is_not_associated_and_nobody_is_asked() -> None:
    off = FakeAdapter(**{**RADIO.__dict__, "admin": State.NET_IF_ADMIN_STATUS_DOWN})
    fake = FakeWindows(adapters=[off])
    assert [one.wifi for one in _read(fake).interfaces] == [WifiLink(associated=False)]
    assert "WlanOpenHandle" not in fake.asked


def test_what_the_reader_claims_to_measure_is_what_a_healthy_machine_tells() -> None:
    device = _read(FakeWindows(adapters=[CABLE, RADIO], wifis=[FakeWifi(connection=bytes(628))]))
    assert (device.not_measured, device.not_permitted) == ((), ())
    assert {"neighbours", "proxy"} < windows.FACTS_MEASURED  # asked for when they are needed
    assert (
        {"wifi", "wifi-name"} == windows.FACTS_NOT_PERMITTED < windows.FACTS_MEASURED <= set(Fact)
    )


def _spoiling(changes: list[tuple[int, int]]) -> Mutate:
    def spoil(data: bytearray) -> None:
        for place, value in changes:
            data[place % len(data)] = value

    return spoil


_FUNCTIONS = ("GetAdaptersAddresses", "GetIpForwardTable2", "GetIpNetTable2")
_CHANGES = st.lists(
    st.tuples(st.integers(0, 200) | st.integers(0, 100_000), st.integers(0, 255)), max_size=8
)


@settings(max_examples=150, deadline=None)
@given(function=st.sampled_from(_FUNCTIONS), changes=_CHANGES)
def test_memory_that_says_anything_raises_nothing(
    function: str, changes: list[tuple[int, int]]
) -> None:
    fake = FakeWindows(
        adapters=[CABLE, TUNNEL, LOOPBACK],
        routes=[FakeRoute(CABLE.luid, "0.0.0.0/0", "192.168.1.1")],
        neighbours=[(CABLE.luid, "192.168.1.1", State.NlnsReachable)],
        corrupt={function: _spoiling(changes)},
    )
    reader = WindowsReader(loading=fake.load)
    device = reader.read()
    assert {*device.not_measured, *device.not_permitted} <= set(Fact)
    reader.neighbour("192.168.1.1", "Ethernet")
    assert fake.lent == {}


@pytest.mark.parametrize(
    ("function", "changes", "unknown"),
    [
        ("GetAdaptersAddresses", [(15, 0x11)], "interfaces"),  # the list leads out of its memory
        ("GetAdaptersAddresses", [(72, 255), (77, 255)], "interfaces"),  # and so does a name
        ("GetAdaptersAddresses", [(0, 8), (1, 0)], "interfaces"),  # an adapter of eight bytes
        ("GetIpForwardTable2", [(2, 255)], "default-routes"),  # sixteen million routes
    ],
)
def test_a_length_that_lies_is_not_measured(
    function: str, changes: list[tuple[int, int]], unknown: str
) -> None:
    fake = FakeWindows(
        adapters=[CABLE, TUNNEL],
        routes=[FakeRoute(CABLE.luid, "0.0.0.0/0", "192.168.1.1")],
        corrupt={function: _spoiling(changes)},
    )
    assert unknown in _read(fake).not_measured


def test_a_list_that_ends_in_itself_ends() -> None:
    def loop(data: bytearray) -> None:
        data[8:16] = bytes(8)
        own = int.from_bytes(data[16:24], "little") - 2 * 448  # AdapterName lies behind both
        data[8:16] = own.to_bytes(8, "little")

    fake = FakeWindows(adapters=[CABLE, TUNNEL], corrupt={"GetAdaptersAddresses": loop})
    assert "interfaces" in _read(fake).not_measured
