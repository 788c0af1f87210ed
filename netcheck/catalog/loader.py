"""The catalogue as one object: what a run may ask of it, each part read when first asked for."""

from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from netcheck.catalog.carriers import merged, read_carrier, words_of
from netcheck.catalog.controls import FALLBACK, choose
from netcheck.catalog.errors import CatalogError
from netcheck.catalog.lookup import Index
from netcheck.catalog.measuring import (
    LoadServer,
    MappingHelper,
    read_load,
    read_mapping_helpers,
)
from netcheck.catalog.names import epdg_rule, padded
from netcheck.catalog.networks import AccessNetworks, read_networks
from netcheck.catalog.notifies import Notify, find_notify, read_notifies, read_vendors
from netcheck.catalog.rows import (
    Anchor,
    EmergencyNumbers,
    Portal,
    PublicResolver,
    StunServer,
    Whoami,
    check_addresses,
    read_anchors,
    read_emergency,
    read_portals,
    read_resolvers,
    read_stun,
    read_whoami,
)
from netcheck.catalog.shape import texts, unknown_key
from netcheck.catalog.source import read_table
from netcheck.catalog.thresholds import Thresholds
from netcheck.model.carrier import Carrier

if TYPE_CHECKING:
    from netcheck.catalog.wifi_codes import WifiCodes

REPLACEABLE = (
    *("anchors", "carriers", "controls", "load", "mapping_helpers", "portals", "resolvers"),
    *("stun", "whoami"),
)


