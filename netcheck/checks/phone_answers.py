"""phone: does the phone or modem tell how it stands?

Waits for the reading that is under way in a thread of its own. What cannot be read says nothing
of the network: it is skipped, or an error of ours, never a failure.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.phone_lines import heard
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, error, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.phone.contract import Unread

_WAIT_S = 4.5
_NOT_THERE = (Unread.NO_PROGRAM, Unread.NO_PHONE, Unread.UNSUPPORTED)


@dataclass(frozen=True, slots=True)
class PhoneFacts(Facts):
    """Who told it, of how many lines, what it withheld or could not tell, how many values nobody
    understood, and whether a modem says of itself that it does not work."""

    source: str
    lines: int
    not_permitted: tuple[str, ...]
    not_measured: tuple[str, ...]
    unknown: int
    modem_failed: bool | None


def targets(situation: Situation) -> Iterable[Target]:
    if situation.phone is not None:
        yield Target(f"the phone's word ({situation.phone.source.value})", Role.OWN)


def observe(target: Target, situation: Situation) -> Observed:
    if situation.phone is None:
        return skipped(Unread.NO_PHONE.value)
    said = situation.phone.wait(_WAIT_S)
    if isinstance(said, Unread):
        return _unread(said)
    whole = heard(situation)
    if said is None or whole is None:
        return error(Failure.TIMEOUT, "the phone did not tell in time")
    failures = [line.modem_failed for line in said.lines if line.modem_failed is not None]
    facts = PhoneFacts(
        source=said.source.value,
        lines=len(said.lines),
        not_permitted=said.not_permitted,
        not_measured=said.not_measured,
        unknown=said.unknown,
        modem_failed=any(failures) if failures else None,
    )
    return failed(Failure.ABSENT, facts) if facts.modem_failed else ok(facts)


def _unread(why: Unread) -> Observed:
    if why in _NOT_THERE:
        return skipped(why.value)
    if why == Unread.TIMEOUT:
        return error(Failure.TIMEOUT, "the phone did not tell in time")
    return error(Failure.NOT_PERMITTED, f"the phone could not be read: {why.value}")


def read(situation: Situation) -> Iterable[Finding]:
    """Nothing: that a phone tells something is no evidence of anything."""
    return ()


CHECK = Check(
    CheckSpec(
        id="phone-answers",
        stage=Stage.PHONE,
        question="Does the phone or modem tell how it stands with its network?",
        control="None: what cannot be read is not counted against anybody.",
        packets=0,
        deadline_ms=5000,
    ),
    targets,
    observe,
    read,
)
