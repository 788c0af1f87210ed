"""Wi-Fi calling in depth: what lies around the gateway, and what it says."""

from tests.lab.acts import falls_silent, loses, refuses_connections
from tests.lab.acts_calling import has_ipv6_only, sends_phones_on_to, shows_a_stranger
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import NOTHING, carrier, home, internet, provider

ENTITLEMENT = verdict(side="carrier", fault="carrier-entitlement-outage", calling_ready=True)

SCENARIOS = (
    Scenario(
        "the server for switching on Wi-Fi calling is silent, all else works",
        given=carrier("att", web=falls_silent()),
        then=ENTITLEMENT,
        rival="everything works",
    ),
    Scenario(
        "the server for switching on Wi-Fi calling refuses, all else works",
        given=carrier("att", web=refuses_connections()),
        then=ENTITLEMENT,
    ),
    Scenario(
        "two unrelated sites are silent, the server for switching on Wi-Fi calling among them",
        given=carrier("att", web=falls_silent())
        + internet(anchors={"www.google.com": falls_silent()}),
        # With a control dead beside it, silence may be the way's: it leans, and blames nobody.
        then=verdict(side="inconclusive", calling_ready=True),
    ),
    Scenario(
        "a box shows its own certificate for the server for switching on Wi-Fi calling",
        given=carrier("att", web=shows_a_stranger()),
        then=verdict(side="inconclusive", calling_ready=True),
        rival="the server for switching on Wi-Fi calling is silent, all else works",
    ),
    Scenario(
        "the own gateway has an IPv4 address only, the network at home has IPv6 only",
        given=home(device=has_ipv6_only()),
        then=verdict(side="local", fault="gateway-needs-ipv4", calling_ready=False),
        args=("--carrier", "vodacom_za"),
        ipv6=True,
        rival="the network at home has IPv6 only, everything works",
    ),
    Scenario(
        "the network at home has IPv6 only, everything works",
        given=home(device=has_ipv6_only()),
        then=verdict(side="none", fault="all-well", calling_ready=True),
        ipv6=True,
    ),
    Scenario(
        "the own gateway is silent to callers from abroad",
        given=carrier("att", epdg=falls_silent()),
        then=verdict(side="carrier", fault="calling-geoblocked", calling_ready=False),
        settings=(("NETCHECK_COUNTRY", "DE"),),
        rival="the own gateway is silent at home",
    ),
    Scenario(
        "the own gateway is silent at home",
        given=carrier("att", epdg=falls_silent()),
        then=verdict(side="carrier", fault="carrier-gateway-outage", calling_ready=False),
        settings=(("NETCHECK_COUNTRY", "US"),),
        rival="the own gateway is silent to callers from abroad",
    ),
    Scenario(
        "everything works abroad",
        given=NOTHING,
        then=verdict(side="none", fault="all-well", calling_ready=True),
        settings=(("NETCHECK_COUNTRY", "DE"),),
        rival="the own gateway is silent to callers from abroad",
    ),
    Scenario(
        "the provider loses half of what a call would send",
        given=provider(access=loses(0.5)),
        then=verdict(side="isp", fault="provider-lossy"),
        args=("--carrier", "att", "--deep"),
        runs=3,
        at_least=2,
        rival="everything works, looked at closely",
    ),
    Scenario(
        "the own gateway sends phones on to another one, which answers",
        given=carrier("att", epdg=sends_phones_on_to("verizon")),
        then=verdict(side="none", fault="all-well", calling_ready=True),
        rival="the own gateway sends phones on to another one, which is silent",
    ),
    Scenario(
        "the own gateway sends phones on to another one, which is silent",
        given=carrier("att", epdg=sends_phones_on_to("62.115.0.9")),
        then=verdict(side="carrier", fault="carrier-redirect-dead", calling_ready=False),
        rival="the own gateway sends phones on to another one, which answers",
    ),
    Scenario(
        "the own gateway sends phones on into the home network, which is left alone",
        given=carrier("att", epdg=sends_phones_on_to("192.168.1.1")),
        then=verdict(side="none", calling_ready=True),
    ),
)
