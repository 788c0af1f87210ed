"""Names that come late, from the wrong place, or not at all though the servers answer."""

from tests.lab.acts_dns import (
    answers_names_late,
    asks_a_stub,
    asks_abroad,
    gives_gateways_elsewhere,
    its_names_lead_to,
    refuses_names,
)
from tests.lab.acts_home import (
    filters,
    hands_out_the_providers,
    names_resolvers,
    stops_rebinding,
    takes_all_dns,
)
from tests.lab.scenario import Scenario, verdict
from tests.lab.topology import ROUTER_LAN
from tests.lab.words import carrier, home, provider

GATEWAY = "epdg.epc.att.net"

DEEP = ("--carrier", "att", "--deep")
FILTERED = verdict(side="local", fault="dns-filter-blocks-calling", calling_ready=True)

SCENARIOS = (
    Scenario(
        "the router's resolver gives the gateway's name an address that is none",
        given=home(dns=filters(GATEWAY, answering="0.0.0.0")),
        then=FILTERED,
        rival="the own gateway's name leads to the phone itself, whoever is asked",
    ),
    Scenario(
        "the router's resolver gives the gateway's name its own address",
        given=home(dns=filters(GATEWAY, answering=ROUTER_LAN)),
        then=FILTERED,
    ),
    Scenario(
        "the provider's resolver refuses the names of Wi-Fi calling",
        given=home(dns=hands_out_the_providers()) + provider(dns=refuses_names("att.net")),
        # A filter is named, and no side: those at home are the rule, this one is not.
        then=verdict(side="inconclusive", fault="dns-filter-blocks-calling", calling_ready=True),
    ),
    Scenario(
        "the own gateway's name leads to the phone itself, whoever is asked",
        given=carrier("att", zone=its_names_lead_to(GATEWAY, "127.0.0.1")),
        # No filter and nobody's fault that a device can see: nothing is known of the gateway.
        then=verdict(side="none", calling_ready=None),
        rival="the router's resolver gives the gateway's name an address that is none",
    ),
    Scenario(
        "the own gateway's name leads into a home, and the router holds such names back",
        given=home(dns=stops_rebinding())
        + carrier("att", zone=its_names_lead_to(GATEWAY, "192.168.88.1")),
        then=verdict(side="none", calling_ready=None),
        rival="the router's resolver hides the names of Wi-Fi calling",
    ),
    Scenario(
        "the home's DNS asks a resolver abroad, whose gateway is silent",
        given=home(dns=asks_abroad(GATEWAY)),
        then=verdict(side="local", fault="dns-misleads-calling", calling_ready=False),
        args=DEEP,
        rival="the own gateway is silent at home",
    ),
    Scenario(
        "the device asks a public resolver, and netcheck looks deep",
        given=home(device=names_resolvers("9.9.9.9")),
        then=verdict(side="none", fault="all-well", calling_ready=True),
        args=DEEP,
    ),
    Scenario(
        "the provider's resolver takes a second for every name",
        given=provider(dns=answers_names_late(900)),
        then=verdict(side="isp", fault="provider-dns-slow", calling_ready=True),
        rival="the router takes a second for every name",
    ),
    Scenario(
        "the router takes a second for every name",
        given=home(dns=answers_names_late(900)),
        then=verdict(side="local", fault="router-dns-slow", calling_ready=True),
        rival="the provider's resolver takes a second for every name",
    ),
    Scenario(
        "the device's own name service has ended, the servers behind it answer",
        given=home(device=asks_a_stub(that_forwards=False)),
        then=verdict(side="local", fault="device-dns-dead"),
        rival="the router's DNS has ended",
    ),
    Scenario(
        "the device asks its own name service, everything works",
        given=home(device=asks_a_stub(that_forwards=True)),
        then=verdict(side="none", fault="all-well", calling_ready=True),
        rival="the device's own name service has ended, the servers behind it answer",
    ),
    Scenario(
        "the provider takes every DNS question, and netcheck looks deep",
        given=home(dns=hands_out_the_providers()) + provider(core=takes_all_dns()),
        then=verdict(side="isp", fault="provider-resolver-lies"),
        args=("--carrier", "att", "--deep"),
        rival="the home's DNS names a gateway in another country that is silent",
    ),
    Scenario(
        "the home's DNS names a gateway in another country that is silent",
        given=home(dns=gives_gateways_elsewhere(GATEWAY)),
        then=verdict(side="local", fault="dns-misleads-calling", calling_ready=False),
        rival="the own gateway is silent, other carriers' answer",
    ),
    Scenario(
        "the provider's DNS names a gateway in another country that is silent",
        given=home(dns=hands_out_the_providers()) + provider(dns=gives_gateways_elsewhere(GATEWAY)),
        then=verdict(side="isp", fault="provider-dns-misleads-calling", calling_ready=False),
        rival="the home's DNS names a gateway in another country that is silent",
    ),
)
