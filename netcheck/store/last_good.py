"""How this device was connected when all last worked, to say later what has changed since.

Kept are fingerprints (HMAC-SHA256 with a secret of this device, cut to 64 bits) and general facts,
never an address or a name: whoever reads the file learns that two of them are alike, not which.
Two homes whose routers hand out the same addresses look alike, so that "nothing changed" is never
said; what is said to have changed has. Without msgspec (Android) nothing is kept.
"""

import hmac
import ipaddress
from dataclasses import dataclass

from netcheck.model.device import Device, LinkKind, Route
from netcheck.model.observation import Family
from netcheck.store.device_secret import OF_NETWORKS, secret
from netcheck.store.paths import state_dir
from netcheck.store.write import read_whole, write_whole

FILE = "last-good.json"
_MOST_SERVERS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """How a device is connected. `link` is a LinkKind's value; `network`, `router` and `servers`
    are fingerprints; `provider` is the number of an autonomous system. None: not measured."""

    link: str | None = None
    network: str | None = None
    router: str | None = None
    servers: tuple[str, ...] = ()
    vpn: bool | None = None
    provider: int | None = None
    carrier: str | None = None


@dataclass(frozen=True, slots=True)
class LastGood:
    """`at` is when that run began: UTC, ISO 8601."""

    at: str
    line: Line


def save(good: LastGood) -> None:
    """Keeps it in place of the one before.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    try:
        import msgspec
    except ImportError:
        return
    write_whole(state_dir() / FILE, msgspec.json.encode(good).decode() + "\n")


def load() -> LastGood | None:
    """The last one; None before the first, or where the file holds something else.

    Raises:
        StoreUnavailable: it may not be read.
    """
    try:
        import msgspec
    except ImportError:
        return None
    text = read_whole(state_dir() / FILE)
    try:
        return msgspec.json.decode(text, type=LastGood) if text else None
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def line_of(
    device: Device,
    *,
    vpn: bool | None = None,
    provider: int | None = None,
    carrier: str | None = None,
) -> Line:
    """This device's line now.

    Raises:
        StoreUnavailable: the secret of the fingerprints can be neither read nor kept.
    """
    key = secret(OF_NETWORKS)
    routes = [route for route in device.default_routes if not _leads_into_a_tunnel(route, device)]
    in_use = next((route for route in routes if route.gateway), routes[0] if routes else None)
    interface = device.interface(in_use.interface) if in_use else None
    return Line(
        link=interface.kind.value if interface else None,
        network=_mark(key, "network", _network(device, in_use)),
        router=_mark(key, "router", _router(routes)),
        servers=tuple(
            mark for one in _servers(device) if (mark := _mark(key, "server", one)) is not None
        ),
        vpn=vpn,
        provider=provider,
        carrier=carrier,
    )


def changes(then: Line, now: Line) -> tuple[str, ...]:
    """What differs, as ids: network, router, resolver, vpn-on, vpn-off, carrier. What was not
    measured then or now differs in nothing. On another network the router and the servers are
    others as a matter of course, and not named."""
    pairs = (
        (then.link, now.link),
        (then.network, now.network),
        (then.provider, now.provider),
    )
    found = []
    if any(_differ(before, after) for before, after in pairs):
        found.append("network")
    else:
        if _differ(then.router, now.router):
            found.append("router")
        if then.servers and now.servers and now.servers[0] not in then.servers:
            found.append("resolver")
    if _differ(then.vpn, now.vpn):
        found.append("vpn-on" if now.vpn else "vpn-off")
    if _differ(then.carrier, now.carrier):
        found.append("carrier")
    return tuple(found)


def _differ(before: object, after: object) -> bool:
    return before is not None and after is not None and before != after


def _leads_into_a_tunnel(route: Route, device: Device) -> bool:
    interface = device.interface(route.interface)
    return interface is not None and interface.kind is LinkKind.TUNNEL


def _router(routes: list[Route]) -> str | None:
    """The router's address; that of IPv4 where there is one, since an IPv6 network may have
    several that take turns."""
    for family in (Family.IPV4, Family.IPV6):
        for route in routes:
            if route.family is family and route.gateway:
                return route.gateway.partition("%")[0]
    return None


def _network(device: Device, route: Route | None) -> str | None:
    """The IPv4 network of the interface in use. That of IPv6 is left out: many providers hand out
    another one each day."""
    interface = device.interface(route.interface) if route else None
    for one in interface.addresses if interface else ():
        if one.family is Family.IPV4 and not one.link_local:
            return str(ipaddress.ip_network(f"{one.address}/{one.prefix_length}", strict=False))
    return None


def _servers(device: Device) -> list[str]:
    """The servers for names, in the order in which they are asked. A stub on this machine is
    passed over where those behind it are known."""
    plain = [server.partition("%")[0] for server in device.nameservers]
    beyond = [one for one in plain if not (one.startswith("127.") or one == "::1")]
    return (beyond or plain)[:_MOST_SERVERS]


def _mark(key: bytes, kind: str, value: str | None) -> str | None:
    if value is None:
        return None
    return hmac.digest(key, f"{kind}|{value}".encode(), "sha256")[:8].hex()
