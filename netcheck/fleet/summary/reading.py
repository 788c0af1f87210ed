"""What one document says: of a report or a result the few fields that are counted, and no more.

It is typed reading, not the whole schema: a collector checks every byte, this counts a folder of a
million in seconds. What it reads, it checks.
"""

import re
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Literal, NamedTuple, TypeVar, cast

import msgspec

from netcheck.catalog.shape import located
from netcheck.fleet.attributing import outcomes
from netcheck.model import result as result_form
from netcheck.report import form as report_form
from netcheck.report.form import Report

MOST_REMEMBERED = 100_000  # words that were read before, and need not be read again
MOST_LABEL_VALUES = 200  # of one label; more are no groups
MOST_LABELS = 32
OTHER = "..."
_LONGEST_LABEL = 60  # characters of a name or value
_TOKEN = re.compile("[0-9a-f]{8}")
_MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ")
_CARRIER = re.compile("[a-z0-9][a-z0-9_-]{0,63}")
_REGION = re.compile("[A-Z]{2}")
_FAULT = re.compile("[a-z0-9][a-z0-9-]{0,63}")
_NAMED_BY_LABEL = 1 << 60  # reports have names of 32 bits

_Side = Literal["none", "local", "isp", "carrier", "remote", "inconclusive"]
_Severity = Literal["ok", "degraded", "down"]


class NotCounted(Exception):
    """`id` and `detail` as a Note has them; `aside`: it is whole, and of another kind."""

    def __init__(self, id: str, detail: str | None = None, *, aside: bool = False) -> None:
        super().__init__(id)
        self.id = id
        self.detail = detail
        self.aside = aside


class Said(NamedTuple):
    """What many documents say alike. `outcomes`: stage and whether it fails; "" is not told."""

    carrier: str
    region: str
    side: str
    fault: str
    trouble: bool
    outcomes: tuple[tuple[str, bool], ...]
    labels: tuple[str, ...] = ()


class Heard(NamedTuple):
    """One document: of which device, when (UTC minute), what. `of_report` or of a result."""

    device: int
    minute: str | None
    said: Said
    of_report: bool


class _Report(msgspec.Struct, tag_field="schema", tag=report_form.SCHEMA, gc=False):
    device_token: str
    time: str
    side: _Side
    severity: _Severity
    findings: msgspec.Raw
    carrier: str | None = None
    region: str | None = None
    fault: str | None = None
    phone_service: str | None = None


class _Carrier(msgspec.Struct):
    id: str
    name: str = ""


class _Verdict(msgspec.Struct):
    side: _Side
    severity: _Severity
    fault: str | None = None


class _Finding(msgspec.Struct):
    id: str


class _Result(msgspec.Struct, tag_field="schema", tag=result_form.SCHEMA):
    run_id: str
    started_at: str
    verdict: _Verdict
    findings: list[_Finding]
    carrier: _Carrier | None = None
    labels: dict[str, str] = {}


class _Like(NamedTuple):
    """What `outcomes` looks at, of a report: all of one would take longer to make than to read."""

    carrier: str | None
    side: str
    phone_service: str | None
    findings: tuple[str, ...]


_Kept = TypeVar("_Kept", dict[tuple[object, ...], Said], set[str])

_DECODER = msgspec.json.Decoder(_Report | _Result)
_IDS = msgspec.json.Decoder(tuple[str, ...])


class Reader:
    """Reads documents, and remembers what was said before. `device_label` names the device of a
    result; without it each run counts as a device."""

    def __init__(self, device_label: str) -> None:
        self._device_label = device_label
        self._said: dict[tuple[object, ...], Said] = {}
        self._minutes: set[str] = set()
        self._values: dict[str, set[str]] = {}

    def read(self, raw: bytes) -> Heard:
        """Raises NotCounted."""
        try:
            found = _DECODER.decode(raw)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as wrong:
            raise _why(raw, wrong) from None
        return self._report(found) if type(found) is _Report else self._result(found)  # type: ignore[arg-type]

    def _report(self, found: _Report) -> Heard:
        token = found.device_token
        if not _TOKEN.fullmatch(token):
            raise NotCounted("field", "device_token")
        if found.time not in self._minutes:
            if not _MINUTE.fullmatch(found.time):
                raise NotCounted("field", "time")
            _bounded(self._minutes).add(found.time)
        ids = bytes(found.findings)
        key = (
            *(found.carrier, found.region, found.side, found.severity, found.fault),
            *(found.phone_service, ids),
        )
        said = self._said.get(key)
        if said is None:
            said = _bounded(self._said)[key] = _said(found, _ids(ids))
        return Heard(int(token, 16), found.time, said, True)

    def _result(self, found: _Result) -> Heard:
        verdict, carrier = found.verdict, found.carrier
        like = _Report(
            device_token="",
            time="",
            side=verdict.side,
            severity=verdict.severity,
            findings=msgspec.Raw(),
            carrier=carrier.id or None if carrier else None,
            fault=verdict.fault,
        )
        said = _said(like, tuple(one.id for one in found.findings))
        labels = dict(found.labels)
        device = labels.pop(self._device_label, "") or f"run {found.run_id}"
        digest = blake2b(device.encode("utf-8", "replace"), digest_size=7).digest()
        return Heard(
            _NAMED_BY_LABEL | int.from_bytes(digest),
            _minute(found.started_at),
            said._replace(labels=self._labels(labels)),
            False,
        )

    def _labels(self, labels: dict[str, str]) -> tuple[str, ...]:
        """`name=value`, where a label has few enough values to be one of groups."""
        told = []
        for name, value in sorted(labels.items()):
            name, value = name[:_LONGEST_LABEL], value[:_LONGEST_LABEL]
            if name not in self._values and len(self._values) >= MOST_LABELS:
                continue
            values = self._values.setdefault(name, set())
            if value not in values and len(values) >= MOST_LABEL_VALUES:
                value = OTHER
            else:
                values.add(value)
            told.append(f"{name}={value}")
        return tuple(told)


def _said(found: _Report, ids: tuple[str, ...]) -> Said:
    fields = {
        "carrier": (_CARRIER, found.carrier),
        "region": (_REGION, found.region),
        "fault": (_FAULT, found.fault),
    }
    for name, (pattern, value) in fields.items():
        if value is not None and not pattern.fullmatch(value):
            raise NotCounted("field", name)
    told = outcomes(cast(Report, _Like(found.carrier, found.side, found.phone_service, ids)))
    return Said(
        carrier=found.carrier or "",
        region=found.region or "",
        side=found.side,
        fault=found.fault or "",
        trouble=found.severity != "ok",
        outcomes=tuple(sorted((stage.value, fails) for stage, fails in told.items())),
    )


def _ids(raw: bytes) -> tuple[str, ...]:
    try:
        return _IDS.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise NotCounted("field", "findings") from None


def _minute(started_at: str) -> str | None:
    try:
        moment = datetime.fromisoformat(started_at)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ") if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _bounded(kept: _Kept) -> _Kept:
    if len(kept) >= MOST_REMEMBERED:
        kept.clear()
    return kept


def _why(raw: bytes, wrong: Exception) -> NotCounted:
    """Is it damaged, or something else altogether?"""
    try:
        document = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return NotCounted("no-json")
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema in (report_form.SCHEMA, result_form.SCHEMA):
        path, _ = located(str(wrong))
        return NotCounted("field", path.removeprefix("$."))
    if isinstance(schema, str):
        return NotCounted("other-kind", schema[:_LONGEST_LABEL], aside=True)
    return NotCounted("no-kind", aside=True)
