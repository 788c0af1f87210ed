"""wifi-calling: does the gateway answer that the own one sends its callers on to?

RFC 5685 3: a responder may answer IKE_SA_INIT with REDIRECT to an initiator that offered
REDIRECT_SUPPORTED, as ours does. Nothing in it is signed, so it is followed once, within the
operator's budget of half-open exchanges, and only to a global unicast address: whoever forges one
must not be able to aim us at the user's own network. Another redirect from there is an answer and
is not followed. Silence of the second gateway has the causes that silence of the first would have.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.catalog import is_emergency_name
from netcheck.checks.contract import Check, Situation
from netcheck.checks.epdg_answers_ike import IkeFacts, IkePortFacts, port_facts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.target import LearnedFrom
from netcheck.probe.ike import exchange
from netcheck.probe.network import canonical


@dataclass(frozen=True, slots=True)
class RedirectFacts(Facts):
    """`address`: what the redirect came to; None for an emergency name, which is never asked.
    `allowed`: whether it may be followed."""

    redirect_to: str
    address: str | None
    allowed: bool
    ports: tuple[IkePortFacts, ...] = ()


def targets(situation: Situation) -> Iterable[Target]:
    for observation, facts in situation.seen.facts("epdg-answers-ike", IkeFacts):
        if observation.target.role != Role.OWN:
            continue
        for port in facts.ports:
            if port.redirect_to is not None:
                family = observation.target.family
                yield Target(port.redirect_to, Role.OWN, facts.operator, None, 500, family)
                return  # one redirect a run, followed once


def observe(target: Target, situation: Situation) -> Observed:
    if target.operator is None:
        raise ValueError("a target of this check names its operator")
    if is_emergency_name(target.name):
        return failed(Failure.NOT_PERMITTED, RedirectFacts(target.name, None, False))
    address = _address_of(target.name, situation)
    if address is None:
        return skipped("redirect-name")  # our own resolver's word alone blames nobody
    if address in {o.target.address for o in situation.seen.of("epdg-answers-ike")}:
        return skipped("redirect-known")  # it has had its questions in this run
    if not situation.net.allowed.learned(LearnedFrom.IKE_REDIRECT, address):
        return failed(Failure.NOT_PERMITTED, RedirectFacts(target.name, address, False))
    budget = situation.budget_of(target.operator)
    answers = exchange(situation.net, address, budget=budget).ports
    if not any(answer.sent or answer.failure for answer in answers):
        return skipped("half-open-budget")
    ports = tuple(port_facts(answer, situation.catalog) for answer in answers)
    facts = RedirectFacts(target.name, address, True, ports)
    if any(port.answer is not None for port in ports):
        return ok(facts)
    return failed(next((a.failure for a in answers if a.failure), Failure.TIMEOUT), facts)


def _address_of(gateway: str, situation: Situation) -> str | None:
    """The literal itself, or the first address of the name (RFC 5685 6 allows both)."""
    try:
        return canonical(gateway)
    except ValueError:
        found = situation.resolver.by_system(gateway).addresses
        usable = [a for a in found if (situation.has_ipv6 if ":" in a else situation.has_ipv4)]
        return usable[0] if usable else None


def read(situation: Situation) -> Iterable[Finding]:
    for observation, facts in situation.seen.facts(CHECK.id, RedirectFacts):
        if observation.failure is None:
            state = "answers"
        else:
            state = "silent" if facts.allowed else "refused"
        yield Finding(f"own-redirect.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="redirected-gateway-answers",
        stage=Stage.WIFI_CALLING,
        question="Does the gateway answer that the carrier's own one sends phones on to?",
        control="The gateway that sent us on, which has just answered on the same way.",
        packets=6,
        deadline_ms=3600,
        tells=("own-redirect",),
        needs=("route-exists",),
        follows="epdg-answers-ike",
    ),
    targets,
    observe,
    read,
)
