"""Outages of the past as timelines of findings, judged hour by hour; format: `seeds/README.md`."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from netcheck import __version__
from netcheck.agent.concluding import About, conclude
from netcheck.diagnosis import RULES_VERSION
from netcheck.diagnosis.faults import BY_ID as FAULTS
from netcheck.diagnosis.likelihoods import THINGS
from netcheck.model.finding import Finding, Parameter
from netcheck.model.result import CarrierChoice, Result
from netcheck.model.verdict import Side

SCHEMA = "netcheck.seed/2"
_KEYS = ("schema", "id", "title", "times", "known", "sources", "base", "params", "view")
_KEYS_OF_A_VIEW = ("id", "who", "carrier", "called", "but", "without", "limit", "hour")
_KEYS_OF_AN_HOUR = ("at", "until", "what", "but", "without", "side", "fault")
_MOST_HOURS = 100
_YEARS = range(2, 9999)  # some hours before and after them are still dates
_T = TypeVar("_T")


class UnreadableSeed(Exception):
    """The text is no seed. `path` is where (`view[0].hour[3].but`), `reason` one clause."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Hour:
    """One moment of a view: what a device there would have seen, and the right verdict."""

    at: datetime
    what: str
    findings: tuple[Finding, ...]
    side: Side
    fault: str


@dataclass(frozen=True, slots=True)
class View:
    """The event from where one person stands. `limit` says what no device there can know."""

    id: str
    who: str
    carrier: CarrierChoice | None
    called: str | None
    limit: str | None
    hours: tuple[Hour, ...]


@dataclass(frozen=True, slots=True)
class Seed:
    """`known` are verified facts of the event; the findings of its hours are inferred."""

    id: str
    title: str
    times: str  # which clock `Hour.at` shows, in words
    known: tuple[str, ...]
    sources: tuple[str, ...]
    views: tuple[View, ...]


def result_of(seed: Seed, view: View, hour: Hour) -> Result:
    """What netcheck says on a device that has seen this."""
    called = CarrierChoice.by_name(view.called) if view.called else None
    come_to = conclude(hour.findings, About(view.carrier, called))
    symptom = next((f.state for f in hour.findings if f.thing == "symptom"), None)
    return Result(
        run_id=seed.id,
        started_at=hour.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        netcheck_version=__version__,
        rules_version=RULES_VERSION,
        carrier=view.carrier,
        verdict=come_to.verdict,
        wifi_calling=come_to.wifi_calling,
        stages=come_to.stages,
        findings=hour.findings,
        observations=(),
        duration_ms=0.0,
        symptom=symptom,
    )


def is_as_expected(hour: Hour, result: Result) -> bool:
    """Whether the verdict is the right one of that hour."""
    return result.verdict.side == hour.side and result.verdict.fault == hour.fault


def read_seed(text: str) -> Seed:
    """The seed in a TOML text. Raises UnreadableSeed."""
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise UnreadableSeed("$", "is nested too deep") from None
    except ValueError as wrong:  # of TOML itself, or a number longer than Python reads
        raise UnreadableSeed("$", f"not TOML: {wrong}") from None
    if table.get("schema") != SCHEMA:
        raise UnreadableSeed("schema", f"is not {SCHEMA}")
    _only(table, _KEYS)
    params = _get(table, "params", dict) if "params" in table else {}
    words = _Words(params)
    base = words.findings(_get(table, "base", list), "base")
    views = tuple(
        _view(row, f"view[{i}]", base, words) for i, row in enumerate(_rows(table, "view"))
    )
    if not views:
        raise UnreadableSeed("view", "is missing")
    return Seed(
        id=_get(table, "id", str),
        title=_get(table, "title", str),
        times=_get(table, "times", str),
        known=_texts(table, "known"),
        sources=_texts(table, "sources"),
        views=views,
    )


def _view(row: Mapping[str, object], path: str, base: Sequence[Finding], words: "_Words") -> View:
    _only(row, _KEYS_OF_A_VIEW, path)
    here = words.changed(base, row, path)
    hours = tuple(
        hour
        for i, one in enumerate(_rows(row, "hour", path))
        for hour in _hours(one, f"{path}.hour[{i}]", here, words)
    )
    if not hours:
        raise UnreadableSeed(f"{path}.hour", "is missing")
    return View(
        id=_get(row, "id", str, path),
        who=_get(row, "who", str, path),
        carrier=_carrier(row, path),
        called=_get(row, "called", str, path) if "called" in row else None,
        limit=_get(row, "limit", str, path) if "limit" in row else None,
        hours=hours,
    )


