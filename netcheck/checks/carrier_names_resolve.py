"""carrier: do the carrier's other public names resolve?"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.epdg_resolves import resolvers_to_ask
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Family, Observed, Role, Target, failed, ok
from netcheck.model.stage import Stage
from netcheck.probe.dns import ask


@dataclass(frozen=True, slots=True)
class CarrierNameFacts(Facts):
    """One name through one resolver (`configured` or `public`)."""

    resolver: str
    rcode: str | None
    addresses: int


def targets(situation: Situation) -> Iterable[Target]:
    if situation.own is None:
        return
    for entry in situation.own.entitlement_hosts[:1]:
        host = entry.partition(":")[0]
        family = Family.IPV4 if situation.has_ipv4 else Family.IPV6
        for kind, address in resolvers_to_ask(situation):
            yield Target(host, Role.OWN, situation.own.id, address, 53, family, via=kind)


def observe(target: Target, situation: Situation) -> Observed:
    if target.address is None or target.via is None:
        raise ValueError("a target of this check names its resolver")
    kind = "A" if target.family == Family.IPV4 else "AAAA"
    answer = ask(situation.net, target.address, target.name, kind)
    facts = CarrierNameFacts(target.via, answer.rcode, len(answer.addresses))
    return ok(facts) if answer.failure is None else failed(answer.failure, facts)


def read(situation: Situation) -> Iterable[Finding]:
    measured = situation.seen.facts(CHECK.id, CarrierNameFacts)
    if any(observation.failure is None for observation, _ in measured):
        yield Finding("own-names.resolve", (CHECK.id,))
    elif any(facts.rcode is not None for _, facts in measured):
        # Silence alone would be the resolver's; an answer that says no is the zone's.
        yield Finding("own-names.fail", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="carrier-names-resolve",
        stage=Stage.CARRIER,
        question="Do the carrier's other public names resolve?",
        control="Two resolvers, and other operators' names beside them.",
        packets=3,
        deadline_ms=3500,  # silence takes 2.5 s, and a busy machine is late to say so
        tells=("own-names",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
