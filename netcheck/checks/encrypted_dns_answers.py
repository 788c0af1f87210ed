"""dns: where this device asks for names over TLS (RFC 7858), is it let through, and by the right
server?

Only what the device itself is set to is asked, by its own profile (RFC 8310): a strict one checks
the certificate and has no names when port 853 is shut; a tolerant one takes any, and asks in the
clear when it is shut, which is the rule with home routers and no fault. Beside a failure a public
resolver is asked on the same port, with no regard to its certificate: it tells a shut port from a
dead server. Servers on ports of their own are left alone, as is DNS over HTTPS, which systems do
not tell of.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.name_service_is_known import AskedServerFacts, NameServiceFacts
from netcheck.checks.nameserver_answers import is_stub
from netcheck.device import name_service
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.names import Insistence
from netcheck.model.observation import Facts, Observed, Role, Target, error, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.target import LearnedFrom
from netcheck.probe.dns_tls import PORT, EncryptedAnswer, ask_over_tls
from netcheck.probe.trust import DNS_OVER_TLS, EmptyTrust, context, without_trust

_MOST_SERVERS = 3
_DEADLINE_MS = 2500
_CONTROL_DEADLINE_MS = 1300  # room for one lost SYN


@dataclass(frozen=True, slots=True)
class EncryptedDnsFacts(Facts):
    """`insists`: whether the device does without names rather than without encryption.
    `failed_phase` is tcp, tls or dns; `verify_error` as in `HttpsPhases`."""

    insists: bool
    rcode: str | None
    tcp_ms: float | None
    tls_ms: float | None
    dns_ms: float | None
    failed_phase: str | None
    verify_error: str | None


def targets(situation: Situation) -> Iterable[Target]:
    for server in _asked_over_tls(situation)[:_MOST_SERVERS]:
        situation.net.allowed.learned(LearnedFrom.RESOLVER, server.address)
        yield Target(server.address, Role.OWN, address=server.address, port=PORT)


def _asked_over_tls(situation: Situation) -> list[AskedServerFacts]:
    wanted = (Insistence.TOLERANT, Insistence.STRICT)
    return [
        server
        for _, facts in situation.seen.facts("name-service-is-known", NameServiceFacts)
        for server in facts.servers
        if server.encryption in wanted and server.port in (None, PORT)
        if not is_stub(server.address)
    ]


def observe(target: Target, situation: Situation) -> Observed:
    known = [one for one in _asked_over_tls(situation) if one.address == target.name]
    insists = any(one.encryption == Insistence.STRICT for one in known)
    try:
        trust = context(DNS_OVER_TLS) if insists else without_trust(DNS_OVER_TLS)
    except EmptyTrust:
        return error(Failure.NOT_PERMITTED, "this device's certificate store is empty")
    answer = ask_over_tls(
        situation.net,
        target.name,
        situation.catalog.anchors[0].host,
        own_name=_own_name(target.name) if insists else None,
        deadline_ms=_DEADLINE_MS,
        trust=trust,
    )
    return _observed(answer, insists=insists)


def _own_name(address: str) -> str | None:
    """By what name the device knows the server; asked anew, for it may hold an account's name."""
    try:
        service = name_service.read()
    except name_service.NotMeasured:
        return None
    known = [s.own_name for s in service.servers if s.address == address] if service else []
    return next((name for name in known if name), None)


def _observed(answer: EncryptedAnswer, *, insists: bool) -> Observed:
    said = answer.answer
    facts = EncryptedDnsFacts(
        insists=insists,
        rcode=said.rcode,
        tcp_ms=answer.tcp_ms,
        tls_ms=answer.tls_ms,
        dns_ms=said.delay_ms,
        failed_phase=answer.failed_phase,
        verify_error=answer.verify_error,
    )
    # Whatever is answered, a refusal too, has come through the port and the encryption; whether
    # the server is any good is asked in the clear (`nameserver-answers`).
    if said.rcode is not None or said.failure is None:
        return ok(facts)
    return failed(said.failure, facts)


def read(situation: Situation) -> Iterable[Finding]:
    told = situation.seen.facts("name-service-is-known", NameServiceFacts)
    seen = situation.seen.facts(CHECK.id, EncryptedDnsFacts)
    if any(facts.encryption == Insistence.OFF for _, facts in told):
        yield Finding("encrypted-dns.off", (CHECK.id,))
    elif any(observation.failure is None for observation, _ in seen):
        yield Finding("encrypted-dns.answers", (CHECK.id,))
    elif seen and not all(facts.insists for _, facts in seen):
        yield Finding("encrypted-dns.falls-back", (CHECK.id,))
    elif seen:
        untrusted = any(o.failure == Failure.CERTIFICATE for o, _ in seen)
        state = "untrusted" if untrusted else "blocked"
        yield Finding(f"encrypted-dns.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="encrypted-dns-answers",
        stage=Stage.DNS,
        question="Where this device asks for names over TLS, is it let through?",
        control="The same server in the clear, and a public resolver on the same port.",
        packets=10,
        deadline_ms=_DEADLINE_MS + 300,
        tells=("encrypted-dns",),
        needs=("route-exists",),
        follows="name-service-is-known",
    ),
    targets,
    observe,
    read,
)


def targets_elsewhere(situation: Situation) -> Iterable[Target]:
    """A public resolver that is none of the device's own, once one of those has failed."""
    seen = situation.seen.of(CHECK.id)
    if seen and all(observation.failure is not None for observation in seen):
        own = {observation.target.name for observation in seen}
        others = [one for one in situation.resolvers if one.name not in own]
        yield from (
            Target(one.name, Role.CONTROL, one.operator, one.address, PORT, one.family)
            for one in others[:1]
        )


def observe_elsewhere(target: Target, situation: Situation) -> Observed:
    """The control, for which any certificate does: only the way is looked at."""
    answer = ask_over_tls(
        situation.net,
        target.name,
        situation.catalog.anchors[0].host,
        deadline_ms=_CONTROL_DEADLINE_MS,
        trust=without_trust(DNS_OVER_TLS),
    )
    return _observed(answer, insists=False)


def read_elsewhere(situation: Situation) -> Iterable[Finding]:
    """What the control says of the port."""
    for observation, _ in situation.seen.facts(ELSEWHERE.id, EncryptedDnsFacts):
        state = "open" if observation.failure is None else "shut"
        yield Finding(f"encrypted-dns-port.{state}", (ELSEWHERE.id,))


ELSEWHERE = Check(
    CheckSpec(
        id="encrypted-dns-port-is-open",
        stage=Stage.DNS,
        question="Where encrypted questions fail, does another server take them?",
        control="It is the control of encrypted-dns-answers.",
        packets=10,
        deadline_ms=_CONTROL_DEADLINE_MS + 300,
        tells=("encrypted-dns-port",),
        needs=("route-exists",),
        follows="encrypted-dns-answers",
    ),
    targets_elsewhere,
    observe_elsewhere,
    read_elsewhere,
)
