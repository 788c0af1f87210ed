"""Which proxy has Windows been told to send web traffic through? (winhttp.dll)

Of the two settings, the user's own is what browsers and most programs obey; services obey the
other, of the whole machine. Source: winhttp.h of the Windows SDK. A script that chooses a proxy
(PAC) is never fetched or run: where one is set, or is to be looked for, and no proxy is named
beside it, nothing is known.
"""

import ctypes
from enum import IntEnum

from netcheck.device.windows_calls import (
    LONG,
    POINTER,
    ULONG,
    Corrupt,
    Function,
    Library,
    Load,
    Missing,
    Record,
    Refused,
    load,
    text_at,
)

LIBRARY = "winhttp.dll"
_MEMORY = "kernel32.dll"


class Number(IntEnum):
    """How a program gets out by the setting of the machine, and what "no setting" is called."""

    WINHTTP_ACCESS_TYPE_NO_PROXY = 1
    WINHTTP_ACCESS_TYPE_NAMED_PROXY = 3
    ERROR_FILE_NOT_FOUND = 2


class UserProxy(Record):
    """The user's own setting."""

    declared_as = "WINHTTP_CURRENT_USER_IE_PROXY_CONFIG"
    _fields_ = (
        ("fAutoDetect", LONG),
        ("lpszAutoConfigUrl", POINTER),
        ("lpszProxy", POINTER),
        ("lpszProxyBypass", POINTER),
    )


class MachineProxy(Record):
    """The setting of the machine."""

    declared_as = "WINHTTP_PROXY_INFO"
    _fields_ = (("dwAccessType", ULONG), ("lpszProxy", POINTER), ("lpszProxyBypass", POINTER))


FUNCTIONS = {
    "WinHttpGetIEProxyConfigForCurrentUser": Function(LONG, (POINTER,)),
    "WinHttpGetDefaultProxyConfiguration": Function(LONG, (POINTER,)),
}
MEMORY_FUNCTIONS = {"GlobalFree": Function(POINTER, (POINTER,))}


def proxy(loading: Load = load) -> str | None:
    """The proxy that is asked for https, as `host:port`, `http://host:port` or
    `socks://host:port`; None: none is set. Raises Missing, Refused or Corrupt: not measured."""
    library, memory = loading(LIBRARY, FUNCTIONS), loading(_MEMORY, MEMORY_FUNCTIONS)
    user = UserProxy()
    # Nobody has set anything yet: that is how Windows says so.
    _ask(library, "WinHttpGetIEProxyConfigForCurrentUser", user, Number.ERROR_FILE_NOT_FOUND)
    try:
        by_script = bool(user.lpszAutoConfigUrl)
        named = text_at(user.lpszProxy)
    finally:
        _free(memory, user.lpszAutoConfigUrl, user.lpszProxy, user.lpszProxyBypass)
    if named:
        return for_https(named)
    if by_script:
        raise Corrupt("a script chooses the proxy")
    machine = MachineProxy()
    _ask(library, "WinHttpGetDefaultProxyConfiguration", machine)
    try:
        if machine.dwAccessType != Number.WINHTTP_ACCESS_TYPE_NAMED_PROXY:
            return None
        return for_https(text_at(machine.lpszProxy) or "")
    finally:
        _free(memory, machine.lpszProxy, machine.lpszProxyBypass)


def for_https(named: str) -> str | None:
    """Out of `host:port`, or `http=a:80;https=b:8080 socks=c:1080`; None: not for https."""
    by_scheme: dict[str, str] = {}
    for word in named.replace(";", " ").split():
        scheme, equals, where = word.partition("=")
        by_scheme.setdefault(scheme.lower() if equals else "", where if equals else word)
    if "socks" in by_scheme and not {"https", ""} & by_scheme.keys():
        return f"socks://{by_scheme['socks']}"
    return by_scheme.get("https") or by_scheme.get("")


def _ask(library: Library, name: str, into: Record, nothing: int | None = None) -> None:
    if not library.call(name, ctypes.addressof(into)):
        code = library.last_error()
        if code != nothing:
            raise Refused(code)


def _free(memory: Library, *addresses: int | None) -> None:
    """Whatever WinHTTP allocates, its caller gives back. Nothing to be done where that fails."""
    for address in addresses:
        if address:
            try:
                memory.call("GlobalFree", address)
            except Missing:
                return
