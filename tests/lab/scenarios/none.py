"""Nothing is wrong, or nothing that matters to this person."""

from tests.lab.acts import drops, falls_silent, hangs, ignores_probes, refuses_connections, takes
from tests.lab.acts_beyond import answers_ike_as
from tests.lab.acts_home import hands_out_the_providers, is_in_a_vpn, names_resolvers
from tests.lab.acts_lan import misses_the_first_question_for_its_address
from tests.lab.epdg import NO_COMMON_PROPOSAL, OTHER_GROUP, WITH_COOKIES
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import NOTHING, carrier, home, internet

WELL = verdict(side="none", fault="all-well", calling_ready=True)

HEALTHY = Scenario("everything works", given=NOTHING, then=WELL)

SCENARIOS = (
    HEALTHY,
    Scenario(
        "everything works for a brand on a host's network",
        given=NOTHING,
        then=WELL,
        args=("--carrier", "cricket"),
    ),
    Scenario(
        "everything works for a carrier with several gateways",
        given=NOTHING,
        then=WELL,
        args=("--carrier", "T-Mobile"),
    ),
    Scenario(
        "everything works for a carrier named by its network code",
        given=NOTHING,
        then=WELL,
        args=("--carrier", "311-480"),
    ),
    Scenario(
        "everything works and the phone is said to be fine",
        given=NOTHING,
        then=WELL,
        args=("--carrier", "att", "--symptom", "fine"),
    ),
    Scenario(
        "everything works over IPv4 and IPv6",
        given=NOTHING,
        then=WELL,
        ipv6=True,
    ),
    Scenario(
        "everything works and no carrier is chosen",
        given=NOTHING,
        then=verdict(side="none", fault="all-well", calling_ready=None),
        args=(),
    ),
    Scenario(
        "everything works at 40 ms round trip",
        given=internet(wire=takes(rtt_ms=40)),
        then=WELL,
    ),
    Scenario(
        "everything works at 200 ms round trip",
        given=internet(wire=takes(rtt_ms=200)),
        then=WELL,
        rival="the carrier's gateway limps: late, and every third answer lost",
    ),
    Scenario(
        "the router ignores ping and traceroute, everything works",
        given=home(router=ignores_probes()),
        then=WELL,
        rival="the router hangs",
    ),
    Scenario(
        "the first question for the router's address is lost, everything works",
        given=home(router=misses_the_first_question_for_its_address()),
        then=WELL,
        rival="the router takes a second for every name",
    ),
    Scenario(
        "the lease names the provider's resolver, everything works",
        given=home(dns=hands_out_the_providers()),
        then=WELL,
    ),
    Scenario(
        "the device uses public resolvers only, everything works",
        given=home(device=names_resolvers("1.1.1.1", "8.8.8.8")),
        then=WELL,
    ),
    Scenario(
        "a VPN takes every route, everything works",
        given=home(device=is_in_a_vpn()),
        then=WELL,
        rival="the VPN drops IKE, the home network would not",
    ),
    Scenario(
        "one anchor is silent, everything else works",
        given=internet(anchors={"www.wikipedia.org": falls_silent()}),
        then=WELL,
        rival="three anchors of different operators are silent",
    ),
    Scenario(
        "one anchor refuses connections, everything else works",
        given=internet(anchors={"www.apple.com": refuses_connections()}),
        then=WELL,
    ),
    Scenario(
        "one public resolver hangs, everything else works",
        given=internet(resolvers={"cloudflare": hangs()}),
        then=WELL,
        rival="the provider's resolver hangs behind the router",
    ),
    Scenario(
        "the router lets nobody ask other resolvers, everything else works",
        given=home(router=drops(udp=(53,), tcp=(53,))),
        then=WELL,
        rival="the provider is dead behind a living router",
    ),
    Scenario(
        "the own gateway answers NO_PROPOSAL_CHOSEN",
        given=carrier("att", epdg=answers_ike_as(NO_COMMON_PROPOSAL)),
        then=WELL,
        rival="the own gateway is silent, other carriers' answer",
    ),
    Scenario(
        "the own gateway answers COOKIE",
        given=carrier("att", epdg=answers_ike_as(WITH_COOKIES)),
        then=WELL,
    ),
    Scenario(
        "the own gateway answers INVALID_KE_PAYLOAD",
        given=carrier("att", epdg=answers_ike_as(OTHER_GROUP)),
        then=WELL,
    ),
)