def _hours(
    row: Mapping[str, object], path: str, here: Sequence[Finding], words: "_Words"
) -> Iterator[Hour]:
    """The hour, and with `until` every further one before it."""
    _only(row, _KEYS_OF_AN_HOUR, path)
    at = _time(row, "at", path)
    until = _time(row, "until", path) if "until" in row else at + timedelta(hours=1)
    if not at < until <= at + timedelta(hours=_MOST_HOURS):
        raise UnreadableSeed(f"{path}.until", f"is not within {_MOST_HOURS} hours after at")
    seen = words.changed(here, row, path)
    side, fault = _get(row, "side", str, path), _get(row, "fault", str, path)
    if side not in set(Side):
        raise UnreadableSeed(f"{path}.side", f"no side is called {side}")
    if fault not in FAULTS:
        raise UnreadableSeed(f"{path}.fault", f"no fault is called {fault}")
    what = _get(row, "what", str, path)
    while at < until:
        yield Hour(at, what, seen, Side(side), fault)
        at += timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Words:
    """`params` fill the words of findings, by the finding's id."""

    params: Mapping[str, object]

    def findings(self, ids: Sequence[object], path: str) -> tuple[Finding, ...]:
        found = []
        for id in ids:
            thing, _, state = str(id).partition(".")
            if thing not in THINGS or state not in THINGS[thing].states:
                raise UnreadableSeed(path, f"no finding is called {id}")
            given = self.params.get(str(id), {})
            plain: dict[str, Parameter] = {
                key: value
                for key, value in (given.items() if isinstance(given, dict) else ())
                if isinstance(value, str | int | float)
            }
            found.append(Finding(str(id), (), plain))
        return tuple(found)

    def changed(
        self, before: Sequence[Finding], row: Mapping[str, object], path: str
    ) -> tuple[Finding, ...]:
        """The findings less those `without`, and with those of `but` in place of theirs."""
        without = set(_texts(row, "without", path)) if "without" in row else set()
        unknown = sorted(without - set(THINGS))
        if unknown:
            raise UnreadableSeed(f"{path}.without", f"no thing is called {unknown[0]}")
        given = _get(row, "but", list, path) if "but" in row else []
        but = self.findings(given, f"{path}.but")
        seen = {f.thing: f for f in before if f.thing not in without} | {f.thing: f for f in but}
        return tuple(seen.values())


def _carrier(table: Mapping[str, object], path: str) -> CarrierChoice | None:
    if "carrier" not in table:
        return None
    row = _get(table, "carrier", dict, path)
    path = f"{path}.carrier"
    host = _get(row, "host_network", str, path) if "host_network" in row else None
    return CarrierChoice(
        _get(row, "id", str, path),
        _get(row, "name", str, path),
        host,
        _get(row, "country", str, path),
    )


def _rows(table: Mapping[str, object], key: str, path: str = "") -> list[Mapping[str, object]]:
    rows = _get(table, key, list, path)
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise UnreadableSeed(f"{_place(path, key)}[{index}]", "is not a table")
    return rows


def _only(table: Mapping[str, object], known: tuple[str, ...], path: str = "") -> None:
    """Refuses a key that nobody would read: it is a typing mistake."""
    for key in table:
        if key not in known:
            raise UnreadableSeed(_place(path, key), "is no key of a seed")


def _time(row: Mapping[str, object], key: str, path: str) -> datetime:
    found = _get(row, key, datetime, path)
    if found.tzinfo is None:
        raise UnreadableSeed(f"{path}.{key}", "has no offset from UTC")
    if found.year not in _YEARS:
        raise UnreadableSeed(f"{path}.{key}", "is in no year that can be reckoned with")
    return found


def _texts(table: Mapping[str, object], key: str, path: str = "") -> tuple[str, ...]:
    return tuple(str(item) for item in _get(table, key, list, path))


def _get(table: Mapping[str, object], key: str, kind: type[_T], path: str = "") -> _T:
    where = _place(path, key)
    if key not in table:
        raise UnreadableSeed(where, "is missing")
    value = table[key]
    if not isinstance(value, kind):
        raise UnreadableSeed(where, f"is not {_KINDS.get(kind, 'a table')}")
    return value


def _place(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


_KINDS: dict[type, str] = {str: "text", list: "a list", datetime: "a date and time"}
