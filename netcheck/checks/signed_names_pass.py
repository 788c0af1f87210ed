"""dns: where this device insists on signed answers (DNSSEC), does this network let it have them?

systemd-resolved with `DNSSEC=yes` gives no name at all behind a resolver that strips signatures
(RFC 4035 3.2.1 lets it), as many home routers do. It is asked for one name as programs ask, and
where that fails for a signature's sake once more without that rule: what comes then is what the
rule took away. Whether the signatures were stripped on the way or the clock here is wrong is not
told apart by this alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.name_service_is_known import NameServiceFacts
from netcheck.device import name_service
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.names import Insistence
from netcheck.model.observation import Facts, Observed, Role, Target, error, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.resolve import PACKETS_A_LOOKUP

_FOR_A_SIGNATURE = "DnssecFailed"
_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class SignedNameFacts(Facts):
    """`refused`: the name service gave no answer for a signature's sake. `without`: whether it
    gave one when asked to leave signatures alone; None: not asked."""

    refused: bool
    without: bool | None = None


def targets(situation: Situation) -> Iterable[Target]:
    for _, facts in situation.seen.facts("name-service-is-known", NameServiceFacts):
        if facts.program == "systemd-resolved" and facts.signatures == Insistence.STRICT:
            yield Target(situation.catalog.anchors[0].host, Role.OWN)


def observe(target: Target, situation: Situation) -> Observed:
    situation.net.count(PACKETS_A_LOOKUP)  # by the name service, for us
    try:
        said = name_service.look_up(target.name, checked=True, timeout_s=_TIMEOUT_S)
        if said is None:
            return ok(SignedNameFacts(refused=False))
        if said != _FOR_A_SIGNATURE:
            return failed(Failure.SERVFAIL, SignedNameFacts(refused=False))
        situation.net.count(PACKETS_A_LOOKUP)
        plain = name_service.look_up(target.name, checked=False, timeout_s=_TIMEOUT_S)
    except name_service.NotMeasured as problem:
        return error(Failure.NOT_PERMITTED, f"the name service here does not tell: {problem}")
    return failed(Failure.WRONG_ANSWER, SignedNameFacts(refused=True, without=plain is None))


def read(situation: Situation) -> Iterable[Finding]:
    told = situation.seen.facts("name-service-is-known", NameServiceFacts)
    if any(facts.signatures in (Insistence.OFF, Insistence.TOLERANT) for _, facts in told):
        yield Finding("signed-names.optional", (CHECK.id,))
    for observation, facts in situation.seen.facts(CHECK.id, SignedNameFacts):
        if observation.failure is None:
            yield Finding("signed-names.pass", (CHECK.id,))
        elif facts.refused and facts.without:
            yield Finding("signed-names.refused", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="signed-names-pass",
        stage=Stage.DNS,
        question="Where this device insists on signed names, does it get them?",
        control="The same name from the same program, signatures left alone.",
        packets=4,
        deadline_ms=4500,
        tells=("signed-names",),
        needs=("route-exists",),
        follows="name-service-is-known",
    ),
    targets,
    observe,
    read,
)
