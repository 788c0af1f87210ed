"""What can happen at home: cables, leases, a lying router, a portal, a watchful box, a VPN."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.lab.topology import PROVIDER_DNS, VPN_GATEWAY
from tests.lab.words import Act, Place
from tests.lab.world import World

IKE = "{ 500, 4500 }"
CALLING_NAMES = ("3gppnetwork.org", "epdg.epc.att.net", "wo.vzwwo.com")
PORTAL = "http://login.hotel-wifi.example/?from=netcheck"


def is_unplugged(*, address_kept: bool = False) -> Act:
    """The cable is out. A desktop's network manager takes the address away then; a plain DHCP
    client leaves it."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        place.namespace.ip("link set lan0 down")
        if not address_kept:
            _lose_lease(world)
        try:
            yield
        finally:
            place.namespace.ip("link set lan0 up")
            world.device.lease()

    return act


def has_its_interface_off() -> Act:
    """The device's own interface is switched off."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        place.namespace.ip("link set eth0 down")
        _lose_lease(world)
        try:
            yield
        finally:
            place.namespace.ip("link set eth0 up")
            world.device.lease()

    return act


def gets_no_lease(*, takes_link_local: bool = False) -> Act:
    """DHCP does not answer: no address, or only one the device made up."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        world.router_names.daemon.stop()
        _lose_lease(world)
        if takes_link_local:
            place.namespace.ip(
                "addr add 169.254.77.9/16 dev eth0 scope link",
                "route add default dev eth0 metric 1002 scope link",
            )
        try:
            yield
        finally:
            world.router_names.daemon.start()
            world.device.lease()

    return act


def _lose_lease(world: World) -> None:
    world.device.place.ip("addr flush dev eth0")
    world.device.resolv.write_text("")


def answers_ike_with_junk() -> Act:
    """A box on the way takes IKE for something else and answers it."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        chain = (
            "  chain c { type nat hook prerouting priority -110;\n"
            f"    udp dport {IKE} redirect to :5500\n  }}"
        )
        with ExitStack() as stack:
            stack.enter_context(world.server("junk", place.namespace, "0.0.0.0:5500"))
            stack.enter_context(world.rules(place.namespace, "inet", chain))
            yield

    return act


def shows_a_portal() -> Act:
    """A hotel's router: names resolve, web pages lead to its login, the rest is closed."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        login = {
            "listen": [["0.0.0.0", 8080]],
            "tls": False,
            "host": None,
            "path": "/",
            "status": 302,
            "body": "<html><body>Please sign in.</body></html>",
            "location": PORTAL,
        }
        plan = world.web.box_plan("portal", [login])
        chains = (
            "  chain c { type nat hook prerouting priority -110;\n"
            '    iifname "lan0" tcp dport 80 redirect to :8080\n  }\n'
            "  chain f { type filter hook forward priority -10;\n"
            '    iifname "lan0" meta l4proto tcp reject with tcp reset\n'
            '    iifname "lan0" drop\n  }'
        )
        with ExitStack() as stack:
            stack.enter_context(world.server("sites", place.namespace, plan))
            stack.enter_context(world.rules(place.namespace, "inet", chains))
            yield

    return act


def intercepts_tls() -> Act:
    """A watchful box opens every secure connection with certificates of its own."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        box = {
            "listen": [["0.0.0.0", 8443]],
            "tls": True,
            "host": None,
            "path": "/",
            "status": 200,
            "body": "hello\n",
        }
        plan = world.web.box_plan("watchful", [box], intercepts=True)
        chain = (
            "  chain c { type nat hook prerouting priority -110;\n"
            '    iifname "lan0" tcp dport 443 redirect to :8443\n  }'
        )
        with ExitStack() as stack:
            stack.enter_context(world.server("sites", place.namespace, plan))
            stack.enter_context(world.rules(place.namespace, "inet", chain))
            yield

    return act


def lies_about_unknown_names() -> Act:
    """Names that do not exist get an advertiser's address: from the router's own DNS, or from
    the provider's resolver, whichever the place is."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        if place.role == "router-dns":
            told = ("127.0.0.1", "5353", PROVIDER_DNS, "53")
            with world.server("liar", place.namespace, *told):
                world.router_names.restart(upstream="127.0.0.1#5353")
                try:
                    yield
                finally:
                    world.router_names.restart()
                    world.router_names.warm()
            return
        chain = (
            "  chain c { type nat hook prerouting priority -110;\n"
            f"    ip daddr {PROVIDER_DNS} udp dport 53 redirect to :5354\n  }}"
        )
        with ExitStack() as stack:
            told = ("0.0.0.0", "5354", PROVIDER_DNS, "5399")
            stack.enter_context(world.server("liar", place.namespace, *told))
            stack.enter_context(world.rules(place.namespace, "inet", chain))
            yield

    return act


