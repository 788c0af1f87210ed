"""What the agent sends, held against what it says it sends and against the etiquette."""

import json
from collections import Counter, defaultdict

import pytest

from tests.lab.names import operators, sites
from tests.lab.runner import Run, run_agent
from tests.lab.scenarios import named
from tests.lab.topology import ROUTER_LAN

pytestmark = pytest.mark.lab
MOST_PACKETS = 200
MOST_MEMORY_KIB = 60 * 1024
MOST_HALF_OPEN = 4
# Worlds in which the agent looks closest, and so sends most.
CURIOUS = (
    "everything works",
    "everything works and no carrier is chosen",
    "the home router drops IKE, everything else works",
    "the own gateway is silent, other carriers' answer",
    "the gateway of a carrier with several of them is silent",
    "the router swallows large packets",
    "a captive portal waits for a sign-in",
    "the device uses public resolvers only, everything works",
    "the provider's resolver, named by the lease, hangs",
)


def addresses_of(host: str) -> set[str]:
    """Where a host of the targets list is in the lab; an address is itself."""
    found = {site.address.ipv4 for site in sites() if site.host == host}
    for operator in operators():
        found |= {one.ipv4 for one in operator.epdgs.get(host, ())}
    return found or {host}


def promised(
    world, *arguments: str, environment: dict[str, str] | None = None
) -> set[tuple[str, int | None, str]]:
    """Every contact that `netcheck targets` announces under these options."""
    said = run_agent(world, *arguments, verb=("targets", "--json"), environment=environment)
    nameservers = world.device.resolv.read_text().replace("nameserver ", "").split()
    learned = {"gateway": {ROUTER_LAN}, "resolver": set(nameservers)}
    contacts = set()
    for row in json.loads(said.stdout):
        hosts = learned.get(row["learned_from"], set()) if row["learned_from"] else None
        for address in addresses_of(row["host"]) if hosts is None else hosts:
            contacts.add((address, row["port"], row["protocol"]))
    return contacts


def played(world, sentence: str) -> tuple[Run, set[tuple[str, int | None, str]]]:
    """One run in a scenario's world, and what it had announced there."""
    scenario = named(sentence)
    with scenario.given.in_world(world):
        carrier = [*scenario.args, "--carrier"].index("--carrier")
        return (
            run_agent(world, *scenario.args),
            promised(world, *scenario.args[carrier : carrier + 2]),
        )


@pytest.mark.parametrize("sentence", CURIOUS)
def test_no_packet_goes_where_the_list_of_targets_does_not_say(world, sentence):
    run, announced = played(world, sentence)
    assert run.contacts - announced == set()
    assert run.contacts


def test_asking_what_may_be_contacted_contacts_nobody(world):
    said = run_agent(world, "--carrier", "att", verb=("targets", "--json"))
    assert json.loads(said.stdout)
    assert said.sent == []


def test_a_healthy_run_is_small(world):
    run = run_agent(world, "--carrier", "att")
    assert run.exit_code == 0
    assert len(run.sent) <= MOST_PACKETS
    assert run.peak_rss_kib <= MOST_MEMORY_KIB


def ike_by_address(run: Run) -> dict[str, list[tuple[int, bytes, int]]]:
    """Each IKE datagram sent: port, initiator SPI, TTL, by the address it went to."""
    found = defaultdict(list)
    for packet in run.sent:
        address, port, protocol = packet.contact
        if protocol == "udp" and port in (500, 4500):
            payload = packet.transport[1][8:]
            spi = payload[4:12] if port == 4500 else payload[:8]
            found[address].append((port, spi, packet.data[8]))
    return found


@pytest.mark.parametrize(
    "sentence",
    ["the own gateway is silent, other carriers' answer", "the gateway of a carrier with several"],
)
def test_a_silent_gateway_is_asked_gently(world, sentence):
    run, _ = played(world, sentence)
    asked = ike_by_address(run)
    assert asked
    for operator in operators():
        mine = [one.ipv4 for one in operator.epdg_addresses if one.ipv4 in asked]
        spis = {spi for address in mine for _, spi, _ in asked[address]}
        assert len(mine) <= 2
        assert len(spis) <= MOST_HALF_OPEN
    for sent in asked.values():
        # Short TTLs are the search for where a datagram gets lost: they do not arrive.
        arriving = Counter(port for port, _, ttl in sent if ttl > 12)
        assert arriving[500] <= 3
        assert arriving[4500] <= 2


def test_a_gateway_that_answers_is_asked_once_a_port(world):
    asked = ike_by_address(run_agent(world, "--carrier", "att"))
    assert asked
    for sent in asked.values():
        ports = Counter(port for port, _, _ in sent)
        assert set(ports.values()) == {1}


def test_emergency_gateways_are_never_asked_for(world):
    run = run_agent(world, "--carrier", "att")
    questions = [packet.data for packet in run.sent if packet.contact[1:] == (53, "udp")]
    assert questions
    assert not [one for one in questions if b"\x03sos\x04epdg" in one.lower()]


def test_a_redirect_into_the_home_network_is_left_alone(world):
    run, announced = played(world, "the own gateway sends phones on into the home network")
    assert ike_by_address(run)
    assert run.contacts & {(ROUTER_LAN, port, "udp") for port in (500, 4500)} == set()
    assert run.contacts - announced == set()
