"""Secure sites: one whose proof is bad, and boxes on the way whose proofs all are."""

from tests.lab.acts import loses_first_segments_by_ipv6, swallows
from tests.lab.acts_beyond import proves_itself_badly
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import home, internet, provider

WELL = verdict(side="none", fault="all-well", calling_ready=True)
IN_BETWEEN = verdict(side="local", fault="tls-intercepted")
KINDS = {
    "has expired": "expired",
    "is signed by itself": "self-signed",
    "is for another name": "wrong-name",
    "is signed by nobody known": "stranger",
}

SCENARIOS = (
    *(
        Scenario(
            f"the certificate of one anchor {words}, everything else works",
            given=internet(anchors={"www.wikipedia.org": proves_itself_badly(kind)}),
            then=WELL,
            rival=f"the certificate of every site {words}, the clock is right",
        )
        for words, kind in KINDS.items()
    ),
    *(
        Scenario(
            f"the certificate of every site {words}, the clock is right",
            given=home(router=proves_itself_badly(kind)),
            then=IN_BETWEEN,
            rival="the device's clock is a year ahead of everybody else's",
        )
        for words, kind in KINDS.items()
    ),
    Scenario(
        "the provider swallows large packets by IPv6 alone",
        given=provider(core=swallows(larger_than=1280, family="ipv6")),
        then=verdict(side="isp", fault="provider-swallows-large"),
        ipv6=True,
        rival="the router swallows large packets by IPv6 alone",
    ),
    Scenario(
        "the router swallows large packets by IPv6 alone",
        given=home(router=swallows(larger_than=1280, family="ipv6")),
        then=verdict(side="local", fault="router-swallows-large"),
        ipv6=True,
        rival="the provider swallows large packets by IPv6 alone",
    ),
    Scenario(
        "the provider swallows large packets in both families",
        given=provider(core=swallows(larger_than=1280)),
        then=verdict(side="isp", fault="provider-swallows-large"),
        ipv6=True,
        rival="the router swallows large packets by IPv6 alone",
    ),
    Scenario(
        "sites open a second later by IPv6 than by IPv4",
        given=provider(core=loses_first_segments_by_ipv6()),
        then=verdict(side="isp", fault="provider-ipv6-broken"),
        ipv6=True,
        rival="everything works over IPv4 and IPv6",
    ),
)
