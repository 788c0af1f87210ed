"""What findings come to: the same for a run that just ended and for one read back from a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netcheck.diagnosis.calling import calling_path
from netcheck.diagnosis.judging import Case, judge
from netcheck.diagnosis.stages import stage_views
from netcheck.model.finding import Finding, states
from netcheck.model.result import CarrierChoice, StageView
from netcheck.model.testimony import Question
from netcheck.model.verdict import Verdict, WifiCalling


@dataclass(frozen=True, slots=True)
class About:
    """Whom the findings are about: one's own carrier, the called person's, the kind of phone."""

    carrier: CarrierChoice | None = None
    called: CarrierChoice | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The verdict, and what else is read from the same findings."""

    verdict: Verdict
    wifi_calling: WifiCalling
    stages: tuple[StageView, ...]


def conclude(findings: Sequence[Finding], about: About) -> Conclusion:
    """Pure: the same findings about the same parties come to the same."""
    calling = calling_path(findings, about.carrier)
    verdict = judge(findings, case_of(findings, about))
    return Conclusion(verdict, calling, stage_views(findings))


def question_for(
    questions: Iterable[Question], findings: Sequence[Finding], about: About
) -> Question | None:
    """The one of these whose answer is worth most to the verdict; None where none is."""
    from netcheck.diagnosis.choosing import worth_asking

    thing = worth_asking(questions, findings, case_of(findings, about))
    return Question(thing) if thing else None


def case_of(findings: Sequence[Finding], about: About) -> Case:
    """What is judged besides the findings."""
    ready = calling_path(findings, about.carrier).ready
    switch = states(findings).get("wifi-calling-switch")
    on = None if switch is None else switch == "on"
    return Case(about.carrier, ready, about.called, about.phone, on)
