"""Lookups and connections that a phone tries itself, with the programs of its shell.

Android's shell has `ping` (iputils) and, on most systems, toybox's `nc` and `timeout`. Their words
are read, since their exit codes say the same of different things. What has no clear answer is
None. The traffic leaves by the phone's own way: by Wi-Fi where it has it.
"""

import re
from collections.abc import Iterable

from netcheck.model.phone import PhoneTest, PhoneTestKind

PORT = 443
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*\.)+[A-Za-z0-9-]+")
_RESOLVED = re.compile(r"^PING [^\n(]*\([0-9a-fA-F.:%]+", re.MULTILINE)
_NO_ADDRESS = re.compile(
    r"unknown host|No address associated|not known|name resolution|bad address", re.IGNORECASE
)
_HEARD = re.compile(r"\b[1-9]\d* (?:packets )?received")
_UNHEARD = re.compile(r"\b0 (?:packets )?received|Unreachable|unreachable")
_NOT_CONNECTED = re.compile(r"imed? ?out|refused|nreachable|No route", re.IGNORECASE)


def script(host: str) -> str | None:
    """What the phone's shell is asked to do: three packets or so, nine seconds at the most.

    None: a name that is no plain host name, which no shell is given.
    """
    if not _HOST.fullmatch(host):
        return None
    return (
        f"ping -c 1 -W 2 {host} 2>&1; echo ping=$?; "
        f"timeout 6 nc -w 3 -q 1 {host} {PORT} </dev/null 2>&1; echo connect=$?"
    )


def parse(host: str, text: str | None) -> Iterable[PhoneTest]:
    """The three tests of one host. `text` None: the phone did not answer in time."""
    pinged, _, rest = (text or "").partition("ping=")
    connected, _, code = rest.partition("\n")[2].partition("connect=")
    resolved = _resolved(pinged)
    yield PhoneTest(PhoneTestKind.LOOKUP, host, None, resolved)
    yield PhoneTest(PhoneTestKind.PING, host, None, _answered(pinged) if resolved else None)
    taken = _taken(connected, code.strip()) if resolved else None
    yield PhoneTest(PhoneTestKind.CONNECT, host, PORT, taken)


def _resolved(printed: str) -> bool | None:
    if _RESOLVED.search(printed):
        return True
    return False if _NO_ADDRESS.search(printed) else None


def _answered(printed: str) -> bool | None:
    if _HEARD.search(printed):
        return True
    return False if _UNHEARD.search(printed) else None


def _taken(printed: str, code: str) -> bool | None:
    if code == "0":
        return True
    return False if _NOT_CONNECTED.search(printed) else None