def filters(*names: str, answering: str = "") -> Act:
    """The router's DNS does not know these names and what is below them, or gives this address."""
    return is_told(*(f"address=/{one}/{answering}" for one in names))


def stops_rebinding() -> Act:
    """The router's DNS holds back addresses of a home."""
    return is_told("stop-dns-rebind")


def is_told(*settings: str) -> Act:
    """The router's DNS (dnsmasq) has these settings beside the usual ones."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        world.router_names.restart(extra=settings)
        world.router_names.warm()
        try:
            yield
        finally:
            world.router_names.restart()
            world.router_names.warm()

    return act


def hands_out_the_providers() -> Act:
    """Leases name the provider's resolver, not the router."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        world.router_names.restart(hand_out=PROVIDER_DNS)
        world.device.lease()
        try:
            yield
        finally:
            world.router_names.restart()
            world.router_names.warm()
            world.device.lease()

    return act


def forgets_names() -> Act:
    """What the router remembered has run out, as it does after minutes."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        world.router_names.daemon.hang_up()
        try:
            yield
        finally:
            world.router_names.warm()

    return act


def takes_all_dns() -> Act:
    """Every DNS question that passes, whomever it is for, is answered by a lying resolver."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        chain = (
            "  chain c { type nat hook prerouting priority -110;\n"
            '    iifname { "down0", "lan0" } udp dport 53 redirect to :5354\n  }'
        )
        with ExitStack() as stack:
            told = ("0.0.0.0", "5354", PROVIDER_DNS, "5399")
            stack.enter_context(world.server("liar", place.namespace, *told))
            stack.enter_context(world.rules(place.namespace, "inet", chain))
            yield

    return act


def names_resolvers(*addresses: str) -> Act:
    """The device was told to use these resolvers, whatever the lease says."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        before = world.device.resolv.read_text()
        world.device.resolv.write_text("".join(f"nameserver {one}\n" for one in addresses))
        try:
            yield
        finally:
            world.device.resolv.write_text(before)

    return act


def is_in_a_vpn(*, that_drops_ike: bool = False) -> Act:
    """A VPN takes every route that is not the home network's, by policy as wg-quick does it. Its
    gateway is out on the internet and may drop IKE."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        net = world.places["net"]
        far_end = f"{VPN_GATEWAY}:51820"
        with ExitStack() as stack:
            stack.enter_context(world.server("tunnel", net, "vpn0", far_end))
            told = ("vpn0", "0.0.0.0:51820", far_end)
            stack.enter_context(world.server("tunnel", place.namespace, *told))
            net.ip("addr add 10.8.0.1 peer 10.8.0.2 dev vpn0", "link set vpn0 mtu 1400 up")
            place.namespace.ip(
                "addr add 10.8.0.2/32 dev vpn0",
                "link set vpn0 mtu 1400 up",
                "route add default dev vpn0 table 51820",
                f"rule add pref 90 to {VPN_GATEWAY} lookup main",
                "rule add pref 91 lookup main suppress_prefixlength 0",
                "rule add pref 92 lookup 51820",
            )
            stack.callback(place.namespace.ip, *(f"rule del pref {n}" for n in (90, 91, 92)))
            if that_drops_ike:
                chain = (
                    "  chain c { type filter hook prerouting priority -300;\n"
                    f'    iifname "vpn0" udp dport {IKE} drop\n  }}'
                )
                stack.enter_context(world.rules(net, "inet", chain))
            yield

    return act
