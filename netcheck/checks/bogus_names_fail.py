"""dns: does a name whose signature is known to be wrong fail, as DNSSEC demands?

dnssec-failed.org is kept broken on purpose (by Comcast). A validating resolver answers SERVFAIL
(RFC 4035 5.5); one that does not validate gives its address, which is lawful and common. The AD bit
of a well-signed name is the resolver's claim (RFC 6840 5.8), kept as a fact. A claim without the
failure is a resolver that does not do what it says. A lone SERVFAIL proves nothing: the resolver
may be unable to answer at all, which is what the signed name beside it is for.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.nameserver_answers import first_nameserver
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.dns import ask

BOGUS, SIGNED = "dnssec-failed.org", "ietf.org"


@dataclass(frozen=True, slots=True)
class BogusFacts(Facts):
    """`validates`: None where the signed name came to nothing either. `claims`: the AD bit."""

    validates: bool | None
    claims: bool | None
    bogus_rcode: str | None
    signed_rcode: str | None


def targets(situation: Situation) -> Iterable[Target]:
    own = first_nameserver(situation)
    yield from own
    names = {server.name for server in own}
    yield from [one for one in situation.resolvers if one.name not in names][:1]


def observe(target: Target, situation: Situation) -> Observed:
    signed = ask(situation.net, target.name, SIGNED)
    if signed.failure is not None:
        return failed(signed.failure, BogusFacts(None, None, None, signed.rcode))
    bogus = ask(situation.net, target.name, BOGUS)
    validates = None
    if bogus.failure == Failure.SERVFAIL:
        validates = True
    elif bogus.failure is None:
        validates = False
    facts = BogusFacts(validates, signed.authentic, bogus.rcode, signed.rcode)
    if validates:
        return ok(facts)
    return failed(bogus.failure or Failure.WRONG_ANSWER, facts)


def read(situation: Situation) -> Iterable[Finding]:
    for observation, facts in situation.seen.facts(CHECK.id, BogusFacts):
        if observation.target.role == Role.OWN and facts.validates is not None:
            state = "checked" if facts.validates else "claimed" if facts.claims else "unchecked"
            yield Finding(f"signatures.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="bogus-names-fail",
        stage=Stage.DNS,
        question="Does a name whose signature is known to be wrong fail?",
        control="A well-signed name through the same resolver, and a public resolver asked both.",
        packets=6,
        deadline_ms=5300,
        tells=("signatures",),
        needs=("route-exists",),
        deep=True,
    ),
    targets,
    observe,
    read,
)
