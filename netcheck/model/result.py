"""One run, whole: what was seen, what it was read as, what it means."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Observation
from netcheck.model.stage import Stage, StageState
from netcheck.model.verdict import Verdict, WifiCalling, Worded

SCHEMA = "netcheck.result/1"


@dataclass(frozen=True, slots=True)
class StageView:
    """One place on the drawn path. `params` may hold `delay_ms` or `signal_dbm`."""

    stage: Stage
    state: StageState
    params: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CarrierChoice:
    """The carrier a run was about, as far as it may be told: no subscriber, only the brand."""

    id: str
    name: str
    host_network: str | None  # the operator whose network a brand runs on; None: its own
    country: str

    @classmethod
    def by_name(cls, name: str) -> "CarrierChoice":
        """One of whom no more than the name was kept."""
        return cls("", name, None, "")


@dataclass(frozen=True, slots=True)
class Result:
    """`started_at` is UTC, ISO 8601. `packets_sent` is netcheck's own count, pure ACKs aside.
    `changed` is what differs from the last good run: a note, no evidence. Its params are `at` and
    `what`, the ids of the changes."""

    run_id: str
    started_at: str
    netcheck_version: str
    rules_version: int
    carrier: CarrierChoice | None
    verdict: Verdict
    wifi_calling: WifiCalling
    stages: tuple[StageView, ...]
    findings: tuple[Finding, ...]
    observations: tuple[Observation, ...]
    duration_ms: float
    interrupted: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    symptom: str | None = None
    packets_sent: int | None = None
    changed: Worded | None = None
    schema: str = SCHEMA
