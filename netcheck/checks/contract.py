"""What a check is made of, and what it may use: the shape every file of this room fills."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from netcheck.catalog import Catalog
from netcheck.device.contract import DeviceReader, WifiWatch
from netcheck.model.carrier import Carrier
from netcheck.model.check import CheckSpec
from netcheck.model.crowd import AwaitedCrowd
from netcheck.model.device import Device, Interface, LinkKind, Route
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Family, Observation, Observed, Role, Target
from netcheck.model.outcome import Outcome
from netcheck.model.testimony import NOTHING_SAID, Testimony
from netcheck.probe.network import Network
from netcheck.probe.resolve import Resolver

if TYPE_CHECKING:
    from netcheck.phone.contract import AwaitedPhone
    from netcheck.probe.half_open import HalfOpenBudget
    from netcheck.probe.ike import NatSeen
    from netcheck.probe.load import LoadBudget

_F = TypeVar("_F", bound=Facts)

HALF_OPEN_AT_MOST = 4
"""Half-open SAs that all runs of one command may leave an operator with."""


class Seen:
    """The observations of a run so far, in the order they came. Safe to read while it grows."""

    def __init__(self, observations: Iterable[Observation] = ()) -> None:
        self._observations = tuple(observations)
        self._lock = threading.Lock()

    def add(self, observation: Observation) -> None:
        """Append one; readers that hold the earlier tuple keep it."""
        with self._lock:
            self._observations = (*self._observations, observation)

    def all(self) -> tuple[Observation, ...]:
        """Everything so far."""
        return self._observations

    def of(self, check: str) -> tuple[Observation, ...]:
        """What that check saw, without what was skipped or went wrong on our side."""
        measured = (Outcome.OK, Outcome.FAILED)
        return tuple(o for o in self._observations if o.check == check and o.outcome in measured)

    def ok(self, check: str) -> tuple[Observation, ...]:
        """What that check saw and found good."""
        return tuple(o for o in self.of(check) if o.outcome == Outcome.OK)

    def facts(self, check: str, kind: type[_F]) -> list[tuple[Observation, _F]]:
        """That check's measured observations with their facts, where they have such facts."""
        return [(o, o.facts) for o in self.of(check) if isinstance(o.facts, kind)]


