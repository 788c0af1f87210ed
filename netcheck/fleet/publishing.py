"""What the fleet has measured, said back: one signed file a country, for any web server to serve.

Nothing of a cell of which fewer than LEAST devices could tell is published, not even that it is
well; and no count ever is, only states and bands of ten per cent, so that nothing can be
subtracted from anything.
"""

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from netcheck.crowd import txt
from netcheck.crowd.form import FeedKeys, Misfit, decode_keys, decode_status
from netcheck.crowd.signing import OnlineKey, feed_file
from netcheck.fleet.measured import Alarm, AlarmKind, Count, Stage
from netcheck.model.crowd import CrowdEntry, CrowdState, CrowdStatus
from netcheck.report.build import confidence_band
from netcheck.seal import jws, signing
from netcheck.store.write import write_whole_bytes

LEAST = 20
"""Reports that could tell, for a cell to be spoken of."""
WINDOW_MIN, DAY_MIN = 15, 1440
LIFETIME_S = 900
_READABLE = 0o644

_STATES = {
    AlarmKind.OUTAGE: CrowdState.OUTAGE,
    AlarmKind.DEGRADED: CrowdState.DEGRADED,
    # Devices that fall silent may be cut off, or off: it is told as less than it may be.
    AlarmKind.SILENT: CrowdState.DEGRADED,
}
_WORST_FIRST = (CrowdState.OUTAGE, CrowdState.DEGRADED)


@dataclass(frozen=True, slots=True, order=True)
class _Subject:
    """What one entry is about, whatever the stage. `region` "" is the whole country."""

    carrier: str
    region: str
    called: str


