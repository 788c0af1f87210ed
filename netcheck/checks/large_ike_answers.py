"""wifi-calling: does a request too large for one packet reach a gateway, as real ones must?

The first message of IKEv2 is small, the second (IKE_AUTH, RFC 7296 1.2) seldom is: with
certificates and EAP it goes in IP fragments, and networks that drop fragments let a gateway look
open while every real call attempt dies (RFC 7383 1 tells of them). An IKE_SA_INIT padded by a
vendor id to about 1,700 bytes shows it without a SIM. It tests the way there, not the way back,
and nothing of RFC 7383's own fragments, by which some handsets avoid the trouble.

Silence alone proves nothing, since a gateway may not like the padding: hence a second operator,
and the same bytes with rising TTL to a port where nobody listens, beside a small datagram.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.epdg_answers_ike import IkeFacts
from netcheck.checks.way_out import home_hops, path_facts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.closed_port import CLOSED_PORT as TRACE_PORT
from netcheck.probe.ike import NAT_PORT, exchange
from netcheck.probe.path import trace

PADDING_BYTES = 1200
"""Makes a request of about 1,700 bytes: what IKE_AUTH with a certificate has, two fragments."""

_LARGE_BYTES = 1700
_MOST_OPERATORS = 2
_MOST_HOPS = 8


@dataclass(frozen=True, slots=True)
class LargeIkeFacts(Facts):
    """The kind of a well-formed answer; where there was none, the furthest hop that a large and a
    small datagram were seen to reach (None: no hop was heard, or not measured)."""

    operator: str
    padding_bytes: int
    answer: str | None
    delay_ms: float | None
    large_last_ttl: int | None = None
    small_last_ttl: int | None = None

    def stops(self, home: int) -> str:
        """Where a large datagram is lost; `unanswered`: not on the way, as far as can be seen."""
        large, small = self.large_last_ttl or 0, self.small_last_ttl
        if small is None or small <= home:
            return "stop-unseen"
        if large >= small - 1:
            return "unanswered"  # lost at the gateway's own door, if anywhere
        return "stop-beyond" if large > home else "stop-at-router"


def targets(situation: Situation) -> Iterable[Target]:
    """Gateways that answered a small request on 4500: our own first, one address an operator.
    One whose half-open budget is spent is left alone; another operator's shows the way as well."""
    chosen: dict[str, Target] = {}
    seen = situation.seen.facts("epdg-answers-ike", IkeFacts)
    for role in (Role.OWN, Role.CONTROL):
        for observation, facts in seen:
            target = observation.target
            small = any(p.port == NAT_PORT and p.answer is not None for p in facts.ports)
            budget = situation.budget_of(facts.operator)
            if target.role == role and small and budget.taken < budget.limit:
                chosen.setdefault(
                    facts.operator,
                    Target(target.name, role, facts.operator, target.address, NAT_PORT,
                           target.family),
                )  # fmt: skip
    yield from list(chosen.values())[:_MOST_OPERATORS]


def observe(target: Target, situation: Situation) -> Observed:
    if target.address is None or target.operator is None:
        raise ValueError("a target of this check names operator and address")
    answer = exchange(
        situation.net,
        target.address,
        ports=(NAT_PORT,),
        deadline_ms=1500,
        budget=situation.budget_of(target.operator),
        primes_group2=False,
        padding_bytes=PADDING_BYTES,
    ).ports[0]
    situation.net.count(answer.sent)  # each went in two fragments
    if not answer.sent and answer.failure is None:
        return skipped("half-open-budget")
    if answer.answer is not None:
        return ok(LargeIkeFacts(target.operator, PADDING_BYTES, answer.answer, answer.delay_ms))
    large = _last_ttl(situation, target.address, bytes(_LARGE_BYTES))
    small = _last_ttl(situation, target.address, b"small")
    facts = LargeIkeFacts(target.operator, PADDING_BYTES, None, None, large, small)
    return failed(answer.failure or Failure.TIMEOUT, facts)


def _last_ttl(situation: Situation, address: str, payload: bytes) -> int | None:
    path = trace(
        situation.net, address, TRACE_PORT, payload, max_ttl=_MOST_HOPS, deadline_ms=1200
    )  # fmt: skip
    return path_facts(path).last_ttl if path else None


def read(situation: Situation) -> Iterable[Finding]:
    measured = [facts for _, facts in situation.seen.facts(CHECK.id, LargeIkeFacts)]
    if not measured:
        return
    if any(facts.answer is not None for facts in measured):
        state = "passes"
    else:
        # What was seen of one way outweighs what was not seen of the other.
        seen = {facts.stops(home_hops(situation)) for facts in measured}
        order = ("unanswered", "stop-beyond", "stop-at-router", "stop-unseen")
        state = next(one for one in order if one in seen)
    yield Finding(f"large-ike.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="large-ike-answers",
        stage=Stage.WIFI_CALLING,
        question="Does a request too large for one packet reach a gateway?",
        control="A second operator's gateway, and small datagrams on the same way.",
        packets=40,
        deadline_ms=4200,
        tells=("large-ike",),
        needs=("route-exists",),
        after=("epdg-answers-ike",),
        deep=True,
    ),
    targets,
    observe,
    read,
)
