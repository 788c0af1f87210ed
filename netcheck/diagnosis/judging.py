"""From the posterior to a verdict: which side may be named, in which words, with which steps."""

from collections.abc import Sequence
from dataclasses import dataclass

from netcheck.catalog import load
from netcheck.diagnosis.explaining import reasons
from netcheck.diagnosis.faults import Fault
from netcheck.diagnosis.weighing import Posterior, scored, weigh
from netcheck.model.finding import Finding, Parameter
from netcheck.model.result import CarrierChoice
from netcheck.model.verdict import Alternative, Severity, Side, Verdict, Worded

HIGHEST_CONFIDENCE = 0.99
"""No evidence a single device can gather makes more than this true."""

_WORTH_A_WORD = 0.02
_MOST_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged besides the findings. `phone` is the kind of phone for exact taps."""

    carrier: CarrierChoice | None
    calling_open: bool | None
    called: CarrierChoice | None = None
    phone: str | None = None


def judge(findings: Sequence[Finding], case: Case) -> Verdict:
    """The verdict on these findings. Pure: the same findings give the same verdict.

    A side is named from the posterior that its mistakes cost (`decide_*` of the thresholds).
    """
    known = scored(findings)
    posterior = weigh(known)
    side, probability = _leading_side(posterior)
    fault = next(f for f, _ in posterior.ranked() if f.side == side)
    enough = probability >= load().thresholds[f"decide_{side.value}"].value
    looked = _looked_everywhere(known)
    if (side == Side.CARRIER and case.carrier is None) or (side == Side.NONE and not looked):
        enough = False
    rival = next(f for f, _ in posterior.ranked() if f.side != side)
    because, against = reasons(known, fault)
    params = _params(case)
    return Verdict(
        side=side if enough else Side.INCONCLUSIVE,
        fault=fault.id,
        severity=fault.severity if enough else _open_severity(fault, rival),
        confidence=min(round(probability, 2), HIGHEST_CONFIDENCE),
        headline=_headline(fault, case, params, enough),
        because=because,
        against=against,
        alternatives=_alternatives(posterior, fault),
        next_steps=_steps(fault, rival, case, params, enough),
        would_settle=_settles(fault, rival, case, params, enough)
        if looked or enough
        else Worded("settle.full-run", params),
    )


_EVERYWHERE = (
    {"gateway", "beyond-gateway"},
    {"system-resolver", "nameserver"},
    {"anchors"},
    {"own-epdg", "control-epdg"},
)
"""What must have been looked at before "all is well" may be said: one thing of each set."""


def _looked_everywhere(findings: Sequence[Finding]) -> bool:
    """Whether a clean bill would rest on evidence: a prior alone never says that all is well."""
    things = {finding.thing for finding in findings}
    return all(things & any_of for any_of in _EVERYWHERE)


def _leading_side(posterior: Posterior) -> tuple[Side, float]:
    sides = [side for side in Side if side != Side.INCONCLUSIVE]
    best = max(sides, key=posterior.of_side)
    return best, posterior.of_side(best)


def _open_severity(fault: Fault, rival: Fault) -> Severity:
    """An open question about something that may be broken is `degraded`, never `ok` nor `down`."""
    if fault.severity == rival.severity == Severity.DOWN:
        return Severity.DOWN
    return Severity.DEGRADED


def _params(case: Case) -> dict[str, Parameter]:
    params: dict[str, Parameter] = {}
    if case.carrier:
        params["carrier"] = case.carrier.name
        params["host_network"] = case.carrier.host_network
        params["country"] = case.carrier.country
    if case.called:
        params["called"] = case.called.name
    if case.phone:
        params["phone"] = case.phone
    return params


def _headline(fault: Fault, case: Case, params: dict[str, Parameter], enough: bool) -> Worded:
    if not enough:
        return Worded("side.inconclusive.headline", params)
    variant = "headline" if case.carrier else "headline-no-carrier"
    return Worded(f"fault.{fault.id}.{variant}", params)


def _alternatives(posterior: Posterior, chosen: Fault) -> tuple[Alternative, ...]:
    others = [
        Alternative(fault.id, fault.side, round(probability, 3))
        for fault, probability in posterior.ranked()
        if fault.id != chosen.id and probability >= _WORTH_A_WORD
    ]
    return tuple(others[:_MOST_ALTERNATIVES])


def _steps(
    fault: Fault, rival: Fault, case: Case, params: dict[str, Parameter], enough: bool
) -> tuple[Worded, ...]:
    """The fault's remedies; while undecided, first what tells, then the safe ones of both."""
    ids = list(fault.steps)
    if not enough:
        ids = [step for f in (fault, rival) for step in f.steps if step in _HARMLESS]
    elif fault.side == Side.NONE and case.carrier is None:
        ids = ["choose-carrier"]
    if case.calling_open is not True:
        ids = [step for step in ids if step != "turn-on-wifi-calling"]
    if fault.calls_may_fail or (not enough and rival.calls_may_fail):
        ids.append("emergency")
    return tuple(Worded(f"step.{step}", params) for step in dict.fromkeys(ids))


_HARMLESS = {
    "turn-on-wifi-calling",
    "try-other-phone",
    "try-other-network",
    "use-messaging-app",
    "use-mobile-data",
    "airplane-off",
    "check-sim",
    "keep-record",
}
"""Steps that cost nothing when the leading fault is not the true one."""


def _settles(
    fault: Fault, rival: Fault, case: Case, params: dict[str, Parameter], enough: bool
) -> Worded | None:
    if not enough and fault.side == Side.CARRIER and case.carrier is None:
        return Worded("settle.choose-carrier", params)
    settles = fault.settles or rival.settles
    if enough and not fault.settles:
        return None
    return Worded(f"settle.{settles or 'run-again'}", params)
