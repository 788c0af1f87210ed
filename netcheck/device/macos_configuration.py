"""What SystemConfiguration of macOS knows: name servers, links, the primary service, proxy, lease.

Sources: Apple's SCDynamicStoreCopyValue, SCDynamicStoreCopyProxies, SCDynamicStoreCopyDHCPInfo,
SCNetworkInterfaceCopyAll, and SCSchemaDefinitions.h for the keys. Nothing is parsed that is meant
for people, and nothing of it is sent. Weakness: never run on a Mac; the tests stand in for the
framework's objects.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from netcheck.device.addresses import literal
from netcheck.device.lease import Lease
from netcheck.device.resolvers import Resolvers
from netcheck.device.settings import Proxy
from netcheck.model.device import LinkKind

Store = Callable[[str], object]
"""A key of the dynamic store to its value; None for a key that is not there."""

_LEASE_TIME, _CAPTIVE_PORTAL = 51, 114  # RFC 2132 9.2, RFC 8910
_KINDS = {
    "IEEE80211": LinkKind.WIFI,
    "Ethernet": LinkKind.ETHERNET,
    "Bond": LinkKind.ETHERNET,
    "VLAN": LinkKind.ETHERNET,
    "WWAN": LinkKind.CELLULAR,
    "Modem": LinkKind.CELLULAR,
    "PPP": LinkKind.TUNNEL,
    "PPTP": LinkKind.TUNNEL,
    "L2TP": LinkKind.TUNNEL,
    "IPSec": LinkKind.TUNNEL,
    "VPN": LinkKind.TUNNEL,
    "6to4": LinkKind.TUNNEL,
}
_PROXIES = (("HTTPS", "https", True), ("HTTP", "http", True), ("SOCKS", "socks", False))
_PORTS = {"https": 443, "http": 80, "socks": 1080}


class NotOffered(Exception):
    """SystemConfiguration is not there: no pyobjc, or no Mac."""


def _framework() -> Any:
    try:
        import SystemConfiguration  # type: ignore[import-not-found, unused-ignore]
    except ImportError as problem:
        raise NotOffered("pyobjc-framework-SystemConfiguration is not installed") from problem
    return SystemConfiguration


def store() -> Store:
    """The dynamic store of this Mac. Raises NotOffered."""
    framework = _framework()
    return lambda key: framework.SCDynamicStoreCopyValue(None, key)


def kinds() -> dict[str, LinkKind]:
    """What each interface is made of, by its BSD name. Raises NotOffered."""
    framework = _framework()
    found = {}
    for one in framework.SCNetworkInterfaceCopyAll() or ():
        name = framework.SCNetworkInterfaceGetBSDName(one)
        kind = framework.SCNetworkInterfaceGetInterfaceType(one)
        if name:
            found[str(name)] = _KINDS.get(str(kind), LinkKind.OTHER)
    return found


def resolvers(value: Store) -> Resolvers:
    """The name servers that mDNSResponder asks for everybody. Where all of them are on this Mac
    (a filter, a VPN), those that the primary service was given follow."""
    everybody = _mapping(value("State:/Network/Global/DNS"))
    asked = _addresses(everybody.get("ServerAddresses"))
    domains = _strings(everybody.get("SearchDomains")) or _strings([everybody.get("DomainName")])
    known = [literal(server) for server in asked]
    behind: tuple[str, ...] = ()
    if asked and all(server is not None and server.loopback for server in known):
        given = _mapping(value(f"State:/Network/Service/{primary_service(value)}/DNS"))
        behind = tuple(s for s in _addresses(given.get("ServerAddresses")) if s not in asked)
    return Resolvers(asked + behind, len(domains))


def primary_service(value: Store) -> str | None:
    """The service that carries what has no way of its own; None: there is none."""
    for version in ("IPv4", "IPv6"):
        service = _mapping(value(f"State:/Network/Global/{version}")).get("PrimaryService")
        if isinstance(service, str):
            return service
    return None


def primary_route(value: Store, version: str) -> tuple[str, str | None] | None:
    """(interface, router) of that IP version (`IPv4`, `IPv6`); None: there is no way out."""
    said = _mapping(value(f"State:/Network/Global/{version}"))
    interface, router = said.get("PrimaryInterface"), said.get("Router")
    if not isinstance(interface, str):
        return None
    known = literal(router) if isinstance(router, str) else None
    return interface, known.text if known else None


def link_is_active(value: Store, interface: str) -> bool | None:
    """Whether a cable is in, or the Wi-Fi joined. None: not told, as of tunnels. The RUNNING flag
    of macOS stays on without a cable, so it tells nothing."""
    active = _mapping(value(f"State:/Network/Interface/{interface}/Link")).get("Active")
    return None if active is None else bool(active)


def proxy() -> Proxy | None:
    """The proxy of this Mac's network settings; None: none, or one that a script chooses."""
    try:
        said = _mapping(_framework().SCDynamicStoreCopyProxies(None))
    except NotOffered:
        return None
    return proxy_in(said)


