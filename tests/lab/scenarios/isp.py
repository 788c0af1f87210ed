"""The fault is the access provider's: behind a router that works."""

from tests.lab.acts import (
    drops,
    drops_everything,
    goes_dark,
    hangs,
    loses,
    rejects,
    stops,
    swallows,
)
from tests.lab.acts_beyond import answers_servfail, belongs_to
from tests.lab.acts_home import (
    forgets_names,
    hands_out_the_providers,
    lies_about_unknown_names,
    takes_all_dns,
)
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import Deviation, carrier, home, internet, provider

IKE = (500, 4500)
DEAD = verdict(side="isp", fault="provider-dead")
NO_NAMES = verdict(side="isp", fault="provider-dns-dead")
LYING = verdict(side="isp", fault="provider-resolver-lies")
BLOCKED = verdict(side="isp", fault="provider-blocks-ike", calling_ready=False)


def everything_behind_the_router() -> Deviation:
    """Nothing behind the router answers or passes, and nobody says so."""
    return home(dns=forgets_names()) + provider(access=goes_dark())


def everything_behind_the_providers_first_hop() -> Deviation:
    """The provider's first hop answers; nothing behind it answers or passes."""
    return home(dns=forgets_names()) + provider(access=drops_everything())


ATT_LINE = provider(core=belongs_to(7018, "ATT-INTERNET4", "US"))
ONE_PARTY = (
    Scenario(
        "the line comes from the carrier's own company, everything works",
        given=ATT_LINE,
        then=verdict(side="none", fault="all-well", calling_ready=True),
        ipv6=True,
        rival="the carrier's names fail on a line of its own company",
    ),
    Scenario(
        "the carrier's names fail on a line of its own company",
        given=ATT_LINE + carrier("att", zone=answers_servfail()),
        then=verdict(side="carrier", fault="carrier-names-outage"),
        rival="the line comes from the carrier's own company, everything works",
    ),
    Scenario(
        "the provider, the carrier's own company, blocks IKE behind its first hop",
        given=ATT_LINE + provider(core=drops(udp=IKE)),
        then=BLOCKED,
        rival="the carrier's names fail on a line of its own company",
    ),
    Scenario(
        "the line comes from the carrier's own company, no STUN server answers",
        given=ATT_LINE + provider(core=drops(udp=(3478, 19302))),
        then=verdict(side="none", fault="all-well", calling_ready=True),
    ),
)

SCENARIOS = (
    Scenario(
        "the provider is dead behind a living router",
        given=provider(access=goes_dark()),
        then=DEAD,
        rival="the router hangs",
    ),
    Scenario(
        "the provider is dead and the router has forgotten every name",
        given=everything_behind_the_router(),
        then=DEAD,
        rival="the provider's resolver hangs behind the router",
    ),
    Scenario(
        "the provider's line is gone and the router finds that out",
        given=provider(access=goes_dark(answers_arp=False)),
        then=DEAD,
    ),
    Scenario(
        "the provider's first hop answers, nothing behind it does",
        given=everything_behind_the_providers_first_hop(),
        then=DEAD,
        rival="every gateway is silent far beyond the provider",
    ),
    Scenario(
        "the provider's first hop answers, nothing behind it does, and calls fail",
        given=provider(access=drops_everything()),
        then=verdict(side="isp"),
        args=("--carrier", "att", "--symptom", "calls-fail"),
    ),
    Scenario(
        "the provider's resolver hangs behind the router",
        given=home(dns=forgets_names()) + provider(dns=hangs()),
        then=NO_NAMES,
        rival="the router's DNS hangs",
    ),
    Scenario(
        "the provider's resolver has ended behind the router",
        given=home(dns=forgets_names()) + provider(dns=stops()),
        then=NO_NAMES,
        rival="the router's DNS has ended",
    ),
    Scenario(
        "the provider's resolver, named by the lease, hangs",
        given=home(dns=hands_out_the_providers()) + provider(dns=hangs()),
        then=NO_NAMES,
        rival="the router's DNS hangs",
    ),
    Scenario(
        "the provider's resolver, named by the lease, has ended",
        given=home(dns=hands_out_the_providers()) + provider(dns=stops()),
        then=NO_NAMES,
    ),
    Scenario(
        "the provider's resolver, named by the lease, lies about unknown names",
        given=home(dns=hands_out_the_providers()) + provider(dns=lies_about_unknown_names()),
        then=LYING,
        rival="the router's own resolver lies about unknown names",
    ),
    Scenario(
        "the provider takes every DNS question and lies about unknown names",
        given=home(dns=hands_out_the_providers()) + provider(core=takes_all_dns()),
        then=LYING,
    ),
    Scenario(
        "the provider's first hop drops IKE",
        given=provider(access=drops(udp=IKE)),
        then=BLOCKED,
        rival="the home router drops IKE, everything else works",
    ),
    Scenario(
        "the provider drops IKE behind its first hop",
        given=provider(core=drops(udp=IKE)),
        then=BLOCKED,
        rival="every gateway is silent far beyond the provider",
    ),
    Scenario(
        "the provider rejects IKE",
        given=provider(access=rejects(udp=IKE, saying="admin-prohibited")),
        then=BLOCKED,
        rival="the home router rejects IKE, everything else works",
    ),
    Scenario(
        "the provider swallows large packets",
        given=provider(core=swallows(larger_than=1200)),
        then=verdict(side="isp", fault="provider-swallows-large"),
        rival="the router swallows large packets",
    ),
    Scenario(
        "30 % loss beyond the provider's first hop",
        given=provider(access=loses(0.3)),
        then=verdict(side="isp", fault="provider-lossy"),
        runs=10,
        at_least=9,
        rival="30 % loss on the home link",
    ),
    *ONE_PARTY,
    Scenario(
        "30 % loss beyond the provider's first hop, looked at closely",
        given=provider(access=loses(0.3)),
        then=verdict(side="isp", fault="provider-lossy"),
        args=("--carrier", "att", "--deep"),
        rival="30 % loss on the home link, looked at closely",
    ),
    Scenario(
        "30 % loss on the home link, looked at closely",
        given=home(cable=loses(0.3)),
        then=verdict(side="local", fault="home-link-lossy"),
        args=("--carrier", "att", "--deep"),
        rival="30 % loss beyond the provider's first hop, looked at closely",
    ),
    Scenario(
        "one public resolver loses a third of what it is asked, looked at closely",
        given=internet(resolvers={"cloudflare": loses(0.33)}),
        then=verdict(side="none", fault="all-well"),
        args=("--carrier", "att", "--deep"),
        rival="30 % loss beyond the provider's first hop, looked at closely",
    ),
)
