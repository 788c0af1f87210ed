"""What can be wrong on the device itself: its firewall, its hosts file, its packet size, its radio
switch, a second way out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.lab.namespaces import cable, run
from tests.lab.words import Act, Place
from tests.lab.world import World

TETHER, TETHER_GATEWAY = "10.77.0.2", "10.77.0.1"
SOMEBODY = "151.101.250.250"  # on the internet, and nobody


def forbids_sending(*, udp: tuple[int, ...] = ()) -> Act:
    """A firewall on the device itself refuses packets to these UDP ports before they leave;
    without ports, every packet but the lease's."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        ports = f"udp dport {{ {', '.join(map(str, udp))} }} " if udp else 'oifname "eth0" '
        chain = f"  chain c {{ type filter hook output priority 0;\n    {ports}drop\n  }}"
        with world.rules(place.namespace, "inet", chain):
            yield

    return act


def names_in_its_hosts_file(*lines: str) -> Act:
    """The device's hosts file has these lines beside the usual ones."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        hosts = world.folder / "hosts"
        hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{line}\n" for line in lines))
        hosts.chmod(0o644)
        on_device(world, "mount", "--bind", str(hosts), "/etc/hosts")
        try:
            yield
        finally:
            on_device(world, "umount", "/etc/hosts")

    return act


def has_packets_of_at_most(size: int) -> Act:
    """The device's own interface was set to this packet size (MTU)."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        place.namespace.ip(f"link set eth0 mtu {size}")
        try:
            yield
        finally:
            place.namespace.ip("link set eth0 mtu 1500")

    return act


def uploads_more_than_its_line_takes(*, mbps: float = 8, share_taken: float = 0.8) -> Act:
    """A program on the device uploads; the line behind the router takes this share of packets a
    second and drops the rest, whosesoever they are."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        packets = round(share_taken * mbps * 1_000_000 / 8 / 1200)
        chain = (
            "  chain c { type filter hook forward priority -10;\n"
            f'    iifname "lan0" limit rate over {packets}/second burst 20 packets drop\n  }}'
        )
        with (
            world.rules(world.places["router"], "inet", chain),
            world.server("flood", place.namespace, SOMEBODY, "9", str(mbps)),
        ):
            yield

    return act


def downloads_more_than_its_line_takes(*, mbps: float = 20, share_taken: float = 0.8) -> Act:
    """A program on the device loads; the line into the home takes this share of packets a second
    and drops the rest, whosesoever they are."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        packets = round(share_taken * mbps * 1_000_000 / 8 / 1200)
        chain = (
            "  chain c { type filter hook forward priority -10;\n"
            f'    oifname "sub0" limit rate over {packets}/second burst 20 packets drop\n  }}'
        )
        net = world.places["net"]
        net.ip(f"addr add {SOMEBODY}/32 dev lo")
        try:
            with (
                world.server("faucet", net, SOMEBODY, "9", str(mbps)),
                world.rules(world.places["access"], "inet", chain),
                world.server("flood", place.namespace, SOMEBODY, "9", "0.05"),
            ):
                yield
        finally:
            net.ip(f"addr del {SOMEBODY}/32 dev lo")

    return act


def sends_more_than_its_own_link_takes(*, mbps: float = 7, taken_mbps: float = 6) -> Act:
    """A program on the device uploads, and the device's own link is the narrowest part of the
    way, as a poor radio link is: its send queue is full."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        place.namespace.run(
            *("tc", "qdisc", "add", "dev", "eth0", "root", "handle", "1:", "tbf"),
            *("rate", f"{taken_mbps}mbit", "burst", "5000", "limit", "20000"),
        )
        # Counted in packets, as a radio's is: a full one has no room for small ones either.
        place.namespace.run(
            *("tc", "qdisc", "add", "dev", "eth0", "parent", "1:1", "pfifo", "limit", "15")
        )
        try:
            with world.server("flood", place.namespace, SOMEBODY, "9", str(mbps)):
                yield
        finally:
            place.namespace.run("tc", "qdisc", "del", "dev", "eth0", "root")

    return act


def has_a_radio(*, blocked: bool) -> Act:
    """A Wi-Fi radio with a switch, as the kernel shows it below /sys/class/rfkill."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        told = {"type": "wlan", "soft": str(int(blocked)), "hard": "0"}
        with hardware_shown(world, "rfkill/rfkill0", told):
            yield

    return act


@contextmanager
def hardware_shown(world: World, entry: str, told: Mapping[str, str] = {}) -> Iterator[None]:
    """One more entry below the device's /sys/class, with these files, while the block lasts."""
    folder = f"/sys/class/{entry}"
    writes = (f"echo {text} > {folder}/{name}" for name, text in told.items())
    # sysfs takes no new folders: its classes are laid over with a copy that has one more.
    lines = (
        "mkdir -p /run/classes/net",
        "mount --bind /sys/class/net /run/classes/net",
        "mount -t tmpfs -o mode=755 none /sys/class",
        f"mkdir -p /sys/class/net {folder}",
        "mount --move /run/classes/net /sys/class/net",
        *writes,
    )
    on_device(world, "sh", "-e", "-c", "; ".join(lines))
    try:
        yield
    finally:
        on_device(world, "umount", "/sys/class/net")
        on_device(world, "umount", "/sys/class")


def loses_ipv6() -> Act:
    """IPv6 vanishes here, while every device goes on to be told that it is there."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        chain = (
            f"  chain c {{ type filter hook {place.hook} priority -10;\n"
            "    meta nfproto ipv6 drop\n  }"
        )
        with world.rules(place.namespace, "inet", chain):
            yield

    return act


def has_a_tether(*, metric: int = 700) -> Act:
    """A second way out, by a phone, with no home router in between. The more its metric, the less
    it is preferred; a cable has none here."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        access, device = world.places["access"], place.namespace
        cable(device, "eth1", access, "sub1")
        access.ip(f"addr add {TETHER_GATEWAY}/24 dev sub1", "link set sub1 up")
        device.ip(
            f"addr add {TETHER}/24 dev eth1",
            "link set eth1 up",
            f"route append default via {TETHER_GATEWAY} dev eth1 metric {metric}",
        )
        chain = (
            "  chain c { type nat hook postrouting priority 100;\n"
            f'    ip saddr {TETHER} oifname "up0" masquerade\n  }}'
        )
        try:
            with world.rules(access, "inet", chain):
                yield
        finally:
            device.ip("link del eth1")

    return act


def on_device(world: World, *command: str) -> None:
    """Run a command as root in the device's own view of files."""
    run(*world.device.enter(*command, as_user=False))


__all__ = [
    "downloads_more_than_its_line_takes",
    "forbids_sending",
    "has_a_radio",
    "has_a_tether",
    "has_packets_of_at_most",
    "loses_ipv6",
    "names_in_its_hosts_file",
    "on_device",
    "sends_more_than_its_own_link_takes",
    "uploads_more_than_its_line_takes",
]
