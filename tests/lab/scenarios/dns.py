"""Names that come late, from the wrong place, or not at all though the servers answer."""

from tests.lab.acts_dns import answers_names_late, asks_a_stub, gives_gateways_elsewhere
from tests.lab.acts_home import hands_out_the_providers, takes_all_dns
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import home, provider

GATEWAY = "epdg.epc.att.net"

SCENARIOS = (
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
