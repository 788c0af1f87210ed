"""The hops of a way out of here, and how many of them are the home's own.

A mesh set behind the provider's box, or a router behind another, translates twice (RFC 7021 tells
what breaks). What the second one drops is still in the person's hands, so the hop behind the
default gateway counts as home where its address is one that home routers have from the factory.
Weak: a provider may number an inner link so too, and a second router that answers no expired
datagram is not seen.
"""

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netcheck.checks.contract import Situation
from netcheck.model.observation import Facts

if TYPE_CHECKING:
    from netcheck.probe.path import Path

WAY_OUT = "path-continues"
# 10.0.0.1 and 10.0.1.1 are the factory addresses of some providers' boxes and of older routers;
# the rest of 10/8 and 172.16/12 stands inside providers more often than in homes.
_HOME_RANGES = ("192.168.0.0/16", "10.0.0.0/24", "10.0.1.0/24")


@dataclass(frozen=True, slots=True)
class HopFacts(Facts):
    """One hop: the router that said the datagram ran out there, and after how long."""

    ttl: int
    address: str | None
    delay_ms: float | None


@dataclass(frozen=True, slots=True)
class PathFacts(Facts):
    """`last_ttl` is the furthest hop that answered, a lower bound of where the path ends: a
    router may forward well and never say a word (RFC 1812 4.3.2.8 allows it to limit them)."""

    hops: tuple[HopFacts, ...]
    reached: bool
    last_ttl: int | None


def path_facts(path: "Path") -> PathFacts:
    """A trace as facts."""
    # A router that rejects the datagram answers for the hop it would have gone to next.
    heard = [
        hop.ttl if hop.icmp == "time-exceeded" else hop.ttl - 1
        for hop in path.hops
        if hop.address is not None
    ]
    hops = tuple(HopFacts(hop.ttl, hop.address, hop.delay_ms) for hop in path.hops)
    last = path.answered_ttl if path.reached else max(heard, default=None)
    return PathFacts(hops, path.reached, last)


def is_home_range(address: str) -> bool:
    """Whether home routers have such an address from the factory."""
    found = ipaddress.ip_address(address.partition("%")[0])
    return found.version == 4 and any(
        found in ipaddress.ip_network(known) for known in _HOME_RANGES
    )


def second_router(situation: Situation) -> str | None:
    """The address of a router behind the default gateway that looks like one of the home's."""
    for _, path in situation.seen.facts(WAY_OUT, PathFacts):
        for hop in path.hops:
            if hop.ttl == 2 and hop.address is not None and is_home_range(hop.address):
                return hop.address
    return None


def home_hops(situation: Situation) -> int:
    """How many hops of the way are the home's own: one, or two with a second router."""
    return 1 if second_router(situation) is None else 2
