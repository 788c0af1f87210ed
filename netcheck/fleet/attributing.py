"""Which of its carrier's stages a report could tell, and which of them fail.

Only what the carrier alone can break counts, and only beside its control: its names while other
operators' names resolve, its gateways while another operator's answer, its registration by the
word of a phone with a SIM, its radio on. Where the verdict itself blames the home or the provider
of the internet, a failure is laid to nobody here; an answer counts wherever it was heard. What
people say they see is not counted: it names the company that is talked about, and it is never
told how many see nothing.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from netcheck.fleet.measured import Cell, Stage
from netcheck.model.phone import ServiceState
from netcheck.model.verdict import Side
from netcheck.report.form import Report

_SERVED = frozenset({"phone-service.home", "phone-service.roaming"})
_NOT_SERVED = frozenset(
    f"phone-service.{state}" for state in ("searching", "denied", "emergency-only", "none")
)
_OF_THE_FIELD = {ServiceState.OUT_OF_SERVICE.value: "none", ServiceState.RADIO_OFF.value: "off"}
"""The report's field has a phone's own words, its findings those of the check."""

_OF_THE_HANDSET = frozenset(
    {"sim.absent", "sim.no-profile", "sim.locked", "sim.faulty", "airplane.on"}
)
"""With these a phone that is not served says nothing of its network. A refused account is not among
them: a broken subscriber register refuses good lines in the same words, and many devices tell."""

_NAMES_FAIL = ("fails", "silent", "missing")
_GATEWAYS_FAIL = ("silent", "rejected")
_CONTROLS_ANSWER = frozenset({"control-epdg.answers", "control-epdg.mixed"})
_ON_THE_WAY = frozenset(
    {
        *("ike-stops.at-router", "ike-stops.at-provider"),
        *("place.abroad", "other-gateway.answers", "own-gateway-family.other-only"),
    }
)
"""What explains a silent gateway without its operator. Some answer at home only."""

_LAID_TO_OTHERS = (Side.LOCAL.value, Side.ISP.value)
_ZONES, _GATEWAYS = ("own-zone", "called-zone"), ("own-epdg", "called-epdg")
_TELLING = frozenset(
    {
        *_SERVED,
        *_NOT_SERVED,
        *_OF_THE_HANDSET,
        *_CONTROLS_ANSWER,
        *_ON_THE_WAY,
        "control-zone.resolves",
        *(f"{zone}.{state}" for zone in _ZONES for state in ("resolves", *_NAMES_FAIL)),
        *(f"{gate}.{state}" for gate in _GATEWAYS for state in ("answers", *_GATEWAYS_FAIL)),
    }
)
"""All findings that are looked at here."""


def outcomes(report: Report) -> Mapping[Stage, bool]:
    """Of the report's own carrier: True, the stage fails. What could not be told, as where no
    carrier was chosen or the controls failed too, is left out."""
    if report.carrier is None:
        return {}
    return _own(frozenset(report.findings), _blamed(report), report.phone_service)


def called_outcomes(report: Report) -> Mapping[Stage, bool]:
    """The same of the carrier of the person who can't be reached, as far as its names and gateways
    show from here."""
    if report.carrier is None or report.called is None:
        return {}
    return _of_called(frozenset(report.findings), _blamed(report))


def cells(report: Report) -> Mapping[Cell, bool]:
    """Each cell that the report tells something of, own and called."""
    if report.carrier is None:
        return {}
    said = _TELLING.intersection(report.findings)
    at = (report.carrier, report.region or "", report.called)
    return _cells(*at, said, _blamed(report), report.phone_service)


@lru_cache(maxsize=1 << 14)
def _cells(
    carrier: str,
    region: str,
    called: str | None,
    said: frozenset[str],
    blamed: bool,
    service: str | None,
) -> Mapping[Cell, bool]:
    """Most reports tell one of a few hundred things; reckoning it costs more than finding it."""
    told = {
        Cell(carrier, region, stage): fails for stage, fails in _own(said, blamed, service).items()
    }
    if called is not None:
        for stage, fails in _of_called(said, blamed).items():
            told[Cell(carrier, region, stage, called)] = fails
    return MappingProxyType(told)


def _blamed(report: Report) -> bool:
    return report.side not in _LAID_TO_OTHERS


def _own(said: frozenset[str], blamed: bool, service: str | None) -> Mapping[Stage, bool]:
    told = {
        Stage.REGISTRATION: _registration(said, service),
        Stage.NAMES: _names(said, "own-zone", blamed),
        Stage.GATEWAYS: _gateways(said, "own-epdg", blamed),
    }
    return {stage: fails for stage, fails in told.items() if fails is not None}


def _of_called(said: frozenset[str], blamed: bool) -> Mapping[Stage, bool]:
    told = {
        Stage.NAMES: _names(said, "called-zone", blamed),
        Stage.GATEWAYS: _gateways(said, "called-epdg", blamed),
    }
    return {stage: fails for stage, fails in told.items() if fails is not None}


def _registration(said: frozenset[str], service: str | None) -> bool | None:
    """Of the home only the phone counts here: whatever else ails it, the radio goes another way."""
    if service is not None:
        said = said | {f"phone-service.{_OF_THE_FIELD.get(service, service)}"}
    if said & _SERVED:
        return False
    return None if said & _OF_THE_HANDSET or not said & _NOT_SERVED else True


def _names(said: frozenset[str], zone: str, blamed: bool) -> bool | None:
    if f"{zone}.resolves" in said:
        return False
    if not blamed or "control-zone.resolves" not in said:
        return None
    return True if any(f"{zone}.{state}" in said for state in _NAMES_FAIL) else None


def _gateways(said: frozenset[str], gateway: str, blamed: bool) -> bool | None:
    if f"{gateway}.answers" in said:
        return False
    if not blamed or not said & _CONTROLS_ANSWER or said & _ON_THE_WAY:
        return None
    return True if any(f"{gateway}.{state}" in said for state in _GATEWAYS_FAIL) else None
