"""Results as a run would hand them over, for the tests of every format."""

from dataclasses import dataclass, replace

from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Family, Observation, Role, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.result import CarrierChoice, Result, StageView
from netcheck.model.stage import Stage, StageState
from netcheck.model.verdict import (
    Alternative,
    Companion,
    Complaint,
    Reason,
    Severity,
    Side,
    Verdict,
    WifiCalling,
    Worded,
)

CRICKET = CarrierChoice("cricket_us", "Cricket", "AT&T", "US")


@dataclass(frozen=True, slots=True)
class Round:
    """One round trip of a made-up check."""

    delay_ms: float
    lost: int | None = None


@dataclass(frozen=True, slots=True)
class TrainFacts(Facts):
    """Typed facts with everything JSON needs to learn: nesting, enums, bytes, no number."""

    family: Family
    rounds: tuple[Round, ...]
    nonce: bytes
    jitter_ms: float = float("nan")


def reason(finding: str, weight: int, **params: Parameter) -> Reason:
    return Reason(finding, weight, Worded(f"finding.{finding}", params))


OBSERVATIONS = (
    Observation(
        "gateway-answers",
        Target("192.168.1.1", Role.PATH, address="192.168.1.1", port=53, family=Family.IPV4),
        Outcome.OK,
        None,
        TrainFacts(Family.IPV4, (Round(2.25), Round(2.5, 0)), b"\x01\xff"),
        12.5,
        40.25,
        "wlan0",
    ),
    Observation(
        "epdg-answers-ike",
        Target("epdg.epc.att.net", Role.OWN, "AT&T"),
        Outcome.FAILED,
        Failure.TIMEOUT,
        None,
        300.0,
        3000.0,
    ),
    Observation(
        "signal-is-strong", Target("wlan0"), Outcome.SKIPPED, None, None, 1.0, 0.0, unmet="wifi"
    ),
)

STAGES = (
    StageView(Stage.DEVICE, StageState.OK),
    StageView(Stage.LINK, StageState.OK, {"signal_dbm": -52}),
    StageView(Stage.ROUTER, StageState.OK, {"delay_ms": 2.2}),
    StageView(Stage.ISP, StageState.OK, {"delay_ms": 9.1}),
    StageView(Stage.DNS, StageState.OK),
    StageView(Stage.INTERNET, StageState.OK),
    StageView(Stage.CARRIER, StageState.DOWN),
    StageView(Stage.WIFI_CALLING, StageState.OK),
)

SOS = Result(
    run_id="0d5f7c1e",
    started_at="2024-02-22T09:10:11Z",
    netcheck_version="0.1.0",
    rules_version=1,
    carrier=CRICKET,
    verdict=Verdict(
        side=Side.CARRIER,
        fault="carrier-registration-outage",
        severity=Severity.DOWN,
        confidence=0.84,
        headline=Worded("fault.carrier-registration-outage.headline"),
        because=(
            reason("symptom.sos", 310),
            reason("anchors.answer", 120, count=6, total=6),
            reason("gateway.answers", 110, delay_ms=2.2),
            reason("beyond-gateway.answers", 90, delay_ms=9.1),
            reason("system-resolver.answers", 80),
        ),
        alternatives=(
            Alternative("coverage-or-account", Side.CARRIER, 0.09),
            Alternative("phone-or-sim", Side.LOCAL, 0.05),
            Alternative("unknown", Side.INCONCLUSIVE, 0.02),
        ),
        next_steps=(
            Worded("step.turn-on-wifi-calling", {"phone": "iphone"}),
            Worded("step.leave-router-alone"),
            Worded("step.emergency", {"emergency_number": "911"}),
        ),
        would_settle=Worded("settle.second-phone"),
    ),
    wifi_calling=WifiCalling(True, Worded("calling.open")),
    stages=STAGES,
    findings=(
        Finding("symptom.sos"),
        Finding("gateway.answers", ("gateway-answers",), {"delay_ms": 2.2}),
        Finding("anchors.answer", ("anchor-answers",), {"count": 6, "total": 6}),
    ),
    observations=OBSERVATIONS,
    duration_ms=1104.2,
    labels={"site": "north"},
    symptom="sos",
    packets_sent=84,
)

TWO_FAULTS = replace(
    SOS,
    verdict=replace(
        SOS.verdict,
        also=(
            Companion("home-link-lossy", Side.LOCAL, Severity.DEGRADED, 0.93),
            Companion("called-carrier-outage", Side.REMOTE, Severity.DEGRADED, 0.61),
        ),
        complaint=Complaint("sos", "carrier-registration-outage"),
    ),
)

ANOTHER_TROUBLE = replace(
    SOS,
    verdict=replace(
        SOS.verdict,
        side=Side.LOCAL,
        fault="router-dead",
        confidence=0.99,
        headline=Worded("fault.router-dead.headline"),
        complaint=Complaint("sos", None),
    ),
)

_WELL = tuple(replace(view, state=StageState.OK) for view in STAGES)

HEALTHY = replace(
    SOS,
    verdict=Verdict(
        side=Side.NONE,
        fault="all-well",
        severity=Severity.OK,
        confidence=0.997,
        headline=Worded("fault.all-well.headline"),
        because=(
            reason("gateway.answers", 110, delay_ms=2.2),
            reason("own-epdg.answers", 100),
            reason("anchors.answer", 120, count=6, total=6),
        ),
        next_steps=(Worded("step.nothing-to-do"),),
    ),
    stages=_WELL,
    symptom=None,
)

HEALTHY_WITHOUT_CARRIER = replace(
    HEALTHY,
    carrier=None,
    verdict=replace(
        HEALTHY.verdict,
        because=(reason("gateway.answers", 110, delay_ms=2.2),),
        next_steps=(Worded("step.choose-carrier"),),
    ),
    wifi_calling=WifiCalling(None, Worded("calling.no-carrier")),
)

INCONCLUSIVE = replace(
    SOS,
    verdict=Verdict(
        side=Side.INCONCLUSIVE,
        fault="carrier-gateway-outage",
        severity=Severity.DEGRADED,
        confidence=0.5,
        headline=Worded("side.inconclusive.headline"),
        because=(reason("own-epdg.silent", 90),),
        against=(reason("control-epdg.mixed", -40),),
        alternatives=(
            Alternative("carrier-gateway-outage", Side.CARRIER, 0.48),
            Alternative("lan-blocks-ike", Side.LOCAL, 0.4),
        ),
        next_steps=(Worded("step.try-other-network"),),
        would_settle=Worded("settle.other-network"),
    ),
    wifi_calling=WifiCalling(None, Worded("calling.gateway-silent")),
    stages=(*STAGES[:-1], StageView(Stage.WIFI_CALLING, StageState.UNKNOWN)),
    symptom=None,
)

ROUTER_BLOCKS = replace(
    SOS,
    verdict=Verdict(
        side=Side.LOCAL,
        fault="lan-blocks-ike",
        severity=Severity.DEGRADED,
        confidence=0.91,
        headline=Worded("fault.lan-blocks-ike.headline"),
        because=(reason("ike-stops.at-router", 250), reason("control-epdg.silent", 200)),
        next_steps=(Worded("step.allow-ports"),),
    ),
    wifi_calling=WifiCalling(False, Worded("calling.blocked-here")),
    stages=(
        *_WELL[:1],
        StageView(Stage.LINK, StageState.OK, {"kind": "ethernet"}),
        *_WELL[2:6],
        StageView(Stage.CARRIER, StageState.UNKNOWN),
        StageView(Stage.WIFI_CALLING, StageState.DOWN),
    ),
    symptom=None,
)
