"""The fault is in the user's hands: the device, the cable, the router, what is set up on them."""

from tests.lab.acts import (
    all_of,
    dies,
    drops,
    hangs,
    ignores_probes,
    loses,
    rejects,
    stops,
    swallows,
)
from tests.lab.acts_beyond import lives_in
from tests.lab.acts_home import (
    CALLING_NAMES,
    answers_ike_with_junk,
    filters,
    gets_no_lease,
    has_its_interface_off,
    intercepts_tls,
    is_in_a_vpn,
    is_unplugged,
    lies_about_unknown_names,
    shows_a_portal,
)
from tests.lab.scenario import Scenario, verdict
from tests.lab.words import home, internet

IKE = (500, 4500)
FILTERED = verdict(side="local", fault="dns-filter-blocks-calling")
BLOCKED = verdict(side="local", fault="lan-blocks-ike", calling_ready=False)

CUT_OFF = (
    Scenario(
        "the device's interface is switched off",
        given=home(device=has_its_interface_off()),
        then=verdict(side="local", fault="interface-off"),
        rival="the cable is out and the address is gone",
    ),
    Scenario(
        "the cable is out and the address is gone",
        given=home(cable=is_unplugged()),
        then=verdict(side="local", fault="cable-out"),
        rival="DHCP does not answer",
    ),
    Scenario(
        "the cable is out, the old address is still there",
        given=home(cable=is_unplugged(address_kept=True)),
        then=verdict(side="local", fault="cable-out"),
        rival="the router hangs",
    ),
    Scenario(
        "DHCP does not answer",
        given=home(device=gets_no_lease()),
        then=verdict(side="local", fault="no-address"),
        rival="the router hangs",
    ),
    Scenario(
        "DHCP does not answer and the device made up an address",
        given=home(device=gets_no_lease(takes_link_local=True)),
        then=verdict(side="local", fault="no-address"),
    ),
    Scenario(
        "the router hangs",
        given=home(router=dies()),
        then=verdict(side="local", fault="router-dead"),
        rival="the provider is dead behind a living router",
    ),
    Scenario(
        "the router hangs, the device still remembers it",
        given=home(router=dies(neighbour_known=True)),
        then=verdict(side="local", fault="router-dead"),
    ),
    Scenario(
        "a captive portal waits for a sign-in",
        given=home(router=shows_a_portal()),
        then=verdict(side="local", fault="captive-portal"),
        rival="the provider is dead behind a living router",
    ),
)

NAMES = (
    Scenario(
        "the router's DNS has ended",
        given=home(dns=stops()),
        then=verdict(side="local", fault="router-dns-dead"),
        rival="the provider's resolver has ended behind the router",
    ),
    Scenario(
        "the router's DNS hangs",
        given=home(dns=hangs()),
        then=verdict(side="local", fault="router-dns-dead"),
        rival="the provider's resolver hangs behind the router",
    ),
    Scenario(
        "the router's own resolver lies about unknown names",
        given=home(dns=lies_about_unknown_names()),
        then=verdict(side="local", fault="router-resolver-lies"),
        rival="the provider's resolver, named by the lease, lies about unknown names",
    ),
    Scenario(
        "the router's resolver hides the names of Wi-Fi calling",
        given=home(dns=filters(*CALLING_NAMES)),
        then=FILTERED,
        rival="the carrier's name server answers SERVFAIL",
    ),
    Scenario(
        "the router's resolver gives 0.0.0.0 for the names of Wi-Fi calling",
        given=home(dns=filters(*CALLING_NAMES, answering="0.0.0.0")),
        then=FILTERED,
    ),
    Scenario(
        "the router's resolver hides only 3gppnetwork names",
        given=home(dns=filters("3gppnetwork.org")),
        then=FILTERED,
        args=("--carrier", "tmobile"),
    ),
)

CONNECTIONS = (
    Scenario(
        "a watchful box opens every secure connection",
        given=home(router=intercepts_tls()),
        then=verdict(side="local", fault="tls-intercepted"),
        rival="the device's clock is a year behind everybody else's",
    ),
    Scenario(
        "the device's clock is a year behind everybody else's",
        given=internet(every_anchor=lives_in(days_ahead=365)),
        then=verdict(side="local", fault="clock-wrong"),
        rival="a watchful box opens every secure connection",
    ),
    Scenario(
        "the device's clock is a year ahead of everybody else's",
        given=internet(every_anchor=lives_in(days_ahead=-365)),
        then=verdict(side="local", fault="clock-wrong"),
    ),
    Scenario(
        "the router swallows large packets",
        given=home(router=swallows(larger_than=1200)),
        then=verdict(side="local", fault="router-swallows-large"),
        rival="the provider swallows large packets",
    ),
    Scenario(
        "30 % loss on the home link",
        given=home(cable=loses(0.3)),
        then=verdict(side="local", fault="home-link-lossy"),
        runs=10,
        at_least=9,
        rival="30 % loss beyond the provider's first hop",
    ),
)

CALLING = (
    Scenario(
        "the home router drops IKE, everything else works",
        given=home(router=drops(udp=IKE)),
        then=BLOCKED,
        rival="the provider's first hop drops IKE",
    ),
    Scenario(
        "the home router rejects IKE, everything else works",
        given=home(router=rejects(udp=IKE)),
        then=BLOCKED,
    ),
    Scenario(
        "the home router forbids IKE and says so",
        given=home(router=rejects(udp=IKE, saying="admin-prohibited")),
        then=BLOCKED,
    ),
    Scenario(
        "the home router answers IKE with something that is not IKE",
        given=home(router=answers_ike_with_junk()),
        then=BLOCKED,
        rival="something that is not IKE answers for the own gateway alone",
    ),
    Scenario(
        "the home router drops IKE and answers no probes",
        given=home(router=all_of(drops(udp=IKE), ignores_probes())),
        then=BLOCKED,
        rival="the router ignores ping and traceroute, everything works",
    ),
    Scenario(
        "the home router drops IKE for T-Mobile too",
        given=home(router=drops(udp=IKE)),
        then=BLOCKED,
        args=("--carrier", "tmobile"),
    ),
    Scenario(
        "the home router drops IKE in both families",
        given=home(router=drops(udp=IKE)),
        then=BLOCKED,
        ipv6=True,
    ),
    Scenario(
        "the home router drops IKE and calls fail",
        given=home(router=drops(udp=IKE)),
        then=BLOCKED,
        args=("--carrier", "att", "--symptom", "calls-fail"),
    ),
    Scenario(
        "the home router drops IKE and no carrier is chosen",
        given=home(router=drops(udp=IKE)),
        then=verdict(side="local", fault="lan-blocks-ike", calling_ready=None),
        args=(),
    ),
    Scenario(
        "the VPN drops IKE, the home network would not",
        given=home(device=is_in_a_vpn(that_drops_ike=True)),
        then=verdict(side="local", fault="vpn-blocks-ike"),
        rival="the home router drops IKE, everything else works",
    ),
)

SCENARIOS = (*CUT_OFF, *NAMES, *CONNECTIONS, *CALLING)
