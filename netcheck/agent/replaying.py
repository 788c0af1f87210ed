"""Judging again what was seen before: a saved result, or the hours of a seed.

A seed is an outage of the past as a timeline of findings; `seeds/README.md` has its format.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from netcheck import __version__
from netcheck.agent.concluding import About, conclude
from netcheck.diagnosis import RULES_VERSION
from netcheck.diagnosis.faults import BY_ID as FAULTS
from netcheck.diagnosis.likelihoods import THINGS
from netcheck.model.finding import Finding, Parameter
from netcheck.model.result import CarrierChoice, Result
from netcheck.model.verdict import Side

SCHEMA = "netcheck.seed/1"
_KEYS = ("schema", "id", "title", "times", "known", "sources", "carrier", "base", "params", "hour")
_KEYS_OF_AN_HOUR = ("at", "what", "but", "without", "side", "fault")
_T = TypeVar("_T")


class UnreadableSeed(Exception):
    """The text is no seed. `path` is where (`hour[3].but`), `reason` one clause."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Hour:
    """One moment of a seed: what a device would have seen, and what was true."""

    at: datetime
    what: str
    findings: tuple[Finding, ...]
    side: Side
    fault: str


@dataclass(frozen=True, slots=True)
class Seed:
    """`known` are verified facts of the event; the findings of its hours are inferred."""

    id: str
    title: str
    times: str  # which clock `Hour.at` shows, in words
    carrier: CarrierChoice | None
    known: tuple[str, ...]
    sources: tuple[str, ...]
    hours: tuple[Hour, ...]


def about(saved: Result) -> About:
    """Whom a saved run was about, as far as the file tells."""
    told = saved.verdict.headline.params
    called, phone = told.get("called"), told.get("phone")
    return About(
        saved.carrier,
        CarrierChoice("", called, None, "") if isinstance(called, str) else None,
        phone if isinstance(phone, str) else None,
    )


def replayed(saved: Result) -> Result:
    """The saved run under the rules of this netcheck: its findings, judged anew."""
    come_to = conclude(saved.findings, about(saved))
    return replace(
        saved,
        netcheck_version=__version__,
        rules_version=RULES_VERSION,
        verdict=come_to.verdict,
        wifi_calling=come_to.wifi_calling,
        stages=come_to.stages,
    )


def result_of(seed: Seed, hour: Hour) -> Result:
    """What netcheck says on a device that has seen this."""
    come_to = conclude(hour.findings, About(seed.carrier))
    symptom = next((f.state for f in hour.findings if f.thing == "symptom"), None)
    return Result(
        run_id=seed.id,
        started_at=hour.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        netcheck_version=__version__,
        rules_version=RULES_VERSION,
        carrier=seed.carrier,
        verdict=come_to.verdict,
        wifi_calling=come_to.wifi_calling,
        stages=come_to.stages,
        findings=hour.findings,
        observations=(),
        duration_ms=0.0,
        symptom=symptom,
    )


def is_as_expected(hour: Hour, result: Result) -> bool:
    """Whether the verdict is the truth of that hour."""
    return result.verdict.side == hour.side and result.verdict.fault == hour.fault


def read_seed(text: str) -> Seed:
    """The seed in a TOML text. Raises UnreadableSeed."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise UnreadableSeed("$", f"not TOML: {wrong}") from None
    if table.get("schema") != SCHEMA:
        raise UnreadableSeed("schema", f"is not {SCHEMA}")
    _only(table, _KEYS)
    base = _findings(_get(table, "base", list), "base", table)
    hours = [_hour(row, f"hour[{i}]", base, table) for i, row in enumerate(_rows(table, "hour"))]
    if not hours:
        raise UnreadableSeed("hour", "is missing")
    return Seed(
        id=_get(table, "id", str),
        title=_get(table, "title", str),
        times=_get(table, "times", str),
        carrier=_carrier(table),
        known=_texts(table, "known"),
        sources=_texts(table, "sources"),
        hours=tuple(hours),
    )


def _hour(
    row: Mapping[str, object], path: str, base: Sequence[Finding], table: Mapping[str, object]
) -> Hour:
    _only(row, _KEYS_OF_AN_HOUR, path)
    at = _get(row, "at", datetime, path)
    if at.tzinfo is None:
        raise UnreadableSeed(f"{path}.at", "has no offset from UTC")
    without = set(_texts(row, "without", path)) if "without" in row else set()
    but = _findings(_get(row, "but", list, path), f"{path}.but", table) if "but" in row else ()
    seen = {f.thing: f for f in base if f.thing not in without} | {f.thing: f for f in but}
    side, fault = _get(row, "side", str, path), _get(row, "fault", str, path)
    if side not in set(Side):
        raise UnreadableSeed(f"{path}.side", f"no side is called {side}")
    if fault not in FAULTS:
        raise UnreadableSeed(f"{path}.fault", f"no fault is called {fault}")
    return Hour(at, _get(row, "what", str, path), tuple(seen.values()), Side(side), fault)


def _findings(ids: Sequence[object], path: str, table: Mapping[str, object]) -> tuple[Finding, ...]:
    params = table.get("params", {})
    found = []
    for id in ids:
        thing, _, state = str(id).partition(".")
        if thing not in THINGS or state not in THINGS[thing].states:
            raise UnreadableSeed(path, f"no finding is called {id}")
        given = params.get(id, {}) if isinstance(params, dict) else {}
        plain: dict[str, Parameter] = {
            key: value for key, value in given.items() if isinstance(value, str | int | float)
        }
        found.append(Finding(str(id), (), plain))
    return tuple(found)


def _carrier(table: Mapping[str, object]) -> CarrierChoice | None:
    if "carrier" not in table:
        return None
    row = _get(table, "carrier", dict)
    host = _get(row, "host_network", str, "carrier") if "host_network" in row else None
    return CarrierChoice(
        _get(row, "id", str, "carrier"),
        _get(row, "name", str, "carrier"),
        host,
        _get(row, "country", str, "carrier"),
    )


def _rows(table: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    rows = _get(table, key, list)
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise UnreadableSeed(f"{key}[{index}]", "is not a table")
    return rows


def _only(table: Mapping[str, object], known: tuple[str, ...], path: str = "") -> None:
    """Refuses a key that nobody would read: it is a typing mistake."""
    for key in table:
        if key not in known:
            raise UnreadableSeed(f"{path}.{key}" if path else key, "is no key of a seed")


def _texts(table: Mapping[str, object], key: str, path: str = "") -> tuple[str, ...]:
    return tuple(str(item) for item in _get(table, key, list, path))


def _get(table: Mapping[str, object], key: str, kind: type[_T], path: str = "") -> _T:
    where = f"{path}.{key}" if path else key
    if key not in table:
        raise UnreadableSeed(where, "is missing")
    value = table[key]
    if not isinstance(value, kind):
        raise UnreadableSeed(where, f"is not {_KINDS.get(kind, 'a table')}")
    return value


_KINDS: dict[type, str] = {str: "text", list: "a list", datetime: "a date and time"}
