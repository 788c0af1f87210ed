"""router: does it answer, and does the link to it lose or delay packets?"""

import ipaddress
import threading
from collections.abc import Iterable

from netcheck.checks.contract import Check, Situation
from netcheck.checks.loss_counts import LOOK, ROUTER_TRAIN, GatewayFacts, ways_of
from netcheck.checks.provider_carries_traffic import heard_from_beyond
from netcheck.checks.way_out import second_router
from netcheck.model.check import CheckSpec
from netcheck.model.device import NeighbourState
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Family, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.target import LearnedFrom
from netcheck.probe.closed_port import knock_udp
from netcheck.probe.echo import echo
from netcheck.probe.train import Train, tcp_train

_DEADLINE_MS = 4000
_KNOCK_PORTS = (80, 53)
_LATEST_KNOCK_S = 0.75  # after the first 0.7 s: by then the last knocks have been waited for
_KNOCKS = ((2, 250, False), (4, 250, False), (4, 700, True))
"""How many, how many ms the last is waited for, and whether only where the neighbour's address is
still being asked for. A lossy line loses two knocks easily; and the system repeats that question
after a second (RETRANS_TIMER in RFC 4861; Linux does the same with ARP), keeping what it should
have sent."""


def targets(situation: Situation) -> Iterable[Target]:
    gateways = {
        route.gateway: route
        for route in situation.device.default_routes
        if route.gateway and (situation.interface is None or _leaves_by(situation, route.interface))
    }
    families = sorted(gateways.values(), key=lambda route: route.family != Family.IPV4)
    # One router, one voice: its IPv6 address is asked only where it has no IPv4 one.
    for route in families[:1]:
        yield Target(str(route.gateway), address=route.gateway, family=route.family)


def _leaves_by(situation: Situation, name: str | None) -> bool:
    return situation.interface is not None and situation.interface.name == name


def observe(target: Target, situation: Situation) -> Observed:
    address = target.address
    if address is None:
        return skipped("route-exists")
    situation.net.allowed.learned(LearnedFrom.GATEWAY, address)
    train, by = _train(situation, address)
    interface = situation.interface.name if situation.interface else None
    neighbour = situation.reader.neighbour(address, interface)
    facts = GatewayFacts(
        neighbour=neighbour.state.value if neighbour else None,
        by=by,
        sent=train.sent if train else 0,
        lost=train.lost if train else 0,
        delay_ms=train.median_ms if train else None,
        jitter_ms=train.jitter_ms if train else None,
    )
    if by is not None:
        return ok(facts)
    unanswered = (NeighbourState.INCOMPLETE, NeighbourState.FAILED)
    if neighbour is not None and neighbour.state in unanswered:
        return failed(Failure.UNREACHABLE, facts)
    return failed(Failure.TIMEOUT, facts)


def _train(situation: Situation, address: str) -> tuple[Train | None, str | None]:
    """Knock in several ways at once, then a train by the way that was answered."""
    answered: dict[str, bool] = {}
    heard = threading.Event()
    knocks = [
        threading.Thread(target=_knock_tcp, args=(situation, address, port, answered, heard))
        for port in _KNOCK_PORTS
    ]
    knocks.append(threading.Thread(target=_knock_udp, args=(situation, address, answered)))
    for knock in knocks:
        knock.daemon = True
        knock.start()
    heard.wait(0.7)
    if _is_looked_for(situation, address):  # pings would wait for the same, and measure that
        heard.wait(_LATEST_KNOCK_S)
    train = _tcp_train(situation, address, answered)
    if train is not None:
        return train
    limits = situation.catalog.thresholds
    train_or_none = echo(
        situation.net,
        address,
        count=limits.train_probes,
        interval_ms=limits.train_interval_ms,
    )
    if train_or_none is not None and train_or_none.lost < train_or_none.sent:
        return train_or_none, "icmp"
    for knock in knocks:
        knock.join(_LATEST_KNOCK_S)
    return _tcp_train(situation, address, answered) or (None, next(iter(answered), None))


def _tcp_train(
    situation: Situation, address: str, answered: dict[str, bool]
) -> tuple[Train, str] | None:
    """A train to the port that answered a knock; None where none did."""
    port = next((p for p in _KNOCK_PORTS if answered.get(f"tcp/{p}")), None)
    if port is None:
        return None
    limits = situation.catalog.thresholds
    train = tcp_train(
        situation.net,
        address,
        port,
        count=limits.train_probes,
        interval_ms=limits.train_interval_ms,
    )
    return train, f"tcp/{port}"


def _knock_tcp(
    situation: Situation,
    address: str,
    port: int,
    answered: dict[str, bool],
    heard: threading.Event,
) -> None:
    for count, wait_ms, looked_for in _KNOCKS:
        if looked_for and not _is_looked_for(situation, address):
            return
        train = tcp_train(
            situation.net, address, port, count=count, interval_ms=20, wait_ms=wait_ms
        )
        if train.lost < train.sent:
            answered[f"tcp/{port}"] = True
            heard.set()
            return


def _is_looked_for(situation: Situation, address: str) -> bool:
    """Whether the system still waits for somebody to say that this address is theirs."""
    interface = situation.interface.name if situation.interface else None
    neighbour = situation.reader.neighbour(address, interface)
    return neighbour is not None and neighbour.state == NeighbourState.INCOMPLETE


def _knock_udp(situation: Situation, address: str, answered: dict[str, bool]) -> None:
    if knock_udp(situation.net, address, deadline_ms=800, hop=1).answered:
        answered["udp"] = True


def is_home(address: str, situation: Situation) -> bool:
    """Whether that address is a router of the home, this device, or on a link of this device."""
    wanted = ipaddress.ip_address(address.partition("%")[0])
    if wanted.is_loopback or wanted.is_link_local:
        return True
    if any(route.gateway == address for route in situation.device.default_routes):
        return True
    if address == second_router(situation):
        return True
    return any(
        wanted in ipaddress.ip_network(f"{own.address}/{own.prefix_length}", strict=False)
        for interface in situation.device.interfaces
        for own in interface.addresses
        if (own.family == Family.IPV6) == (wanted.version == 6)
    )


def read(situation: Situation) -> Iterable[Finding]:
    for observation, facts in situation.seen.facts(CHECK.id, GatewayFacts):
        if facts.by is not None:
            shown: dict[str, Parameter] = {}
            if facts.delay_ms is not None:
                shown["delay_ms"] = round(facts.delay_ms, 1)
            yield Finding("gateway.answers", (CHECK.id,), shown)
        elif heard_from_beyond(situation):
            # What came from beyond came through it: it forwards, and only ignores us.
            yield Finding("gateway.answers", (CHECK.id, "provider-carries-traffic"))
        elif observation.failure == Failure.UNREACHABLE:
            yield Finding("gateway.absent", (CHECK.id,))
        else:
            yield Finding("gateway.silent", (CHECK.id,))
        ways = ways_of(situation)
        if ways.home and ways.home_state:
            share = round(100 * ways.home[0] / ways.home[1])
            yield Finding(f"home-loss.{ways.home_state}", (CHECK.id, LOOK), {"loss_percent": share})


CHECK = Check(
    CheckSpec(
        id=ROUTER_TRAIN,
        stage=Stage.ROUTER,
        question="Does the router answer, and how much gets lost on the way to it?",
        control="Anything heard from beyond the router proves that it forwards.",
        packets=90,
        deadline_ms=_DEADLINE_MS,
        tells=("gateway", "home-loss"),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
