"""Which of its carrier's stages a report could tell, and which of them fail.

Only what the carrier alone can break counts, and only beside its control: its names while other
operators' names resolve, its gateways while another operator's answer, its registration by the
word of a phone with a SIM, its radio on. Where the verdict itself blames the home or the provider
of the internet, a failure is laid to nobody here; an answer counts wherever it was heard. What
people say they see is not counted: it names the company that is talked about, and it is never
told how many see nothing.
"""

from collections.abc import Mapping

from netcheck.fleet.measured import Cell, Stage
from netcheck.model.phone import ServiceState
from netcheck.model.verdict import Side
from netcheck.report.form import Report

_SERVED = ("home", "roaming")
_NOT_SERVED = ("searching", "denied", "emergency-only", "none")
_OF_THE_FIELD = {ServiceState.OUT_OF_SERVICE.value: "none", ServiceState.RADIO_OFF.value: "off"}
"""The report's field has a phone's own words, its findings those of the check."""

_OF_THE_HANDSET = ("sim.absent", "sim.no-profile", "sim.locked", "sim.faulty", "airplane.on")
"""With these a phone that is not served says nothing of its network. A refused account is not among
them: a broken subscriber register refuses good lines in the same words, and many devices tell."""

_NAMES_FAIL = ("fails", "silent", "missing")
_GATEWAYS_FAIL = ("silent", "rejected")
_ON_THE_WAY = (
    *("ike-stops.at-router", "ike-stops.at-provider"),
    *("place.abroad", "other-gateway.answers", "own-gateway-family.other-only"),
)
"""What explains a silent gateway without its operator. Some answer at home only."""

_LAID_TO_OTHERS = (Side.LOCAL.value, Side.ISP.value)


def outcomes(report: Report) -> Mapping[Stage, bool]:
    """Of the report's own carrier: True, the stage fails. What could not be told, as where no
    carrier was chosen or the controls failed too, is left out."""
    if report.carrier is None:
        return {}
    told = {
        Stage.REGISTRATION: _registration(report),
        Stage.NAMES: _names(report, "own-zone"),
        Stage.GATEWAYS: _gateways(report, "own-epdg"),
    }
    return {stage: fails for stage, fails in told.items() if fails is not None}


def called_outcomes(report: Report) -> Mapping[Stage, bool]:
    """The same of the carrier of the person who can't be reached, as far as its names and gateways
    show from here."""
    if report.carrier is None or report.called is None:
        return {}
    told = {
        Stage.NAMES: _names(report, "called-zone"),
        Stage.GATEWAYS: _gateways(report, "called-epdg"),
    }
    return {stage: fails for stage, fails in told.items() if fails is not None}


def cells(report: Report) -> Mapping[Cell, bool]:
    """Each cell that the report tells something of, own and called."""
    carrier, region = report.carrier or "", report.region or ""
    own = {Cell(carrier, region, stage): fails for stage, fails in outcomes(report).items()}
    called = {
        Cell(carrier, region, stage, report.called or ""): fails
        for stage, fails in called_outcomes(report).items()
    }
    return own | called


def _registration(report: Report) -> bool | None:
    states = [_state(report, "phone-service"), _of_the_field(report.phone_service)]
    state = next((one for one in states if one is not None), None)
    if state in _SERVED:
        return False
    if state not in _NOT_SERVED or any(one in report.findings for one in _OF_THE_HANDSET):
        return None
    # Of the home only the phone counts here: whatever else ails it, the radio goes another way.
    return True


def _names(report: Report, zone: str) -> bool | None:
    state = _state(report, zone)
    if state == "resolves":
        return False
    if state not in _NAMES_FAIL or "control-zone.resolves" not in report.findings:
        return None
    return None if report.side in _LAID_TO_OTHERS else True


def _gateways(report: Report, gateway: str) -> bool | None:
    state = _state(report, gateway)
    if state == "answers":
        return False
    controls = _state(report, "control-epdg") in ("answers", "mixed")
    if state not in _GATEWAYS_FAIL or not controls or report.side in _LAID_TO_OTHERS:
        return None
    return None if any(one in report.findings for one in _ON_THE_WAY) else True


def _state(report: Report, thing: str) -> str | None:
    """The state of a thing, as its first finding has it."""
    found = (one.partition(".") for one in report.findings)
    return next((state for name, _, state in found if name == thing), None)


def _of_the_field(service: str | None) -> str | None:
    return _OF_THE_FIELD.get(service, service) if service is not None else None
