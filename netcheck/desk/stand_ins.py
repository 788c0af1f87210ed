"""Stand-ins: what an identifier is called in a bundle, the same in every bundle of one ticket.

An address keeps its class and its neighbours: private stays private, what shared a /24 (IPv6: a
/64) still does. A public IPv4 address stands in 240.0.0.0/4 (RFC 1112, never used), a global IPv6
one in 3fff::/20 (RFC 9637, documentation), so that nobody takes it for a real one. Which stand-in
an original gets follows from a secret of the ticket; the table of both never leaves the device.
"""

import hmac
import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

_Address = IPv4Address | IPv6Address

_SHARED = IPv4Network("100.64.0.0/10")  # RFC 6598
_V4_HOMES = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("169.254.0.0/16"),
    _SHARED,
)
_V4_PUBLIC = IPv4Network("240.0.0.0/4")
_V6_GLOBAL = IPv6Network("3fff::/20")
_V6_OWN = IPv6Network("fd00::/8")  # RFC 4193
_V6_LINK = IPv6Network("fe80::/64")
_SOLICITED = IPv6Network("ff02::1:ff00:0/104")  # holds the last 24 bits of an address
_NAT64 = IPv6Network("64:ff9b::/96")
_HARDWARE = re.compile(r"[0-9A-Fa-f]{2}(?:([:.-]?)[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}")
_DOTTED = re.compile(r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}")
KINDS = ("address", "hardware", "wifi", "name", "path", "text", "interface", "run")
"""Kinds of identifiers, as they are counted."""