def proxy_in(said: Mapping[str, Any]) -> Proxy | None:
    """The first proxy that is switched on (SCSchemaDefinitions.h, kSCPropNetProxies)."""
    for name, scheme, speaks_http in _PROXIES:
        host, port = said.get(f"{name}Proxy"), said.get(f"{name}Port")
        if said.get(f"{name}Enable") and isinstance(host, str) and host:
            number = int(port) if isinstance(port, int) and 0 < port < 65536 else _PORTS[scheme]
            return Proxy("system settings", host, number, speaks_http)
    return None


def lease(interface: str) -> Lease | None:
    """The DHCP lease of that interface's service; None: it has none, or it is not told."""
    try:
        framework = _framework()
        value = store()
    except NotOffered:
        return None
    service = _service_of(value, interface)
    info = framework.SCDynamicStoreCopyDHCPInfo(None, service) if service else None
    if info is None:
        return None
    total_s = _number_in(framework.DHCPInfoGetOptionData(info, _LEASE_TIME))
    begun = framework.DHCPInfoGetLeaseStartTime(info)
    left_s = None
    if total_s is not None and begun is not None:
        left_s = begun.timeIntervalSince1970() + total_s - time.time()
    given = _mapping(value(f"State:/Network/Service/{service}/DNS"))
    return Lease("macOS", left_s, total_s, None, _addresses(given.get("ServerAddresses")))


def portal_uri(interface: str) -> str | None:
    """The sign-in server that DHCP named for that interface, as it stands; None: none did."""
    try:
        framework = _framework()
        service = _service_of(store(), interface)
    except NotOffered:
        return None
    info = framework.SCDynamicStoreCopyDHCPInfo(None, service) if service else None
    data = framework.DHCPInfoGetOptionData(info, _CAPTIVE_PORTAL) if info is not None else None
    return bytes(data).rstrip(b"\0").decode("utf-8", "replace") or None if data else None


def _service_of(value: Store, interface: str) -> str | None:
    """The service on that interface. Only the primary one is looked for: it is what runs use."""
    for version in ("IPv4", "IPv6"):
        said = _mapping(value(f"State:/Network/Global/{version}"))
        if said.get("PrimaryInterface") == interface:
            service = said.get("PrimaryService")
            return service if isinstance(service, str) else None
    return None


def _mapping(value: object) -> Mapping[str, Any]:
    """A dictionary of the framework's acts like ours; anything else is an empty one."""
    return value if hasattr(value, "keys") and hasattr(value, "get") else {}  # type: ignore[return-value]


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return ()
    return tuple(str(one) for one in value if isinstance(one, str) and one)


def _addresses(value: object) -> tuple[str, ...]:
    """Those that are address literals, in their one spelling, each once."""
    known = (literal(text) for text in _strings(value))
    return tuple(dict.fromkeys(one.text for one in known if one is not None))


def _number_in(data: object) -> float | None:
    """A DHCP option of four bytes."""
    raw = bytes(data) if data else b""  # type: ignore[call-overload]
    return float(int.from_bytes(raw, "big")) if len(raw) == 4 else None
