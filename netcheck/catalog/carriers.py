"""Carrier rows: from TOML tables to `Carrier`s, with the words that a person may type for each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from netcheck.catalog.errors import CatalogError
from netcheck.catalog.names import key_of, plmn_of
from netcheck.catalog.shape import Shape, checked, texts
from netcheck.model.carrier import Carrier

ROW = Shape(
    {
        "name": str,
        "host_network": str,
        "owner": str,
        "country": str,
        "aliases": list,
        "plmns": list,
        "epdg_hosts": list,
        "entitlement_hosts": list,
        "rule_derivable": bool,
        "confidence": str,
        "tunnel_mtu": int,
        "natt_keepalive_s": int,
        "notes": str,
        "sources": list,
        "brands": dict,
    },
    required=("name", "country"),
)
CONFIDENCES = ("A", "B", "C", "none")
SHARED = "~"  # marks a word that operators in other countries bear too


@dataclass(frozen=True, slots=True)
class Word:
    """One word for a carrier. `carrier` has the brand's own name where the word is a brand's."""

    spelling: str
    carrier: Carrier
    shared: bool


def read_carrier(carrier_id: str, row: Mapping[str, Any]) -> Carrier:
    """A `Carrier` of a complete row."""
    name: str = row["name"]
    host_network: str = row.get("host_network", name)
    return Carrier(
        id=carrier_id,
        name=name,
        host_network=host_network,
        country=row["country"],
        plmns=tuple(row.get("plmns", ())),
        epdg_hosts=tuple(row.get("epdg_hosts", ())),
        entitlement_hosts=tuple(row.get("entitlement_hosts", ())),
        confidence=row.get("confidence", "none"),
        rule_derivable=row.get("rule_derivable"),
        aliases=tuple(word for word in row.get("aliases", ()) if not word.startswith(SHARED)),
        tunnel_mtu=row.get("tunnel_mtu"),
        natt_keepalive_s=row.get("natt_keepalive_s"),
        notes=row.get("notes", ""),
        sources=tuple(row.get("sources", ())),
        owner=row.get("owner", host_network),
    )


def words_of(carrier: Carrier, row: Mapping[str, Any]) -> Iterator[Word]:
    """Every word for a row and for its brands. The id and the name count as words, unless the
    row itself marks its name as shared."""
    spellings = row.get("aliases", ())
    shared = {key_of(word) for word in spellings if word.startswith(SHARED)}
    own = (carrier.name, carrier.id, *carrier.aliases)
    seen: set[str] = set()
    for word in own:
        key = key_of(word)
        if key not in shared and key not in seen:
            seen.add(key)
            yield Word(word, carrier, shared=False)
    for word in spellings:
        if word.startswith(SHARED):
            yield Word(word.removeprefix(SHARED), carrier, shared=True)
    for brand, brand_words in row.get("brands", {}).items():
        branded = replace(carrier, name=brand)
        for word in brand_words:
            yield Word(word.removeprefix(SHARED), branded, shared=word.startswith(SHARED))


def merged(
    base: Mapping[str, Any],
    overrides: object,
    hosts_of: Callable[[str], tuple[str, ...]],
) -> dict[str, dict[str, Any]]:
    """The catalogue's rows with a fleet's put over them, key by key; new ids are added at the end.

    A new row without `epdg_hosts` takes those that `hosts_of` knows for its PLMNs.

    Raises:
        CatalogError: a row does not fit.
    """
    rows = {carrier_id: dict(row) for carrier_id, row in base.items()}
    if not isinstance(overrides, dict):
        raise CatalogError("carriers", "is a table of tables ([carriers.ID])")
    for carrier_id, override in overrides.items():
        path = f"carriers.{carrier_id}"
        known = rows.get(carrier_id, {})
        checked(path, override, ROW if not known else Shape(ROW.kinds))
        row = {**known, **override}
        _check_values(path, row)
        if not row.get("epdg_hosts"):
            found = [host for plmn in row.get("plmns", ()) for host in hosts_of(plmn)]
            row["epdg_hosts"] = list(dict.fromkeys(found))
        if not row["epdg_hosts"] and not known:
            raise CatalogError(path, "needs `epdg_hosts` or `plmns`")
        rows[carrier_id] = row
    return rows


def _check_values(path: str, row: Mapping[str, Any]) -> None:
    country = row["country"]
    if len(country) != 2 or not country.isalpha() or not country.isupper():
        raise CatalogError(f"{path}.country", f"is two capital letters, not {country!r}")
    if row.get("confidence", "none") not in CONFIDENCES:
        raise CatalogError(f"{path}.confidence", f"is one of {', '.join(CONFIDENCES)}")
    for index, plmn in enumerate(row.get("plmns", ())):
        if plmn_of(plmn) != plmn:
            raise CatalogError(f"{path}.plmns[{index}]", f"is 5 or 6 digits, not {plmn!r}")
    for index, host in enumerate(row.get("entitlement_hosts", ())):
        if not host.rpartition(":")[2].isdigit() or ":" not in host:
            raise CatalogError(f"{path}.entitlement_hosts[{index}]", "is host:port")
    for index, host in enumerate(row.get("epdg_hosts", ())):
        if "/" in host or " " in host:
            raise CatalogError(f"{path}.epdg_hosts[{index}]", f"is a host name, not {host!r}")
    for brand, words in row.get("brands", {}).items():
        texts(f"{path}.brands.{brand}", words)
