"""The Windows reader before what Wine's own libraries left in memory (tests/windows_recorder.py).

Wine is no Windows; but others wrote it against the same interface, and compiled it with the same
layouts. So this is what the reader makes of memory that none of its tests laid out.
"""

import ctypes
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from netcheck.device import windows_adapters, windows_icmp, windows_nlm
from netcheck.device import windows_iphlpapi as ip
from netcheck.device.windows import WindowsReader
from netcheck.device.windows_calls import Block, Function, Library, Missing
from netcheck.model.device import (
    Address,
    Device,
    Interface,
    LinkKind,
    Neighbour,
    NeighbourState,
    Opinion,
    Route,
)
from netcheck.model.observation import Family
from netcheck.probe import windows_icmp as pings
from netcheck.wire.icmp import IcmpKind
from tests.windows_recorder import RECORDED

TOLD: Mapping[str, list[list[Any]]] = json.loads(RECORDED.read_text())


def _number(name: str, place: int = 0) -> int:
    return int(TOLD[name][place][0])


def _memory(name: str, place: int = 0) -> bytes:
    return bytes.fromhex(TOLD[name][place][1])


class Wine:
    """Answers as Wine did."""

    def __init__(self) -> None:
        self.lent: dict[int, Any] = {}
        self.error = 0

    def load(self, name: str, functions: Mapping[str, Function]) -> Library:
        if name not in (ip.LIBRARY, windows_icmp.LIBRARY):
            raise Missing(name)
        found: dict[str, Callable[..., Any]] = {}
        for called, function in functions.items():
            answer = getattr(self, called, None)
            if answer is not None:
                found[called] = ctypes.CFUNCTYPE(function.result, *function.takes)(answer)
        return Library(found, lambda: self.error)

    def GetIfEntry2(self, into: int) -> int:  # noqa: N802
        luid = ip.IfRow.from_address(into).InterfaceLuid
        for row in (_memory("ifrow", place) for place in range(len(TOLD["ifrow"]))):
            if ip.IfRow.from_buffer_copy(row).InterfaceLuid == luid:
                ctypes.memmove(into, row, len(row))
                return 0
        return int(ip.Error.ERROR_FILE_NOT_FOUND)

    def GetIpForwardTable2(self, family: int, into: int) -> int:  # noqa: N802
        return self._table("routes4" if family == ip.Number.AF_INET else "routes6", into)

    def GetIpNetTable2(self, family: int, into: int) -> int:  # noqa: N802
        return self._table("neighbours4" if family == ip.Number.AF_INET else "neighbours6", into)

    def _table(self, name: str, into: int) -> int:
        code = _number(f"{name}-code")
        if code == 0:
            raw = ctypes.create_string_buffer(_memory(name))
            self.lent[ctypes.addressof(raw)] = raw
            ctypes.c_void_p.from_address(into).value = ctypes.addressof(raw)
        return code

    def FreeMibTable(self, address: int) -> None:  # noqa: N802
        del self.lent[address]

    def GetBestRoute2(self, *told: Any) -> int:  # noqa: N802
        return _number("best-far-code")

    def ConvertInterfaceAliasToLuid(self, name: int, into: int) -> int:  # noqa: N802
        for place in range(len(TOLD["alias"])):
            if ctypes.string_at(name, 12) == _memory("alias", place)[:12]:
                row = ip.IfRow.from_buffer_copy(_memory("ifrow", place))
                ctypes.c_uint64.from_address(into).value = row.InterfaceLuid
                return 0
        return int(ip.Error.ERROR_FILE_NOT_FOUND)

    def IcmpCreateFile(self) -> int:  # noqa: N802
        return 1

    def IcmpCloseHandle(self, handle: int) -> int:  # noqa: N802
        return 1

    def IcmpSendEcho2(self, *told: Any) -> int:  # noqa: N802
        target, options, room, size = told[4], told[7], told[8], told[9]
        ttl = windows_icmp.OptionInformation.from_address(options).Ttl
        silent = target.to_bytes(4, "little")[3] == 77
        name = "icmp-silent" if silent else "icmp-answered" if ttl > 1 else "icmp-expired"
        self.error = _number(f"{name}-code")
        raw = bytearray(_memory(name))
        reply = windows_icmp.EchoReply.from_buffer(raw)
        reply.Data = room + reply.Data - TOLD[name][0][0] if reply.Data else None
        ctypes.memmove(room, bytes(raw), min(size, len(raw)))
        return int(not self.error)


@pytest.fixture
def wine(monkeypatch: pytest.MonkeyPatch) -> Wine:
    address = int(TOLD["adapters"][0][0])
    block = Block(address, _memory("adapters"))  # its pointers are those of where it lay
    monkeypatch.setattr(windows_adapters, "_filled", lambda library: (block, address))
    return Wine()


def test_a_machine_with_one_cable_as_wine_lays_it_out(wine: Wine) -> None:
    assert WindowsReader(loading=wine.load).read() == Device(
        system="windows",
        interfaces=(
            Interface(
                name="cable0",
                kind=LinkKind.ETHERNET,
                up=True,
                carrier=True,
                addresses=(
                    Address("2001:db8:1::23", 64, Family.IPV6, False),
                    Address("fe80::215:5dff:fe01:203", 64, Family.IPV6, True),
                    Address("192.0.2.23", 24, Family.IPV4, False),
                ),
                mtu=1500,
                speed_mbps=None,
                made_up=False,
            ),
        ),
        nameservers=("192.0.2.53",),
        default_routes=(Route("0.0.0.0/0", Family.IPV4, "cable0", "192.0.2.1", None, 48, "set"),),
        not_measured=("speed", "opinion"),
    )
    assert wine.lent == {}


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("192.0.2.1", NeighbourState.REACHABLE),
        ("192.0.2.77", NeighbourState.STALE),  # it failed; Wine has no word for that
        ("192.0.2.99", NeighbourState.NONE),
    ],
)
def test_neighbours_as_wine_lays_them_out(wine: Wine, address: str, state: NeighbourState) -> None:
    found = WindowsReader(loading=wine.load).neighbour(address, "cable0")
    assert found == Neighbour(address, "cable0", state)


def test_what_wine_cannot_tell_is_not_measured(wine: Wine) -> None:
    reader = WindowsReader(loading=wine.load)
    assert reader.route_to("203.0.113.5") is None
    assert reader.neighbour("2001:db8:1::1", "cable0") is None


def test_pings_as_wine_answers_them(wine: Wine) -> None:
    library = wine.load(windows_icmp.LIBRARY, windows_icmp.FUNCTIONS)

    def said(address: str, ttl: int) -> tuple[str, IcmpKind | None, bool] | None:
        came = pings.ask(library, address, b"netcheck path"[:13], ttl=ttl, timeout_ms=500)
        return came and (came.address, came.kind, came.own)

    assert said("192.0.2.1", 64) == ("192.0.2.1", None, True)
    assert said("198.51.100.9", 1) == ("192.0.2.1", IcmpKind.TIME_EXCEEDED, False)
    assert said("192.0.2.77", 64) is None


def test_the_network_list_answers_at_the_place_of_its_table_where_it_is_asked() -> None:
    assert (_number("opinion-made"), _number("opinion-code"), _number("opinion-left")) == (0, 0, 0)
    assert windows_nlm.of_flags(_number("opinion-flags")) is Opinion.INTERNET


def test_room_that_is_too_small_is_said_and_how_much_is_wanted() -> None:
    assert _number("adapters-small") == ip.Error.ERROR_BUFFER_OVERFLOW
    assert _number("adapters-wanted") == len(_memory("adapters"))
