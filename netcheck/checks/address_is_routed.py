"""router: how many times is this home's address translated on its way out?

No packet of its own: it reads the second hop of the path and what the STUN servers saw. A second
hop with a private address (RFC 1918) is mostly a router behind the router; one from 100.64/10
(RFC 6598) is a provider that shares one address among homes. Weak: providers number inner links
privately too, and a hop that says nothing tells nothing. A fact for the engineer, no fault: calls
over Wi-Fi pass both, though mappings live shorter there.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.path_continues import PathFacts
from netcheck.checks.stun_answers import StunFacts, class_of
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, ok, skipped
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class TranslationFacts(Facts):
    """`second_hop`: public, private or shared; None: it said nothing. `second_router`: it looks
    like another router at home. `provider_shares`: the provider translates for several homes.
    None: cannot be told from here."""

    second_hop: str | None
    seen_as: str | None
    second_router: bool | None
    provider_shares: bool | None


def translations(second_hop: str | None, seen_as: str | None) -> TranslationFacts:
    """What these two addresses tell together. A private hop that is followed by no public
    address of ours is still a private hop; without the hop nothing is known."""
    hop = class_of(second_hop) if second_hop else None
    seen = class_of(seen_as) if seen_as else None
    if hop is None:
        return TranslationFacts(hop, seen, None, None)
    home = second_hop is not None and _is_home_range(second_hop)
    return TranslationFacts(hop, seen, home, hop == "shared" or (hop == "private" and not home))


def _is_home_range(address: str) -> bool:
    """192.168/16 stands in homes. 10/8 and 172.16/12 do too, but inside providers more often."""
    found = ipaddress.ip_address(address)
    return found.version == 4 and found in ipaddress.ip_network("192.168.0.0/16")


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("the way out")


def observe(target: Target, situation: Situation) -> Observed:
    paths = [facts for _, facts in situation.seen.facts("path-continues", PathFacts)]
    hops = [hop.address for path in paths for hop in path.hops if hop.ttl == 2 and hop.address]
    seen = [
        server.address
        for _, facts in situation.seen.facts("stun-answers", StunFacts)
        for server in facts.servers
        if server.address
    ]
    if not hops:
        return skipped("path-continues")
    return ok(translations(hops[0], seen[0] if seen else None))


def read(situation: Situation) -> Iterable[Finding]:
    """Informative only: no fault is likelier for it."""
    return ()


CHECK = Check(
    CheckSpec(
        id="address-is-routed",
        stage=Stage.ROUTER,
        question="How many times is this home's address translated on its way out?",
        control="The second hop's address beside the one that servers see.",
        packets=0,
        deadline_ms=500,
        needs=("route-exists",),
        after=("path-continues", "stun-answers"),
    ),
    targets,
    observe,
    read,
)
