"""wifi-calling: where our resolver's gateway is silent, does the one that others name answer?

Large operators give a gateway by where the asking resolver stands (TS 23.003 19.4.2.9 leaves the
answer to the operator; RFC 7871 tells why it goes wrong): a resolver in another country, or one
with a rule of its own, sends a phone to a gateway that does not serve it. Different answers alone
are normal and say nothing. Only one that answers IKE beside one that does not is worth a word, and
even that may be a site of the operator that is dead while its names still point there.
Sent only when every address of the own operator has failed, and only if its half-open budget has
a place left: two silent addresses spend it, and then this is not measured.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks import epdg_answers_ike
from netcheck.checks.contract import Check, Situation
from netcheck.checks.epdg_resolves import CONFIGURED, PUBLIC, EpdgNameFacts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Family, Observed, Role, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.ike import IKE_PORT, exchange


@dataclass(frozen=True, slots=True)
class OtherGatewayFacts(Facts):
    """`shared`: how many addresses both resolvers gave. `delay_ms` of the quickest answer."""

    operator: str
    shared: int
    answered: bool
    delay_ms: float | None


def targets(situation: Situation) -> Iterable[Target]:
    """One address that only the public resolver gave, once every own one has failed."""
    if situation.own is None:
        return
    own = {t.address for t in epdg_answers_ike.targets(situation) if t.role == Role.OWN}
    seen = situation.seen.of("epdg-answers-ike")
    failures = {o.target.address: o.failure for o in seen if o.target.role == Role.OWN}
    if not own or any(failures.get(address) is None for address in own):
        return
    ours, theirs = _given(situation, CONFIGURED), _given(situation, PUBLIC)
    for address in theirs:
        if ours and address not in ours:
            family = Family.IPV6 if ":" in address else Family.IPV4
            yield Target(address, Role.PATH, situation.own.id, address, 500, family, via=PUBLIC)
            return


def _given(situation: Situation, resolver: str) -> list[str]:
    own = situation.own.id if situation.own else None
    return [
        address
        for _, facts in situation.seen.facts("epdg-resolves", EpdgNameFacts)
        if facts.operator == own and facts.resolver == resolver
        for address in facts.addresses
    ]


def observe(target: Target, situation: Situation) -> Observed:
    if target.address is None or target.operator is None:
        raise ValueError("a target of this check names operator and address")
    budget = situation.budget_of(target.operator)
    # One request to one port: the silent address has taken three of the operator's four places.
    answers = exchange(
        situation.net, target.address, ports=(IKE_PORT,), budget=budget, primes_group2=False
    ).ports
    if not any(answer.sent or answer.failure for answer in answers):
        return skipped("half-open-budget")
    shared = set(_given(situation, CONFIGURED)) & set(_given(situation, PUBLIC))
    answered = [answer for answer in answers if answer.answer is not None]
    delays_ms = [answer.delay_ms for answer in answered if answer.delay_ms is not None]
    facts = OtherGatewayFacts(
        target.operator, len(shared), bool(answered), min(delays_ms, default=None)
    )
    if answered:
        return ok(facts)
    return failed(next((a.failure for a in answers if a.failure), Failure.TIMEOUT), facts)


def read(situation: Situation) -> Iterable[Finding]:
    asked = situation.seen.facts(CHECK.id, OtherGatewayFacts)
    if asked:
        state = "answers" if asked[0][1].answered else "silent"
        yield Finding(f"other-gateway.{state}", (CHECK.id,))
    elif set(_given(situation, CONFIGURED)) & set(_given(situation, PUBLIC)):
        yield Finding("other-gateway.same", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="other-resolvers-gateway-answers",
        stage=Stage.WIFI_CALLING,
        question="Does the gateway answer that other resolvers name, where ours is silent?",
        control="The gateway our own resolver named, silent a moment ago on the same way.",
        packets=2,
        deadline_ms=3600,
        tells=("other-gateway",),
        needs=("route-exists",),
        follows="epdg-answers-ike",
    ),
    targets,
    observe,
    read,
)
