"""What is made of how the gateways of Wi-Fi calling see this device."""

import hashlib
import ipaddress
import struct
from types import SimpleNamespace

import pytest

from netcheck.checks import epdg_answers_ike, ike_port_is_kept
from netcheck.checks.contract import Seen
from netcheck.checks.epdg_resolves import EpdgNameFacts
from netcheck.checks.ike_port_is_kept import PortFacts
from netcheck.checks.stun_answers import StunFacts, StunServerFacts
from netcheck.model.device import Address, Interface, LinkKind
from netcheck.model.observation import Family, Observation, Role, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.probe.ike import NatSeen
from netcheck.wire.ikev2 import NatHashes

FOUR, SIX = "198.51.100.1", "2001:db8:1::1"  # gateways
LINE, OWN = "203.0.113.9", "2001:db8:2::9"  # this home's address over IPv4, this device's over IPv6
OWN_PORT = 41000
LOCAL = Address("fe80::9", 64, Family.IPV6, link_local=True)
BY_STUN = StunServerFacts("Some", LINE, 41000, 9.0, None)


def hashes(address, port):
    spis = (b"i" * 8, b"r" * 8)
    packed = ipaddress.ip_address(address).packed + struct.pack("!H", port)
    seen = hashlib.sha1(b"".join(spis) + packed, usedforsecurity=False).digest()
    return NatHashes(*spis, (), seen)


def port_as_seen(gateway, address, port, *, stun=(BY_STUN,)):
    own = Interface(
        "eth0", LinkKind.ETHERNET, up=True, carrier=True,
        addresses=(LOCAL, Address(OWN, 64, Family.IPV6, link_local=False)),
    )  # fmt: skip
    facts = StunFacts(stun, "public", True, None)
    known = Observation("stun-answers", Target("s"), Outcome.OK, None, facts, 0.0, 1.0)
    here = SimpleNamespace(
        seen=Seen([known]),
        device=SimpleNamespace(interfaces=(own,)),
        nat_seen={(gateway, 500): ("att", NatSeen(hashes(address, port), OWN_PORT))},
    )
    (target,) = ike_port_is_kept.CHECK.targets(here)
    return ike_port_is_kept.CHECK.observe(target, here)


@pytest.mark.parametrize(
    ("gateway", "address", "port", "facts", "failure"),
    [
        (FOUR, LINE, 41000, PortFacts(True, True, 41000), None),
        (FOUR, LINE, 1024, PortFacts(True, False, 1024), Failure.WRONG_ANSWER),
        (FOUR, "203.0.113.77", 41000, PortFacts(False, None, None), Failure.WRONG_ANSWER),
        (SIX, OWN, 41000, PortFacts(True, True, 41000), None),
        (SIX, OWN, 1024, PortFacts(True, False, 1024), Failure.WRONG_ANSWER),
        (SIX, "2001:db8:3::9", 41000, PortFacts(False, None, None), Failure.WRONG_ANSWER),
    ],
)
def test_a_gateway_sees_us_as_others_of_its_family_do(gateway, address, port, facts, failure):
    observed = port_as_seen(gateway, address, port)
    assert (observed.facts, observed.failure) == (facts, failure)


def test_without_an_address_to_hold_it_against_nothing_is_said_of_the_port():
    observed = port_as_seen(FOUR, LINE, 41000, stun=())
    assert (observed.outcome, observed.unmet) == (Outcome.SKIPPED, "stun-answers")


# --- which addresses of a gateway are asked ---

HOSTS = ("epdg.first.example", "epdg.second.example")


def named(host, resolver, *addresses, failure=None):
    facts = EpdgNameFacts("mine", resolver, None, addresses, 3.0)
    outcome = Outcome.FAILED if failure else Outcome.OK
    target = Target(host, Role.OWN, "mine", "192.168.1.1", 53, Family.IPV4, via=resolver)
    return Observation("epdg-resolves", target, outcome, failure, facts, 0.0, 1.0)


@pytest.mark.parametrize(
    ("role", "names", "asked"),
    [
        (  # the answer for the second name was here first
            Role.OWN,
            (named(HOSTS[1], "configured", "192.0.2.3", "192.0.2.4"),
             named(HOSTS[0], "configured", "192.0.2.1", "192.0.2.2")),
            ["192.0.2.3", "192.0.2.4"],
        ),
        (  # the device's own resolver said nothing usable of one name, and then all of another
            Role.OWN,
            (named(HOSTS[1], "configured", failure=Failure.NXDOMAIN),
             named(HOSTS[0], "public", "192.0.2.3"),
             named(HOSTS[0], "configured", "192.0.2.1", "192.0.2.2")),
            ["192.0.2.3", "192.0.2.1"],
        ),
        (
            Role.OWN,
            (named(HOSTS[0], "configured", "192.0.2.1"),
             named(HOSTS[1], "configured", "192.0.2.3", "192.0.2.4")),
            ["192.0.2.1", "192.0.2.3"],
        ),
        (
            Role.CONTROL,
            (named(HOSTS[1], "configured", "192.0.2.3"),
             named(HOSTS[0], "configured", "192.0.2.1")),
            ["192.0.2.3"],
        ),
    ],
)  # fmt: skip
def test_however_the_names_come_in_an_operator_is_asked_at_two_addresses_a_family(
    role, names, asked
):
    carrier = SimpleNamespace(id="mine", epdg_hosts=HOSTS)
    aimed_at = {}
    targets = []
    for count in range(1, len(names) + 1):
        here = SimpleNamespace(
            seen=Seen(names[:count]), operators=((role, carrier),), aimed_at=aimed_at,
            has_ipv4=True, has_ipv6=True, device=SimpleNamespace(nameservers=("192.168.1.1",)),
        )  # fmt: skip
        targets += [t.address for t in epdg_answers_ike.CHECK.targets(here)]
    assert list(dict.fromkeys(targets)) == asked
