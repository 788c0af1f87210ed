"""Everything the agent may contact under one configuration and carrier, as a list to be read."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from netcheck.catalog import Catalog
from netcheck.model.carrier import Carrier
from netcheck.model.target import AllowedTarget, LearnedFrom, Protocol
from netcheck.probe.closed_port import CLOSED_PORT as TRACE_PORT
from netcheck.probe.nowhere import NOBODY
from netcheck.probe.raw_dhcp import EVERYBODY, SERVER_PORT

_IKE_PORTS = (500, 4500)


def allowed_targets(
    catalog: Catalog, carriers: Sequence[Carrier], own: Carrier | None = None
) -> tuple[AllowedTarget, ...]:
    """The allow-list: learned classes first, then resolvers, sites, and these carriers' hosts;
    of one's own carrier more than of the others."""
    rows = [*_learned_here(), *_learned_servers(), *_resolvers(catalog), *_sites(catalog)]
    for carrier in carriers:
        rows.extend(_of_carrier(carrier))
    rows.extend(_of_own(own) if own else ())
    return tuple(dict.fromkeys(rows))


def of_reports(url: str) -> AllowedTarget:
    """Who is contacted with reports, where they are switched on: by `watch` and `report send`."""
    parts = urlsplit(url)
    purpose = "anonymized reports, where they are switched on"
    return AllowedTarget(parts.hostname, parts.port or 443, Protocol.TCP, purpose)


def of_stamps(url: str) -> AllowedTarget:
    """Who is contacted for a statement's time stamp, where a service is set."""
    parts = urlsplit(url)
    purpose = "the time stamp of a statement, where a service is set"
    return AllowedTarget(parts.hostname, parts.port or 443, Protocol.TCP, purpose)


def _learned_here() -> Iterable[AllowedTarget]:
    """The routers, this link, and where a gateway sends phones on to."""
    gateway, at_most = LearnedFrom.GATEWAY, "the default gateways of this device"
    for protocol, port, purpose in (
        (Protocol.TCP, 80, "does the router answer, loss and delay on the way to it"),
        (Protocol.TCP, 53, "does the router answer, loss and delay on the way to it"),
        (Protocol.UDP, 53, "whom its resolver names for Wi-Fi calling, looked at closely"),
        (Protocol.UDP, TRACE_PORT, "does the router answer"),
        (Protocol.ICMP, None, "does the router answer, where pings are permitted"),
    ):
        yield AllowedTarget(None, port, protocol, purpose, None, gateway, at_most)
    yield AllowedTarget(
        None, None, Protocol.ARP, "does another device have this device's address (closer look)",
        None, LearnedFrom.OWN_ADDRESS, "asked of this link alone, three times, by an administrator",
    )  # fmt: skip
    yield AllowedTarget(
        EVERYBODY, SERVER_PORT, Protocol.UDP,
        "who hands out addresses here; no offer is taken (closer look, by an administrator)",
    )  # fmt: skip
    redirect, bound = LearnedFrom.IKE_REDIRECT, "one a run, and only to a public address"
    for port in _IKE_PORTS:
        yield AllowedTarget(
            None, port, Protocol.UDP, "where the gateway sends phones on to", None, redirect, bound
        )


def _learned_servers() -> Iterable[AllowedTarget]:
    """The servers that the network or this device's own settings name."""
    bound = "the nameservers this device was given, three at most"
    for protocol in (Protocol.UDP, Protocol.TCP):
        yield AllowedTarget(
            None,
            53,
            protocol,
            "names, does it answer, and (asn.cymru.com) whose network this line is in",
            None,
            LearnedFrom.RESOLVER,
            bound,
        )
    yield AllowedTarget(
        None, 853, Protocol.TCP, "names, encrypted, where this device asks so",
        None, LearnedFrom.RESOLVER, bound,
    )  # fmt: skip
    yield AllowedTarget(
        None,
        None,
        Protocol.TCP,
        "does this network's sign-in server say that we may out",
        None,
        LearnedFrom.CAPPORT,
        "the one that the lease or the router names, at a global address or on this network's "
        "router: one question over TLS, 4 kB read",
    )
    yield AllowedTarget(
        None,
        None,
        Protocol.TCP,
        "does the proxy that this device's programs use answer, and lead to sites",
        None,
        LearnedFrom.PROXY,
        "the one that the environment names; asked for three sites that do not open directly",
    )


def _resolvers(catalog: Catalog) -> Iterable[AllowedTarget]:
    for nobody in NOBODY.values():
        yield AllowedTarget(
            nobody, 53, Protocol.UDP, "nobody is there: does someone on the way answer"
        )
    for resolver in catalog.resolvers:
        for address in (resolver.ipv4, resolver.ipv6):
            if address is None:
                continue
            operator = resolver.operator
            for protocol in (Protocol.UDP, Protocol.TCP):
                yield AllowedTarget(
                    address, 53, protocol, "control of every DNS check, and loss", operator
                )
            yield AllowedTarget(
                address, TRACE_PORT, Protocol.UDP, "how far a datagram gets", operator
            )
            yield AllowedTarget(
                address, None, Protocol.ICMP, "the same, where a system has only pings", operator
            )
            yield AllowedTarget(
                address, 853, Protocol.TCP, "control of encrypted names, where those fail", operator
            )


def _sites(catalog: Catalog) -> Iterable[AllowedTarget]:
    for anchor in catalog.anchors:
        yield AllowedTarget(
            anchor.host, 443, Protocol.TCP, "does the internet answer", anchor.operator
        )
    for server in catalog.stun:
        yield AllowedTarget(
            server.host,
            server.port,
            Protocol.UDP,
            "from which address the internet sees this network",
            server.operator,
        )
    for load in catalog.load:
        purpose = f"is the line quick while it is full: {load.most_mb} MB at most, deep runs only"
        yield AllowedTarget(load.host, 443, Protocol.TCP, purpose, load.operator)
    for helper in catalog.mapping_helpers:
        purpose = "how long the router keeps a way open for calls, deep runs only"
        yield AllowedTarget(helper.host, helper.port, Protocol.UDP, purpose, helper.operator)
    for portal in catalog.portals:
        yield AllowedTarget(portal.host, 80, Protocol.TCP, "is there a login page", portal.operator)


def _of_own(carrier: Carrier) -> Iterable[AllowedTarget]:
    """What is asked of one's own carrier alone."""
    if carrier.entitlement is not None:
        host, port = carrier.entitlement
        purpose = "does the server for switching Wi-Fi calling on answer"
        yield AllowedTarget(host, port, Protocol.TCP, purpose, carrier.id)


def _of_carrier(carrier: Carrier) -> Iterable[AllowedTarget]:
    for host in carrier.epdg_hosts:
        for port in _IKE_PORTS:
            yield AllowedTarget(
                host, port, Protocol.UDP, "does the Wi-Fi-calling gateway answer", carrier.id
            )
        yield AllowedTarget(
            host, TRACE_PORT, Protocol.UDP, "where an unanswered datagram gets lost", carrier.id
        )
