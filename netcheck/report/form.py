"""What a report may hold, and as which bytes it goes out.

Every field is a number of few digits, a word of a closed list, or an id that netcheck itself gave.
There is no free text, no address, no name of a device, network or person, and no exact time.
"""

import json
from dataclasses import dataclass, fields, replace

SCHEMA = "netcheck.report/1"
SIZES = (1024, 2048, 4096)
"""Bytes of a body: what is short is filled up, so that its length tells nothing of what it says."""


@dataclass(frozen=True, slots=True)
class Report:
    """One run, anonymized. None: not measured, not told, or not for a report.

    Ranges are words (`8-16` ms, `-60..-51` dBm, `80-89` percent). `cut`: ids were left out to keep
    to the largest size. `pad` is zeros.
    """

    report_id: str
    device_token: str
    time: str
    netcheck: str
    rules: int
    system: str | None = None
    system_version: str | None = None
    carrier: str | None = None
    plmn: str | None = None
    region: str | None = None
    called: str | None = None
    symptom: str | None = None
    side: str = "inconclusive"
    fault: str | None = None
    severity: str = "ok"
    confidence: str = "0-9"
    also: tuple[str, ...] = ()
    calling_ready: bool | None = None
    interrupted: bool = False
    link: str | None = None
    made_up_address: bool | None = None
    wifi_band: str | None = None
    wifi_signal: str | None = None
    wifi_security: str | None = None
    addresses: tuple[str, ...] = ()
    seen_as: str | None = None
    provider_asn: int | None = None
    provider_country: str | None = None
    resolver: str | None = None
    phone_service: str | None = None
    router_delay: str | None = None
    internet_delay: str | None = None
    resolver_delay: str | None = None
    gateway_delay: str | None = None
    findings: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    cut: bool = False
    pad: str = ""


FIELDS = tuple(field.name for field in fields(Report))


def encode(report: Report) -> bytes:
    """The body, exactly as it is shown and sent: ASCII, one line, of one of SIZES."""
    report = _fitting(replace(report, pad=""))
    bare = _json(report)
    size = next(size for size in SIZES if len(bare) <= size)
    return _json(replace(report, pad="0" * (size - len(bare)))).encode("ascii")


def _fitting(report: Report) -> Report:
    """Without the last ids, where all of them are too many: failures first, they matter less."""
    while len(_json(report)) > SIZES[-1]:
        if report.failures:
            report = replace(report, cut=True, failures=report.failures[:-1])
        else:
            report = replace(report, cut=True, findings=report.findings[:-1])
    return report


def _json(report: Report) -> str:
    told = {"schema": SCHEMA} | {name: getattr(report, name) for name in FIELDS}
    return json.dumps(told, separators=(",", ":"), allow_nan=False)
