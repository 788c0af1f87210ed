"""Everything the agent may contact, as rows that a person can read before it does."""

from dataclasses import dataclass
from enum import StrEnum


class Protocol(StrEnum):
    """What a row may be contacted with."""

    UDP = "udp"
    TCP = "tcp"
    ICMP = "icmp"
    ARP = "arp"  # who has this address, asked of the link


class LearnedFrom(StrEnum):
    """Classes of addresses that only the network itself can name."""

    GATEWAY = "gateway"
    RESOLVER = "resolver"
    PATH = "path"
    IKE_REDIRECT = "ike-redirect"
    CAPPORT = "capport"
    PROXY = "proxy"
    OWN_ADDRESS = "own-address"


@dataclass(frozen=True, slots=True)
class AllowedTarget:
    """One permitted destination: a host (name or literal), or a learned class, never both."""

    host: str | None
    port: int | None
    protocol: Protocol
    purpose: str
    operator: str | None = None
    learned_from: LearnedFrom | None = None
    bound: str | None = None  # how a learned class is kept small, in words
