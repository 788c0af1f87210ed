"""The shipped checks over a simulated world: their own targets, observations and readings."""

import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from unittest import mock

from netcheck.agent.plan import Progress, ready
from netcheck.checks import ALL
from netcheck.checks.contract import Check, Seen, Situation
from netcheck.checks.stun_answers import class_of
from netcheck.model.device import (
    Address,
    Device,
    Interface,
    LinkKind,
    Neighbour,
    NeighbourState,
    Route,
    WifiLink,
)
from netcheck.model.finding import Finding
from netcheck.model.observation import Family, Observation, Target, skipped
from netcheck.model.outcome import Outcome
from netcheck.model.phone import Phone, PhoneLine, ServiceState, SimState, Source
from netcheck.model.target import LearnedFrom
from netcheck.model.testimony import said
from tests.simulator.probes import Probes
from tests.simulator.world import ROUTER, World

_PROBES = (
    *("ask", "trace", "mappings", "tcp_train", "dns_train", "echo", "exchange"),
    *("datagram_for_path", "connect", "finish", "fetch", "get_plain", "tcp_reach", "knock_udp"),
    *("context", "overridden", "proxy", "radios", "counters", "send_queue"),
)
NOT_MODELLED: dict[str, str] = {
    "lease-holds": "the programs that keep leases",
    "link-counts-no-errors": "the errors that an interface counts",
    "way-out-is-clear": "a second way out",
    "wifi-joins": "what a radio says of an association that fails",
    "wifi-stays-joined": "as above",
    "wifi-air-carries": "the air itself: retries and channel load",
    "name-service-is-known": "a name service on the device that speaks of itself",
    "encrypted-dns-answers": "as above",
    "encrypted-dns-port-is-open": "as above",
    "signed-names-pass": "as above",
    "search-domains-leave-names-alone": "search domains",
    "proxy-leads-out": "a proxy that is spoken to",
    "portal-lets-us-out": "a sign-in server that speaks of itself",
    "provider-is-known": "who runs which addresses",
}
"""Checks of the usual plan whose world this simulator has not, and what it lacks."""

_current: Probes | None = None


def _stand_in(name: str) -> Callable[..., object]:
    def call(*args: object, **words: object) -> object:
        return getattr(_current, name)(*args, **words)

    return call


class _NoThread:
    """Runs at once, in the caller's thread: nothing here waits."""

    def __init__(
        self, target: Callable[..., object], args: Sequence[object] = (), daemon: bool = True
    ) -> None:
        self._target, self._args, self.daemon = target, args, daemon

    def start(self) -> None:
        self._target(*self._args)

    def join(self, timeout: float | None = None) -> None:
        pass


class _NoEvent(threading.Event):
    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


class _Clock:
    """`sleep` moves it."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds

    time = staticmethod(time.time)


@contextmanager
def patched() -> Iterator[None]:
    """The checks' probes, threads and waits replaced by the simulated ones."""
    threads = SimpleNamespace(Thread=_NoThread, Event=_NoEvent, Lock=threading.Lock)
    with ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            if not name.startswith("netcheck.checks.") or name == "netcheck.checks.contract":
                continue
            for probe in _PROBES:
                found = getattr(module, probe, None)
                if found is not None and getattr(found, "__module__", "").startswith(
                    ("netcheck.probe", "netcheck.device")
                ):
                    stack.enter_context(mock.patch.object(module, probe, _stand_in(probe)))
            if hasattr(module, "threading"):
                stack.enter_context(mock.patch.object(module, "threading", threads))
            if hasattr(module, "time"):
                stack.enter_context(mock.patch.object(module, "time", _Clock()))
        yield


class _Reader:
    """What the kernel of this world says."""

    def __init__(self, world: World) -> None:
        self._world = world

    def route_to(self, address: str) -> Route:
        world, family = self._world, Family.IPV6 if ":" in address else Family.IPV4
        routed = world.address == "assigned" and world.connected
        if not routed or (family == Family.IPV6 and not world.has_ipv6):
            return Route(address, family, None, None, None)
        if world.vpn:
            return Route(address, family, "tun0", None, "10.8.0.2")
        return Route(address, family, "eth0", ROUTER, "192.168.1.20")

    def neighbour(self, address: str, interface: str | None) -> Neighbour:
        there = self._world.router_neighbour
        state = NeighbourState.REACHABLE if there else NeighbourState.INCOMPLETE
        return Neighbour(address, "eth0", state)


