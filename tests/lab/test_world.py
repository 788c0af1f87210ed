"""The world itself is what it claims to be, shown with the tools a person would use."""

import json
import os
import re
import socket
import sys
from pathlib import Path

import pytest

from tests.lab import queries
from tests.lab.acts import drops, falls_silent, ignores_probes, loses, rejects, takes
from tests.lab.acts_beyond import answers_ike_as, answers_servfail, lives_in
from tests.lab.acts_home import intercepts_tls, lies_about_unknown_names, shows_a_portal
from tests.lab.epdg import NO_COMMON_PROPOSAL, OTHER_GROUP, WITH_COOKIES
from tests.lab.names import operator, operators, sites
from tests.lab.runner import run_on_device
from tests.lab.topology import PROVIDER_DNS, RESOLVERS, ROUTER_LAN
from tests.lab.words import carrier, home, internet, provider

pytestmark = pytest.mark.lab
ATT = "epdg.epc.att.net"
SERVERS = [ROUTER_LAN, PROVIDER_DNS, *(one.ipv4 for one in RESOLVERS.values())]


def device(world, *command, **more):
    done = run_on_device(world, *command, **more)
    return done.stdout + done.stderr


def ike(world, address, *more):
    return device(world, "ike-scan", "--ikev2", "--sport=0", "--retry=1", *more, address)


def first_address(name):
    return operator(name).epdg_addresses[0].ipv4


def hops(world, address, *more):
    shown = device(
        *(world, "mtr", "-n", "--json", "-c", "1", "-m", "6", "-i", "0.3", "-G", "1"),
        *(*more, address),
        as_user=False,
    )
    return [hub["host"] for hub in json.loads(shown)["report"]["hubs"]]


def test_the_device_is_an_ordinary_user_without_rights(world):
    shown = device(world, "cat", "/proc/self/status")
    assert "Uid:\t65534\t65534\t65534\t65534" in shown
    assert re.search(r"^Groups:\s*$", shown, re.MULTILINE)
    assert "CapEff:\t0000000000000000" in shown
    assert "CapBnd:\t0000000000000000" in shown
    assert device(world, "cat", "/proc/sys/net/ipv4/ping_group_range").split() == ["1", "0"]


def test_the_device_has_a_lease_and_knows_its_router(world):
    assert f"default via {ROUTER_LAN} dev eth0" in device(world, "ip", "route")
    assert device(world, "cat", "/etc/resolv.conf") == f"nameserver {ROUTER_LAN}\n"
    assert device(world, "ls", "/sys/class/net").split() == ["eth0", "lo"]


def test_the_device_runs_the_interpreter_wherever_it_is_installed(world):
    shown = device(world, sys.executable, "-c", "import ssl, socket; print('runs')")
    assert shown == "runs\n"


@pytest.mark.parametrize("server", SERVERS)
def test_every_resolver_recurses_through_the_tree_of_names(world, server):
    place = world.places["device"]
    assert queries.addresses(place, server, ATT) == ["141.207.1.10", "141.207.1.11"]
    assert queries.addresses(place, server, "www.google.com") == ["142.250.74.36"]
    assert queries.addresses(place, server, "www.google.com", "AAAA") == [
        "2a00:1450:4001:829::2004"
    ]
    assert queries.outcome(place, server, "nothing-here.example.org") == "NXDOMAIN"


def test_every_site_proves_who_it_is_to_those_who_trust_the_lab(world):
    secure = [site for site in sites() if site.port != 80 and site.kind != "stun"]
    command = ["curl", "-sS", "--max-time", "5"]
    for site in secure:
        command += ["-o", "/dev/null", "-w", "%{http_code}\n"]
        command.append(f"https://{site.host}:{site.port}/")
    assert device(world, *command).split() == ["200"] * len(secure)
    stranger = {"SSL_CERT_FILE": "/dev/null", "CURL_CA_BUNDLE": "/dev/null"}
    assert "(77)" in device(world, "curl", "-sS", "https://www.google.com/", environment=stranger)


@pytest.mark.parametrize(
    "site", [one for one in sites() if one.kind == "portal"], ids=lambda site: site.host
)
def test_every_portal_gives_its_honest_answer(world, site):
    shown = device(world, "curl", "-sSi", "--max-time", "5", f"http://{site.host}{site.path}")
    assert shown.startswith(f"HTTP/1.1 {site.status} ")
    assert site.body in shown


@pytest.mark.parametrize("one", operators(), ids=lambda one: one.id)
def test_every_gateway_is_a_strongswan_that_answers_on_both_ports(world, one):
    for address in one.epdg_addresses:
        for more in ((), ("--nat-t",)):
            assert "SA_INIT Handshake returned" in ike(world, address.ipv4, "--dhgroup=14", *more)


@pytest.mark.parametrize(
    ("manner", "answer"),
    [
        (NO_COMMON_PROPOSAL, "Notify message 14 "),
        (OTHER_GROUP, "Notify message 17 "),
        (WITH_COOKIES, "Notify message 16390 "),
    ],
)
def test_a_gateway_can_answer_in_another_manner_and_goes_back(world, manner, answer):
    with carrier("att", epdg=answers_ike_as(manner)).in_world(world):
        assert answer in ike(world, first_address("att"), "--dhgroup=14")
    assert "SA_INIT Handshake returned" in ike(world, first_address("att"), "--dhgroup=14")


def test_a_gateway_never_tires_of_one_address(world):
    answers = [ike(world, first_address("verizon"), "--dhgroup=14") for _ in range(12)]
    assert all("SA_INIT Handshake returned" in one for one in answers)


