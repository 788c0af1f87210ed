"""How faults of the device, the link, the home and the provider break a world."""

import random

from netcheck.model.device import LinkKind
from tests.simulator.breaking import anything, how, https, ike, ipv6, large, needs, udp_but_dns
from tests.simulator.packets import Act, Rule
from tests.simulator.world import PROVIDER_DNS, ROUTER, STUB, NameServer, World

# --- this device ---


def interface_off(world: World, dice: random.Random) -> None:
    world.interface_up = world.connected = False
    world.address = "missing"


def radio_switched_off(world: World, dice: random.Random) -> None:
    needs(world.link == LinkKind.WIFI)
    world.radios_off = world.radios
    world.connected = False
    world.interface_up = dice.random() < 0.4
    world.address = "missing"


def no_address(world: World, dice: random.Random) -> None:
    world.address = dice.choice(("missing", "link-local"))


def clock_wrong(world: World, dice: random.Random) -> None:
    """By more than certificates live with: minutes harm nobody, and are in healthy worlds."""
    world.clock_offset_s = dice.choice((-1, 1)) * dice.uniform(60, 2000) * 86400


def vpn_blocks_ike(world: World, dice: random.Random) -> None:
    world.vpn = True
    world.tunnel.rules.append(Rule(ike, how(dice)))


def device_dns_dead(world: World, dice: random.Random) -> None:
    world.nameservers = [STUB, ROUTER]
    world.resolvers[STUB] = NameServer("device", alive=False, asks=ROUTER)


def device_firewall(world: World, dice: random.Random) -> None:
    about = dice.choices((ike, anything, udp_but_dns), (60, 25, 15))[0]
    world.device.rules.append(Rule(about, Act.FORBID))


def hosts_override(world: World, dice: random.Random) -> None:
    hosts = [one.host for one in world.catalog.anchors]
    if world.own is not None:
        hosts += world.own.epdg_hosts[:1]
    world.hosts_file.append((dice.choice(hosts), dice.choice(("0.0.0.0", "127.0.0.1"))))


def proxy_dead(world: World, dice: random.Random) -> None:
    world.proxy, world.proxy_alive = "proxy.office.example", False


def mtu_too_small(world: World, dice: random.Random) -> None:
    world.mtu = dice.randint(500, 1200)


def own_traffic(world: World, dice: random.Random) -> None:
    world.own_traffic_mbps = dice.uniform(8, 90)
    world.access.loss = max(world.access.loss, dice.uniform(0.06, 0.3))
    world.access.delay_ms += dice.uniform(50, 400)


# --- the link and the home ---


def cable_out(world: World, dice: random.Random) -> None:
    needs(world.link == LinkKind.ETHERNET)
    world.connected = False
    world.address = dice.choices(("missing", "assigned"), (70, 30))[0]


def wifi_not_joined(world: World, dice: random.Random) -> None:
    needs(world.link == LinkKind.WIFI)
    world.connected = False
    world.address = "missing"


def wifi_weak(world: World, dice: random.Random) -> None:
    needs(world.link == LinkKind.WIFI)
    world.signal_dbm = round(dice.uniform(-92, -80))
    world.medium.loss = dice.choice((0.06, 0.12, 0.25))
    world.medium.delay_ms += dice.uniform(5, 40)


def wifi_interference(world: World, dice: random.Random) -> None:
    needs(world.link == LinkKind.WIFI)
    world.medium.loss = dice.uniform(0.08, 0.35)


def wifi_unsteady(world: World, dice: random.Random) -> None:
    needs(world.link == LinkKind.WIFI)
    world.medium.loss = dice.uniform(0.1, 0.5)


def home_link_lossy(world: World, dice: random.Random) -> None:
    world.medium.loss = dice.uniform(0.08, 0.4)


def router_dead(world: World, dice: random.Random) -> None:
    world.router.dead = True
    world.resolvers[ROUTER].alive = False
    world.router_neighbour = dice.random() < 0.35  # hung, with its network card still there


def captive_portal(world: World, dice: random.Random) -> None:
    world.portal = True
    world.router.rules.append(Rule(udp_but_dns, how(dice)))
    if dice.random() < 0.3:
        world.router.rules.append(Rule(https, Act.DROP))


def tls_intercepted(world: World, dice: random.Random) -> None:
    world.intercepted_by = dice.choice(("Office Guard", "Antivirus Root", "School Filter"))


def lan_blocks_ike(world: World, dice: random.Random) -> None:
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.router.rules.append(Rule(ike, how(dice)))


def lan_blocks_udp(world: World, dice: random.Random) -> None:
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.router.rules.append(Rule(udp_but_dns, how(dice)))


def router_swallows_large(world: World, dice: random.Random) -> None:
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.router.rules.append(Rule(large))


def https_blocked(world: World, dice: random.Random) -> None:
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.router.rules.append(Rule(https, dice.choice((Act.DROP, Act.RESET))))


def ipv6_broken(world: World, dice: random.Random) -> None:
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.has_ipv6 = True
    world.router.rules.append(Rule(ipv6))


# --- the provider ---


def provider_dead(world: World, dice: random.Random) -> None:
    box = dice.choice((world.access, world.core))
    box.dead = True
    if box is world.access or dice.random() < 0.5:
        world.resolvers[PROVIDER_DNS].alive = False


def provider_blocks_ike(world: World, dice: random.Random) -> None:
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    dice.choice((world.access, world.core)).rules.append(Rule(ike, how(dice)))


def provider_blocks_udp(world: World, dice: random.Random) -> None:
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    dice.choice((world.access, world.core)).rules.append(Rule(udp_but_dns, how(dice)))


def provider_lossy(world: World, dice: random.Random) -> None:
    dice.choice((world.access, world.core)).loss = dice.uniform(0.08, 0.4)


def provider_swallows_large(world: World, dice: random.Random) -> None:
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    dice.choice((world.access, world.core)).rules.append(Rule(large))


def provider_blocks_https(world: World, dice: random.Random) -> None:
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.access.rules.append(Rule(https, dice.choice((Act.DROP, Act.RESET))))


def provider_ipv6_broken(world: World, dice: random.Random) -> None:
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.has_ipv6 = True
    dice.choice((world.access, world.core)).rules.append(Rule(ipv6))
