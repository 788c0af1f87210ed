"""Data and its loader: carriers, controls, anchors, portals, resolvers, thresholds, emergency
numbers. Nothing here measures; every number and name has its origin beside it in the TOML."""

from netcheck.catalog.errors import AmbiguousCarrier, CatalogError, UnknownCarrier
from netcheck.catalog.loader import Catalog, load
from netcheck.catalog.names import country_of_locale, epdg_rule, is_emergency_name
from netcheck.catalog.notifies import Exchange, Notify, WhoCanAct
from netcheck.catalog.rows import Anchor, EmergencyNumber, EmergencyNumbers, Portal, PublicResolver
from netcheck.catalog.thresholds import Threshold, Thresholds, UnknownThreshold

__all__ = [
    "AmbiguousCarrier",
    "Anchor",
    "Catalog",
    "CatalogError",
    "EmergencyNumber",
    "EmergencyNumbers",
    "Exchange",
    "Notify",
    "Portal",
    "PublicResolver",
    "Threshold",
    "Thresholds",
    "UnknownCarrier",
    "UnknownThreshold",
    "WhoCanAct",
    "country_of_locale",
    "epdg_rule",
    "is_emergency_name",
    "load",
]
