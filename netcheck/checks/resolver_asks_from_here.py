"""dns: where does the resolver stand that asks the world for us, beside the line we are on?

A home's server is a mere forwarder, and nobody sees who asks behind it. Some names (catalogue,
`whoami`) answer with the address that asked for them: it is cut to its prefix and looked up in a
table of autonomous systems, as the line's own address was. A large operator names a gateway by
where the resolver stands, so one in another country may send a phone to the wrong place. A
registry's country is where a network is registered, not where it stands, and public resolvers are
everywhere at once: those are told apart and prove nothing. Neither address nor prefix is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.nameserver_answers import first_nameserver, place_of
from netcheck.checks.provider_is_known import (
    ProviderFacts,
    address_in,
    origin_question,
    read_origin,
)
from netcheck.checks.stun_answers import class_of
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.dns import ask

_DEADLINE_MS = 1200
_RETRY_AT_MS = (500,)


@dataclass(frozen=True, slots=True)
class UpstreamFacts(Facts):
    """`place`: where the server stands that we ask; the rest is about the one that asks for it.
    `told_by`: whose name told its address. `address_class`: public, private or shared; `network`
    its autonomous system, `country` where that is registered. `of_a_public_resolver`: by the
    catalogue's table. `forwards`: it is not the server we ask."""

    place: str
    told_by: str | None = None
    address_class: str | None = None
    forwards: bool | None = None
    network: int | None = None
    country: str | None = None
    of_a_public_resolver: bool | None = None


def targets(situation: Situation) -> Iterable[Target]:
    yield from first_nameserver(situation)


def observe(target: Target, situation: Situation) -> Observed:
    place = place_of(target.name, situation)
    failure: Failure | None = None
    for name in situation.catalog.whoami:
        answer = ask(situation.net, target.name, name.host, name.kind,
                     deadline_ms=_DEADLINE_MS, retries_at_ms=_RETRY_AT_MS)  # fmt: skip
        upstream = address_in(answer.records)
        if upstream is not None:
            return ok(_about(upstream, target.name, place, name.operator, situation))
        failure = failure or answer.failure
        if answer.rcode is None:
            break  # who does not answer is not asked again and again
    return failed(failure or Failure.WRONG_ANSWER, UpstreamFacts(place))


def _about(
    upstream: str, asked: str, place: str, told_by: str, situation: Situation
) -> UpstreamFacts:
    kind = class_of(upstream)
    forwards = upstream != asked
    if kind != "public":
        return UpstreamFacts(place, told_by, kind, forwards)
    question = origin_question(upstream, situation)
    answer = ask(situation.net, asked, question, "TXT",
                 deadline_ms=_DEADLINE_MS, retries_at_ms=_RETRY_AT_MS)  # fmt: skip
    network, country = read_origin(answer.records) or (None, None)
    public = None if network is None else network in situation.catalog.networks.not_access
    return UpstreamFacts(place, told_by, kind, forwards, network, country, public)


def read(situation: Situation) -> Iterable[Finding]:
    known = [facts for _, facts in situation.seen.facts("provider-is-known", ProviderFacts)]
    # Where the resolver's address stood in for the line's, there is nothing to compare it with.
    line = next((facts for facts in known if facts.country and facts.seen_by != "resolver"), None)
    for _, facts in situation.seen.facts(CHECK.id, UpstreamFacts):
        if facts.of_a_public_resolver:
            yield Finding("resolver-country.everywhere", (CHECK.id,))
        elif facts.country and line is not None:
            same = facts.country == line.country
            state = "same" if same else "other"
            yield Finding(f"resolver-country.{state}", (CHECK.id, "provider-is-known"))


CHECK = Check(
    CheckSpec(
        id="resolver-asks-from-here",
        stage=Stage.DNS,
        question="Does the resolver that asks the world for us stand in our country?",
        control="The line's own address, looked up in the same table.",
        packets=8,
        deadline_ms=5200,
        tells=("resolver-country",),
        needs=("route-exists",),
        after=("provider-is-known",),
        deep=True,
    ),
    targets,
    observe,
    read,
)
