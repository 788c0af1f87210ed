"""How each fault breaks a world: boxes that drop, servers that die, phones that lose the network.

One function a fault, by the fault's id. It states the mechanism; what a check sees of it follows.
`HELD_OUT` are causes that the verdict's tables do not name at all: only their side is true.
"""

import random
from collections.abc import Callable, Sequence

from netcheck.model.device import LinkKind
from tests.simulator.packets import Act, Packet, Rule
from tests.simulator.world import (
    PROVIDER_DNS,
    ROUTER,
    STUB,
    Gateway,
    NameServer,
    Operator,
    World,
    address_of,
)

Break = Callable[[World, random.Random], None]


class DoesNotApply(Exception):
    """This world has not what would break (no radio, no IPv6, no carrier): draw another."""


def _needs(fact: object) -> None:
    if not fact:
        raise DoesNotApply


def _ike(packet: Packet) -> bool:
    return packet.protocol == "udp" and packet.port in (500, 4500)


def _udp_but_dns(packet: Packet) -> bool:
    return packet.protocol == "udp" and packet.port != 53


def _https(packet: Packet) -> bool:
    return packet.protocol == "tcp" and packet.port == 443


def _large(packet: Packet) -> bool:
    return packet.bytes > 1300


def _ipv6(packet: Packet) -> bool:
    return packet.family == 6


def _anything(packet: Packet) -> bool:
    return True


def _how(dice: random.Random) -> Act:
    return dice.choices((Act.DROP, Act.REJECT), (80, 20))[0]


def _own(world: World) -> Operator:
    _needs(world.own)
    assert world.own is not None
    return world.operators[world.own.id]


# --- this device ---


def interface_off(world: World, dice: random.Random) -> None:
    world.interface_up = world.connected = False
    world.address = "missing"


def radio_switched_off(world: World, dice: random.Random) -> None:
    _needs(world.link == LinkKind.WIFI)
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
    world.tunnel.rules.append(Rule(_ike, _how(dice)))


def device_dns_dead(world: World, dice: random.Random) -> None:
    world.nameservers = [STUB, ROUTER]
    world.resolvers[STUB] = NameServer("device", alive=False, asks=ROUTER)


def device_firewall(world: World, dice: random.Random) -> None:
    about = dice.choices((_ike, _anything, _udp_but_dns), (60, 25, 15))[0]
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
    _needs(world.link == LinkKind.ETHERNET)
    world.connected = False
    world.address = dice.choices(("missing", "assigned"), (70, 30))[0]


def wifi_not_joined(world: World, dice: random.Random) -> None:
    _needs(world.link == LinkKind.WIFI)
    world.connected = False
    world.address = "missing"


def wifi_weak(world: World, dice: random.Random) -> None:
    _needs(world.link == LinkKind.WIFI)
    world.signal_dbm = round(dice.uniform(-92, -80))
    world.medium.loss = dice.choice((0.06, 0.12, 0.25))
    world.medium.delay_ms += dice.uniform(5, 40)


def wifi_interference(world: World, dice: random.Random) -> None:
    _needs(world.link == LinkKind.WIFI)
    world.medium.loss = dice.uniform(0.08, 0.35)


def wifi_unsteady(world: World, dice: random.Random) -> None:
    _needs(world.link == LinkKind.WIFI)
    world.medium.loss = dice.uniform(0.1, 0.5)


def home_link_lossy(world: World, dice: random.Random) -> None:
    world.medium.loss = dice.uniform(0.08, 0.4)


def router_dead(world: World, dice: random.Random) -> None:
    world.router.dead = True
    world.resolvers[ROUTER].alive = False
    world.router_neighbour = dice.random() < 0.35  # hung, with its network card still there


def captive_portal(world: World, dice: random.Random) -> None:
    world.portal = True
    world.router.rules.append(Rule(_udp_but_dns, _how(dice)))
    if dice.random() < 0.3:
        world.router.rules.append(Rule(_https, Act.DROP))


def tls_intercepted(world: World, dice: random.Random) -> None:
    world.intercepted_by = dice.choice(("Office Guard", "Antivirus Root", "School Filter"))


def lan_blocks_ike(world: World, dice: random.Random) -> None:
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.router.rules.append(Rule(_ike, _how(dice)))


def lan_blocks_udp(world: World, dice: random.Random) -> None:
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.router.rules.append(Rule(_udp_but_dns, _how(dice)))


