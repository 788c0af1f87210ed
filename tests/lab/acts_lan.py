"""What else can stand in the home network: a second router, a device with our address; and what
becomes of a lease."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.lab.acts_device import on_device
from tests.lab.daemons import Daemon, wait_until
from tests.lab.namespaces import Namespace, cable
from tests.lab.queries import ask
from tests.lab.topology import ROUTER_LAN
from tests.lab.words import Act, Place
from tests.lab.world import World

SECOND_ROUTER = "192.168.1.2"
EXTRA6 = "2a02:8108:1:1::77"


@contextmanager
def _another(place: Namespace, role: str) -> Iterator[Namespace]:
    """One more machine of this world."""
    one = Namespace(place.name.removesuffix(f"-{place.role}"), role)
    try:
        yield one
    finally:
        one.remove()


@contextmanager
def _on_the_routers_port(world: World, role: str) -> Iterator[Namespace]:
    """One more machine, heard where the router's cable ends. The router itself does not hear it:
    the kernel keeps a macvlan and what carries it apart."""
    router = world.places["router"]
    with _another(router, role) as one:
        link = ("link", "lan0", "name", "eth0", "netns", one.name)
        router.run("ip", "link", "add", *link, "type", "macvlan", "mode", "bridge")
        one.ip("link set eth0 up")
        yield one


@contextmanager
def _with_a_switch(world: World) -> Iterator[Namespace]:
    """A switch between the device and the router. The device's own port is a new one, so that it
    asks for its lease anew."""
    device = world.places["device"]
    with _another(device, "switch") as switch:
        device.run("ip", "link", "set", "eth0", "netns", switch.name, "name", "up0")
        cable(device, "eth0", switch, "down0")
        switch.ip(
            "link add br0 type bridge stp_state 0 forward_delay 0",
            *(f"link set {port} master br0 up" for port in ("up0", "down0")),
            "link set br0 up",
        )
        device.ip("link set eth0 up")
        world.device.lease()
        try:
            yield switch
        finally:
            device.ip("link del eth0")
            switch.run("ip", "link", "set", "up0", "nomaster")
            switch.run("ip", "link", "set", "up0", "netns", device.name, "name", "eth0")
            device.ip("link set eth0 up")
            world.device.lease()


def shares_its_address() -> Act:
    """Another machine in the home has this device's IPv4 address, set by hand, and both are heard
    by the router."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        with _with_a_switch(world) as switch, _another(place.namespace, "twin") as twin:
            cable(switch, "twin0", twin, "eth0")
            switch.ip("link set twin0 master br0 up")
            twin.ip(f"addr add {address_of(place.namespace)}/24 dev eth0", "link set eth0 up")
            yield

    return act


def is_given_an_ipv6_address_in_use() -> Act:
    """Another machine in the home has an IPv6 address that this device was given as well."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        with _on_the_routers_port(world, "twin") as twin:
            twin.ip(f"addr add {EXTRA6}/64 dev eth0 nodad")
            place.namespace.setting({"ipv6/conf/eth0/accept_dad": 1})
            try:
                place.namespace.ip(f"addr add {EXTRA6}/64 dev eth0")
                wait_until(lambda: _is_in_use(place.namespace), "the device finds it in use")
                yield
            finally:
                place.namespace.setting({"ipv6/conf/eth0/accept_dad": 0})
                place.namespace.ip(f"addr del {EXTRA6}/64 dev eth0")

    return act


def _is_in_use(place: Namespace) -> bool:
    """Whether the kernel was answered when it asked who has the address: it asks once, and waits
    for a second (RFC 4862 5.4)."""
    (link,) = json.loads(place.run("ip", "-json", "-6", "addr", "show", "dev", "eth0"))
    return any(one["local"] == EXTRA6 and one.get("dadfailed") for one in link["addr_info"])


def has_a_second_server(*, naming: str = SECOND_ROUTER) -> Act:
    """A second machine in the home hands out addresses, and names this router."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        with _on_the_routers_port(world, "second") as second:
            second.ip(f"addr add {SECOND_ROUTER}/24 dev eth0")
            conf = world.folder / "second.conf"
            lines = (
                *("no-resolv", "no-hosts", "no-ping", "user=root", "group=root", "pid-file="),
                *("bind-interfaces", f"listen-address={SECOND_ROUTER}", "interface=eth0"),
                *("local=/lan/", f"host-record=second.lan,{SECOND_ROUTER}", "domain=lan"),
                *("dhcp-range=192.168.1.200,192.168.1.220,1h", "dhcp-authoritative"),
                *(f"dhcp-option=option:router,{naming}", f"dhcp-leasefile={conf}.leases"),
            )
            conf.write_text("\n".join(lines) + "\n")
            daemon = Daemon(
                second,
                ["dnsmasq", "--keep-in-foreground", f"--conf-file={conf}"],
                log=world.folder / "second.log",
                ready=lambda: ask(second, SECOND_ROUTER, "second.lan", within_s=0.2) is not None,
            )
            daemon.start()
            try:
                yield
            finally:
                daemon.kill()

    return act


def has_a_lease(*, of_s: int, left_s: int) -> Act:
    """The device's address has a term, as its client set it, and systemd-networkd's file says how
    long the whole lease was."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        address = address_of(place.namespace)
        term = f"valid_lft {left_s} preferred_lft {left_s}"
        place.namespace.ip(f"addr change {address}/24 dev eth0 {term}")
        shown = json.loads(place.namespace.run("ip", "-json", "link", "show", "eth0"))
        path = f"/run/systemd/netif/leases/{shown[0]['ifindex']}"
        given_at = time.time() - (of_s - left_s)
        kept = world.folder / "lease"
        kept.write_text(f"# This is private data. Do not parse.\nADDRESS={address}\n"
                        f"ROUTER={ROUTER_LAN}\nLIFETIME={of_s}\n")  # fmt: skip
        os.utime(kept, (given_at, given_at))
        on_device(world, "mkdir", "-p", "/run/systemd/netif/leases")
        on_device(world, "cp", "-p", str(kept), path)
        try:
            yield
        finally:
            on_device(world, "rm", "-f", path)
            place.namespace.ip("addr flush dev eth0")
            world.device.lease()

    return act


def misses_the_first_question_for_its_address() -> Act:
    """The link loses the device's first question for this router's address (ARP, RFC 826), as it
    may lose anything; the device repeats it a second later. No neighbour is known before."""
    chain = (
        "  chain c { type filter hook input priority 0;\n"
        "    arp operation request quota until 40 bytes drop\n  }"
    )

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        with world.rules(place.namespace, "arp", chain):
            world.device.forget_neighbours()
            # Or it asks us whether we are still here, and is known by that.
            place.namespace.ip("neigh flush dev lan0")
            yield

    return act


def address_of(place: Namespace) -> str:
    """The device's own IPv4 address."""
    shown = json.loads(place.run("ip", "-4", "-json", "addr", "show", "dev", "eth0"))
    return str(shown[0]["addr_info"][0]["local"])


__all__ = [
    "has_a_lease",
    "has_a_second_server",
    "is_given_an_ipv6_address_in_use",
    "misses_the_first_question_for_its_address",
    "shares_its_address",
]
