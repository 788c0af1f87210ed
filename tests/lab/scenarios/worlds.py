"""Networks of another shape than a home with one router: each healthy, and each with what
typically goes wrong in it."""

from tests.lab.acts import drops
from tests.lab.acts_datagrams import passes_udp_only_to
from tests.lab.acts_worlds import (
    has_ipv6_and_a_translator,
    is_behind_a_mesh,
    keeps_guests_apart,
    lets_the_web_out_by_proxy_alone,
    shares_one_address,
)
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import home, provider

IKE = (500, 4500)
WELL = verdict(side="none", fault="all-well", calling_ready=True)
BLOCKED = verdict(side="local", fault="lan-blocks-ike", calling_ready=False)
PROVIDER_BLOCKS = verdict(side="isp", fault="provider-blocks-ike", calling_ready=False)
MESH = home(device=is_behind_a_mesh())
SHARED = provider(access=shares_one_address())
HOTSPOT = provider(access=shares_one_address(mtu=1340))
WITH_PROXY = (("https_proxy", "http://192.168.1.1:3128"),)
OFFICE = home(router=lets_the_web_out_by_proxy_alone())
HOTEL = home(router=keeps_guests_apart())
CAMPUS = home(router=passes_udp_only_to(53, *IKE))
IPV6_ALONE = home(device=has_ipv6_and_a_translator())

SCENARIOS = (
    Scenario(
        "a mesh behind the home router, everything works",
        given=MESH,
        then=WELL,
        rival="a mesh behind the home router, which drops IKE",
    ),
    Scenario(
        "a mesh behind the home router, which drops IKE",
        given=MESH + home(router=drops(udp=IKE)),
        then=BLOCKED,
        rival="several homes share one address, the provider drops IKE",
    ),
    Scenario(
        "several homes share one address, everything works",
        given=SHARED,
        then=WELL,
    ),
    Scenario(
        "several homes share one address, the provider drops IKE",
        given=SHARED + provider(access=drops(udp=IKE)),
        then=PROVIDER_BLOCKS,
        rival="a mesh behind the home router, which drops IKE",
    ),
    Scenario(
        "a phone's hotspot, its addresses shared and its packets small, everything works",
        given=HOTSPOT,
        then=WELL,
    ),
    Scenario(
        "a phone's hotspot, the mobile network behind it drops IKE",
        given=HOTSPOT + provider(core=drops(udp=IKE)),
        then=PROVIDER_BLOCKS,
    ),
    Scenario(
        "an office lets the web out by its proxy alone, everything works",
        given=OFFICE,
        then=WELL,
        settings=WITH_PROXY,
        rival="an office lets the web out by its proxy alone, which has ended",
    ),
    Scenario(
        "an office lets the web out by its proxy alone, which has ended",
        given=home(router=lets_the_web_out_by_proxy_alone(alive=False)),
        then=verdict(side="local", fault="proxy-dead", calling_ready=True),
        settings=WITH_PROXY,
        rival="an office lets the web out by its proxy alone, everything works",
    ),
    Scenario(
        "an office lets the web out by its proxy alone, which passes nothing on",
        given=home(router=lets_the_web_out_by_proxy_alone(leading_to=8443)),
        then=verdict(side="local", fault="proxy-dead", calling_ready=True),
        settings=WITH_PROXY,
        rival="an office lets the web out by its proxy alone, everything works",
    ),
    Scenario(
        "an office lets the web out by its proxy alone, the device knows of none",
        given=OFFICE,
        then=verdict(side="local", fault="https-blocked", calling_ready=True),
        rival="an office lets the web out by its proxy alone, everything works",
    ),
    Scenario(
        "an office with a proxy drops IKE",
        given=OFFICE + home(router=drops(udp=IKE)),
        then=BLOCKED,
        settings=WITH_PROXY,
    ),
    Scenario(
        "a hotel after the sign-in, which answers all questions for names itself",
        given=HOTEL,
        then=WELL,
        rival="a captive portal waits for a sign-in",
    ),
    Scenario(
        "a hotel after the sign-in drops IKE",
        given=HOTEL + home(router=drops(udp=IKE)),
        then=BLOCKED,
    ),
    Scenario(
        "a campus firewall lets out no datagrams but names and IKE, everything works",
        given=CAMPUS,
        then=WELL,
        rival="the router drops all UDP but DNS",
    ),
    Scenario(
        "a hotel's resolver takes no questions over TCP, everything works",
        given=HOTEL + home(dns=drops(tcp=(53,))),
        then=WELL,
        args=("--carrier", "att", "--deep"),
    ),
    Scenario(
        "a network of IPv6 alone with a NAT64, everything works",
        given=IPV6_ALONE,
        then=WELL,
        ipv6=True,
        rival="a network of IPv6 alone, whose NAT64 is dead",
    ),
    Scenario(
        "a network of IPv6 alone with a NAT64, the own gateway has an IPv4 address only",
        given=IPV6_ALONE,
        then=verdict(side="local", fault="gateway-needs-ipv4", calling_ready=False),
        args=("--carrier", "vodacom_za"),
        ipv6=True,
    ),
    Scenario(
        "a network of IPv6 alone, whose NAT64 is dead",
        given=home(device=has_ipv6_and_a_translator(alive=False)),
        then=verdict(side="isp", fault="provider-nat64-dead", calling_ready=False),
        ipv6=True,
        rival="a network of IPv6 alone with a NAT64, everything works",
    ),
)
