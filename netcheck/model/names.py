"""How this machine turns names into addresses. None: not measured, never "no".

A server's own name (by which its certificate is checked) may hold somebody's account with it: it
stays in these objects, for whoever must check the certificate, and enters no facts.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Insistence(StrEnum):
    """How much a setting wants something: encryption of questions, or signatures of answers."""

    OFF = "off"
    TOLERANT = "tolerant"  # where the other side can; else without
    STRICT = "strict"  # or no answer at all


@dataclass(frozen=True, slots=True)
class NameServer:
    """A server that a name service asks. `port` None: the usual one. `of_link`: it was given for
    one link alone, not for all."""

    address: str
    encryption: Insistence | None = None
    port: int | None = None
    of_link: bool = False
    own_name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class NameService:
    """A program on this machine that asks for names in the programs' stead. `program` is
    `systemd-resolved` or `stubby`. `current`: the server it uses now. `signatures`: whether it
    wants signed answers (DNSSEC); `signatures_pass`: whether it has found that they come through.
    `llmnr` and `multicast`: whether it also asks the local network for names."""

    program: str
    servers: tuple[NameServer, ...] = ()
    current: str | None = None
    signatures: Insistence | None = None
    signatures_pass: bool | None = None
    llmnr: bool | None = None
    multicast: bool | None = None


@dataclass(frozen=True, slots=True)
class NameOptions:
    """What resolv.conf(5) asks of the C library. `dots`: a name with fewer of them is tried with
    each search domain first. `ignored`: nameservers beyond the three that are asked."""

    dots: int = 1
    rotate: bool = False
    over_tcp: bool = False
    ignored: int = 0