def router_swallows_large(world: World, dice: random.Random) -> None:
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.router.rules.append(Rule(_large))


def https_blocked(world: World, dice: random.Random) -> None:
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.router.rules.append(Rule(_https, dice.choice((Act.DROP, Act.RESET))))


def ipv6_broken(world: World, dice: random.Random) -> None:
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.has_ipv6 = True
    world.router.rules.append(Rule(_ipv6))


# --- the provider ---


def provider_dead(world: World, dice: random.Random) -> None:
    box = dice.choice((world.access, world.core))
    box.dead = True
    if box is world.access or dice.random() < 0.5:
        world.resolvers[PROVIDER_DNS].alive = False


def provider_blocks_ike(world: World, dice: random.Random) -> None:
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    dice.choice((world.access, world.core)).rules.append(Rule(_ike, _how(dice)))


def provider_blocks_udp(world: World, dice: random.Random) -> None:
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    dice.choice((world.access, world.core)).rules.append(Rule(_udp_but_dns, _how(dice)))


def provider_lossy(world: World, dice: random.Random) -> None:
    dice.choice((world.access, world.core)).loss = dice.uniform(0.08, 0.4)


def provider_swallows_large(world: World, dice: random.Random) -> None:
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    dice.choice((world.access, world.core)).rules.append(Rule(_large))


def provider_blocks_https(world: World, dice: random.Random) -> None:
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.access.rules.append(Rule(_https, dice.choice((Act.DROP, Act.RESET))))


def provider_ipv6_broken(world: World, dice: random.Random) -> None:
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.has_ipv6 = True
    dice.choice((world.access, world.core)).rules.append(Rule(_ipv6))


# --- names ---


def router_dns_dead(world: World, dice: random.Random) -> None:
    _asks_router(world)
    world.resolvers[ROUTER].alive = False


def _asks_router(world: World) -> None:
    world.nameservers = [ROUTER]


def _asks_provider(world: World, dice: random.Random) -> None:
    world.nameservers = [dice.choice((ROUTER, PROVIDER_DNS))]


def router_resolver_lies(world: World, dice: random.Random) -> None:
    _asks_router(world)
    world.resolvers[ROUTER].rewrites_unknown = True


def dns_filter_blocks_calling(world: World, dice: random.Random) -> None:
    _asks_router(world)
    whole = dice.random() < 0.6
    for operator in world.operators.values():
        if whole or (world.own is not None and operator.carrier.id == world.own.id):
            world.resolvers[ROUTER].blocks |= set(operator.hosts)


def provider_dns_dead(world: World, dice: random.Random) -> None:
    _asks_provider(world, dice)
    world.resolvers[PROVIDER_DNS].alive = False


def provider_resolver_lies(world: World, dice: random.Random) -> None:
    if dice.random() < 0.3:
        world.transparent_dns = PROVIDER_DNS
    _asks_provider(world, dice)
    world.resolvers[PROVIDER_DNS].rewrites_unknown = True


def router_dns_slow(world: World, dice: random.Random) -> None:
    _asks_router(world)
    slow_ms = dice.uniform(600, 1400)
    world.resolvers[ROUTER].slow_ms, world.resolvers[ROUTER].itself_ms = slow_ms, slow_ms


def provider_dns_slow(world: World, dice: random.Random) -> None:
    _asks_provider(world, dice)
    world.resolvers[PROVIDER_DNS].slow_ms = dice.uniform(600, 1400)


def dns_misleads_calling(world: World, dice: random.Random) -> None:
    _asks_router(world)
    _mislead(world, ROUTER)


def provider_dns_misleads_calling(world: World, dice: random.Random) -> None:
    _asks_provider(world, dice)
    _mislead(world, PROVIDER_DNS)


def _mislead(world: World, resolver: str) -> None:
    own = _own(world)
    for host in own.hosts:
        astray = address_of(host, 4, 77)
        own.gateways[astray] = Gateway(alive=False)
        world.resolvers[resolver].leads[host] = astray


# --- the carrier ---


def carrier_registration_outage(world: World, dice: random.Random) -> None:
    _own(world)
    world.phone = dice.choices(("sos", "no-service"), (65, 35))[0]
    _cut_off(world, dice, "searching denied emergency-only out-of-service", (32, 17, 34, 17))
    if world.cell.service == "denied":
        world.cell.refused_with = dice.choice((17, 22, 15, None))