class Catalog:
    """Anchors, portals, resolvers, carriers, controls, thresholds and emergency numbers.

    A fleet's `anchors`, `portals`, `resolvers`, `stun`, `whoami`, `load` and `mapping_helpers`
    replace the list; its `carriers` add rows or change keys of a row; its `controls` replace the
    order of a country.
    """

    def __init__(self, overrides: Mapping[str, Any]) -> None:
        for key in overrides:
            if key not in REPLACEABLE:
                raise CatalogError(key, unknown_key(key, REPLACEABLE))
        self._overrides = overrides

    @cached_property
    def anchors(self) -> tuple[Anchor, ...]:
        """Sites that answer HTTPS on a healthy connection, of unrelated operators."""
        return read_anchors(self._listed("anchors"))

    @cached_property
    def portals(self) -> tuple[Portal, ...]:
        """Plain-HTTP addresses whose honest answer is known."""
        return read_portals(self._listed("portals"))

    @cached_property
    def resolvers(self) -> tuple[PublicResolver, ...]:
        """Public resolvers, the control for the network's own."""
        resolvers = read_resolvers(self._listed("resolvers"))
        if "resolvers" in self._overrides:
            check_addresses(resolvers)
        return resolvers

    @cached_property
    def stun(self) -> tuple[StunServer, ...]:
        """Servers that tell from which address they see this network."""
        return read_stun(self._listed("stun"))

    @cached_property
    def load(self) -> tuple[LoadServer, ...]:
        """Servers that a line may be filled against, in deep runs alone."""
        return read_load(self._listed("load"))

    @cached_property
    def mapping_helpers(self) -> tuple[MappingHelper, ...]:
        """Servers that answer late; none but one's own."""
        return read_mapping_helpers(self._listed("mapping_helpers"))

    @cached_property
    def whoami(self) -> tuple[Whoami, ...]:
        """Names whose answer is the address of whoever asked for it."""
        return read_whoami(self._listed("whoami"))

    @cached_property
    def networks(self) -> AccessNetworks:
        """Whose network an address is in, as far as carriers' companies are concerned."""
        return read_networks(read_table("networks"))

    @cached_property
    def thresholds(self) -> Thresholds:
        """Every number with its origin."""
        return Thresholds(read_table("thresholds"))

    @cached_property
    def carriers(self) -> tuple[Carrier, ...]:
        """All rows, in the catalogue's order, a fleet's own at the end."""
        return tuple(read_carrier(carrier_id, row) for carrier_id, row in self._rows.items())

    @cached_property
    def controls(self) -> Mapping[str, tuple[str, ...]]:
        """Carrier ids by country, and under `fallback` for everywhere else."""
        table = read_table("controls")
        override = self._overrides.get("controls", {})
        if not isinstance(override, dict):
            raise CatalogError("controls", "is a table of lists of carrier ids")
        orders = {key: texts(f"controls.{key}", row) for key, row in {**table, **override}.items()}
        ids = {carrier.id for carrier in self.carriers}
        for key, order in orders.items():
            if key != FALLBACK and not (len(key) == 2 and key.isupper()):
                raise CatalogError(f"controls.{key}", "is `fallback` or a country's two letters")
            for index, carrier_id in enumerate(order):
                if carrier_id not in ids:
                    reason = f"no carrier has the id {carrier_id!r}"
                    raise CatalogError(f"controls.{key}[{index}]", reason)
        return orders

    def carrier(self, query: str, country: str | None = None) -> Carrier:
        """The carrier that a person means by a brand, an id or a PLMN (`310410`, `310-410`).

        The name of the answer is the brand that was asked for, where a row holds several.
        `country` decides between namesakes such as the Vodafones.

        Raises:
            AmbiguousCarrier: several operators bear that name; `nearest` tells them apart.
            UnknownCarrier: nobody does; `nearest` has what was perhaps meant.
        """
        return self._index.find(query, country)

    def controls_for(
        self,
        carrier: Carrier | None,
        count: int = 2,
        *,
        country: str | None = None,
        called: Carrier | None = None,
    ) -> tuple[Carrier, ...]:
        """Operators that fail independently of `carrier`, of `called` and of each other, best
        first.

        Without a carrier those of `country`, the device's where it is known.
        """
        where = carrier.country if carrier else country
        asked_about = [one for one in (carrier, called) if one is not None]
        return choose(self.carriers, self.controls, asked_about, where, count)

    @cached_property
    def notifies(self) -> Mapping[int, Notify]:
        """What a gateway may say in place of a tunnel, by number."""
        return read_notifies(read_table("notifies"))

    def notify(self, asked: str) -> Notify | None:
        """The notify with that number or name; None if it is not known."""
        return find_notify(self.notifies, asked)

    @cached_property
    def wifi_codes(self) -> "WifiCodes":
        """Why a Wi-Fi link was refused or ended, by the codes of IEEE 802.11."""
        from netcheck.catalog.wifi_codes import WifiCodes

        return WifiCodes(read_table("wifi_codes"))

    def vendor(self, vendor_id: bytes) -> str | None:
        """Whose vendor id this claims to be; None if it is not known."""
        return next((name for begin, name in self._vendors if vendor_id.startswith(begin)), None)

    @cached_property
    def _vendors(self) -> tuple[tuple[bytes, str], ...]:
        return read_vendors(read_table("vendors")["vendors"])

    def by_plmn(self, plmn: str) -> Carrier | None:
        """Whose own PLMN this is: the operator, never a brand on its network."""
        return self._index.by_plmn(plmn)

    def epdg_hosts(self, plmn: str) -> tuple[str, ...]:
        """The Wi-Fi-calling gateways of a PLMN: its carrier's, else the exception's, else the
        name that TS 23.003, 19.4.2.9 derives. For a PLMN nobody knows the name may not exist."""
        carrier = self._index.by_plmn(plmn)
        if carrier and carrier.epdg_hosts:
            return carrier.epdg_hosts
        return _hosts_by_rule(plmn)

    def emergency(self, country: str | None) -> EmergencyNumbers:
        """What to dial in a country; what every mobile phone knows where that is unknown."""
        key = country if country in self._emergency else "default"
        return read_emergency(key or "default", self._emergency[key or "default"])

    @cached_property
    def _rows(self) -> dict[str, dict[str, Any]]:
        base = read_table("carriers")
        if "carriers" not in self._overrides:
            return base
        return merged(base, self._overrides["carriers"], _hosts_by_rule)

    @cached_property
    def _index(self) -> Index:
        words = (
            word for carrier in self.carriers for word in words_of(carrier, self._rows[carrier.id])
        )
        return Index(self.carriers, words)

    @cached_property
    def _emergency(self) -> dict[str, Any]:
        return read_table("emergency")

    def _listed(self, name: str) -> object:
        return self._overrides[name] if name in self._overrides else read_table(name)[name]


def load(overrides: Mapping[str, Any] | None = None) -> Catalog:
    """The catalogue; with a fleet's overrides, checked at once.

    Raises:
        CatalogError: an override does not fit; its `path` says where.
    """
    if not overrides:
        return _own()
    catalog = Catalog(overrides)
    for name in overrides:
        getattr(catalog, name)  # reading a part checks it
    return catalog


@cache
def _own() -> Catalog:
    return Catalog({})


@cache
def _exceptions() -> dict[str, str]:
    """Hosts that break the rule, by the padded PLMN that stands in their own name."""
    import re

    hosts: dict[str, str] = {}
    for host in read_table("exceptions")["hosts"].values():
        found = re.search(r"\bmnc(\d+)\.mcc(\d{3})", host)
        if found:
            hosts[padded(found[2] + found[1])] = host
    return hosts


def _hosts_by_rule(plmn: str) -> tuple[str, ...]:
    exception = _exceptions().get(padded(plmn))
    rule = epdg_rule(plmn)
    return (exception, rule) if exception else (rule,)
