"""What else stands in the home network, and how the device came by its address."""

from tests.lab.acts_device import has_a_tether
from tests.lab.acts_lan import (
    has_a_lease,
    has_a_second_server,
    is_given_an_ipv6_address_in_use,
    shares_its_address,
)
from tests.lab.scenario import Scenario, verdict
from tests.lab.topology import ROUTER_LAN
from tests.lab.words import NOTHING, home

WELL = verdict(side="none", fault="all-well")
TWICE = verdict(side="local", fault="address-used-twice")
DEEP = ("--carrier", "att", "--deep")

LEASES = (
    Scenario(
        "the device's lease has most of its time left, everything works",
        given=home(device=has_a_lease(of_s=3600, left_s=3000)),
        then=WELL,
        rival="DHCP does not answer",
    ),
    Scenario(
        "the device's lease runs out and nobody prolongs it, everything works still",
        given=home(device=has_a_lease(of_s=3600, left_s=300)),
        then=WELL,
        rival="DHCP does not answer",
    ),
)

WAYS_OUT = (
    Scenario(
        "the device has a cable and a phone's tether, everything works",
        given=home(device=has_a_tether()),
        then=WELL,
    ),
    Scenario(
        "the device holds its cable and a phone's tether for equally good, everything works",
        given=home(device=has_a_tether(metric=0)),
        then=WELL,
    ),
)

TWINS = (
    Scenario(
        "another device uses an IPv6 address that this one was given too",
        given=home(device=is_given_an_ipv6_address_in_use()),
        then=TWICE,
        ipv6=True,
        rival="everything works over IPv4 and IPv6",
    ),
    Scenario(
        "another device uses this one's address, and an administrator looks closely",
        given=home(device=shares_its_address()),
        then=TWICE,
        args=DEEP,
        as_root=True,
        rival="30 % loss on the home link",
    ),
)

SERVERS = (
    Scenario(
        "everything works, and an administrator looks closely",
        given=NOTHING,
        then=WELL,
        args=DEEP,
        as_root=True,
        rival="a second router hands out addresses, and an administrator looks closely",
    ),
    Scenario(
        "a second router hands out addresses, and an administrator looks closely",
        given=home(router=has_a_second_server()),
        then=verdict(side="local", fault="two-dhcp-servers"),
        args=DEEP,
        as_root=True,
        rival="two servers hand out addresses for one router, and an administrator looks closely",
    ),
    Scenario(
        "two servers hand out addresses for one router, and an administrator looks closely",
        given=home(router=has_a_second_server(naming=ROUTER_LAN)),
        then=WELL,
        args=DEEP,
        as_root=True,
        rival="a second router hands out addresses, and an administrator looks closely",
    ),
    Scenario(
        "a second router hands out addresses, and nobody may look",
        given=home(router=has_a_second_server()),
        then=WELL,
        rival="a second router hands out addresses, and an administrator looks closely",
    ),
)

SCENARIOS = (*LEASES, *WAYS_OUT, *TWINS, *SERVERS)
