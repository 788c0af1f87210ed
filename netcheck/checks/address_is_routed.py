"""router: how many times is this home's address translated on its way out?

No packet of its own: it reads the hops behind the router and what the STUN servers saw. A hop with
an address that home routers have from the factory is a second router; one from 100.64/10 (RFC
6598) or another private one is a provider that shares one address among homes. Weak: providers
number inner links privately too, and a hop that says nothing tells nothing. A fact, no fault:
calls over Wi-Fi pass both, though mappings live shorter there, and what the second router drops is
looked for in the wrong place where nobody knows of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.stun_answers import StunFacts, class_of
from netcheck.checks.way_out import WAY_OUT, PathFacts, is_home_range
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, ok, skipped
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class TranslationFacts(Facts):
    """`second_hop` and `seen_as`: public, private or shared; None: it said nothing.
    `second_router`: it looks like another router at home. `provider_shares`: the provider
    translates for several homes. None: cannot be told from here. `translated`: servers see another
    address than this device has."""

    second_hop: str | None
    seen_as: str | None
    second_router: bool | None
    provider_shares: bool | None
    translated: bool | None = None


def translations(
    hops: Sequence[str | None], seen_as: str | None, translated: bool | None = None
) -> TranslationFacts:
    """What the addresses of the hops behind the router, nearest first, and the address that
    servers see tell together. Without the nearest hop nothing is known."""
    seen = class_of(seen_as) if seen_as else None
    second = hops[0] if hops else None
    if second is None:
        return TranslationFacts(None, seen, None, None, translated)
    home = is_home_range(second)
    behind = hops[1] if home and len(hops) > 1 else None if home else second
    shares = class_of(behind) in ("shared", "private") if behind else None if home else False
    return TranslationFacts(class_of(second), seen, home, shares, translated)


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("the way out")


def observe(target: Target, situation: Situation) -> Observed:
    paths = [facts for _, facts in situation.seen.facts(WAY_OUT, PathFacts)]
    hops = [
        next((hop.address for path in paths for hop in path.hops if hop.ttl == ttl), None)
        for ttl in (2, 3)
    ]
    stun = [facts for _, facts in situation.seen.facts("stun-answers", StunFacts)]
    seen = [server.address for facts in stun for server in facts.servers if server.address]
    if hops[0] is None:
        return skipped(WAY_OUT)
    translated = stun[0].translated if stun else None
    return ok(translations(hops, seen[0] if seen else None, translated))


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, TranslationFacts):
        if facts.second_router:
            state = "by-two-routers-and-provider" if facts.provider_shares else "by-two-routers"
        elif facts.provider_shares:
            state = "by-provider"
        elif facts.translated is None:
            continue
        else:
            state = "once" if facts.translated else "none"
        yield Finding(f"translation.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="address-is-routed",
        stage=Stage.ROUTER,
        question="How many times is this home's address translated on its way out?",
        control="The second hop's address beside the one that servers see.",
        packets=0,
        deadline_ms=500,
        needs=("route-exists",),
        tells=("translation",),
        after=(WAY_OUT, "stun-answers"),
    ),
    targets,
    observe,
    read,
)
