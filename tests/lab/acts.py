"""What can happen to packets and programs at a place, in the way the world does it."""

import json
import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.lab.daemons import Daemon
from tests.lab.namespaces import LabError
from tests.lab.topology import ROUTER_LAN
from tests.lab.words import Act, Place
from tests.lab.world import World


def _to(place: Place) -> list[str]:
    """The match that keeps a rule to this place's addresses: one a family, or one for all."""
    if not place.addresses:
        return [""]
    ipv4 = ", ".join(one.ipv4 for one in place.addresses)
    ipv6 = ", ".join(one.ipv6 for one in place.addresses)
    return [f"ip daddr {{ {ipv4} }}", f"ip6 daddr {{ {ipv6} }}"]


def _chain(place: Place, rules: list[str]) -> str:
    """A filter chain that comes before the place's own."""
    lines = "\n".join(f"    {rule}" for rule in rules)
    return f"  chain c {{ type filter hook {place.hook} priority -10;\n{lines}\n  }}"


def _ports(protocol: str, ports: tuple[int, ...]) -> str:
    return f"{protocol} dport {{ {', '.join(map(str, ports))} }}"


def _matching(action: str, *, udp: tuple[int, ...], tcp: tuple[int, ...]) -> Act:
    """Packets to these ports meet `action`; without ports, every packet does."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        what = [_ports("udp", udp)] if udp else []
        what += [_ports("tcp", tcp)] if tcp else []
        rules = [f"{to} {match} {action}" for to in _to(place) for match in what or [""]]
        with world.rules(place.namespace, "inet", _chain(place, rules)):
            yield

    return act


def drops(*, udp: tuple[int, ...] = (), tcp: tuple[int, ...] = ()) -> Act:
    """Packets to these ports vanish."""
    if not udp and not tcp:
        raise LabError("drops what? say drops_everything()")
    return _matching("drop", udp=udp, tcp=tcp)


def drops_everything() -> Act:
    """Whatever should pass here, or is meant for this place, vanishes."""
    return _matching("drop", udp=(), tcp=())


falls_silent = drops_everything


def rejects(
    *, udp: tuple[int, ...] = (), tcp: tuple[int, ...] = (), saying: str = "port-unreachable"
) -> Act:
    """Packets to these ports are turned back with an ICMP message (an inet reject's name)."""
    return _matching(f"reject with icmpx {saying}", udp=udp, tcp=tcp)


def refuses_connections() -> Act:
    """Connections are reset."""
    return _matching("meta l4proto tcp reject with tcp reset", udp=(), tcp=())


def swallows(*, larger_than: int, family: str = "") -> Act:
    """Packets above this many bytes vanish, both ways, and nobody is told; of one family (`ipv4`,
    `ipv6`), or of both."""
    of_family = f"meta nfproto {family} " if family else ""
    return _matching(f"{of_family}meta length > {larger_than} drop", udp=(), tcp=())


def loses_first_segments_by_ipv6() -> Act:
    """Each new IPv6 connection loses its first segment and succeeds with the second, which a
    device sends a second later: a tunnel that must wake up for each."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        chain = (
            "  set known { type ipv6_addr . inet_service; flags dynamic; timeout 60s; }\n"
            f"  chain c {{ type filter hook {place.hook} priority -10;\n"
            "    tcp flags & (syn | ack) == syn ip6 saddr . tcp sport @known accept\n"
            "    tcp flags & (syn | ack) == syn add @known { ip6 saddr . tcp sport } drop\n  }"
        )
        with world.rules(place.namespace, "ip6", chain):
            yield

    return act


def loses(share: float, *, ports: tuple[int, ...] = ()) -> Act:
    """Loses this share of round trips, as a ping would count it: half of it each way, but at a
    server all of it on the way in."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        lost = share if place.hook == "input" else 1 - math.sqrt(1 - share)
        chance = f"numgen random mod 1000 < {round(lost * 1000)} drop"
        if place.role == "cable":
            lines = "".join(
                f'  chain {hook} {{ type filter hook {hook} device "lan0" priority 0;\n'
                f"    {chance}\n  }}\n"
                for hook in ("ingress", "egress")
            )
            with world.rules(place.namespace, "netdev", lines):
                yield
        else:
            with _matching(chance, udp=ports, tcp=())(world, place):
                yield

    return act


def goes_dark(*, answers_arp: bool = True) -> Act:
    """A box that takes every packet and gives none: neither passes nor answers anything. Without
    ARP its neighbours find that out by themselves, after three seconds."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        if answers_arp:
            chain = "  chain c { type filter hook prerouting priority -300; drop; }"
            with world.rules(place.namespace, "inet", chain):
                yield
        else:
            lines = "".join(
                f'  chain c{link} {{ type filter hook ingress device "{link}" priority 0;\n'
                "    drop\n  }\n"
                for link in _links(place)
            )
            with world.rules(place.namespace, "netdev", lines):
                yield

    return act


def dies(*, neighbour_known: bool = False) -> Act:
    """The router hangs: its light is on, nothing comes out of it. The device may still remember
    its address from a minute ago."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        world.device.forget_neighbours()
        if neighbour_known:
            world.device.place.run("ping", "-c1", "-W1", ROUTER_LAN)
        try:
            with goes_dark(answers_arp=False)(world, place):
                yield
        finally:
            world.device.forget_neighbours()

    return act


def ignores_probes() -> Act:
    """Forwards everything, serves DHCP and DNS, and answers no ping, no closed port, no
    traceroute."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        chains = (
            "  chain in { type filter hook input priority -10;\n"
            "    ct state established accept\n"
            # Its own programs talk with each other, and may be what a question was led to.
            '    iif "lo" accept\n    ct status dnat accept\n'
            "    icmp type echo-request drop\n    icmpv6 type echo-request drop\n"
            "    udp dport != { 53, 67, 68 } drop\n    tcp dport != 53 drop\n  }\n"
            "  chain out { type filter hook output priority -10;\n"
            "    icmp type { time-exceeded, destination-unreachable } drop\n"
            "    icmpv6 type { time-exceeded, destination-unreachable } drop\n  }"
        )
        with world.rules(place.namespace, "inet", chains):
            yield

    return act


def stops() -> Act:
    """The program here ends; the machine says that nobody listens."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        daemon = _daemon(place)
        daemon.stop()
        try:
            yield
        finally:
            daemon.start()
            if place.role.endswith(("dns", "resolver")):
                world.warm()

    return act


def hangs() -> Act:
    """The program here takes packets and answers none."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        daemon = _daemon(place)
        daemon.freeze()
        try:
            yield
        finally:
            daemon.thaw()
            daemon.wait_ready()

    return act


def takes(*, rtt_ms: float) -> Act:
    """The long wire takes this long, there and back."""
    return lambda world, place: world.delay(rtt_ms)


def all_of(*acts: Act) -> Act:
    """Several things at one place."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        with ExitStack() as stack:
            for one in acts:
                stack.enter_context(one(world, place))
            yield

    return act


def _links(place: Place) -> list[str]:
    """The names of a box's interfaces, its loopback aside."""
    shown = json.loads(place.namespace.run("ip", "-json", "link", "show"))
    return [one["ifname"] for one in shown if one["ifname"] != "lo"]


def _daemon(place: Place) -> Daemon:
    if place.daemon is None:
        raise LabError(f"nothing runs at {place.role}")
    return place.daemon
