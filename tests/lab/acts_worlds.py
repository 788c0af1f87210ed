"""Networks of another shape than a home with one router: a mesh behind a router, shared addresses,
a phone's hotspot, an office behind a proxy, a hotel after the sign-in, IPv6 alone with NAT64."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.lab import topology as at
from tests.lab.acts_calling import lose_ipv4
from tests.lab.daemons import Daemon
from tests.lab.links import FORWARDING, PATIENT_WITH_PROBES, router_uplink
from tests.lab.namespaces import Namespace, cable
from tests.lab.queries import ask
from tests.lab.resolvers import Recursor
from tests.lab.words import Act, Place
from tests.lab.world import World

MESH_LAN, MESH_WAN = "192.168.86.1", "192.168.1.2"
SHARED_WAN, SHARED_GATEWAY = "100.64.20.57", "100.64.20.1"
PROXY_PORT = 3128
DNS64 = "2a02:8108:0:64::53"
NAT64_PREFIX, NAT64_POOL, TRANSLATOR6 = "64:ff9b::/96", "192.168.255.0/24", "2a02:8108:0:64::1"


def is_behind_a_mesh() -> Act:
    """A second router stands between the device and the first: its own network, its own DHCP and
    DNS, its own translation, as a mesh set has them out of the box."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        device = place.namespace
        mesh = Namespace(device.name.removesuffix("-device"), "mesh")
        with ExitStack() as stack:
            stack.callback(mesh.remove)
            device.ip("addr flush dev eth0", f"link set eth0 down netns {mesh.name} name wan0")
            stack.callback(_give_back, world, device, mesh)
            cable(device, "eth0", mesh, "lan0")
            mesh.setting(FORWARDING | PATIENT_WITH_PROBES)
            mesh.ip(
                f"addr add {MESH_LAN}/24 dev lan0",
                f"addr add {MESH_WAN}/24 dev wan0",
                "link set lan0 up",
                "link set wan0 up",
                f"route add default via {at.ROUTER_LAN}",
            )
            mesh.nft(_masquerade("wan0"))
            daemon = _mesh_names(mesh, world.folder)
            stack.callback(daemon.kill)
            daemon.start()
            device.ip("link set eth0 up")
            world.device.lease()
            yield

    return act


def _give_back(world: World, device: Namespace, mesh: Namespace) -> None:
    device.ip("link del eth0")
    mesh.ip("addr flush dev wan0", f"link set wan0 down netns {device.name} name eth0")
    device.ip("link set eth0 up")
    world.device.lease()


def _mesh_names(mesh: Namespace, folder: Path) -> Daemon:
    conf, leases = folder / "mesh.conf", folder / "mesh.leases"
    lines = (
        *("no-resolv", "no-hosts", "no-ping", "user=root", "group=root", "bind-interfaces"),
        *(f"listen-address={MESH_LAN}", "interface=lan0", f"server={at.ROUTER_LAN}"),
        *("dhcp-range=192.168.86.20,192.168.86.99,12h", "dhcp-authoritative", "pid-file="),
        f"dhcp-leasefile={leases}",
    )
    conf.write_text("\n".join(lines) + "\n")
    return Daemon(
        mesh,
        ["dnsmasq", "--keep-in-foreground", f"--conf-file={conf}"],
        log=folder / "mesh.log",
        ready=lambda: ask(mesh, MESH_LAN, "router.lan", within_s=0.3) is not None,
    )


def _masquerade(towards: str) -> str:
    return (
        "table ip translation {\n  chain leaving { type nat hook postrouting priority 100;\n"
        f'    oifname "{towards}" masquerade\n  }}\n}}\n'
    )


def shares_one_address(*, mtu: int = 1500) -> Act:
    """The provider gives homes addresses of 100.64/10 and has them share one of its own (RFC
    6598); with a smaller `mtu` as mobile networks do, whose routers say so."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        router, access = world.places["router"], place.namespace
        router.ip(
            f"addr del {at.ROUTER_WAN}/24 dev wan0",
            f"addr add {SHARED_WAN}/24 dev wan0",
            f"link set wan0 mtu {mtu}",
            f"route replace default via {SHARED_GATEWAY}",
        )
        access.ip(
            f"addr del {at.ACCESS_DOWN}/24 dev sub0",
            f"addr add {SHARED_GATEWAY}/24 dev sub0",
            f"link set sub0 mtu {mtu}",
        )
        access.nft(_masquerade("up0"))
        try:
            yield
        finally:
            access.nft("delete table ip translation\n")
            access.ip(
                f"addr del {SHARED_GATEWAY}/24 dev sub0",
                f"addr add {at.ACCESS_DOWN}/24 dev sub0",
                "link set sub0 mtu 1500",
            )
            router.ip(
                f"addr del {SHARED_WAN}/24 dev wan0",
                f"addr add {at.ROUTER_WAN}/24 dev wan0",
                "link set wan0 mtu 1500",
            )
            router_uplink(router, ipv6=world.ipv6)

    return act


def lets_the_web_out_by_proxy_alone(*, alive: bool = True, leading_to: int = 443) -> Act:
    """An office: web pages only through its proxy (tinyproxy), which opens ways to one port, names
    only from its own resolver, calls over Wi-Fi straight on."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        chain = (
            "  chain c { type filter hook forward priority -10;\n"
            '    iifname "lan0" tcp dport { 53, 80, 443 } drop\n'
            '    iifname "lan0" udp dport 53 drop\n  }'
        )
        with ExitStack() as stack:
            stack.enter_context(world.rules(place.namespace, "inet", chain))
            if alive:
                daemon = _proxy(place.namespace, world.folder, leading_to)
                stack.callback(daemon.kill)
                daemon.start()
            yield

    return act