class StandIns:
    """One ticket's table: what is in it already, and what is added."""

    def __init__(self, secret: bytes, known: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._secret = secret
        self._taken: set[str] = set()
        self._of: dict[str, dict[str, str]] = {kind: {} for kind in (*KINDS, "network")}
        for kind, pairs in (known or {}).items():
            if kind in self._of:
                self._of[kind].update(pairs)
        self.uses: dict[str, int] = dict.fromkeys(KINDS, 0)

    @property
    def table(self) -> dict[str, dict[str, str]]:
        """Originals and their stand-ins, by kind: it stays on the device."""
        return {kind: dict(pairs) for kind, pairs in self._of.items()}

    def originals(self) -> dict[str, tuple[str, ...]]:
        """What may be in no file, by kind."""
        return {kind: tuple(pairs) for kind, pairs in self._of.items() if kind in KINDS}

    def reserve(self, addresses: Iterable[str]) -> None:
        """These are originals: no stand-in may look like one. One that does is made anew."""
        taken = set(addresses)
        for kind in ("address", "network"):
            pairs = self._of[kind]
            inside = {_network(one) for one in taken} if kind == "network" else taken
            for original in [one for one, stand_in in pairs.items() if stand_in in inside]:
                del pairs[original]
        self._taken = taken

    def labelled(self, kind: str, original: str) -> str:
        """`text-3`: the third text that was met, whatever it says."""
        return self._used(kind, original, lambda: f"{kind}-{len(self._of[kind]) + 1}")

    def of_run(self, original: str) -> str:
        """A run's number as another: a result and its line of the history still fit. It is random
        and names nobody, so that it is in no table."""
        self.uses["run"] += 1
        return f"{self._number('run', original, 0) % (1 << 64):016x}"

    def of_hardware(self, original: str) -> str:
        """A hardware address as another: locally administered, and a group address stays one."""
        digits = re.sub("[^0-9a-f]", "", original.lower())
        if digits in ("0" * 12, "f" * 12):
            return original
        plain = ":".join(digits[at : at + 2] for at in range(0, 12, 2))

        def made() -> str:
            number = bytearray(self._number("hardware", plain, 0).to_bytes(32, "big")[:6])
            number[0] = (number[0] & 0xFC) | 0x02 | (int(digits[:2], 16) & 0x01)
            return number.hex(":")

        return self._used("hardware", plain, made)

    def of_address(self, original: str) -> str:
        """An address as another of its class. Raises ValueError where it is none. What names no
        place (loopback, unspecified, broadcast, multicast, a mask) stays as it is."""
        plain, percent, scope = original.partition("%")
        address = ipaddress.ip_address(plain)
        if _says_nothing(address):
            return str(address)
        stand_in = self._used("address", str(address), lambda: str(self._place(address)))
        return f"{stand_in}%{scope}" if percent else stand_in

    def _place(self, address: _Address) -> _Address:
        if isinstance(address, IPv4Address):
            return self._v4(address)
        if address.ipv4_mapped is not None:
            return IPv6Address(f"::ffff:{self.of_address(str(address.ipv4_mapped))}")
        if address in _NAT64:
            inner = IPv4Address(self.of_address(str(IPv4Address(int(address) & 0xFFFFFFFF))))
            return IPv6Address(int(_NAT64.network_address) | int(inner))
        if address in _SOLICITED:
            return self._within(_SOLICITED, 24, address)
        if address in IPv6Network("fe80::/10"):
            return self._within(_V6_LINK, 64, address)
        home = _V6_OWN if address in IPv6Network("fc00::/7") else _V6_GLOBAL
        net = self._subnet(address, home, 64)
        if int(address) & (1 << 64) - 1 == 0:
            return net[0]
        return self._within(net, 64, address)

    def _v4(self, address: IPv4Address) -> _Address:
        home = next((home for home in _V4_HOMES if address in home), _V4_PUBLIC)
        net = self._subnet(address, home, 24)
        last = int(address) & 0xFF
        if last in (0, 0xFF):  # the name of the net, and all of it
            return net[last]
        return self._within(net, 8, address)

    def _subnet(
        self, address: _Address, home: IPv4Network | IPv6Network, length: int
    ) -> IPv4Network | IPv6Network:
        """The stand-in of the net around it: one net has one, and no two have the same."""
        original = _network(str(address))
        known = self._of["network"].get(original)
        if known is None:
            used = {*self._of["network"].values(), *map(_network, self._taken), original}
            room = length - home.prefixlen
            for attempt in range(1 << min(room, 16)):
                number = self._number("network", original, attempt) % (1 << room)
                size = home.max_prefixlen - length
                start = int(home.network_address) + (number << size)
                known = str(ipaddress.ip_network((start, length)))
                if known not in used:
                    break
            assert known is not None
            self._of["network"][original] = known
        return ipaddress.ip_network(known)

    def _within(self, net: IPv4Network | IPv6Network, bits: int, address: _Address) -> _Address:
        used = {*self._of["address"].values(), *self._taken}
        last = (1 << bits) - 2
        for attempt in range(4096):
            number = self._number("host", str(address), attempt) % last + 1
            made = net[number]
            if str(made) not in used:
                return made
        return made  # a full net: two then look like one, and neither like an original

    def _number(self, kind: str, original: str, attempt: int) -> int:
        said = f"{kind}\0{original}\0{attempt}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hmac.digest(self._secret, said, "sha256"), "big")

    def _used(self, kind: str, original: str, make: Callable[[], str]) -> str:
        self.uses[kind] += 1
        pairs = self._of[kind]
        if original not in pairs:
            pairs[original] = make()
        return pairs[original]


def is_hardware(text: str) -> bool:
    """Whether it is written as a hardware address of six bytes."""
    return bool(_HARDWARE.fullmatch(text) or _DOTTED.fullmatch(text))


def is_address(text: str) -> bool:
    """Whether it is an address, a scope behind it or not."""
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _network(text: str) -> str:
    try:
        length = 24 if ipaddress.ip_address(text).version == 4 else 64
        return str(ipaddress.ip_network(f"{text}/{length}", strict=False))
    except ValueError:
        return text


def _says_nothing(address: _Address) -> bool:
    if isinstance(address, IPv4Address):
        number = int(address)
        inverted = number ^ 0xFFFFFFFF
        is_mask = inverted & (inverted + 1) == 0
        return is_mask or address.is_loopback or address.is_multicast or address.is_unspecified
    if address in _SOLICITED:
        return False
    return address.is_loopback or address.is_unspecified or address.is_multicast
