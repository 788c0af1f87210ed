"""Which proxy has Windows been told to send web traffic through? (winhttp.dll)

Of the two settings, the user's own is what browsers and most programs obey; services obey the
other, of the whole machine. Source: winhttp.h of the Windows SDK. A script that chooses a proxy
(PAC) is never fetched or run: where one is set and no proxy is named beside it, nothing is known;
nor where the network is to name one (WPAD), which is how Windows comes and seldom means anything.
"""

import ctypes
from enum import IntEnum

from netcheck.device.settings import Proxy, proxy_at
from netcheck.device.windows_calls import (
    LONG,
    POINTER,
    ULONG,
    Function,
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


def proxy(loading: Load = load) -> Proxy | None:
    """The proxy of this Windows' settings; None: none, or one that a script chooses."""
    try:
        named = for_https(_of_user(loading) or _of_machine(loading) or "")
    except (ByScript, Missing, Refused):
        return None
    return proxy_at("system settings", named) if named else None


class ByScript(Exception):
    """A script chooses the proxy, so that none is known."""


def _of_user(loading: Load) -> str | None:
    """What the user set. Raises Missing, Refused or ByScript."""
    found = UserProxy()
    # Nobody has set anything yet: that is how Windows says so.
    _ask(loading, "WinHttpGetIEProxyConfigForCurrentUser", found, Number.ERROR_FILE_NOT_FOUND)
    script, named, _ = _texts(
        loading, found.lpszAutoConfigUrl, found.lpszProxy, found.lpszProxyBypass
    )
    if script and not named:
        raise ByScript
    return named


def _of_machine(loading: Load) -> str | None:
    """What an administrator set for services. Raises Missing or Refused."""
    found = MachineProxy()
    _ask(loading, "WinHttpGetDefaultProxyConfiguration", found)
    named, _ = _texts(loading, found.lpszProxy, found.lpszProxyBypass)
    by_name = found.dwAccessType == Number.WINHTTP_ACCESS_TYPE_NAMED_PROXY
    return named if by_name else None


def for_https(named: str) -> str | None:
    """Out of `host:port`, or `http=a:80;https=b:8080 socks=c:1080`; None: not for https."""
    by_scheme: dict[str, str] = {}
    for word in named.replace(";", " ").split():
        scheme, equals, where = word.partition("=")
        by_scheme.setdefault(scheme.lower() if equals else "", where if equals else word)
    if "socks" in by_scheme and not {"https", ""} & by_scheme.keys():
        return f"socks://{by_scheme['socks']}"
    return by_scheme.get("https") or by_scheme.get("")


def _ask(loading: Load, name: str, into: Record, nothing: int | None = None) -> None:
    library = loading(LIBRARY, FUNCTIONS)
    if not library.call(name, ctypes.addressof(into)):
        code = library.last_error()
        if code != nothing:
            raise Refused(code)


def _texts(loading: Load, *addresses: int | None) -> list[str | None]:
    """The texts at these addresses, each of which is then given back, as WinHTTP asks for."""
    memory = loading(_MEMORY, MEMORY_FUNCTIONS)
    found = [text_at(address) for address in addresses]
    for address in addresses:
        if address:
            memory.call("GlobalFree", address)
    return found
