"""What does Windows itself think of its way to the internet? The network list's own opinion.

It is what the taskbar shows its user, and what programs that ask Windows believe. Asked by COM
(netlistmgr.h, since Vista) and not by GetNetworkConnectivityHint, which older systems in service
do not have; nor from the registry, where it is not kept. It goes through a service that may be
slow to start: the asking is a thread's, and is left alone when it takes too long.
"""

import ctypes
import threading
from collections.abc import Callable
from enum import IntEnum

from netcheck.device.windows_calls import (
    LONG,
    POINTER,
    ULONG,
    Function,
    Guid,
    Library,
    Load,
    Missing,
    Refused,
    load,
)
from netcheck.model.device import Opinion

LIBRARY = "ole32.dll"
_WITHIN_S = 0.5  # chosen: a run must not wait for it
CLSID_NetworkListManager = "{dcb00c01-570f-4a9b-8d69-199fdba5723b}"
IID_INetworkListManager = "{dcb00000-570f-4a9b-8d69-199fdba5723b}"


class Number(IntEnum):
    """Of objbase.h, wtypesbase.h and netlistmgr.h."""

    COINIT_MULTITHREADED = 0
    CLSCTX_ALL = 23
    NLM_CONNECTIVITY_DISCONNECTED = 0
    NLM_CONNECTIVITY_IPV4_INTERNET = 0x40
    NLM_CONNECTIVITY_IPV6_INTERNET = 0x400
    NLM_CONNECTIVITY_IPV4_SUBNET = 0x10
    NLM_CONNECTIVITY_IPV4_LOCALNETWORK = 0x20
    NLM_CONNECTIVITY_IPV6_SUBNET = 0x100
    NLM_CONNECTIVITY_IPV6_LOCALNETWORK = 0x200


_INTERNET = Number.NLM_CONNECTIVITY_IPV4_INTERNET | Number.NLM_CONNECTIVITY_IPV6_INTERNET
_LOCAL = (
    Number.NLM_CONNECTIVITY_IPV4_SUBNET
    | Number.NLM_CONNECTIVITY_IPV4_LOCALNETWORK
    | Number.NLM_CONNECTIVITY_IPV6_SUBNET
    | Number.NLM_CONNECTIVITY_IPV6_LOCALNETWORK
)
RELEASE, GET_CONNECTIVITY = 2, 13
"""Places in the table of INetworkListManager's functions: IUnknown has three, IDispatch four."""

FUNCTIONS = {
    "CoInitializeEx": Function(LONG, (POINTER, ULONG)),
    "CoCreateInstance": Function(LONG, (POINTER, POINTER, ULONG, POINTER, POINTER)),
    "CoUninitialize": Function(None, ()),
}
_METHOD = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
METHODS = {RELEASE: _METHOD(ULONG, POINTER), GET_CONNECTIVITY: _METHOD(LONG, POINTER, POINTER)}


def opinion(loading: Load = load, within_s: float = _WITHIN_S) -> Opinion | None:
    """The opinion; None: it did not answer in time. Raises Missing or Refused (an HRESULT)."""
    library = loading(LIBRARY, FUNCTIONS)
    found: list[Opinion] = []
    refused: list[Missing | Refused] = []

    def ask() -> None:
        try:
            found.append(of_flags(_connectivity(library)))
        except (Missing, Refused) as problem:
            refused.append(problem)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(within_s)
    if refused:
        raise refused[0]
    return found[0] if found else None


def of_flags(flags: int) -> Opinion:
    """NLM_CONNECTIVITY as one word. A network without traffic yet leads nowhere."""
    if flags & _INTERNET:
        return Opinion.INTERNET
    return Opinion.LOCAL if flags & _LOCAL else Opinion.NOTHING


def _connectivity(library: Library) -> int:
    _good(library.call("CoInitializeEx", None, Number.COINIT_MULTITHREADED))
    try:
        known, wanted = Guid.of(CLSID_NetworkListManager), Guid.of(IID_INetworkListManager)
        there = POINTER()
        _good(
            library.call(
                "CoCreateInstance",
                ctypes.addressof(known),
                None,
                Number.CLSCTX_ALL,
                ctypes.addressof(wanted),
                ctypes.addressof(there),
            )
        )
        manager = there.value
        if not manager:
            raise Missing("INetworkListManager")
        try:
            flags = ULONG()
            _good(_method(manager, GET_CONNECTIVITY)(manager, ctypes.addressof(flags)))
            return flags.value
        finally:
            _method(manager, RELEASE)(manager)
    finally:
        library.call("CoUninitialize")


def _method(instance: int, place: int) -> Callable[..., int]:
    """The function at that place of the table to which an object points first."""
    table = POINTER.from_address(instance).value or 0
    entry = POINTER.from_address(table + place * ctypes.sizeof(POINTER)).value or 0
    called: Callable[..., int] = METHODS[place](entry)
    return called


def _good(result: int) -> None:
    """An HRESULT below zero is a failure."""
    if result < 0:
        raise Refused(result & 0xFFFFFFFF)
