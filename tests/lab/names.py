"""The names that exist in the small internet, read from the agent's own catalogue."""

from dataclasses import dataclass
from functools import cache

from tests.lab.topology import KNOWN_ADDRESSES, PublicAddress, operator_net, pooled

# The carriers that the scenarios name; their controls join them, as the catalogue chooses.
NAMED_CARRIERS = ("att", "verizon", "tmobile")
TWO_ADDRESSES = "epdg.epc.att.net"  # this ePDG answers under two addresses
NOT_IN_USE = "ss.epdg."  # names from third-party lists only: they do not exist in the lab
EXAMPLE_SITES = ("www.att.com", "www.verizon.com", "www.t-mobile.com", "www.example.org")


@dataclass(frozen=True, slots=True)
class Site:
    """A web server of the small internet: what it answers on plain HTTP, if anything known."""

    host: str
    port: int
    address: PublicAddress
    kind: str  # anchor, portal, entitlement, load, public, stun
    operator: str
    path: str = "/"
    status: int = 200
    body: str = "hello\n"


@dataclass(frozen=True, slots=True)
class Operator:
    """A carrier of the lab: its name server, its zones, its ePDG names with their addresses."""

    id: str
    name_server: str
    zones: tuple[str, ...]
    epdgs: dict[str, tuple[PublicAddress, ...]]

    @property
    def epdg_addresses(self) -> tuple[PublicAddress, ...]:
        """Every address an ePDG of this carrier answers under, once each."""
        return tuple(dict.fromkeys(one for many in self.epdgs.values() for one in many))


def short_id(carrier_id: str) -> str:
    """What the lab calls a carrier: `att` for the catalogue's `att_us`."""
    return carrier_id.rsplit("_", 1)[0]


@cache
def operators() -> tuple[Operator, ...]:
    """The lab's carriers: those the scenarios name, and whoever serves as their control."""
    from netcheck import catalog

    book = catalog.load()
    rows = [book.carrier(name) for name in NAMED_CARRIERS]
    for row in [*rows, None]:
        rows += [one for one in book.controls_for(row) if one.id not in {row.id for row in rows}]
    return tuple(_operator(number, row) for number, row in enumerate(rows))


def operator(name: str) -> Operator:
    """The lab's carrier with this short id."""
    return next(one for one in operators() if one.id == name)


def _operator(number: int, row) -> Operator:  # type: ignore[no-untyped-def]
    block = operator_net(number)
    epdgs: dict[str, tuple[PublicAddress, ...]] = {}
    for place, host in enumerate(h for h in row.epdg_hosts if not h.startswith(NOT_IN_USE)):
        count = 2 if host == TWO_ADDRESSES else 1
        epdgs[host] = tuple(
            PublicAddress(
                f"{block.epdg_prefix}.{10 + 10 * place + extra}",
                f"{block.epdg_prefix6}::{10 + 10 * place + extra}",
            )
            for extra in range(count)
        )
    hosts = [*epdgs, *(entry.split(":")[0] for entry in row.entitlement_hosts)]
    zones = [zone_of(host) for host in hosts] + [plmn_zone(plmn) for plmn in row.plmns]
    return Operator(short_id(row.id), block.name_server, tuple(dict.fromkeys(zones)), epdgs)


@cache
def sites() -> tuple[Site, ...]:
    """Every server but the resolvers and gateways: anchors, portals, the carriers' entitlement
    hosts, STUN, a few public pages."""
    from netcheck import catalog

    book = catalog.load()
    found = [
        Site(one.host, 443, _address(one.host), "anchor", one.operator) for one in book.anchors
    ]
    for portal in book.portals:
        body = portal.body_contains or ""
        if portal.status == 200 and body == "Success":
            body = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"
        found.append(
            Site(
                *(portal.host, 80, _address(portal.host), "portal", portal.operator),
                *(portal.path, portal.status, body),
            )
        )
    ids = {one.id for one in operators()}
    for row in book.carriers:
        for entry in row.entitlement_hosts if short_id(row.id) in ids else ():
            host, port = entry.removesuffix("/tcp").split(":")
            found.append(Site(host, int(port), _address(host), "entitlement", short_id(row.id)))
    found += [Site(one.host, 443, _address(one.host), "load", one.operator) for one in book.load]
    for server in book.stun:
        address = _address(server.host)
        found.append(Site(server.host, server.port, address, "stun", server.operator))
    found += [Site(host, 443, _address(host), "public", host) for host in EXAMPLE_SITES]
    unique = {(site.host, site.port): site for site in reversed(found)}
    return tuple(reversed(unique.values()))


_pooled: dict[str, PublicAddress] = {}


def _address(host: str) -> PublicAddress:
    if host not in KNOWN_ADDRESSES and host not in _pooled:
        _pooled[host] = pooled(len(_pooled))
    return KNOWN_ADDRESSES.get(host) or _pooled[host]


def zone_of(host: str) -> str:
    """The zone a host is in: what its owner registered."""
    labels = host.split(".")
    if host.endswith(".pub.3gppnetwork.org"):
        return ".".join(labels[-5:])
    return ".".join(labels[-2:])


def plmn_zone(plmn: str) -> str:
    """The 3GPP zone of a network code (TS 23.003 clause 19.2): the MNC padded to three digits."""
    return f"mnc{plmn[3:].zfill(3)}.mcc{plmn[:3]}.pub.3gppnetwork.org"
