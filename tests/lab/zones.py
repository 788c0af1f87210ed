"""The tree of names: zone files, and a knot for each party that serves some of them.

Registry (the root, com, net, org, the GSMA's zone) and hosting (everybody's web sites) are one
process each; every carrier is a process of its own, so that one carrier's names can die alone.
"""

import ipaddress
from collections.abc import Iterable
from pathlib import Path

from tests.lab.daemons import Daemon
from tests.lab.names import Operator, operators, sites, zone_of
from tests.lab.namespaces import Namespace
from tests.lab.queries import answers
from tests.lab.topology import (
    DNS_ABROAD,
    GSMA_SERVER,
    HOSTING_SERVER,
    LAN6,
    PROVIDER_DNS,
    PROVIDER_NET,
    PROVIDER_NET6,
    RESOLVERS,
    ROOT_SERVER,
    ROUTER_WAN,
    TLD_SERVERS,
    WHOAMI_SERVER,
    PublicAddress,
)

SOA = "@ 3600 IN SOA ns1 hostmaster 1 7200 900 1209600 300"
TTL_S = 3600
WHOAMI_NAMES = ("o-o.myaddr.l.google.com", "whoami.akamai.net", "whoami.ds.akahelp.net")
PUBLIC_ASNS = {"cloudflare": 13335, "google": 15169, "quad9": 19281}
ASN_ZONE = "cymru.com"  # whose network an address is in: the provider's, in this world
PROVIDER_ASN = (64500, "SMALL-ACCESS", "DE")  # of those kept for documentation (RFC 5398)
OTHER_ZONES = ("example.org", "example.com", "example.net")
GSMA = "3gppnetwork.org"


def zone_text(zone: str, server: str, records: Iterable[str]) -> str:
    """A zone file: its start of authority, its name server, its records."""
    lines = [
        f"$ORIGIN {zone.rstrip('.')}.",
        f"$TTL {TTL_S}",
        SOA,
        "@ NS ns1",
        f"ns1 A {server}",
    ]
    return "\n".join([*lines, *dict.fromkeys(records)]) + "\n"


def host_records(host: str, addresses: Iterable[PublicAddress]) -> list[str]:
    """A and AAAA records of a host."""
    lines = []
    for address in addresses:
        lines += [f"{host}. A {address.ipv4}", f"{host}. AAAA {address.ipv6}"]
    return lines


def delegation(zone: str, server: str) -> list[str]:
    """What the parent of a zone says about it."""
    return [f"{zone}. NS ns1.{zone}.", f"ns1.{zone}. A {server}"]


def delegated() -> dict[str, str]:
    """Every zone below a top-level domain, with the server that has it."""
    found = {GSMA: GSMA_SERVER} | dict.fromkeys((*OTHER_ZONES, ASN_ZONE), HOSTING_SERVER)
    for site in sites():
        found.setdefault(zone_of(site.host), HOSTING_SERVER)
    for operator in operators():
        found |= dict.fromkeys(operator.zones, operator.name_server)
    return found


def registry_zones() -> dict[str, str]:
    """The root, the top-level domains and the GSMA's zone."""
    root: list[str] = []
    found = {}
    zones = delegated()
    for top, server in TLD_SERVERS.items():
        root += delegation(top, server)
        records: list[str] = []
        for zone, holder in zones.items():
            if zone.count(".") == 1 and zone.endswith(f".{top}"):
                records += delegation(zone, holder)
        found[top] = zone_text(top, server, records)
    found["."] = zone_text("", ROOT_SERVER, root)
    below = [(zone, holder) for zone, holder in zones.items() if zone.endswith(f".{GSMA}")]
    found[GSMA] = zone_text(GSMA, GSMA_SERVER, [line for one in below for line in delegation(*one)])
    return found


def hosted_zones() -> dict[str, str]:
    """Everybody's web sites, but for what the carriers serve themselves."""
    carriers = {zone for operator in operators() for zone in operator.zones}
    records: dict[str, list[str]] = {zone: [] for zone in OTHER_ZONES}
    for site in sites():
        if zone_of(site.host) not in carriers:
            records.setdefault(zone_of(site.host), []).extend(
                host_records(site.host, [site.address])
            )
    for name in WHOAMI_NAMES:
        records.setdefault(zone_of(name), []).append(f"{name}. NS ns1.whoami.example.net.")
    records["example.net"].append(f"ns1.whoami.example.net. A {WHOAMI_SERVER}")
    records[ASN_ZONE] = [f'{name}. TXT "{text}"' for name, text in asn_answers(*PROVIDER_ASN)]
    return {zone: zone_text(zone, HOSTING_SERVER, lines) for zone, lines in records.items()}