@dataclass(frozen=True)
class Situation:
    """Everything a check may look at and use. One per run."""

    device: Device
    reader: DeviceReader
    catalog: Catalog
    net: Network
    resolver: Resolver
    own: Carrier | None = None
    controls: tuple[Carrier, ...] = ()
    called: Carrier | None = None
    told: Testimony = NOTHING_SAID  # the user's word
    region: str | None = None  # ISO 3166-1 alpha-2, where somebody said it; never guessed
    interface_wanted: str | None = None
    phone: "AwaitedPhone | None" = None  # None: nobody asked for one, and no modem is in sight
    crowd: AwaitedCrowd | None = None  # None: no status feed is set
    wifi: WifiWatch | None = None  # None: another kind of interface is in use, or nobody can watch
    seen: Seen = field(default_factory=Seen)
    half_open: "dict[str, HalfOpenBudget]" = field(default_factory=dict)
    half_open_limit: int = (
        HALF_OPEN_AT_MOST  # an operator; less where this run is one of several of a command
    )
    # By gateway and port: who it is, and how it sees us. Never kept: from it and an operator's
    # answer somebody could find out our address.
    nat_seen: "dict[tuple[str, int], tuple[str, NatSeen]]" = field(default_factory=dict)
    loads: "dict[str, LoadBudget]" = field(default_factory=dict)
    # By operator: the addresses of its gateways that this run has aimed at, in that order.
    aimed_at: "dict[str, list[str]]" = field(default_factory=dict)

    @cached_property
    def operators(self) -> tuple[tuple[Role, Carrier], ...]:
        """Whose Wi-Fi-calling path is looked at: one's own, the called person's, the controls."""
        own = ((Role.OWN, self.own),) if self.own else ()
        shared = self.own and self.called and set(self.own.epdg_hosts) & set(self.called.epdg_hosts)
        # Gateways that both carriers share are asked once, as one's own.
        called = ((Role.CALLED, self.called),) if self.called and not shared else ()
        return (*own, *called, *((Role.CONTROL, carrier) for carrier in self.controls))

    @cached_property
    def interface(self) -> Interface | None:
        """The interface traffic leaves by; without a route, the likeliest physical one."""
        if self.interface_wanted:
            return self.device.interface(self.interface_wanted)
        for route in self.device.default_routes:
            interface = self.device.interface(route.interface)
            if interface is not None and interface.kind != LinkKind.TUNNEL:
                return interface
        physical = self.physical_interfaces
        physical.sort(key=lambda i: (not i.carrier, not i.up, not i.addresses))
        return physical[0] if physical else None

    @property
    def physical_interfaces(self) -> list[Interface]:
        """Cables and radios. A bridge or what the system cannot name counts only where there is
        nothing else: a container's bridge must not hide that the cable is out."""
        others = (LinkKind.LOOPBACK, LinkKind.TUNNEL)
        found = [i for i in self.device.interfaces if i.kind not in others]
        known = [i for i in found if i.kind != LinkKind.OTHER]
        return known or found

    @cached_property
    def has_ipv6(self) -> bool:
        """Whether the system has a way to send IPv6 to the internet."""
        return self._routed(*(resolver.ipv6 for resolver in self.catalog.resolvers))

    @cached_property
    def has_ipv4(self) -> bool:
        """Whether the system has a way to send IPv4 to the internet."""
        return self._routed(*(resolver.ipv4 for resolver in self.catalog.resolvers))

    @cached_property
    def resolvers(self) -> tuple[Target, ...]:
        """The public resolvers, each by the family this device can send: IPv4 where it has it."""
        family = Family.IPV4 if self.has_ipv4 or not self.has_ipv6 else Family.IPV6
        chosen = [
            (resolver.operator, resolver.ipv4 if family == Family.IPV4 else resolver.ipv6)
            for resolver in self.catalog.resolvers
        ]
        return tuple(
            Target(address, Role.CONTROL, operator, address, 53, family)
            for operator, address in chosen
            if address is not None
        )

    def _routed(self, *addresses: str | None) -> bool:
        address = next((a for a in addresses if a), None)
        route = self.route_to(address) if address else None
        return bool(route and route.interface)

    def route_to(self, address: str) -> Route | None:
        """How a packet of this run would reach this address: by the interface that was asked for,
        where one was. None: not measured."""
        if self.interface_wanted:
            return self.reader.route_to(address, self.interface_wanted)
        return self.reader.route_to(address)

    def load_of(self, host: str, most_bytes: int) -> "LoadBudget":
        """The bytes that this run may still fill the line with, however often it is tried."""
        from netcheck.probe.load import LoadBudget

        return self.loads.setdefault(host, LoadBudget(most_bytes))

    def budget_of(self, carrier: str) -> "HalfOpenBudget":
        """The half-open security associations that this run may still cause at an operator: a
        guest brand and its host, or two brands of one owner, share them."""
        from netcheck.probe.half_open import HalfOpenBudget

        found = next((one for _, one in self.operators if one.id == carrier), None)
        operator = (found.owner or found.host_network) if found else carrier
        return self.half_open.setdefault(operator, HalfOpenBudget(self.half_open_limit))


@dataclass(frozen=True, slots=True)
class Check:
    """`targets` is asked when the check may start and, with `spec.follows`, again after every
    observation of the check it follows; a target given twice is looked at once. `read` turns
    what was seen into findings, and is asked anew whenever more has been seen."""

    spec: CheckSpec
    targets: Callable[[Situation], Iterable[Target]]
    observe: Callable[[Target, Situation], Observed]
    read: Callable[[Situation], Iterable[Finding]]

    @property
    def id(self) -> str:
        """The check's name, an assertion in kebab-case."""
        return self.spec.id
