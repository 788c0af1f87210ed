"""From the posterior to a verdict: which side may be named, in which words, with which steps."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from netcheck.catalog import load
from netcheck.diagnosis.explaining import as_symptom, complaint, explains_complaint, reasons
from netcheck.diagnosis.faults import BY_ID, Fault
from netcheck.diagnosis.weighing import Posterior, log_likelihood, scored, weigh
from netcheck.model.finding import Finding, Parameter
from netcheck.model.result import CarrierChoice
from netcheck.model.verdict import (
    Alternative,
    Companion,
    Complaint,
    Severity,
    Side,
    Verdict,
    Worded,
)

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
    calling_on: bool | None = None  # the phone's own switch for Wi-Fi calling


def judge(findings: Sequence[Finding], case: Case) -> Verdict:
    """The verdict on these findings. Pure: the same findings give the same verdict.

    A side is named from the posterior that its mistakes cost (`decide_*` of the thresholds). Where
    two sides may be named, the one that explains the user's complaint is the verdict's, and the
    other stands beside it. A longer run is no advice where nothing passes: it would see no more.
    """
    known = scored(findings)
    posterior = weigh(known)
    looked = _looked_everywhere(known)
    leaders = _leaders(posterior)
    enough = [one for one in leaders if is_enough(one.fault.side, one.probability, case, looked)]
    first = _first(enough, known) if enough else leaders[0]
    also = _also(first, enough, posterior) if enough else ()
    told = {first.fault.id, *(other.fault for other in also)}
    fault = first.fault
    rival = next(f for f, _ in posterior.ranked() if f.side != fault.side and f.id not in told)
    because, against = reasons(known, fault, beside=tuple(other.fault for other in also))
    params = _params(case)
    return Verdict(
        side=fault.side if enough else Side.INCONCLUSIVE,
        fault=fault.id,
        severity=_severity(fault, also) if enough else _open_severity(fault, rival),
        confidence=_confidence(first.probability),
        headline=_headline(fault, case, params, bool(enough)),
        because=because,
        against=against,
        alternatives=_alternatives(posterior, told),
        next_steps=_without(_done(known), _steps(fault, rival, also, case, params, bool(enough))),
        would_settle=_settles(fault, rival, known, case, params, bool(enough))
        if looked or enough or fault.blocks
        else Worded("settle.full-run", params),
        also=also,
        complaint=_complaint(known, told) if enough else None,
    )


@dataclass(frozen=True, slots=True)
class _Lead:
    """A side's likeliest fault, and the probability that a fault is on that side."""

    fault: Fault
    probability: float


def _leaders(posterior: Posterior) -> list[_Lead]:
    """Every side's lead, the likeliest side first."""
    ranked = posterior.ranked()
    leads = [
        _Lead(next(fault for fault, _ in ranked if fault.side == side), posterior.of_side(side))
        for side in Side
        if side != Side.INCONCLUSIVE
    ]
    return sorted(leads, key=lambda lead: -lead.probability)


def is_enough(side: Side, probability: float, case: Case, looked: bool) -> bool:
    """Whether that side may be named: its probability reaches what its mistakes cost, there is a
    carrier to name, and all is well only where one has `looked` everywhere."""
    if (side == Side.CARRIER and case.carrier is None) or (side == Side.NONE and not looked):
        return False
    return probability >= load().thresholds[f"decide_{side.value}"].value


def _first(enough: Sequence[_Lead], findings: Sequence[Finding]) -> _Lead:
    """Of several sides that may be named, the one that the user's complaint is about."""
    explains = [lead for lead in enough if explains_complaint(findings, lead.fault.id)]
    return (explains or enough)[0]


def _also(first: _Lead, enough: Sequence[_Lead], posterior: Posterior) -> tuple[Companion, ...]:
    """Other sides' faults that may be named too, and a second one of the verdict's own side."""
    found = [
        Companion(lead.fault.id, lead.fault.side, lead.fault.severity, lead.probability)
        for lead in enough
        if lead is not first
    ]
    least = load().thresholds[f"decide_{first.fault.side.value}"].value
    found += [
        Companion(fault.id, fault.side, fault.severity, probability)
        for fault, probability in posterior.ranked()
        if fault.side == first.fault.side and fault != first.fault and probability >= least
    ]
    return tuple(replace(one, confidence=_confidence(one.confidence)) for one in found)


def _confidence(probability: float) -> float:
    return min(round(probability, 2), HIGHEST_CONFIDENCE)


def _severity(fault: Fault, also: Sequence[Companion]) -> Severity:
    worst = [fault.severity, *(other.severity for other in also)]
    return Severity.DOWN if Severity.DOWN in worst else fault.severity


