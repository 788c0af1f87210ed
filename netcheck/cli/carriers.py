"""`netcheck carriers [WORDS]`: the carriers of the catalogue; and which one is kept as yours."""

from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE, FAILED
from netcheck.cli.options import CONFIG, JSON, Given, Option, Positional
from netcheck.cli.problems import Problem
from netcheck.cli.settings import carrier_called, country_of, kept_carrier, settings
from netcheck.cli.telling import as_json, sheet

if TYPE_CHECKING:
    from netcheck.agent.configuration import Configuration
    from netcheck.catalog import Catalog
    from netcheck.model.carrier import Carrier

OPTIONS = (JSON, Option("keep", "NAME"), Option("forget"), CONFIG)
POSITIONALS = (Positional("words", repeats=True),)
_COLUMN = 24


def perform(given: Given, door: Door) -> int:
    """List them, or keep or forget one's own."""
    chosen = settings(given, door)
    catalog = chosen.catalog()
    if given.keep is not None or given.forget:
        return _keep(given, chosen, catalog, door)
    carriers = _matching(" ".join(given.words), catalog)
    if not carriers:
        raise Problem("error.no-carrier-matches", name=" ".join(given.words))
    if given.json:
        return door.answer(as_json([_as_json(carrier) for carrier in carriers]), DONE)
    kept, _ = kept_carrier(catalog, country_of(chosen))
    page = sheet(door.words)
    for carrier in carriers:
        page.row(carrier.name, _told(carrier, kept, door), _COLUMN)
    return door.answer(page.text, DONE)


def _keep(given: Given, chosen: "Configuration", catalog: "Catalog", door: Door) -> int:
    from netcheck.store import StoreUnavailable, choices

    try:
        if given.forget:
            choices.forget_carrier()
            return door.answer(door.words.say("explain.forgotten") + "\n", DONE)
        carrier = carrier_called(given.keep, catalog, country_of(chosen))
        choices.keep_carrier(choices.CarrierAnswer(given.keep))
    except StoreUnavailable as wrong:
        raise Problem("error.choice-not-kept", FAILED, reason=wrong.reason) from None
    return door.answer(door.words.say("explain.kept", {"carrier": carrier.name}) + "\n", DONE)


def _matching(words: str, catalog: "Catalog") -> "list[Carrier]":
    """Those whose names, aliases, country or PLMNs hold the words."""
    from netcheck.catalog.names import key_of

    key = key_of(words)
    if not key:
        return list(catalog.carriers)
    found = []
    for carrier in catalog.carriers:
        texts = (carrier.id, carrier.name, carrier.host_network, *carrier.aliases, *carrier.plmns)
        if words.strip().upper() == carrier.country or any(key in key_of(text) for text in texts):
            found.append(carrier)
    return found


def _told(carrier: "Carrier", kept: "Carrier | None", door: Door) -> str:
    comma, said = door.words.say("join.comma"), carrier.country
    if carrier.is_guest:
        network = {"carrier": carrier.name, "host_network": carrier.host_network}
        said += comma + door.words.say("ui.runs-on", network)
    if not carrier.epdg_hosts:
        said += comma + door.words.say("explain.no-calling-name")
    if kept is not None and kept.id == carrier.id:
        yours = door.words.say("explain.yours")
        said += " " + door.words.say("join.in-brackets", {"name": yours})
    return said


def _as_json(carrier: "Carrier") -> dict[str, object]:
    return {
        "id": carrier.id,
        "name": carrier.name,
        "host_network": carrier.host_network,
        "country": carrier.country,
        "plmns": list(carrier.plmns),
        "aliases": list(carrier.aliases),
        "epdg_hosts": list(carrier.epdg_hosts),
        "confidence": carrier.confidence,
        "notes": carrier.notes,
        "sources": list(carrier.sources),
    }
