"""device: does this device let packets out, or does its own firewall refuse to send them?

A host firewall that drops what leaves makes the system call itself fail: sendto(2) gives EPERM
where an output rule drops (Linux netfilter), connect(2) EACCES where a route says "prohibit".
Nothing on the network can cause either, so one refusal is proof. Silence proves nothing: a
dropped TCP segment looks to Linux as if it were lost, and other systems drop without a word.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage

CALLING = "epdg-answers-ike"
OTHERS = (
    "nameserver-answers",
    "public-resolver-answers",
    "unknown-names-stay-unknown",
    "epdg-resolves",
    "anchor-answers",
    "no-portal",
)


@dataclass(frozen=True, slots=True)
class SendingFacts(Facts):
    """How many targets were tried, and how many of them this device refused to send to: those of
    Wi-Fi calling, and all others."""

    calling: int
    calling_forbidden: int
    others: int
    others_forbidden: int


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("this device")


def observe(target: Target, situation: Situation) -> Observed:
    calling, calling_forbidden = _count(situation, (CALLING,))
    others, others_forbidden = _count(situation, OTHERS)
    if not calling and not others:
        return skipped("route-exists")
    facts = SendingFacts(calling, calling_forbidden, others, others_forbidden)
    if calling_forbidden or others_forbidden:
        return failed(Failure.NOT_PERMITTED, facts)
    return ok(facts)


def _count(situation: Situation, checks: Iterable[str]) -> tuple[int, int]:
    tried = [o.failure for check in checks for o in situation.seen.of(check)]
    return len(tried), tried.count(Failure.NOT_PERMITTED)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, SendingFacts):
        yield Finding(f"sending.{_state(facts)}", (CHECK.id,))


def _state(facts: SendingFacts) -> str:
    """Names resolved by the system fail without a reason there: a third of the rest is enough."""
    if 3 * facts.others_forbidden >= facts.others > 0:
        return "forbidden"
    if facts.calling and facts.calling_forbidden == facts.calling:
        return "calling-forbidden"
    return "some-forbidden" if facts.calling_forbidden or facts.others_forbidden else "free"


CHECK = Check(
    CheckSpec(
        id="device-may-send",
        stage=Stage.DEVICE,
        question="Does this device let packets out?",
        control="The system's own refusal to send, beside targets it did send to.",
        packets=0,
        deadline_ms=500,
        tells=("sending",),
        needs=("route-exists",),
        after=(CALLING, *OTHERS),
    ),
    targets,
    observe,
    read,
)
