"""What the home router and the provider do to datagrams: all of UDP, fragments, translations."""

from tests.lab.acts_datagrams import drops_fragments, passes_udp_only_to
from tests.lab.acts_home import filters
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import NOTHING, home, provider

DEEP = ("--carrier", "att", "--deep")

SCENARIOS = (
    Scenario(
        "the router drops all UDP but DNS",
        given=home(router=passes_udp_only_to(53)),
        then=verdict(side="local", fault="lan-blocks-udp", calling_ready=False),
        rival="the home router drops IKE, everything else works",
    ),
    Scenario(
        "the provider drops all UDP but DNS",
        given=provider(access=passes_udp_only_to(53)),
        then=verdict(side="isp", fault="provider-blocks-udp", calling_ready=False),
        rival="the provider's first hop drops IKE",
    ),
    Scenario(
        "the provider drops all UDP but DNS, and no carrier is chosen",
        given=provider(core=passes_udp_only_to(53)),
        then=verdict(side="isp", fault="provider-blocks-udp", calling_ready=None),
        args=(),
    ),
    Scenario(
        "the router drops fragments, small requests pass",
        given=home(router=drops_fragments()),
        then=verdict(side="local", fault="router-drops-fragments"),
        args=DEEP,
        rival="the router swallows large packets",
    ),
    Scenario(
        "the provider drops fragments, small requests pass",
        given=provider(core=drops_fragments()),
        then=verdict(side="isp", fault="provider-drops-fragments"),
        args=DEEP,
        rival="the provider swallows large packets",
    ),
    Scenario(
        "the router's DNS makes up IPv6 addresses as a DNS64 does, everything works",
        given=home(dns=filters("ipv4only.arpa", answering="64:ff9b::c000:aa")),
        then=verdict(side="none", fault="all-well", calling_ready=True),
        args=DEEP,
    ),
    Scenario(
        "everything works over IPv4 and IPv6, looked at closely",
        given=NOTHING,
        then=verdict(side="none", fault="all-well", calling_ready=True),
        args=DEEP,
        ipv6=True,
    ),
    Scenario(
        "everything works, looked at closely",
        given=NOTHING,
        then=verdict(side="none", fault="all-well", calling_ready=True),
        args=DEEP,
        rival="the provider drops fragments, small requests pass",
    ),
)
