"""device: is the address this device was lent still its own, and for how long?

The kernel first: an address that came by DHCP has a term (IFA_CACHEINFO, rtnetlink(7)), and goes
when it is over. What the kernel does not know, systemd-networkd's lease file or NetworkManager
may: how long the whole lease is, and that nobody answered. RFC 2131 4.4.5: half of the lease over,
a device asks for more; seven eighths over, it asks anybody. A lease in its last eighth is one that
nobody has prolonged yet. Silent where no program set a term: a fixed address, or a small client.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.device import Interface
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Family, Observed, Target, error, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage

_LAST_PART = 1 / 8


@dataclass(frozen=True, slots=True)
class LeaseFacts(Facts):
    """Seconds. `left_s` below zero: run out. `told_by`: kernel, systemd-networkd, NetworkManager
    or macOS. `fixed`: the address has no term. `trouble`: why there is none, as the program that
    asked for it says: no-answer or taken. None: not told."""

    left_s: float | None = None
    total_s: float | None = None
    told_by: str | None = None
    fixed: bool | None = None
    trouble: str | None = None

    @property
    def state(self) -> str | None:
        """`held`, `ending`, `expired` or `unanswered`; None: there is no lease to tell of."""
        if self.trouble == "no-answer":
            return "unanswered"
        if self.left_s is None:
            return None
        if self.left_s <= 0:
            return "expired"
        last = self.total_s is not None and self.left_s < self.total_s * _LAST_PART
        return "ending" if last else "held"


def targets(situation: Situation) -> Iterable[Target]:
    interface = situation.interface
    yield Target(interface.name if interface else "no interface", family=Family.IPV4)


def observe(target: Target, situation: Situation) -> Observed:
    """The kernel's word, and the lease file's; with no address also NetworkManager's."""
    interface = situation.interface
    if interface is None:
        return skipped("interface-is-up")
    known = _of_kernel(interface)
    from netcheck.device import lease

    if situation.device.system not in lease.SYSTEMS:
        return _observed(known or LeaseFacts())
    told = lease.at_hand(interface.name)
    if told is None and known is None:
        told = lease.of_network_manager(interface.name)
    return _observed(joined(known, told))


def observe_more(target: Target, situation: Situation) -> Observed:
    """What the programs that keep leases say, whatever the kernel knows."""
    interface = situation.interface
    if interface is None:
        return skipped("interface-is-up")
    from netcheck.device import lease

    if situation.device.system not in lease.SYSTEMS:
        return error(Failure.NOT_PERMITTED, "netcheck cannot ask for leases on this system")
    told = lease.lease(interface.name)
    return skipped("lease") if told is None else _observed(joined(_of_kernel(interface), told))


def _of_kernel(interface: Interface) -> LeaseFacts | None:
    """The shortest term of its usable IPv4 addresses; None where there is no such address."""
    terms = [
        address.valid_s
        for address in interface.addresses
        if address.family is Family.IPV4 and not address.link_local and address.valid_s is not None
    ]
    if not terms:
        return None
    if math.isinf(min(terms)):
        return LeaseFacts(told_by="kernel", fixed=True)
    return LeaseFacts(left_s=min(terms), told_by="kernel", fixed=False)


def joined(known: LeaseFacts | None, told: "object | None") -> LeaseFacts:
    """The kernel's seconds where it has them, and the rest from whoever knows it."""
    from netcheck.device.lease import Lease

    if not isinstance(told, Lease):
        return known or LeaseFacts()
    left_s, by = told.left_s, told.told_by
    if known is not None and known.left_s is not None:
        left_s, by = known.left_s, "kernel"
    return LeaseFacts(
        left_s=None if left_s is None else round(left_s),
        total_s=told.total_s,
        told_by=by,
        fixed=None if known is None else known.fixed,
        trouble=told.trouble.value if told.trouble else None,
    )


def _observed(facts: LeaseFacts) -> Observed:
    failure = _failure(facts)
    return ok(facts) if failure is None else failed(failure, facts)


def _failure(facts: LeaseFacts) -> Failure | None:
    if facts.trouble == "taken":
        return Failure.WRONG_ANSWER  # somebody else answers for the address
    if facts.state in ("ending", "unanswered"):
        return Failure.TIMEOUT  # nobody has answered the wish for more
    return Failure.ABSENT if facts.state == "expired" else None


def read(situation: Situation) -> Iterable[Finding]:
    """One voice: what the programs say counts before what the kernel alone could tell."""
    seen = [
        facts for id in (MORE.id, CHECK.id) for _, facts in situation.seen.facts(id, LeaseFacts)
    ]
    for facts in seen:
        if facts.state is not None:
            shown: dict[str, Parameter] = {}
            if facts.left_s is not None and facts.left_s > 0:
                shown["minutes"] = max(1, round(facts.left_s / 60))
            yield Finding(f"lease.{facts.state}", (CHECK.id, MORE.id), shown)
            return


CHECK = Check(
    CheckSpec(
        id="lease-holds",
        stage=Stage.DEVICE,
        question="Is the address this device was lent still its own?",
        control="The kernel's own term beside the word of the program that keeps the lease.",
        packets=0,
        deadline_ms=700,
        tells=("lease",),
        needs=("link-is-connected",),
    ),
    targets,
    observe,
    read,
)

MORE = Check(
    CheckSpec(
        id="lease-is-accounted-for",
        stage=Stage.DEVICE,
        question="What does the program that keeps this device's lease say of it?",
        control="Held against the kernel's own term of the address.",
        packets=0,
        deadline_ms=700,
        needs=("link-is-connected",),
        deep=True,
    ),
    targets,
    observe_more,
    lambda _: (),
)
