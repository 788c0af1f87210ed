"""What a network says of its own sign-in: the URI of RFC 8910 and the answer of RFC 8908.

Foreign text on both sides: whoever runs DHCP here wrote the one, a web server the other. What does
not fit is None, never an exception. URLs inside the answer are not kept, only that they are there.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

UNRESTRICTED = "urn:ietf:params:capport:unrestricted"  # RFC 8910 2: there is no portal here
MEDIA_TYPE = "application/captive+json"
MOST_URI_BYTES = 2048
MOST_BODY_BYTES = 4096


@dataclass(frozen=True, slots=True)
class PortalUri:
    """Where to ask: over TLS always (RFC 8908 4). `path` begins with a slash."""

    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class PortalState:
    """RFC 8908 5. `captive`: a sign-in is needed. The rest is None where it was not said."""

    captive: bool
    user_portal: bool
    venue_info: bool
    can_extend: bool | None
    seconds_remaining: int | None
    bytes_remaining: int | None


def parse_uri(text: str) -> PortalUri | None:
    """The server behind an option's value; None for what is no https address."""
    plain = text.strip().rstrip("\0")
    if len(plain) > MOST_URI_BYTES or not plain.isascii() or not plain.isprintable():
        return None
    try:
        parts = urlsplit(plain)
        host, port = parts.hostname, parts.port or 443
    except ValueError:
        return None
    if parts.scheme != "https" or not host or parts.username is not None or " " in plain:
        return None
    path = parts.path or "/"
    return PortalUri(host, port, f"{path}?{parts.query}" if parts.query else path)


def parse_state(body: bytes, media_type: str | None) -> PortalState | None:
    """The answer's meaning; None unless it is what RFC 8908 wants of it."""
    import json

    if (media_type or "").partition(";")[0].strip().casefold() != MEDIA_TYPE:
        return None
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or type(said.get("captive")) is not bool:
        return None
    can_extend = said.get("can-extend-session")
    return PortalState(
        captive=said["captive"],
        user_portal=_is_text(said.get("user-portal-url")),
        venue_info=_is_text(said.get("venue-info-url")),
        can_extend=can_extend if type(can_extend) is bool else None,
        seconds_remaining=_count(said.get("seconds-remaining")),
        bytes_remaining=_count(said.get("bytes-remaining")),
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _count(value: object) -> int | None:
    """A whole number that is not negative; anything else was not said."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number < 2**63 else None
