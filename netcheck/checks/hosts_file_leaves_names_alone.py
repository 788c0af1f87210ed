"""device: does the hosts file send a name that matters to another place?

A line in the hosts file (hosts(5)) outranks every resolver, and nobody remembers it. Only names
that a run asks for are looked at, and only a line that leads elsewhere counts: to an address no
public server can have, or to one that DNS does not give where DNS was asked, or where it was not
asked, to one that failed. What an application overrides by itself is not seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.epdg_resolves import EpdgNameFacts
from netcheck.checks.resolvers_agree import is_global
from netcheck.device.settings import overridden
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, error, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class HostsFacts(Facts):
    """The names that matter and are in the file: those that lead elsewhere, and the others."""

    elsewhere: tuple[str, ...]
    harmless: tuple[str, ...]


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("hosts file")


def _names(situation: Situation) -> set[str]:
    names = {anchor.host for anchor in situation.catalog.anchors}
    names |= {portal.host for portal in situation.catalog.portals}
    for _, carrier in situation.operators:
        names |= {*carrier.epdg_hosts}
        names |= {host.partition(":")[0] for host in carrier.entitlement_hosts}
    return names


def observe(target: Target, situation: Situation) -> Observed:
    lines = overridden(_names(situation))
    if lines is None:
        return error(Failure.NOT_PERMITTED, "the hosts file of this device cannot be read")
    elsewhere = {name for name, address in lines if _leads_elsewhere(name, address, situation)}
    facts = HostsFacts(
        tuple(sorted(elsewhere)), tuple(sorted({name for name, _ in lines} - elsewhere))
    )
    return failed(Failure.WRONG_ANSWER, facts) if elsewhere else ok(facts)


def _leads_elsewhere(name: str, address: str, situation: Situation) -> bool:
    try:
        if not is_global(address):
            return True
    except ValueError:
        return False  # no address: the system reads over such a line too
    answers = situation.seen.facts("epdg-resolves", EpdgNameFacts)
    told = {a for o, facts in answers if o.target.name == name for a in facts.addresses}
    if told:
        return address not in told
    asked = [
        o
        for check in ("anchor-answers", "no-portal")
        for o in situation.seen.of(check)
        if o.target.name == name
    ]
    return any(o.failure is not None for o in asked)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, HostsFacts):
        if facts.elsewhere:
            yield Finding("hosts-file.overrides", (CHECK.id,), {"name": facts.elsewhere[0]})
        else:
            yield Finding("hosts-file.clean", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="hosts-file-leaves-names-alone",
        stage=Stage.DEVICE,
        question="Does the hosts file leave the names that matter to DNS?",
        control="The addresses that DNS gives for the same name, and whether the site answers.",
        packets=0,
        deadline_ms=500,
        tells=("hosts-file",),
        after=("epdg-resolves", "anchor-answers", "no-portal"),
    ),
    targets,
    observe,
    read,
)