def _cut_off(world: World, dice: random.Random, states: str, odds: Sequence[int]) -> None:
    world.cell.service = dice.choices(states.split(), odds)[0]
    world.cell.data_attached = False


def carrier_gateway_outage(world: World, dice: random.Random) -> None:
    refuses = dice.random() < 0.15
    for gateway in _own(world).gateways.values():
        gateway.alive, gateway.refuses = False, refuses
    world.calls_work = dice.random() < 0.6  # where the phone has signal, calls still go that way


def carrier_names_outage(world: World, dice: random.Random) -> None:
    _own(world).zone = dice.choices(("fails", "silent"), (75, 25))[0]
    world.calls_work = dice.random() < 0.5


def carrier_core_outage(world: World, dice: random.Random) -> None:
    own = _own(world)
    own.zone = dice.choices(("fails", "silent", "resolves"), (40, 20, 40))[0]
    for gateway in own.gateways.values():
        gateway.alive = False
    world.phone = dice.choices(("sos", "no-service", "fine"), (40, 35, 25))[0]
    if world.phone != "fine":
        _cut_off(world, dice, "searching denied emergency-only out-of-service", (40, 10, 30, 20))
    world.calls_work = False


def carrier_degraded(world: World, dice: random.Random) -> None:
    late_ms, deaf = dice.uniform(150, 900), dice.uniform(0.2, 0.6)
    for gateway in _own(world).gateways.values():
        gateway.late_ms, gateway.deaf = late_ms, deaf
    world.calls_work = dice.random() < 0.4


def carrier_calling_fails(world: World, dice: random.Random) -> None:
    _own(world)
    world.calls_work = False


def coverage_or_account(world: World, dice: random.Random) -> None:
    _own(world)
    world.phone = dice.choices(("no-service", "sos"), (60, 40))[0]
    _cut_off(world, dice, "searching emergency-only out-of-service denied", (35, 28, 32, 5))


def carrier_entitlement_outage(world: World, dice: random.Random) -> None:
    own = _own(world).carrier
    _needs(own.entitlement)
    assert own.entitlement is not None
    site = world.sites[own.entitlement[0]]
    site.alive = False
    if dice.random() < 0.2:
        site.alive, site.certificate = True, dice.choice(("expired", "wrong-name"))


def calling_geoblocked(world: World, dice: random.Random) -> None:
    own = _own(world)
    for gateway in own.gateways.values():
        gateway.alive = False
    told = dice.random() < 0.5
    world.region = ("DE" if own.carrier.country != "DE" else "US") if told else None


def carrier_redirect_dead(world: World, dice: random.Random) -> None:
    own = _own(world)
    there = address_of("redirected", 4)
    for gateway in own.gateways.values():
        gateway.sends_on_to = there
    own.gateways[there] = Gateway(alive=False)


# --- phone, and others ---


def phone_or_sim(world: World, dice: random.Random) -> None:
    world.phone = dice.choices(("no-service", "sos", "fine"), (45, 20, 35))[0]
    world.calls_work = False
    if world.phone != "fine":
        _cut_off(world, dice, "searching out-of-service emergency-only denied", (45, 35, 12, 8))
        world.cell.sim = dice.choices(("ready", "faulty"), (75, 25))[0]


def sim_missing(world: World, dice: random.Random) -> None:
    _without_sim(world, dice, "absent")


def sim_locked(world: World, dice: random.Random) -> None:
    _without_sim(world, dice, "locked")


def _without_sim(world: World, dice: random.Random, state: str) -> None:
    world.cell.sim = state
    world.phone = dice.choices(("no-service", "sos"), (65, 35))[0]
    world.calls_work = False
    _cut_off(world, dice, "emergency-only out-of-service", (60, 40))


def airplane_mode_on(world: World, dice: random.Random) -> None:
    world.cell.airplane = True
    world.phone, world.calls_work = "no-service", False
    _cut_off(world, dice, "radio-off", (1,))


def wifi_calling_switched_off(world: World, dice: random.Random) -> None:
    """Indoors, where the phone needs it: there is little signal, or calls would go through."""
    _own(world)
    world.cell.wifi_calling_on = False
    world.calls_work = False


def mobile_data_off(world: World, dice: random.Random) -> None:
    world.cell.mobile_data_on = world.cell.data_attached = False