def _device(world: World) -> Device:
    addresses = []
    if world.address == "assigned":
        addresses.append(Address("192.168.1.20", 24, Family.IPV4, False))
        if world.has_ipv6:
            addresses.append(Address("2600:1:2::20", 64, Family.IPV6, False))
    elif world.address == "link-local":
        addresses.append(Address("169.254.7.7", 16, Family.IPV4, True))
    wifi = None
    if world.link == LinkKind.WIFI:
        wifi = WifiLink(world.connected, world.signal_dbm if world.connected else None)
    here = Interface(
        "eth0", world.link, world.interface_up, world.connected, tuple(addresses), world.mtu,
        None, wifi,
    )  # fmt: skip
    interfaces = [here]
    if world.vpn:
        tunnel = (Address("10.8.0.2", 24, Family.IPV4, False),)
        interfaces.append(Interface("tun0", LinkKind.TUNNEL, True, True, tunnel, 1400))
    routed = world.address == "assigned" and world.connected
    default = Route("0.0.0.0/0", Family.IPV4, "eth0", ROUTER, "192.168.1.20")
    return Device(
        system="linux",
        interfaces=tuple(interfaces),
        nameservers=tuple(world.nameservers),
        default_routes=(default,) if routed else (),
    )


class _Allowed:
    """Whom one may ask is tested elsewhere; a redirect into private ranges stays refused."""

    def resolved(self, host: str, addresses: object) -> None:
        pass

    def learned(self, source: LearnedFrom, address: str) -> bool:
        return source is not LearnedFrom.IKE_REDIRECT or class_of(address) == "public"


class _AwaitedPhone:
    """A phone that has been read already: the user's own, on a cable."""

    source = Source.ADB
    timeout_s = 1.0

    def __init__(self, said: Phone) -> None:
        self._said = said

    def start(self) -> None:
        pass

    def wait(self, timeout_s: float) -> Phone:
        return self._said


def _phone(world: World) -> Phone:
    cell = world.cell
    state = ServiceState(cell.service)
    line = PhoneLine(
        slot=1,
        sim=SimState(cell.sim),
        voice=state,
        data=state,
        packet_attached=cell.data_attached,
        roaming=state is ServiceState.ROAMING if state.in_service else None,
        reject_cause=cell.refused_with,
        emergency_only=state is ServiceState.EMERGENCY_ONLY,
        wifi_calling_enabled=cell.wifi_calling_on,
        preferred=True,
    )
    return Phone(
        Source.ADB, (line,), airplane_mode=cell.airplane, mobile_data_on=cell.mobile_data_on
    )


def situation_of(world: World) -> Situation:
    """What a run in this world may look at."""
    probes = Probes(world)
    globals()["_current"] = probes
    net = SimpleNamespace(allowed=_Allowed(), count=lambda packets: None, repeats=0)
    return Situation(
        device=_device(world),
        reader=_Reader(world),
        catalog=world.catalog,
        net=net,  # type: ignore[arg-type]
        resolver=SimpleNamespace(by_system=probes.by_system),  # type: ignore[arg-type]
        own=world.own,
        controls=world.controls,
        called=world.called,
        told=said(world.symptom),
        phone=_AwaitedPhone(_phone(world)) if world.phone_is_read else None,
        region=world.region,
        seen=Seen(),
    )


def findings_in(world: World, missing: Collection[str] = ()) -> tuple[Finding, ...]:
    """Every check of the usual plan that is modelled and not `missing`, run and read."""
    checks = {
        check.id: check
        for check in ALL
        if not check.spec.deep and check.id not in NOT_MODELLED and check.id not in missing
    }
    situation = situation_of(world)
    _look(checks, situation)
    return tuple(finding for check in checks.values() for finding in check.read(situation))


def _look(checks: dict[str, Check], situation: Situation) -> None:
    """As the engine does, one after the other: a check that follows another takes its turn once
    that has ended."""
    started: set[str] = set()
    ended: set[str] = set()
    good: set[str] = set()
    specs = [check.spec for check in checks.values()]
    while True:
        now = ready(specs, started, Progress(frozenset(good), frozenset(ended)))
        for id, unmet in now.skip:
            started.add(id)
            ended.add(id)
            _tell(situation, id, Target(id), skipped(unmet))
        waiting = [id for id in now.start if checks[id].spec.follows in set(checks) - ended]
        starting = [id for id in now.start if id not in waiting]
        if not starting and not now.skip:
            return
        for id in starting:
            started.add(id)
            aimed: set[Target] = set()
            for _ in range(3):  # what it sees may name a further target
                targets = [t for t in checks[id].targets(situation) if t not in aimed]
                for target in targets:
                    aimed.add(target)
                    observed = checks[id].observe(target, situation)
                    _tell(situation, id, target, observed)
                    if observed.outcome is Outcome.OK:
                        good.add(id)
                if not targets:
                    break
            ended.add(id)


def _tell(situation: Situation, check: str, target: Target, observed: object) -> None:
    from netcheck.model.observation import Observed

    assert isinstance(observed, Observed)
    o = observed
    seen = Observation(
        check, target, o.outcome, o.failure, o.facts, 0.0, 0.0, "eth0", o.unmet, o.detail
    )
    situation.seen.add(seen)
