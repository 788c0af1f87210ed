"""The settings of a verb: flags, environment, file and policy, and the carriers they name."""

from pathlib import Path
from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.options import Given
from netcheck.cli.problems import Problem, nearest

if TYPE_CHECKING:
    from netcheck.agent.configuration import Configuration
    from netcheck.catalog import Catalog
    from netcheck.model.carrier import Carrier
    from netcheck.model.device import Device


def settings(given: Given, door: Door) -> "Configuration":
    """The configuration under these options; what it ignores is said on stderr."""
    from netcheck.agent.configuration import ConfigurationError, read

    flags = {
        "carrier": getattr(given, "carrier", None),
        "interface": getattr(given, "interface", None),
        "budget_ms": getattr(given, "budget", None),
        "no_input": getattr(given, "no_input", None) or None,
        "labels": dict(getattr(given, "label", None) or ()) or None,
    }
    file = getattr(given, "config", None)
    try:
        configuration = read(flags, file=Path(file) if file else None)
    except ConfigurationError as wrong:
        raise _problem(wrong.where, wrong.path, wrong.reason) from None
    for notice in configuration.notices:
        door.remark(notice)
    return configuration


def _problem(where: str, path: str, reason: str) -> Problem:
    if path:
        return Problem("error.bad-setting", name=path, path=where, reason=reason)
    if where.startswith(("NETCHECK_", "--")):
        return Problem("error.bad-setting", name=where, reason=reason)
    return Problem("error.unreadable-file", path=where, reason=reason)


def country_of(configuration: "Configuration") -> str | None:
    """Where this device lives: as configured, else as its locale says."""
    from netcheck.catalog import country_of_locale
    from netcheck.cli.door import locale

    return configuration.country or country_of_locale(locale())


def carrier_called(name: str, catalog: "Catalog", country: str | None) -> "Carrier":
    """The carrier that the words mean. Raises Problem with what was perhaps meant."""
    from netcheck.catalog import AmbiguousCarrier, UnknownCarrier

    try:
        return catalog.carrier(name, country)
    except AmbiguousCarrier as several:
        near = ", ".join(several.nearest)
        raise Problem("error.carrier-of-many", name=name, nearest=near) from None
    except UnknownCarrier as unknown:
        near = ", ".join(unknown.nearest)
        raise Problem("error.unknown-carrier", name=name, nearest=near or None) from None


def own_carrier(
    chosen: "Configuration", catalog: "Catalog", country: str | None
) -> "tuple[Carrier | None, bool]":
    """One's own carrier, as configured, else as answered earlier; and whether a person need not
    be asked for it any more."""
    if chosen.carrier is not None:
        return carrier_called(chosen.carrier, catalog, country), True
    return kept_carrier(catalog, country)


def kept_carrier(catalog: "Catalog", country: str | None) -> "tuple[Carrier | None, bool]":
    """The carrier a person named earlier, and whether they were asked at all."""
    from netcheck.store import StoreUnavailable, choices

    try:
        kept = choices.kept_carrier()
    except StoreUnavailable:
        return None, False
    if kept is None:
        return None, False
    if kept.carrier is None:
        return None, True
    try:
        return carrier_called(kept.carrier, catalog, country), True
    except Problem:
        return None, False  # the catalogue has changed since


def check_interface(name: str | None, device: "Device") -> None:
    """Raises Problem where this device has no interface of that name; nothing where it is not known
    what it has."""
    from netcheck.device.contract import Fact

    if name is None or Fact.INTERFACES in (*device.not_measured, *device.not_permitted):
        return
    names = [interface.name for interface in device.interfaces]
    if name not in names:
        raise Problem("error.unknown-interface", name=name, nearest=nearest(name, names))
