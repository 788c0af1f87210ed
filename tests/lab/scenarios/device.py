"""The fault is on the device itself, or it meets only some of what the device sends."""

from tests.lab.acts import drops, falls_silent, rejects
from tests.lab.acts_device import (
    downloads_more_than_its_line_takes,
    forbids_sending,
    has_a_radio,
    has_a_tether,
    has_packets_of_at_most,
    loses_ipv6,
    names_in_its_hosts_file,
    sends_more_than_its_own_link_takes,
    uploads_more_than_its_line_takes,
)
from tests.lab.acts_home import has_its_interface_off
from tests.lab.acts_worlds import offers_a_proxy
from tests.lab.scenario import Scenario, verdict
from tests.lab.topology import KNOWN_ADDRESSES
from tests.lab.words import NOTHING, home, internet, provider

IKE = (500, 4500)
WELL = verdict(side="none", fault="all-well")
NO_HTTPS = verdict(side="local", fault="https-blocked")
OVERRIDDEN = verdict(side="local", fault="hosts-override")
GOOGLE = "www.google.com"

FIREWALL = (
    Scenario(
        "a firewall on the device forbids IKE",
        given=home(device=forbids_sending(udp=IKE)),
        then=verdict(side="local", fault="device-firewall", calling_ready=False),
        rival="the home router rejects IKE, everything else works",
    ),
    Scenario(
        "a firewall on the device forbids everything",
        given=home(device=forbids_sending()),
        then=verdict(side="local", fault="device-firewall"),
        rival="the router hangs",
    ),
)

SECURE_SITES = (
    Scenario(
        "the home router drops connections to secure sites",
        given=home(router=drops(tcp=(443,))),
        then=NO_HTTPS,
        rival="the provider drops connections to secure sites",
    ),
    Scenario(
        "the home router rejects connections to secure sites",
        given=home(router=rejects(tcp=(443,))),
        then=NO_HTTPS,
        rival="three anchors of different operators refuse connections",
    ),
    Scenario(
        "the provider drops connections to secure sites",
        given=provider(access=drops(tcp=(443,))),
        then=verdict(side="isp", fault="provider-blocks-https"),
        rival="the home router drops connections to secure sites",
    ),
)

SETTINGS = (
    Scenario(
        "the hosts file sends a well-known site to this device itself",
        given=home(device=names_in_its_hosts_file(f"127.0.0.1 {GOOGLE}")),
        then=OVERRIDDEN,
        rival="one anchor is silent, everything else works",
    ),
    Scenario(
        "the hosts file sends the carrier's gateway elsewhere",
        given=home(device=names_in_its_hosts_file("151.101.9.9 epdg.epc.att.net")),
        then=OVERRIDDEN,
        rival="the hosts file gives a well-known site its true address",
    ),
    Scenario(
        "the hosts file gives a well-known site its true address",
        given=home(
            device=names_in_its_hosts_file(
                f"{KNOWN_ADDRESSES[GOOGLE].ipv4} {GOOGLE}", f"127.0.0.1 # {GOOGLE}"
            )
        ),
        then=WELL,
        rival="the hosts file sends a well-known site to this device itself",
    ),
    Scenario(
        "the device is told of a proxy that does not answer",
        given=NOTHING,
        settings=(("https_proxy", "http://192.168.1.1:3128"),),
        then=verdict(side="local", fault="proxy-dead", calling_ready=True),
        rival="the device is told of a proxy that answers",
    ),
    Scenario(
        "the device is told of a proxy that answers",
        given=home(router=offers_a_proxy()),
        settings=(("https_proxy", "http://anyone:secret@router.lan:3128"),),
        then=WELL,
        rival="the device is told of a proxy that does not answer",
    ),
    Scenario(
        "the device's packets were set to 1000 bytes",
        given=home(device=has_packets_of_at_most(1000)),
        then=verdict(side="local", fault="mtu-too-small"),
        rival="the router swallows large packets",
    ),
    Scenario(
        "the device's radio is switched off and its interface with it",
        given=home(device=has_a_radio(blocked=True)) + home(device=has_its_interface_off()),
        then=verdict(side="local", fault="radio-switched-off"),
        rival="the device's interface is switched off while its radio is on",
    ),
    Scenario(
        "the device's interface is switched off while its radio is on",
        given=home(device=has_a_radio(blocked=False)) + home(device=has_its_interface_off()),
        then=verdict(side="local", fault="interface-off"),
        rival="the device's radio is switched off and its interface with it",
    ),
    Scenario(
        "the device's radio is switched off, its cable works",
        given=home(device=has_a_radio(blocked=True)),
        then=WELL,
        rival="the device's radio is switched off and its interface with it",
    ),
)

SIXES = (
    Scenario(
        "the home router loses IPv6, IPv4 works",
        given=home(router=loses_ipv6()),
        then=verdict(side="local", fault="ipv6-broken"),
        ipv6=True,
        rival="the provider loses IPv6, IPv4 works",
    ),
    Scenario(
        "the provider loses IPv6, IPv4 works",
        given=provider(access=loses_ipv6()),
        then=verdict(side="isp", fault="provider-ipv6-broken"),
        ipv6=True,
        rival="the home router loses IPv6, IPv4 works",
    ),
    Scenario(
        "one anchor is silent in both families, everything else works",
        given=internet(anchors={"www.wikipedia.org": falls_silent()}),
        then=WELL,
        ipv6=True,
        rival="the provider loses IPv6, IPv4 works",
    ),
)

INTERFACES = (
    Scenario(
        "the home router drops IKE, seen over the cable beside a tether",
        given=home(device=has_a_tether(), router=drops(udp=IKE)),
        then=verdict(side="local", fault="lan-blocks-ike", calling_ready=False),
        args=("--carrier", "att", "--interface", "eth0"),
        rival="the home router drops IKE, seen over a tether beside the cable",
    ),
    Scenario(
        "the home router drops IKE, seen over a tether beside the cable",
        given=home(device=has_a_tether(), router=drops(udp=IKE)),
        then=verdict(side="none", fault="all-well", calling_ready=True),
        args=("--carrier", "att", "--interface", "eth1"),
        rival="the home router drops IKE, seen over the cable beside a tether",
    ),
)

TRAFFIC = (
    Scenario(
        "the device itself fills the line, so that there is loss",
        given=home(device=uploads_more_than_its_line_takes()),
        then=verdict(side="local", fault="own-traffic"),
        runs=3,
        at_least=3,
        rival="30 % loss beyond the provider's first hop",
    ),
    Scenario(
        "the device itself fills the line by loading, so that there is loss",
        given=home(device=downloads_more_than_its_line_takes()),
        then=verdict(side="local", fault="own-traffic"),
        runs=3,
        at_least=3,
        rival="30 % loss beyond the provider's first hop",
    ),
    Scenario(
        "the device itself sends more than its own link takes, so that there is loss",
        given=home(device=sends_more_than_its_own_link_takes()),
        then=verdict(side="local", fault="own-traffic"),
        runs=3,
        at_least=3,
        rival="30 % loss on the home link",
    ),
    Scenario(
        "the device itself sends a lot over a line that takes it",
        given=home(device=uploads_more_than_its_line_takes(share_taken=10)),
        then=WELL,
        rival="the device itself fills the line, so that there is loss",
    ),
)

SCENARIOS = (*FIREWALL, *SECURE_SITES, *SETTINGS, *SIXES, *INTERFACES, *TRAFFIC)
