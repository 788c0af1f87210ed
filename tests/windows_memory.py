"""A Windows that is not there: its library functions, filling memory as the real ones do.

Each function goes through ctypes with the types that netcheck declares, so that a pointer is a
pointer and a width a width. What it allocates must be given back by whoever asked: `lent` says
what was not.
"""

import ctypes
import ipaddress
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from netcheck.device import windows_icmp as icmp
from netcheck.device import windows_iphlpapi as ip
from netcheck.device import windows_wlanapi as wlan
from netcheck.device.windows_calls import Function, Guid, Library, Missing, wide
from netcheck.device.windows_iphlpapi import Error, Number
from netcheck.device.windows_winhttp import MachineProxy, UserProxy
from tests.windows_layout import (
    WIFI_GUID,
    FakeAdapter,
    FakeRoute,
    adapters_as_bytes,
    forward_row,
    sockaddr_inet,
)

ROOM_BYTES = 7_000_000  # behind what is lent out, so that a count that lies stays readable
Mutate = Callable[[bytearray], None]


@dataclass
class FakeWifi:
    guid: str = WIFI_GUID
    state: int = wlan.Number.wlan_interface_state_connected
    connection: bytes | int = wlan.Error.ERROR_ACCESS_DENIED  # or an error number
    rssi: int | None = -61
    channel: int | None = 44
    statistics: bytes | int = wlan.Error.ERROR_NOT_FOUND
    points: bytes | int = wlan.Error.ERROR_ACCESS_DENIED
    radios: bytes | int = wlan.Error.ERROR_NOT_FOUND