def offers_a_proxy() -> Act:
    """A proxy (tinyproxy) on the router, which programs may use or not."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        daemon = _proxy(place.namespace, world.folder, 443)
        with ExitStack() as stack:
            stack.callback(daemon.kill)
            daemon.start()
            yield

    return act


def _proxy(place: Namespace, folder: Path, port: int) -> Daemon:
    conf, resolv = folder / "proxy.conf", folder / "proxy.resolv"
    resolv.write_text(f"nameserver {at.ROUTER_LAN}\n")
    conf.write_text(
        f"Port {PROXY_PORT}\nListen {at.ROUTER_LAN}\nTimeout 30\nMaxClients 50\n"
        f"ConnectPort {port}\nAllow 192.168.1.0/24\nLogLevel Error\n"
    )
    inside = f'mount --bind {resolv} /etc/resolv.conf && exec "$@"'
    return Daemon(
        place,
        ["unshare", "--mount", "sh", "-c", inside, "sh", "tinyproxy", "-d", "-c", str(conf)],
        log=folder / "proxy.log",
        ready=lambda: f":{PROXY_PORT}" in place.run("ss", "-Hltn"),
    )


def keeps_guests_apart() -> Act:
    """A hotel after the sign-in: whomever a guest asks for names, the hotel's own resolver
    answers, honestly; the box answers no ping and no knock."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        chains = (
            "  chain n { type nat hook prerouting priority -110;\n"
            f'    iifname "lan0" udp dport 53 dnat ip to {at.ROUTER_LAN}\n'
            f'    iifname "lan0" tcp dport 53 dnat ip to {at.ROUTER_LAN}\n  }}\n'
            "  chain i { type filter hook input priority -10;\n"
            "    ct state established accept\n    icmp type echo-request drop\n"
            "    udp dport != { 53, 67, 68 } drop\n    tcp dport != 53 drop\n  }"
        )
        with world.rules(place.namespace, "inet", chains):
            yield

    return act


def has_ipv6_and_a_translator(*, alive: bool = True) -> Act:
    """A device with IPv6 alone, on a network that makes up IPv6 addresses for every name (a DNS64,
    unbound) and translates what is sent there (a NAT64, tayga, RFC 6146). Nothing here has a
    translator of its own."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        core = world.places["core"]
        with ExitStack() as stack:
            core.ip(f"addr add {DNS64}/128 dev lo")
            stack.callback(core.ip, f"addr del {DNS64}/128 dev lo")
            names = Recursor(core, world.folder, "dns64", [DNS64], translates_to=NAT64_PREFIX)
            stack.callback(names.close)
            names.daemon.start()
            names.warm()
            stack.enter_context(_translator(core, world.folder, alive))
            lose_ipv4(place.namespace)
            world.device.resolv.write_text(f"nameserver {DNS64}\n")
            stack.callback(world.device.lease)
            yield

    return act


@contextmanager
def _translator(core: Namespace, folder: Path, alive: bool) -> Iterator[None]:
    """tayga on the provider's core: it translates one to one, and the kernel has the many share
    one address, as its manual says. Where it is dead its route leads nowhere."""
    conf, data = folder / "tayga.conf", folder / "tayga"
    data.mkdir(exist_ok=True)
    conf.write_text(
        f"tun-device nat64\nipv4-addr 192.168.255.1\nipv6-addr {TRANSLATOR6}\n"
        f"prefix {NAT64_PREFIX}\ndynamic-pool {NAT64_POOL}\ndata-dir {data}\n"
    )
    if not alive:
        core.ip(f"route add blackhole {NAT64_PREFIX}")
        try:
            yield
        finally:
            core.ip(f"route del blackhole {NAT64_PREFIX}")
        return
    core.run("tayga", "-c", str(conf), "--mktun")
    core.ip(
        "link set nat64 up",
        f"route add {NAT64_POOL} dev nat64",
        f"route add {NAT64_PREFIX} dev nat64",
    )
    core.nft(_masquerade("tun0"))
    daemon = Daemon(
        core,
        ["tayga", "-c", str(conf), "--nodetach"],
        log=folder / "tayga.log",
        ready=lambda: "LOWER_UP" in core.run("ip", "link", "show", "nat64"),
    )
    try:
        daemon.start()
        yield
    finally:
        daemon.kill()
        core.nft("delete table ip translation\n")
        core.run("tayga", "-c", str(conf), "--rmtun")


__all__ = [
    "has_ipv6_and_a_translator",
    "is_behind_a_mesh",
    "keeps_guests_apart",
    "lets_the_web_out_by_proxy_alone",
    "offers_a_proxy",
    "shares_one_address",
]