def asn_answers(asn: int, name: str, country: str) -> list[tuple[str, str]]:
    """What the table of autonomous systems says of the provider's addresses, and of that number."""
    first, second, third, _ = ROUTER_WAN.split(".")
    nibbles = ipaddress.ip_network(LAN6).network_address.exploded.replace(":", "")[:12]
    origin = f"{asn} | {{}} | {country} | ripencc | 2001-01-01"
    abroad = "64501 | {}.0/24 | SG | apnic | 2015-01-01"
    public = "{} | {}.0/24 | US | arin | 2010-01-01"
    return [
        (_origin(PROVIDER_DNS), origin.format(PROVIDER_NET)),
        (_origin(DNS_ABROAD), abroad.format(DNS_ABROAD.rpartition(".")[0])),
        *(
            (_origin(one.ipv4), public.format(PUBLIC_ASNS[id], one.ipv4.rpartition(".")[0]))
            for id, one in RESOLVERS.items()
        ),
        (f"0.{third}.{second}.{first}.origin.asn.{ASN_ZONE}", origin.format(PROVIDER_NET)),
        (f"{'.'.join(reversed(nibbles))}.origin6.asn.{ASN_ZONE}", origin.format(PROVIDER_NET6)),
        (
            f"AS{asn}.asn.{ASN_ZONE}",
            f"{asn} | {country} | ripencc | 2001-01-01 | {name}, {country}",
        ),
    ]


def _origin(address: str) -> str:
    first, second, third, _ = address.split(".")
    return f"0.{third}.{second}.{first}.origin.asn.{ASN_ZONE}"


def carrier_zones(operator: Operator) -> dict[str, str]:
    """One carrier's zones: its ePDGs and its web servers."""
    records: dict[str, list[str]] = {zone: [] for zone in operator.zones}
    for host, addresses in operator.epdgs.items():
        records[zone_of(host)] += host_records(host, addresses)
    for site in sites():
        if zone_of(site.host) in records:
            records[zone_of(site.host)] += host_records(site.host, [site.address])
    return {zone: zone_text(zone, operator.name_server, lines) for zone, lines in records.items()}


def server_addresses() -> list[str]:
    """What the internet's loopback must hold so that these servers can listen."""
    return [
        *(ROOT_SERVER, *TLD_SERVERS.values(), GSMA_SERVER, HOSTING_SERVER),
        *(operator.name_server for operator in operators()),
        *(WHOAMI_SERVER, DNS_ABROAD),
    ]


class ZoneServer:
    """A knot with its zones. `fail()` makes it answer SERVFAIL for each of them."""

    def __init__(
        self, net: Namespace, folder: Path, name: str, listen: list[str], zones: dict[str, str]
    ) -> None:
        self.folder, self.zones, self.listen = folder / f"knot-{name}", zones, listen
        self.folder.mkdir()
        (self.folder / "zones").mkdir()
        self._write(zones)
        first = next(iter(zones)).rstrip(".") + "."
        self.daemon = Daemon(
            net,
            ["knotd", "-c", str(self.folder / "knot.conf")],
            log=folder / f"knot-{name}.log",
            ready=lambda: answers(net, listen[0], first, "SOA"),
        )

    def fail(self) -> None:
        """Serve zones that cannot be loaded, which a name server answers with SERVFAIL."""
        self._write({})

    def says(self, host: str, address: str) -> None:
        """Serve this address for that host and no other, from the next start."""
        changed = {
            zone: "".join(
                line
                for line in text.splitlines(keepends=True)
                if not line.startswith((f"{host}. A ", f"{host}. AAAA "))
            )
            for zone, text in self.zones.items()
        }
        changed[zone_of(host)] += f"{host}. A {address}\n"
        self._write(changed)

    def mend(self) -> None:
        """Have the zones again, from the next start."""
        self._write(self.zones)

    def _write(self, filled: dict[str, str]) -> None:
        for old in (self.folder / "zones").iterdir():
            old.unlink()
        for zone, text in filled.items():
            (self.folder / "zones" / f"{zone}.zone").write_text(text)
        entries = "".join(
            f"  - domain: {zone.rstrip('.')}.\n    file: {zone}.zone\n" for zone in self.zones
        )
        listen = ", ".join(f"{address}@53" for address in self.listen)
        (self.folder / "knot.conf").write_text(
            f"server:\n  rundir: {self.folder}\n  listen: [ {listen} ]\n"
            "  udp-workers: 1\n  tcp-workers: 1\n  background-workers: 1\n"
            f"database:\n  storage: {self.folder}\n"
            f"log:\n  - target: stderr\n    any: warning\n"
            f"template:\n  - id: default\n    storage: {self.folder}/zones\n"
            "    zonefile-sync: -1\n    journal-content: none\n"
            f"zone:\n{entries}"
        )


def zone_servers(net: Namespace, folder: Path) -> dict[str, ZoneServer]:
    """Every name server, by whose it is: `registry`, `hosting`, and each carrier's id."""
    registry = [ROOT_SERVER, *TLD_SERVERS.values(), GSMA_SERVER]
    found = {
        "registry": ZoneServer(net, folder, "registry", registry, registry_zones()),
        "hosting": ZoneServer(net, folder, "hosting", [HOSTING_SERVER], hosted_zones()),
    }
    for one in operators():
        found[one.id] = ZoneServer(net, folder, one.id, [one.name_server], carrier_zones(one))
    return found


def names_in_use() -> list[str]:
    """The hosts a resolver's cache holds when people have used it: warmed, not cold."""
    carriers = [host for operator in operators() for host in operator.epdgs]
    return [*dict.fromkeys(site.host for site in sites()), *carriers, *RESOLVER_NAMES]


RESOLVER_NAMES = ("ns1.example.org", "ns1.example.com", "ns1.example.net")
