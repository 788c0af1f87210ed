"""The small kinds of rows, and how each is read from a table with its path in every complaint."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from netcheck.catalog.errors import CatalogError
from netcheck.catalog.shape import Shape, checked


@dataclass(frozen=True, slots=True)
class Anchor:
    """A site that answers HTTPS on any healthy connection."""

    id: str
    host: str
    operator: str


@dataclass(frozen=True, slots=True)
class Portal:
    """A plain-HTTP address with a known honest answer: `status`, and what the body contains."""

    id: str
    host: str
    path: str
    operator: str
    status: int
    body_contains: str | None = None

    @property
    def url(self) -> str:
        """The address to ask for."""
        return f"http://{self.host}{self.path}"


@dataclass(frozen=True, slots=True)
class PublicResolver:
    """A resolver that anybody may ask. One family may be missing."""

    id: str
    operator: str
    ipv4: str | None = None
    ipv6: str | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Its addresses, IPv4 first."""
        return tuple(address for address in (self.ipv4, self.ipv6) if address)


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    """A number to dial; `services` is empty where it reaches all of them."""

    number: str
    services: tuple[str, ...] = ()  # police, ambulance, fire


@dataclass(frozen=True, slots=True)
class EmergencyNumbers:
    """A country's numbers, first the one to dial. `country` is None for the numbers that every
    mobile phone knows. `text_to` is None where texting is not publicly documented, never "no";
    `text_condition` is `in-some-areas` or `after-registration`."""

    country: str | None
    numbers: tuple[EmergencyNumber, ...]
    origin: str
    text_to: str | None = None
    text_condition: str | None = None


@dataclass(frozen=True, slots=True)
class StunServer:
    """A server that tells from which address it sees the asker (RFC 8489)."""

    id: str
    operator: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Whoami:
    """A name whose answer is the address of whoever asked for it: `kind` is A, AAAA or TXT."""

    id: str
    operator: str
    host: str
    kind: str


ANCHOR = Shape({"id": str, "host": str, "operator": str}, required=("id", "host", "operator"))
PORTAL = Shape(
    {"id": str, "host": str, "path": str, "operator": str, "status": int, "body_contains": str},
    required=("id", "host", "path", "operator", "status"),
)
RESOLVER = Shape(
    {"id": str, "operator": str, "ipv4": str, "ipv6": str}, required=("id", "operator")
)

STUN = Shape(
    {"id": str, "operator": str, "host": str, "port": int},
    required=("id", "operator", "host", "port"),
)
WHOAMI = Shape(
    {"id": str, "operator": str, "host": str, "kind": str},
    required=("id", "operator", "host", "kind"),
)


def read_anchors(rows: object) -> tuple[Anchor, ...]:
    """Anchors; at least two operators, since a site that fails alone must have a control."""
    anchors = tuple(Anchor(**row) for row in checked_rows("anchors", rows, ANCHOR))
    _need_operators("anchors", {anchor.operator for anchor in anchors}, least=2)
    return anchors


def read_portals(rows: object) -> tuple[Portal, ...]:
    """Portal addresses; their paths begin with a slash."""
    portals = tuple(Portal(**row) for row in checked_rows("portals", rows, PORTAL))
    for index, portal in enumerate(portals):
        if not portal.path.startswith("/"):
            raise CatalogError(f"portals[{index}].path", "begins with a slash")
    _need_operators("portals", {portal.operator for portal in portals}, least=1)
    return portals


def read_resolvers(rows: object) -> tuple[PublicResolver, ...]:
    """Public resolvers; each with an address, and that address well-formed."""
    resolvers = tuple(PublicResolver(**row) for row in checked_rows("resolvers", rows, RESOLVER))
    for index, resolver in enumerate(resolvers):
        if not resolver.addresses:
            raise CatalogError(f"resolvers[{index}]", "needs `ipv4` or `ipv6`")
    _need_operators("resolvers", {resolver.operator for resolver in resolvers}, least=1)
    return resolvers


def read_stun(rows: object) -> tuple[StunServer, ...]:
    """STUN servers; none at all is a choice, one operator alone is not."""
    servers = tuple(StunServer(**row) for row in checked_rows("stun", rows, STUN))
    for index, server in enumerate(servers):
        if not 0 < server.port < 65536:
            raise CatalogError(f"stun[{index}].port", "is a number from 1 to 65535")
    if servers:
        _need_operators("stun", {server.operator for server in servers}, least=2)
    return servers


def read_whoami(rows: object) -> tuple[Whoami, ...]:
    """Names that tell who asked; none at all is a choice."""
    names = tuple(Whoami(**row) for row in checked_rows("whoami", rows, WHOAMI))
    for index, name in enumerate(names):
        if name.kind not in ("A", "AAAA", "TXT"):
            raise CatalogError(f"whoami[{index}].kind", "is A, AAAA or TXT")
    return names


def check_addresses(resolvers: Sequence[PublicResolver]) -> None:
    """Refuses resolvers whose address is not one; for rows that somebody else wrote."""
    from ipaddress import IPv4Address, IPv6Address

    kinds: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("ipv4", IPv4Address),
        ("ipv6", IPv6Address),
    )
    for index, resolver in enumerate(resolvers):
        for field, parse in kinds:
            address = getattr(resolver, field)
            try:
                parse(address or ("0.0.0.0" if field == "ipv4" else "::"))
            except ValueError:
                path = f"resolvers[{index}].{field}"
                raise CatalogError(path, f"{address!r} is no address of that family") from None


def read_emergency(country: str, row: Mapping[str, Any]) -> EmergencyNumbers:
    """One country's numbers; `default` is nobody's own."""
    text = row.get("text", {})
    return EmergencyNumbers(
        country=None if country == "default" else country,
        numbers=tuple(
            EmergencyNumber(one["dial"], tuple(one.get("for", ()))) for one in row["numbers"]
        ),
        origin=row["origin"],
        text_to=text.get("to"),
        text_condition=text.get("condition"),
    )


def checked_rows(path: str, rows: object, shape: Shape) -> list[dict[str, Any]]:
    """The rows of a list that fit the shape, each with an id of its own.

    Raises:
        CatalogError: one does not.
    """
    if not isinstance(rows, list):
        raise CatalogError(path, f"is a list of tables ([[{path}]])")
    seen: set[object] = set()
    for index, row in enumerate(rows):
        checked(f"{path}[{index}]", row, shape)
        if row["id"] in seen:
            raise CatalogError(f"{path}[{index}].id", f"{row['id']!r} is there twice")
        seen.add(row["id"])
    return rows


def _need_operators(path: str, operators: set[str], *, least: int) -> None:
    if len(operators) < least:
        raise CatalogError(path, f"needs at least {least} different operators")
