"""isp: does UDP pass at all, besides the port of DNS?

Calls over Wi-Fi are UDP (RFC 3948), and there are networks that let nothing out but the web and
DNS. Any answer over UDP from beyond the router, from a port other than 53, proves that it passes.
Silence counts only when it is the answer to everything: the STUN servers, every Wi-Fi-calling
gateway and the datagram of the path, while something else from beyond was heard.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.epdg_answers_ike import IkeFacts
from netcheck.checks.provider_carries_traffic import heard_from_beyond
from netcheck.checks.stun_answers import StunFacts
from netcheck.checks.way_out import PathFacts, home_hops
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage

_WITNESSES = ("stun-answers", "epdg-answers-ike", "path-continues")


@dataclass(frozen=True, slots=True)
class UdpFacts(Facts):
    """Which kinds of datagrams were answered from beyond, of those that were sent, and the
    furthest hop that was heard of one (None: none was heard)."""

    sent: tuple[str, ...]
    answered: tuple[str, ...]
    last_ttl: int | None


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("beyond the router")


def observe(target: Target, situation: Situation) -> Observed:
    seen = situation.seen
    stun = [o.failure is None for o, _ in seen.facts("stun-answers", StunFacts)]
    ike = [facts.answered for _, facts in seen.facts("epdg-answers-ike", IkeFacts)]
    paths = [facts for _, facts in seen.facts("path-continues", PathFacts)]
    kinds = {"stun": stun, "ike": ike, "path": [path.reached for path in paths]}
    facts = UdpFacts(
        tuple(kind for kind, heard in kinds.items() if heard),
        tuple(kind for kind, heard in kinds.items() if any(heard)),
        max((path.last_ttl for path in paths if path.last_ttl), default=None),
    )
    if facts.answered:
        return ok(facts)
    if len(facts.sent) < len(kinds):
        return skipped(next(w for w, heard in zip(_WITNESSES, kinds.values(), strict=True)
                            if not heard))  # fmt: skip
    if not heard_from_beyond(situation):
        return skipped("provider-carries-traffic")
    return failed(Failure.TIMEOUT, facts)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, UdpFacts):
        if facts.answered:
            state = "passes"
        elif facts.last_ttl is None:
            state = "silent-unseen"
        else:
            at_home = facts.last_ttl <= home_hops(situation)
            state = "silent-at-router" if at_home else "silent-beyond"
        yield Finding(f"udp.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="udp-passes",
        stage=Stage.ISP,
        question="Does UDP pass at all, besides the port of DNS?",
        control="What is heard from beyond over TCP and DNS, in the same run.",
        packets=0,
        deadline_ms=500,
        tells=("udp",),
        needs=("route-exists",),
        after=(*_WITNESSES, "provider-carries-traffic"),
    ),
    targets,
    observe,
    read,
)