def _complaint(findings: Sequence[Finding], named: Collection[str]) -> Complaint | None:
    """What the user noticed, and whether one of the named faults accounts for it."""
    noticed = complaint(findings)
    if noticed is None:
        return None
    explaining = [id for id in named if explains_complaint(findings, id)]
    best = max(explaining, key=lambda named: log_likelihood(noticed.id, named), default=None)
    return Complaint(as_symptom(noticed), best)


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


def _alternatives(posterior: Posterior, told: Collection[str]) -> tuple[Alternative, ...]:
    others = [
        Alternative(fault.id, fault.side, round(probability, 3))
        for fault, probability in posterior.ranked()
        if fault.id not in told and probability >= _WORTH_A_WORD
    ]
    return tuple(others[:_MOST_ALTERNATIVES])


def _steps(
    fault: Fault,
    rival: Fault,
    also: Sequence[Companion],
    case: Case,
    params: dict[str, Parameter],
    enough: bool,
) -> tuple[Worded, ...]:
    """The remedies of each fault named; while undecided, first what tells, then the safe ones of
    both."""
    named = [fault, *(BY_ID[other.fault] for other in also)]
    ids = [step for one in named for step in one.steps]
    if any(one.side == Side.LOCAL for one in named):
        ids = [step for step in ids if step not in _WHERE_HOME_IS_WELL]
    if not enough:
        ids = [step for f in (fault, rival) for step in f.steps if step in _HARMLESS]
    elif fault.side == Side.NONE and case.carrier is None:
        ids = ["choose-carrier"]
    ids = _by_the_switch(ids, fault, case)
    if any(one.calls_may_fail for one in named) or (not enough and rival.calls_may_fail):
        shut = any(one.blocks for one in named) and (enough or rival.blocks)
        ids.append("emergency.shut" if shut else "emergency")
    return tuple(Worded(f"step.{step}", params) for step in dict.fromkeys(ids))


_NO_SERVICE = {
    "symptom": ("sos", "no-service"),
    "phone-service": ("searching", "denied", "emergency-only", "none", "off"),
}
"""What leaves a phone without mobile data."""

_BOTH_ARE_LOST = {"provider-is-carrier.yes", "symptom.calls-fail"}
"""Of one company, the line and the phone fail together: bars alone carry no data then (Rogers,
8 July 2022). A phone of whose trouble nobody spoke may still be worth a try."""


def _done(findings: Sequence[Finding]) -> set[str]:
    """Steps that what was found has made needless, or that cannot work."""
    needless = {"step.try-other-phone"} if any(f.thing == "beside-me" for f in findings) else set()
    known = {f.id for f in findings}
    if any(f.state in _NO_SERVICE.get(f.thing, ()) for f in findings) or known >= _BOTH_ARE_LOST:
        needless.add("step.use-mobile-data")
    return needless


def _without(done: Collection[str], steps: Sequence[Worded]) -> tuple[Worded, ...]:
    return tuple(step for step in steps if step.id not in done)


def _by_the_switch(steps: Sequence[str], fault: Fault, case: Case) -> list[str]:
    """Calls over Wi-Fi first where they may bring calls back now: by the switch, as it stands."""
    calling = "turn-on-wifi-calling"
    if case.calling_open is not True:
        return [step for step in steps if step != calling]
    if case.calling_on:
        return ["call-over-wifi" if step == calling else step for step in steps]
    if case.calling_on is False and fault.side == Side.CARRIER and fault.calls_may_fail:
        return [calling, *steps]
    return list(steps)


_WHERE_HOME_IS_WELL = {"leave-router-alone", "nothing-to-do"}
"""Steps that would be wrong beside a fault at home."""

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


_ASKED_NEXT = {
    "beside-me.works": "sim-elsewhere",
    "beside-me.fails": "run-again",
}
"""What settles once the second phone was looked at."""


def _settles(
    fault: Fault,
    rival: Fault,
    findings: Sequence[Finding],
    case: Case,
    params: dict[str, Parameter],
    enough: bool,
) -> Worded | None:
    if not enough and fault.side == Side.CARRIER and case.carrier is None:
        return Worded("settle.choose-carrier", params)
    settles = fault.settles or rival.settles
    if enough and not fault.settles:
        return None
    if settles == "second-phone":
        known = [_ASKED_NEXT[f.id] for f in findings if f.id in _ASKED_NEXT]
        settles = next(iter(known), settles)
    return Worded(f"settle.{settles or 'run-again'}", params)