@pytest.mark.parametrize("rtt_ms", [1, 40, 200])
def test_the_long_wire_takes_as_long_as_told(world, rtt_ms):
    def round_trip():
        shown = device(world, "ping", "-n", "-q", "-c", "5", "-i", "0.05", "1.1.1.1", as_user=False)
        return float(re.search(r"= ([\d.]+)/", shown)[1])

    with internet(wire=takes(rtt_ms=rtt_ms)).in_world(world):
        assert rtt_ms <= round_trip() <= rtt_ms + 3


def test_a_packet_meets_router_access_core_and_net(world):
    assert hops(world, first_address("att")) == [
        *(ROUTER_LAN, "77.68.20.1", "77.68.0.2", "62.115.0.2", first_address("att")),
    ]


def test_a_router_that_drops_ike_is_the_last_hop_that_ike_meets(world):
    with home(router=drops(udp=(500, 4500))).in_world(world):
        path = hops(world, first_address("att"), "--udp", "--port", "500")
        assert path[:2] == [ROUTER_LAN, "???"]
        assert "0 returned handshake; 0 returned notify" in ike(world, first_address("att"))


def test_a_router_that_rejects_ike_says_so_itself(world):
    with home(router=rejects(udp=(500, 4500))).in_world(world):
        run = run_on_device(world, "ike-scan", "--sport=0", "--retry=1", first_address("att"))
    errors = [packet for packet in run.packets if packet.is_icmp_error and not packet.outgoing]
    assert [socket.inet_ntoa(packet.data[12:16]) for packet in errors] == [ROUTER_LAN]


def test_a_router_may_ignore_probes_and_forward_all_the_same(world):
    with home(router=ignores_probes()).in_world(world):
        assert hops(world, "1.1.1.1") == ["???", "77.68.20.1", "77.68.0.2", "1.1.1.1"]
        assert queries.addresses(world.places["device"], ROUTER_LAN, "www.google.com")


@pytest.mark.parametrize("where", ["at home", "beyond the first hop"])
def test_loss_is_what_a_ping_counts(world, where):
    given = home(cable=loses(0.3)) if where == "at home" else provider(access=loses(0.3))
    target = ROUTER_LAN if where == "at home" else "1.1.1.1"
    with given.in_world(world):
        shown = device(
            world, "ping", "-n", "-q", "-c", "400", "-i", "0.003", "-W", "1", target, as_user=False
        )
    assert 20 <= float(re.search(r"([\d.]+)% packet loss", shown)[1]) <= 40


def test_a_carriers_names_can_fail_alone(world):
    place = world.places["device"]
    with carrier("att", zone=answers_servfail()).in_world(world):
        for server in SERVERS:
            assert queries.outcome(place, server, ATT) == "SERVFAIL"
            assert queries.outcome(place, server, "wo.vzwwo.com") == "NOERROR"
    for server in SERVERS:
        assert queries.outcome(place, server, ATT) == "NOERROR"


def test_a_lying_resolver_lies_about_unknown_names_only(world):
    place = world.places["device"]
    with home(dns=lies_about_unknown_names()).in_world(world):
        assert queries.addresses(place, ROUTER_LAN, "nobody.example.org") == ["69.16.143.110"]
        assert queries.addresses(place, ROUTER_LAN, "www.google.com") == ["142.250.74.36"]
    assert queries.outcome(place, ROUTER_LAN, "nobody.example.org") == "NXDOMAIN"


def test_a_portal_redirects_pages_and_closes_the_rest(world):
    with home(router=shows_a_portal()).in_world(world):
        shown = device(world, "curl", "-sSi", "http://captive.apple.com/hotspot-detect.html")
        assert shown.startswith("HTTP/1.1 302 ")
        assert "(7)" in device(world, "curl", "-sS", "https://www.google.com/")


def test_a_watchful_box_is_not_trusted(world):
    with home(router=intercepts_tls()).in_world(world):
        shown = device(world, "curl", "-sS", "https://www.google.com/")
        assert "unable to get local issuer certificate" in shown


def test_everybody_elses_clock_can_be_a_year_ahead(world):
    with internet(every_anchor=lives_in(days_ahead=365)).in_world(world):
        shown = device(world, "curl", "-sS", "https://www.google.com/")
        assert "certificate is not yet valid" in shown


def test_one_anchor_can_be_silent_alone(world):
    with internet(anchors={"www.wikipedia.org": falls_silent()}).in_world(world):
        silent = device(world, "curl", "-sS", "--max-time", "0.5", "https://www.wikipedia.org/")
        assert "(28)" in silent
        assert device(world, "curl", "-sS", "https://www.apple.com/") == "hello\n"


def test_the_dual_stack_home_reaches_everything_over_ipv6(dual_world):
    assert device(dual_world, "curl", "-6", "-sS", "https://www.google.com/") == "hello\n"
    for one in RESOLVERS.values():
        assert queries.addresses(dual_world.places["device"], one.ipv6, ATT)
    assert hops(dual_world, operator("verizon").epdg_addresses[0].ipv6, "-6")[-1] == (
        operator("verizon").epdg_addresses[0].ipv6
    )


def test_the_count_of_packets_leaves_acknowledgements_aside(world):
    run = run_on_device(world, "curl", "-sS", "https://www.google.com/")
    kinds = [packet.contact for packet in run.sent]
    assert {(ROUTER_LAN, 53, "udp"), ("142.250.74.36", 443, "tcp")} == set(kinds)
    assert len(run.sent) < len([packet for packet in run.packets if packet.outgoing])


def test_nothing_is_left_behind_when_a_world_is_closed():
    from tests.lab.world import World

    with World() as short_lived:
        names = [place.name for place in short_lived.places.values()]
        folder = short_lived.folder
        keeper = short_lived.device.keeper.pid
    left = {path.name for path in Path("/run/netns").iterdir()}
    assert not left & set(names)
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(keeper, 0)