def line_refused(world: World, dice: random.Random) -> None:
    _own(world)
    world.phone = dice.choices(("no-service", "sos"), (62, 38))[0]
    _cut_off(world, dice, "denied emergency-only", (85, 15))
    world.cell.refused_with = dice.choice((2, 3, 8, 7, None))


def carrier_data_fails(world: World, dice: random.Random) -> None:
    _own(world)
    world.cell.data_attached = False


def called_carrier_outage(world: World, dice: random.Random) -> None:
    _needs(world.other)
    assert world.other is not None
    world.called = world.other
    called = world.operators[world.called.id]
    called.zone = dice.choices(("resolves", "fails", "silent"), (60, 28, 12))[0]
    if dice.random() < 0.25:
        for gateway in called.gateways.values():
            gateway.alive = False


def third_party_outage(world: World, dice: random.Random) -> None:
    hosts = [one.host for one in world.catalog.anchors]
    for host in dice.sample(hosts, dice.randint(2, 3)):
        world.sites[host].alive, world.sites[host].refuses = False, dice.random() < 0.3


FAULTS: dict[str, Break] = {
    one.__name__.replace("_", "-"): one
    for one in (
        interface_off,
        radio_switched_off,
        no_address,
        clock_wrong,
        vpn_blocks_ike,
        device_dns_dead,
        device_firewall,
        hosts_override,
        proxy_dead,
        mtu_too_small,
        own_traffic,
        cable_out,
        wifi_not_joined,
        wifi_weak,
        wifi_interference,
        wifi_unsteady,
        home_link_lossy,
        router_dead,
        captive_portal,
        tls_intercepted,
        lan_blocks_ike,
        lan_blocks_udp,
        router_swallows_large,
        https_blocked,
        ipv6_broken,
        provider_dead,
        provider_blocks_ike,
        provider_blocks_udp,
        provider_lossy,
        provider_swallows_large,
        provider_blocks_https,
        provider_ipv6_broken,
        router_dns_dead,
        router_resolver_lies,
        dns_filter_blocks_calling,
        provider_dns_dead,
        provider_resolver_lies,
        router_dns_slow,
        provider_dns_slow,
        dns_misleads_calling,
        provider_dns_misleads_calling,
        carrier_registration_outage,
        carrier_gateway_outage,
        carrier_names_outage,
        carrier_core_outage,
        carrier_degraded,
        carrier_calling_fails,
        coverage_or_account,
        carrier_entitlement_outage,
        calling_geoblocked,
        carrier_redirect_dead,
        phone_or_sim,
        sim_missing,
        sim_locked,
        airplane_mode_on,
        wifi_calling_switched_off,
        mobile_data_off,
        line_refused,
        carrier_data_fails,
        called_carrier_outage,
        third_party_outage,
    )
}


# --- causes that no table names: only their side is true ---


def nat_table_full(world: World, dice: random.Random) -> None:
    """The router has no room for new flows: most first packets vanish, of any kind."""
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.router.rules.append(Rule(lambda packet: dice.random() < 0.5))


def provider_mangles_udp(world: World, dice: random.Random) -> None:
    """A provider's box loses half of UDP, whatever the port."""
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.core.rules.append(Rule(lambda packet: packet.protocol == "udp" and dice.random() < 0.5))


def child_lock(world: World, dice: random.Random) -> None:
    """The router lets this device resolve names and nothing else."""
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.router.rules.append(Rule(lambda packet: packet.port != 53))


def provider_bills(world: World, dice: random.Random) -> None:
    """An unpaid line: names resolve, every connection is reset by the provider."""
    _needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.access.rules.append(Rule(lambda p: p.protocol == "tcp", Act.RESET))
    world.access.rules.append(Rule(_udp_but_dns))


def carrier_drops_some(world: World, dice: random.Random) -> None:
    """Half of the carrier's sites are dead: of two addresses mostly one answers."""
    for gateway in list(_own(world).gateways.values())[::2]:
        gateway.alive = False
    world.calls_work = dice.random() < 0.5


HELD_OUT: dict[str, tuple[str, Break]] = {
    "nat-table-full": ("local", nat_table_full),
    "child-lock": ("local", child_lock),
    "provider-mangles-udp": ("isp", provider_mangles_udp),
    "provider-bills": ("isp", provider_bills),
    "carrier-drops-some": ("carrier", carrier_drops_some),
}
"""Id -> the true side and what breaks."""
