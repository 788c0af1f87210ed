"""Cables, addresses and routes of the small internet, as `topology` draws them."""

import socket

from tests.lab import topology as at
from tests.lab.daemons import wait_until
from tests.lab.names import operators, sites
from tests.lab.namespaces import Namespace, cable
from tests.lab.zones import server_addresses

FORWARDING = {"ipv4/ip_forward": 1, "ipv6/conf/all/forwarding": 1}
# ICMP errors a router gives one address: five a second, as many as the agent may ask for. Linux's
# own one a second (after six at once) suits a person's single run, not a run every second.
PATIENT_WITH_PROBES = {"ipv4/icmp_ratelimit": 200, "ipv6/icmp/ratelimit": 200}


def lay(places: dict[str, Namespace], *, ipv6: bool) -> None:
    """Everything that stands between the device and the servers."""
    cable(places["device"], "eth0", places["router"], "lan0")
    cable(places["router"], "wan0", places["access"], "sub0")
    cable(places["access"], "up0", places["core"], "down0")
    for role in ("router", "access", "core", "net"):
        places[role].setting(FORWARDING)
    for place in places.values():
        place.setting(PATIENT_WITH_PROBES)
        # No duplicate-address detection: an address may be used at once, in IPv6 too.
        place.setting({"ipv6/conf/all/accept_dad": 0, "ipv6/conf/default/accept_dad": 0})
    _home(places, ipv6)
    _provider(places, ipv6)
    _internet(places, ipv6)


def _home(places: dict[str, Namespace], ipv6: bool) -> None:
    # Debian's own default: no group may open ping sockets. And a device that asks every second
    # for a router's advertisement, not every four: dnsmasq starts after the link.
    places["device"].setting(
        {
            "ipv4/ping_group_range": "1 0",
            "ipv6/conf/eth0/router_solicitation_interval": 1,
            "ipv6/conf/eth0/router_solicitation_delay": 0,
        }
    )
    places["device"].ip("link set eth0 up")
    router = places["router"]
    # An unplugged cable does not take the router's own IPv6 addresses away.
    router.setting({"ipv6/conf/all/keep_addr_on_down": 1})
    router.ip(
        f"addr add {at.ROUTER_LAN}/24 dev lan0",
        f"addr add {at.ROUTER_WAN}/24 dev wan0",
        "link set lan0 up",
    )
    if ipv6:
        router.ip(f"addr add {at.ROUTER_LAN6}/64 dev lan0")
        router.ip(f"addr add {at.ROUTER_WAN6}/64 dev wan0")
    router_uplink(router, ipv6=ipv6)
    router.nft(
        "table inet home {\n"
        "  chain forward { type filter hook forward priority 0; policy drop;\n"
        "    ct state established,related accept\n"
        '    iifname "lan0" accept\n  }\n'
        "  chain leaving { type nat hook postrouting priority 100;\n"
        '    meta nfproto ipv4 oifname "wan0" masquerade\n  }\n}\n'
    )


def router_uplink(router: Namespace, *, ipv6: bool) -> None:
    """The router's line to the provider comes up, and its way out with it."""
    router.ip("link set wan0 up", f"route replace default via {at.ACCESS_DOWN}")
    if ipv6:
        router.ip(f"route replace default via {at.ACCESS_DOWN6}")


def _provider(places: dict[str, Namespace], ipv6: bool) -> None:
    access, core = places["access"], places["core"]
    access.ip(
        "link set sub0 up",
        "link set up0 up",
        f"addr add {at.ACCESS_DOWN}/24 dev sub0",
        f"addr add {at.ACCESS_UP}/30 dev up0",
        f"route add default via {at.CORE_DOWN}",
    )
    core.ip(
        "link set down0 up",
        f"addr add {at.CORE_DOWN}/30 dev down0",
        f"addr add {at.PROVIDER_DNS}/32 dev lo",
        f"route add {at.PROVIDER_NET} via {at.ACCESS_UP}",
        "link set tun0 up",
        f"addr add {at.CORE_UP} peer {at.NET_DOWN} dev tun0",
        f"route add default via {at.NET_DOWN}",
    )
    if ipv6:
        access.ip(
            f"addr add {at.ACCESS_DOWN6}/64 dev sub0",
            f"addr add {at.ACCESS_UP6}/64 dev up0",
            f"route add default via {at.CORE_DOWN6}",
            f"route add {at.LAN6} via {at.ROUTER_WAN6}",
        )
        core.ip(
            f"addr add {at.CORE_DOWN6}/64 dev down0",
            f"addr add {at.PROVIDER_DNS6}/128 dev lo",
            f"route add {at.PROVIDER_NET6} via {at.ACCESS_UP6}",
            f"addr add {at.CORE_UP6}/64 dev tun0",
            f"route add default via {at.NET_DOWN6}",
        )


def _internet(places: dict[str, Namespace], ipv6: bool) -> None:
    net = places["net"]
    public = [*at.RESOLVERS.values(), *(site.address for site in sites())]
    ipv4 = [*server_addresses(), at.VPN_GATEWAY, *(one.ipv4 for one in public)]
    net.ip(
        "link set tun0 up",
        f"addr add {at.NET_DOWN} peer {at.CORE_UP} dev tun0",
        f"route add {at.PROVIDER_NET} via {at.CORE_UP}",
        *(f"addr add {one}/32 dev lo" for one in dict.fromkeys(ipv4)),
        *(f"addr add {one}/128 dev lo" for one in dict.fromkeys(one.ipv6 for one in public)),
    )
    if ipv6:
        net.ip(
            f"addr add {at.NET_DOWN6}/64 dev tun0",
            f"route add {at.PROVIDER_NET6} via {at.CORE_UP6}",
        )
    for number, operator in enumerate(operators()):
        place = places[f"epdg-{operator.id}"]
        cable(net, f"e{number}", place, "eth0")
        here, there = f"62.115.{number + 1}.1", f"62.115.{number + 1}.2"
        here6, there6 = (f"2001:2034:1:{number + 1}::{end}" for end in (1, 2))
        net.ip(f"link set e{number} up", f"addr add {here}/30 dev e{number}")
        net.ip(f"addr add {here6}/64 dev e{number}")
        place.ip("link set eth0 up", f"addr add {there}/30 dev eth0")
        place.ip(f"addr add {there6}/64 dev eth0", f"route add default via {here6}")
        place.ip(f"route add default via {here}")
        for address in operator.epdg_addresses:
            place.ip(f"addr add {address.ipv4}/32 dev lo", f"addr add {address.ipv6}/128 dev lo")
            net.ip(f"route add {address.ipv4} via {there}")
            net.ip(f"route add {address.ipv6} via {there6}")


def wait_for_ipv6(device: Namespace) -> None:
    """Return when the router's advertisement has given the device an address and a route."""

    def reaches() -> bool:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as talk:
            try:
                talk.connect((at.RESOLVERS["google"].ipv6, 53))
            except OSError:
                return False
            return str(talk.getsockname()[0]).startswith(at.LAN6.split("::")[0])

    wait_until(lambda: device.call(reaches), "the device has an IPv6 address")