def feed(
    alarms: Iterable[Alarm],
    counts: Iterable[Count],
    now_s: int,
    country_of: Mapping[str, str],
    *,
    sequence: int = 0,
) -> dict[str, CrowdStatus]:
    """Each country's status. `counts` reach back a day; `country_of` gives a carrier's country, and
    who is not in it is not spoken of. Alarms that are over are none. Pure."""
    told = _told(counts, now_s // 60, country_of)
    worst = _worst(alarms, country_of)
    entries: dict[str, list[CrowdEntry]] = defaultdict(list)
    for subject in sorted({*told.lately, *worst}):
        country = country_of[subject.called or subject.carrier]
        alarm = worst.get(subject)
        silent = alarm is not None and alarm.kind is AlarmKind.SILENT
        if (told.in_a_day if silent else told.lately).get(subject, 0) < LEAST:
            continue
        if alarm is not None:
            entries[country].append(_entry(subject, alarm))
        elif not subject.called:
            entries[country].append(CrowdEntry(subject.carrier, CrowdState.OK, subject.region))
    return {
        country: CrowdStatus(country, sequence, now_s, now_s + LIFETIME_S, tuple(found))
        for country, found in entries.items()
    }


@dataclass(frozen=True, slots=True)
class _Told:
    """How many reports could tell, by subject: in the last minutes, and in a day."""

    lately: Mapping[_Subject, int]
    in_a_day: Mapping[_Subject, int]


def _told(counts: Iterable[Count], now: int, country_of: Mapping[str, str]) -> _Told:
    """A report tells of several stages, so the stage of which most tell counts for all."""
    lately: dict[_Subject, dict[Stage, int]] = defaultdict(lambda: defaultdict(int))
    in_a_day: dict[_Subject, dict[Stage, int]] = defaultdict(lambda: defaultdict(int))
    for count in counts:
        cell = count.cell
        if not now - DAY_MIN <= count.minute <= now:
            continue
        for subject in _subjects(cell.carrier, cell.region, cell.called, country_of):
            in_a_day[subject][cell.stage] += count.told
            if count.minute >= now - WINDOW_MIN:
                lately[subject][cell.stage] += count.told
    return _Told(
        {subject: max(stages.values()) for subject, stages in lately.items()},
        {subject: max(stages.values()) for subject, stages in in_a_day.items()},
    )


def _subjects(
    carrier: str, region: str, called: str, country_of: Mapping[str, str]
) -> Iterator[_Subject]:
    """What a count of that cell counts for: its region, its country, and all callers of a called
    carrier together."""
    for own in (carrier, "") if called else (carrier,):
        subject = _subject(own, region, called, country_of)
        if subject is not None:
            yield subject
            if subject.region:
                yield replace(subject, region="")


def _subject(
    carrier: str, region: str, called: str, country_of: Mapping[str, str]
) -> _Subject | None:
    """None for what no country's file tells of: carriers nobody knows, and roaming customers."""
    country = country_of.get(called or carrier)
    if country is None or (carrier and carrier not in country_of):
        return None
    if region in ("", country):
        return _Subject(carrier, "", called)
    return _Subject(carrier, region, called) if region.startswith(f"{country}-") else None


def _worst(alarms: Iterable[Alarm], country_of: Mapping[str, str]) -> dict[_Subject, Alarm]:
    """The one alarm that is told of each subject: the worst, of these the surest."""
    found: dict[_Subject, Alarm] = {}
    lasting = [alarm for alarm in alarms if alarm.over is None]
    lasting.sort(key=lambda a: (_WORST_FIRST.index(_STATES[a.kind]), -a.confidence, a.cell))
    for alarm in lasting:
        cell = alarm.cell
        subject = _subject(cell.carrier, cell.region, cell.called, country_of)
        if subject is not None:
            found.setdefault(subject, alarm)
    return found


def _entry(subject: _Subject, alarm: Alarm) -> CrowdEntry:
    return CrowdEntry(
        carrier=subject.carrier,
        state=_STATES[alarm.kind],
        region=subject.region,
        called=subject.called,
        began=alarm.began * 60,
        confidence=confidence_band(alarm.confidence),
        failing=confidence_band(alarm.share_failing),
    )


# --- writing ---


class NotVouched(ValueError):
    """The root's line does not name this key, or not now."""


def key_id(public: bytes) -> str:
    """A key's id: the beginning of its own text."""
    return jws.coded(public)[:8]


def online_key(secret: bytes, keys_line: str, now_s: int) -> OnlineKey:
    """The key to sign with. Raises NotVouched: no reader would believe it."""
    public = signing.public_key(secret)
    key = OnlineKey(key_id(public), secret)
    for one in keys_in(keys_line).keys:
        if (one.kid, one.public) == (key.kid, jws.coded(public)) and one.begins <= now_s < one.ends:
            return key
    raise NotVouched(key.kid)


def keys_in(keys_line: str) -> FeedKeys:
    """What a root's line says; whether the root says it is for readers to check. Raises
    NotVouched."""
    try:
        return decode_keys(jws.read(keys_line.strip()).payload)
    except (jws.NotSigned, Misfit):
        raise NotVouched from None


def publish(
    folder: Path, statuses: Mapping[str, CrowdStatus], keys_line: str, key: OnlineKey, now_s: int
) -> list[str]:
    """Writes COUNTRY.jws and COUNTRY.txt (the string for DNS) into the folder, each whole or not at
    all; the countries written. A country that was told of before and is not now is told of as
    nothing. Each number is above the one that lies there: the time, unless the clock went back.

    Raises:
        StoreUnavailable: the folder cannot be written.
        TooMuch: a file would be larger than a reader takes.
    """
    before = {path.stem for path in folder.glob("[A-Z][A-Z].jws")}
    written = []
    for country in sorted({*statuses, *before}):
        nothing = CrowdStatus(country, 0, now_s, now_s + LIFETIME_S)
        sequence = max(now_s, _sequence_at(folder / f"{country}.jws") + 1)
        status = replace(statuses.get(country, nothing), sequence=sequence)
        _write(folder / f"{country}.jws", feed_file(keys_line.strip(), status, key))
        _write(folder / f"{country}.txt", f"{txt.text(status, key)}\n".encode("ascii"))
        written.append(country)
    return written


def _sequence_at(path: Path) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        line = path.read_text("ascii").splitlines()[1]
        return decode_status(jws.read(line).payload).sequence
    return 0


def _write(path: Path, raw: bytes) -> None:
    write_whole_bytes(path, raw)
    path.chmod(_READABLE)  # a web server is another user