@dataclass
class FakeWindows:
    adapters: list[FakeAdapter] = field(default_factory=list)
    routes: list[FakeRoute] = field(default_factory=list)
    neighbours: list[tuple[int, str, int]] = field(default_factory=list)  # luid, address, state
    best: FakeRoute | int = Error.ERROR_NETWORK_UNREACHABLE
    source: str = ""
    wifis: list[FakeWifi] = field(default_factory=list)
    wlan_service: int = 0  # what WlanOpenHandle answers
    connectivity: int | None = 0x40  # None: the network list is missing
    hresult: int = 0
    user_proxy: tuple[bool, str, str] | int = Error.ERROR_FILE_NOT_FOUND  # detect, script, proxy
    machine_proxy: str = ""
    errors: dict[str, int] = field(default_factory=dict)  # function -> what it answers
    without: frozenset[str] = frozenset()  # functions and libraries that are not there
    corrupt: dict[str, Mutate] = field(default_factory=dict)  # function -> what spoils its memory
    asked: list[str] = field(default_factory=list)
    given: list[tuple[Any, ...]] = field(default_factory=list)  # arguments of GetBestRoute2
    lent: dict[int, Any] = field(default_factory=dict)
    tell: Callable[[Any, None], None] | None = None
    hops: tuple[str | int | None, ...] = ()  # who answers at each TTL; the last is the target
    hop_s: float = 0.001  # how long an answer takes, for each hop
    lost: Callable[[int], bool] = lambda number: False  # of the requests, counted from 0
    icmp_error: int = 0  # what every request ends with
    echoed: Callable[[bytes], bytes] = lambda content: content
    requests: list[tuple[int, bytes]] = field(default_factory=list)  # TTL, content
    _kept: list[Any] = field(default_factory=list)
    _error: int = 0
    _handles: int = 100
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def load(self, name: str, functions: Mapping[str, Function]) -> Library:
        if name in self.without:
            raise Missing(name)
        found = {}
        for called, function in functions.items():
            if called not in self.without:
                prototype = ctypes.CFUNCTYPE(function.result, *function.takes)
                found[called] = prototype(self._body(called))
        return Library(found, lambda: self._error)

    def _body(self, name: str) -> Callable[..., Any]:
        answer = getattr(self, f"_{name}")

        def called(*arguments: Any) -> Any:
            self.asked.append(name)
            if name in self.errors:
                return self.errors[name]
            return answer(*arguments)

        return called

    # iphlpapi

    def _GetAdaptersAddresses(self, family: int, flags: int, _: Any, into: int, size: int) -> int:  # noqa: N802
        room = ctypes.c_uint32.from_address(size)
        if not self.adapters:
            return Error.ERROR_NO_DATA
        data = adapters_as_bytes(self.adapters, into)
        if len(data) > room.value:
            room.value = len(data)
            return Error.ERROR_BUFFER_OVERFLOW
        self._spoil("GetAdaptersAddresses", data)
        ctypes.memmove(into, bytes(data), len(data))
        return 0

    def _GetIfEntry2(self, into: int) -> int:  # noqa: N802
        row = ip.IfRow.from_address(into)
        known = next((one for one in self.adapters if one.luid == row.InterfaceLuid), None)
        if known is None:
            return Error.ERROR_FILE_NOT_FOUND
        row.InterfaceAndOperStatusFlags = int(known.hardware)
        row.PhysicalMediumType = known.medium
        row.AdminStatus, row.MediaConnectState = known.admin, known.media
        return 0

    def _GetIpForwardTable2(self, family: int, into: int) -> int:  # noqa: N802
        rows = [forward_row(one) for one in self.routes]
        rows = [row for row in rows if row.DestinationPrefix.Prefix.si_family == family]
        if not rows:
            return Error.ERROR_NOT_FOUND
        return self._lend_table("GetIpForwardTable2", ip.ForwardTable, rows, into)

    def _GetIpNetTable2(self, family: int, into: int) -> int:  # noqa: N802
        rows = []
        for luid, address, state in self.neighbours:
            row = ip.NetRow(InterfaceLuid=luid, State=state, Address=sockaddr_inet(address))
            if row.Address.si_family == family:
                rows.append(row)
        if not rows:
            return Error.ERROR_NOT_FOUND
        return self._lend_table("GetIpNetTable2", ip.NetTable, rows, into)

    def _lend_table(self, name: str, table: Any, rows: list[Any], into: int) -> int:
        head = len(rows).to_bytes(4, "little").ljust(table.Table.offset, b"\0")
        self._lend(name, head + b"".join(bytes(row) for row in rows), into)
        return 0

    def _GetBestRoute2(self, luid: int | None, *rest: Any) -> int:  # noqa: N802
        _, _, wanted, _, row, source = rest
        by = None if luid is None else ctypes.c_uint64.from_address(luid).value
        target = ip.SockaddrInet.from_address(wanted)
        self.given.append((by, bytes(target)))
        if isinstance(self.best, int):
            return self.best
        ctypes.memmove(row, bytes(forward_row(self.best)), ctypes.sizeof(ip.ForwardRow))
        if self.source:
            ctypes.memmove(source, bytes(sockaddr_inet(self.source)), 28)
        return 0

    def _FreeMibTable(self, address: int) -> None:  # noqa: N802
        del self.lent[address]

    def _ConvertInterfaceAliasToLuid(self, name: int, into: int) -> int:  # noqa: N802
        for one in self.adapters:
            called = bytes(wide(one.name))
            if ctypes.string_at(name, len(called)) == called:
                ctypes.c_uint64.from_address(into).value = one.luid
                return 0
        return Error.ERROR_FILE_NOT_FOUND

    def _ConvertInterfaceLuidToAlias(self, luid: int, into: int, length: int) -> int:  # noqa: N802
        number = ctypes.c_uint64.from_address(luid).value
        for one in self.adapters:
            if one.luid == number:
                called = bytes(wide(one.name))
                assert len(called) <= 2 * length
                ctypes.memmove(into, called, len(called))
                return 0
        return Error.ERROR_FILE_NOT_FOUND

    def _ConvertInterfaceLuidToIndex(self, luid: int, into: int) -> int:  # noqa: N802
        number = ctypes.c_uint64.from_address(luid).value
        for one in self.adapters:
            if one.luid == number:
                ctypes.c_uint32.from_address(into).value = one.index
                return 0
        return Error.ERROR_FILE_NOT_FOUND

    # wlanapi

    def _WlanOpenHandle(self, version: int, _: Any, negotiated: int, handle: int) -> int:  # noqa: N802
        if self.wlan_service:
            return self.wlan_service
        ctypes.c_void_p.from_address(handle).value = 77
        self.lent[77] = "handle"
        return 0

    def _WlanCloseHandle(self, handle: int, _: Any) -> int:  # noqa: N802
        del self.lent[handle]
        return 0

    def _WlanEnumInterfaces(self, handle: int, _: Any, into: int) -> int:  # noqa: N802
        head = wlan.InterfaceInfoList(dwNumberOfItems=len(self.wifis))
        infos = [
            wlan.InterfaceInfo(InterfaceGuid=Guid.of(one.guid), isState=one.state)
            for one in self.wifis
        ]
        self._lend("WlanEnumInterfaces", bytes(head) + b"".join(map(bytes, infos)), into)
        return 0

    def _WlanQueryInterface(  # noqa: N802
        self, handle: int, guid: int, opcode: int, _: Any, size: int, into: int, kind: int
    ) -> int:
        one = self._wifi(guid)
        told: bytes | int = {
            wlan.Number.wlan_intf_opcode_current_connection: one.connection,
            wlan.Number.wlan_intf_opcode_rssi: _number(one.rssi),
            wlan.Number.wlan_intf_opcode_channel_number: _number(one.channel),
            wlan.Number.wlan_intf_opcode_statistics: one.statistics,
            wlan.Number.wlan_intf_opcode_radio_state: one.radios,
        }[opcode]
        if isinstance(told, int):
            return told
        ctypes.c_uint32.from_address(size).value = len(told)
        self._lend("WlanQueryInterface", told, into)
        return 0

    def _WlanGetNetworkBssList(self, handle: int, guid: int, *rest: Any) -> int:  # noqa: N802
        ssid, kind, _, _, into = rest
        assert (ssid, kind) == (None, wlan.Number.dot11_BSS_type_any)
        one = self._wifi(guid)
        if isinstance(one.points, int):
            return one.points
        self._lend("WlanGetNetworkBssList", one.points, into)
        return 0

    def _WlanRegisterNotification(self, handle: int, sources: int, *rest: Any) -> int:  # noqa: N802
        callback = rest[1]
        self.tell = None
        if sources:
            self.tell = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(callback)
        return 0

    def _WlanFreeMemory(self, address: int) -> None:  # noqa: N802
        del self.lent[address]

    def _wifi(self, guid: int) -> FakeWifi:
        wanted = ctypes.string_at(guid, 16)
        return next(one for one in self.wifis if bytes(Guid.of(one.guid)) == wanted)

    def notify(self, source: int, code: int, data: bytes, guid: str = WIFI_GUID) -> None:
        """From a thread of Windows."""
        attached = ctypes.create_string_buffer(data, len(data)) if data else None
        told = wlan.NotificationData(
            NotificationSource=source,
            NotificationCode=code,
            InterfaceGuid=Guid.of(guid),
            dwDataSize=len(data),
            pData=ctypes.addressof(attached) if attached is not None else None,
        )
        assert self.tell is not None
        thread = threading.Thread(target=self.tell, args=(ctypes.addressof(told), None))
        thread.start()
        thread.join()

    # icmp

    def _IcmpCreateFile(self) -> int:  # noqa: N802
        with self._lock:
            self._handles += 1
            self.lent[self._handles] = "icmp"
            return self._handles

    _Icmp6CreateFile = _IcmpCreateFile

    def _IcmpCloseHandle(self, handle: int) -> int:  # noqa: N802
        del self.lent[handle]
        return 1

    def _IcmpSendEcho2(  # noqa: N802
        self, handle: int, event: Any, routine: Any, context: Any, target: int, *request: int
    ) -> int:
        wanted = ipaddress.ip_address(target.to_bytes(4, "little"))
        said = self._echo(str(wanted), *request)
        if said is None:
            return 0
        address, status, content, room, size = said
        reply = icmp.EchoReply(
            Address=int.from_bytes(ipaddress.ip_address(address).packed, "little"),
            Status=status,
            DataSize=len(content),
            Data=room + ctypes.sizeof(icmp.EchoReply),
        )
        raw = bytes(reply) + content
        assert len(raw) + 24 <= size
        ctypes.memmove(room, raw, len(raw))
        return 1

    def _Icmp6SendEcho2(  # noqa: N802
        self, handle: int, event: Any, routine: Any, context: Any, source: int, *rest: int
    ) -> int:
        target, *request = rest
        assert ip.SockaddrIn6.from_address(source).sin6_family == Number.AF_INET6
        wanted = ip.SockaddrIn6.from_address(target)
        said = self._echo(str(ipaddress.ip_address(bytes(wanted.sin6_addr))), *request)
        if said is None:
            return 0
        address, status, content, room, size = said
        reply = icmp.EchoReply6(Status=status)
        reply.Address.sin6_addr[:] = ipaddress.ip_address(address).packed
        raw = bytes(reply) + content
        assert len(raw) + 24 <= size
        ctypes.memmove(room, raw, len(raw))
        return 1

    def _echo(
        self, target: str, data: int, length: int, options: int, room: int, size: int, wait_ms: int
    ) -> tuple[str, int, bytes, int, int] | None:
        """None: it ends with an error number, after the time that it takes to find out."""
        content = ctypes.string_at(data, length)
        ttl = icmp.OptionInformation.from_address(options).Ttl
        with self._lock:
            number = len(self.requests)
            self.requests.append((ttl, content))
        if self.icmp_error:
            self._error = self.icmp_error
            return None
        place = min(ttl, len(self.hops))
        who = self.hops[place - 1] if place else None
        if who is None or self.lost(number):
            time.sleep(wait_ms / 1000)
            self._error = icmp.Status.IP_REQ_TIMED_OUT
            return None
        time.sleep(self.hop_s * place)
        status = icmp.Status.IP_TTL_EXPIRED_TRANSIT if ttl < len(self.hops) else 0
        if isinstance(who, int):  # the router before it rejects what is meant for it
            return str(self.hops[place - 2]), who, b"", room, size
        return who, status, b"" if status else self.echoed(content), room, size

    # winhttp, kernel32

    def _WinHttpGetIEProxyConfigForCurrentUser(self, into: int) -> int:  # noqa: N802
        if isinstance(self.user_proxy, int):
            self._error = self.user_proxy
            return 0
        found = UserProxy.from_address(into)
        detect, script, proxy = self.user_proxy
        found.fAutoDetect = detect
        found.lpszAutoConfigUrl = self._lend_text(script)
        found.lpszProxy = self._lend_text(proxy)
        return 1

    def _WinHttpGetDefaultProxyConfiguration(self, into: int) -> int:  # noqa: N802
        found = MachineProxy.from_address(into)
        found.dwAccessType = 3 if self.machine_proxy else 1
        found.lpszProxy = self._lend_text(self.machine_proxy)
        return 1

    def _GlobalFree(self, address: int) -> None:  # noqa: N802
        del self.lent[address]

    def _lend_text(self, text: str) -> int | None:
        if not text:
            return None
        raw = wide(text)
        self.lent[ctypes.addressof(raw)] = raw
        return ctypes.addressof(raw)

    # ole32

    def _CoInitializeEx(self, _: Any, kind: int) -> int:  # noqa: N802
        self.lent["com"] = "initialized"  # type: ignore[index]
        return 0

    def _CoUninitialize(self) -> None:  # noqa: N802
        del self.lent["com"]  # type: ignore[arg-type]

    def _CoCreateInstance(  # noqa: N802
        self, known: int, _: Any, context: int, wanted: int, into: int
    ) -> int:
        if self.hresult:
            return self.hresult
        from netcheck.device import windows_nlm as nlm

        def connectivity(this: int, into: int) -> int:
            ctypes.c_uint32.from_address(into).value = self.connectivity or 0
            return 0

        def release(this: int) -> int:
            del self.lent[this]
            return 0

        methods = {
            nlm.GET_CONNECTIVITY: nlm.METHODS[nlm.GET_CONNECTIVITY](connectivity),
            nlm.RELEASE: nlm.METHODS[nlm.RELEASE](release),
        }
        table = (ctypes.c_void_p * 17)()
        for place, method in methods.items():
            table[place] = ctypes.cast(method, ctypes.c_void_p).value
        instance = (ctypes.c_void_p * 1)(ctypes.addressof(table))
        self._kept += [methods, table, instance]
        self.lent[ctypes.addressof(instance)] = instance
        ctypes.c_void_p.from_address(into).value = ctypes.addressof(instance)
        return 0

    def _lend(self, name: str, data: bytes, into: int) -> None:
        spoiled = bytearray(data)
        room = 0
        if name in self.corrupt:
            self._spoil(name, spoiled)
            room = ROOM_BYTES
        buffer = (ctypes.c_uint64 * ((len(spoiled) + room) // 8 + 1))()
        ctypes.memmove(buffer, bytes(spoiled), len(spoiled))
        self.lent[ctypes.addressof(buffer)] = buffer
        ctypes.c_void_p.from_address(into).value = ctypes.addressof(buffer)

    def _spoil(self, name: str, data: bytearray) -> None:
        if name in self.corrupt:
            self.corrupt[name](data)


def _number(value: int | None) -> bytes | int:
    if value is None:
        return wlan.Error.ERROR_ACCESS_DENIED
    return value.to_bytes(4, "little", signed=value < 0)
