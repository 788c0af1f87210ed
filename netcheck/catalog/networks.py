"""Whose network an address is in: autonomous systems of mobile operators' companies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netcheck.model.carrier import Carrier


@dataclass(frozen=True, slots=True)
class AsnNames:
    """The zones that tell an address's autonomous system over DNS, and who runs them."""

    operator: str
    ipv4: str
    ipv6: str
    names: str


@dataclass(frozen=True, slots=True)
class AccessNetworks:
    """`by_owner` holds the autonomous systems of (owner, country); `not_access` those of public
    resolvers, which say nothing of anybody's line."""

    names: AsnNames
    by_owner: Mapping[tuple[str, str], frozenset[int]]
    not_access: frozenset[int]

    def are_of(self, carrier: Carrier, asn: int) -> bool | None:
        """Whether that network is of the company that runs the carrier's mobile network, in the
        carrier's country. None: nothing is known of that company's networks."""
        known = self.by_owner.get((carrier.owner or carrier.host_network, carrier.country))
        return None if known is None else asn in known


def read_networks(table: Mapping[str, Any]) -> AccessNetworks:
    """The catalogue's own table."""
    by_owner = {(row["owner"], row["country"]): frozenset(row["asns"]) for row in table["networks"]}
    return AccessNetworks(
        AsnNames(**table["names"]), by_owner, frozenset(table["not_access"]["asns"])
    )
