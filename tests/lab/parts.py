"""The parts that worlds are composed of: faults by place, backgrounds, and traps.

A part is one row. Of two parts together a device may see less than is there: `takes` are the ways
on which nothing comes back behind a part, `shown_by` those by which it shows itself. One that is
`shown_by` nothing which nearer parts leave open is hidden, and no truth of that world.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests import android_dumps as android
from tests.lab.acts import (
    dies,
    drops,
    drops_everything,
    falls_silent,
    goes_dark,
    hangs,
    ignores_probes,
    loses,
    refuses_connections,
    rejects,
    stops,
    swallows,
    takes,
)
from tests.lab.acts_beyond import answers_servfail, labours, lives_in, loses_its_name_server
from tests.lab.acts_calling import sends_phones_on_to
from tests.lab.acts_datagrams import passes_udp_only_to
from tests.lab.acts_device import forbids_sending, loses_ipv6, names_in_its_hosts_file
from tests.lab.acts_dns import answers_names_late, gives_gateways_elsewhere, its_names_lead_to
from tests.lab.acts_home import (
    CALLING_NAMES,
    filters,
    forgets_names,
    gets_no_lease,
    hands_out_the_providers,
    has_its_interface_off,
    intercepts_tls,
    is_in_a_vpn,
    is_unplugged,
    lies_about_unknown_names,
    names_resolvers,
    shows_a_portal,
)
from tests.lab.acts_lan import misses_the_first_question_for_its_address
from tests.lab.acts_traps import has_a_private_ipv6_address, ignores_groups_it_does_not_know
from tests.lab.scenarios.phone import phone
from tests.lab.words import NOTHING, Deviation, carrier, home, internet, provider

IKE = (500, 4500)
SITES = ("www.google.com", "www.microsoft.com", "www.wikipedia.org")
TMOBILES_NAME = "epdg.epc.mnc260.mcc310.pub.3gppnetwork.org"
WAYS = frozenset("names other-names ike own-ike udp https whole path six".split())
"""By what a fault shows itself: the configured names, names asked elsewhere, IKE to anybody, IKE to
the own gateway, other datagrams, secure sites, all there is (loss, size), hops, IPv6."""

WALL = WAYS - {"names", "other-names"}
"""What a portal closes: the home's own resolver goes on answering, with whatever it is told."""

Given = Callable[[str], Deviation]  # of the lab's carrier that is asked about
NAMES, RULES, LOSS, LAST = range(4)


@dataclass(frozen=True, slots=True)
class Part:
    """`place` counts outwards from the device. Of two parts that hold one thing only one may be.
    `turn` is when it is applied: what changes daemons first, what cuts off the way to them last.
    `only` are the carriers it can be had for; `both` whether it may be in a dual-stack home.
    `by_silence`: it shows only where something behind it would answer."""

    axis: str
    words: str
    given: Given
    side: str = "none"
    fault: str | None = None
    place: int = 0
    shown_by: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    holds: frozenset[str] = frozenset()
    avoids: frozenset[str] = frozenset()
    turn: int = RULES
    args: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    both: bool = False
    needs_six: bool = False
    by_silence: bool = False


def part(axis: str, words: str, given: Deviation | Given, truth: str = "none", **more) -> Part:  # type: ignore[no-untyped-def]
    """A row. `truth` is `side fault`; sets are written as words."""
    side, _, fault = truth.partition(" ")
    sets = ("shown_by", "takes", "holds", "avoids")
    told = {k: frozenset(v.split()) if k in sets else v for k, v in more.items()}
    make = given if callable(given) else lambda _: given
    return Part(axis, words, make, side, fault or None, **told)  # type: ignore[arg-type]


def blocker(axis: str, words: str, given: Deviation, truth: str, place: int, holds: str) -> Part:
    """A part that nothing comes past."""
    return part(
        axis, words, given, truth, place=place, shown_by="path", takes=" ".join(WAYS),
        holds=f"{holds} blocked", turn=LAST,
    )  # fmt: skip


ROUTER = (
    blocker("router", "the device's interface is off",
            home(device=has_its_interface_off()), "local interface-off", 0, "lease"),
    blocker("router", "the cable is out",
            home(cable=is_unplugged()), "local cable-out", 1, "lease"),
    blocker("router", "DHCP does not answer",
            home(device=gets_no_lease()), "local no-address", 1, "lease router-names"),
    blocker("router", "the router hangs",  # and answers nothing in which a loss would show
            home(router=dies()), "local router-dead", 2, "lease loss"),
    part("router", "a portal waits for a sign-in", home(router=shows_a_portal()),
         "local captive-portal", place=2, shown_by="path", takes=" ".join(WALL),
         holds="boxes router-names blocked", turn=LAST),
    part("router", "the router drops IKE", home(router=drops(udp=IKE)), "local lan-blocks-ike",
         by_silence=True, place=2, shown_by="ike", takes="ike own-ike", both=True),
    part("router", "the router rejects IKE", home(router=rejects(udp=IKE)), "local lan-blocks-ike",
         place=2, shown_by="ike", takes="ike own-ike", both=True),
    part("router", "a firewall on the device forbids IKE", home(device=forbids_sending(udp=IKE)),
         "local device-firewall", place=0, shown_by="ike", takes="ike own-ike", both=True),
    part("router", "the router drops all UDP but DNS", home(router=passes_udp_only_to(53)),
         "local lan-blocks-udp", by_silence=True, place=2, shown_by="udp",
         takes="ike own-ike udp"),
    part("router", "the router drops secure connections", home(router=drops(tcp=(443,))),
         "local https-blocked", by_silence=True, place=2, shown_by="https", takes="https",
         holds="https"),
    part("router", "a box at home opens secure connections", home(router=intercepts_tls()),
         "local tls-intercepted", place=2, shown_by="https", takes="https", holds="https boxes"),
    part("router", "the router swallows large packets", home(router=swallows(larger_than=1200)),
         "local router-swallows-large", by_silence=True, place=2, shown_by="whole",
         holds="size https"),
    part("router", "a VPN drops IKE", home(device=is_in_a_vpn(that_drops_ike=True)),
         "local vpn-blocks-ike", place=0, shown_by="ike", takes="ike own-ike udp path", holds="vpn",
         avoids="udp https whole path", turn=LAST),
    part("router", "the device's clock is a year behind",
         internet(every_anchor=lives_in(days_ahead=365)),
         "local clock-wrong", place=4, shown_by="https", takes="https", holds="clock https",
         turn=NAMES),
    part("router", "the router loses IPv6", home(router=loses_ipv6()), "local ipv6-broken",
         place=2, shown_by="six", takes="six", needs_six=True, both=True),
)  # fmt: skip

RESOLVER = (
    part("resolver", "the router's DNS has ended", home(dns=stops()), "local router-dns-dead",
         place=2, shown_by="names", takes="names", holds="router-names", turn=LOSS),
    part("resolver", "the router's DNS hangs", home(dns=hangs()), "local router-dns-dead",
         place=2, shown_by="names", takes="names", holds="router-names", turn=LOSS),
    part("resolver", "the router's DNS lies about unknown names",
         home(dns=lies_about_unknown_names()), "local router-resolver-lies",
         by_silence=True, place=2, shown_by="names", holds="router-names unknown-names",
         turn=NAMES),
    part("resolver", "the router's DNS hides the names of Wi-Fi calling",
         home(dns=filters(*CALLING_NAMES)), "local dns-filter-blocks-calling",
         place=2, shown_by="names", holds="router-names calling-names", turn=NAMES),
    part("resolver", "the router's DNS gives 0.0.0.0 for the names of Wi-Fi calling",
         home(dns=filters(*CALLING_NAMES, answering="0.0.0.0")), "local dns-filter-blocks-calling",
         place=2, shown_by="names", holds="router-names calling-names", turn=NAMES),
    part("resolver", "the router takes 900 ms for every name", home(dns=answers_names_late(900)),
         "local router-dns-slow", place=2, shown_by="names", holds="router-names", turn=NAMES),
    part("resolver", "the router's DNS names a silent gateway abroad",
         home(dns=gives_gateways_elsewhere("epdg.epc.att.net")), "local dns-misleads-calling",
         by_silence=True, place=2, shown_by="names", holds="router-names calling-names",
         turn=NAMES, only=("att", "cricket")),
    part("resolver", "the hosts file sends a well-known site astray",
         home(device=names_in_its_hosts_file("127.0.0.1 www.google.com")), "local hosts-override",
         place=4, shown_by="path", holds="anchors"),
)  # fmt: skip

NAMED_BY_LEASE = home(dns=hands_out_the_providers())
PROVIDER = (
    blocker("provider", "the provider is dead", provider(access=goes_dark()), "isp provider-dead",
            3, "provider"),
    blocker("provider", "nothing behind the provider's first hop answers",
            home(dns=forgets_names()) + provider(access=drops_everything()), "isp provider-dead",
            3, "provider router-names"),
    part("provider", "the provider's first hop drops IKE", provider(access=drops(udp=IKE)),
         "isp provider-blocks-ike", place=3, shown_by="ike", takes="ike own-ike", both=True),
    part("provider", "the provider drops IKE behind its first hop", provider(core=drops(udp=IKE)),
         "isp provider-blocks-ike", place=3, shown_by="ike", takes="ike own-ike", both=True),
    part("provider", "the provider rejects IKE",
         provider(access=rejects(udp=IKE, saying="admin-prohibited")),
         "isp provider-blocks-ike", place=3, shown_by="ike", takes="ike own-ike", both=True),
    part("provider", "the provider drops all UDP but DNS", provider(access=passes_udp_only_to(53)),
         "isp provider-blocks-udp", place=3, shown_by="udp", takes="ike own-ike udp"),
    part("provider", "the provider drops secure connections", provider(access=drops(tcp=(443,))),
         "isp provider-blocks-https", place=3, shown_by="https", takes="https", holds="https"),
    part("provider", "the provider swallows large packets",
         provider(core=swallows(larger_than=1200)),
         "isp provider-swallows-large", place=3, shown_by="whole", holds="size https"),
    part("provider", "the provider's resolver hangs behind the router",
         home(dns=forgets_names()) + provider(dns=hangs()), "isp provider-dns-dead",
         place=3, shown_by="names", takes="names", holds="router-names provider-names", turn=LOSS),
    part("provider", "the provider's resolver, named by the lease, has ended",
         NAMED_BY_LEASE + provider(dns=stops()), "isp provider-dns-dead",
         place=3, shown_by="names", takes="names", holds="router-names provider-names",
         turn=NAMES),
    part("provider", "the provider's resolver, named by the lease, lies about unknown names",
         NAMED_BY_LEASE + provider(dns=lies_about_unknown_names()), "isp provider-resolver-lies",
         place=3, shown_by="names", holds="router-names provider-names unknown-names",
         turn=NAMES),
    part("provider", "the provider's resolver takes 900 ms for every name",
         provider(dns=answers_names_late(900)), "isp provider-dns-slow",
         place=3, shown_by="names", holds="provider-names router-names", turn=NAMES),
    part("provider", "the provider loses IPv6", provider(access=loses_ipv6()),
         "isp provider-ipv6-broken", place=3, shown_by="six", needs_six=True, both=True),
)  # fmt: skip

CARRIER = (
    part("carrier", "the own gateway is silent", lambda c: carrier(c, epdg=falls_silent()),
         "carrier carrier-gateway-outage", place=5, shown_by="own-ike", holds="gateway", both=True),
    part("carrier", "nobody listens at the own gateway", lambda c: carrier(c, epdg=stops()),
         "carrier", place=5, shown_by="own-ike", holds="gateway", turn=NAMES),
    part("carrier", "the carrier's name server answers SERVFAIL",
         lambda c: carrier(c, zone=answers_servfail()), "carrier carrier-names-outage",
         place=5, shown_by="other-names", takes="own-ike", holds="zone calling-names", turn=NAMES),
    part("carrier", "the carrier's name server is silent",
         lambda c: carrier(c, zone=loses_its_name_server()), "carrier carrier-names-outage",
         place=5, shown_by="other-names", takes="own-ike", holds="zone calling-names", turn=NAMES),
    part("carrier", "the server for switching on Wi-Fi calling is silent",
         lambda c: carrier(c, web=falls_silent()), "carrier carrier-entitlement-outage",
         place=5, shown_by="https", only=("att",)),
    part("carrier", "the server for switching on Wi-Fi calling refuses",
         lambda c: carrier(c, web=refuses_connections()), "carrier carrier-entitlement-outage",
         place=5, shown_by="https", only=("att",)),
    part("carrier", "the own gateway limps",
         lambda c: carrier(c, epdg=labours(slow_ms=800, share_lost=1 / 3)),
         "carrier carrier-degraded", place=5, shown_by="own-ike", holds="gateway", turn=NAMES),
    part("carrier", "the own gateway sends phones on to a silent one",
         lambda c: carrier(c, epdg=sends_phones_on_to("62.115.0.9")),
         "carrier carrier-redirect-dead", place=5, shown_by="own-ike", holds="gateway", turn=NAMES,
         only=("att", "cricket", "verizon")),
)  # fmt: skip

PHONE = (
    part("phone", "the phone shows SOS", NOTHING, "carrier carrier-registration-outage",
         shown_by="said", holds="word", args=("--symptom", "sos"), both=True),
    part("phone", "two phones beside each other show SOS", NOTHING,
         "carrier carrier-registration-outage", shown_by="said", holds="word",
         args=("--symptom", "sos", "--beside-me", "fails"), both=True),
    part("phone", "the phone has no service", NOTHING, "carrier", shown_by="said", holds="word",
         args=("--symptom", "no-service"), both=True),
    part("phone", "a phone on the cable says SOS", phone(android.SOS_CAMPED),
         "carrier carrier-registration-outage", shown_by="said", holds="word phone-on-cable",
         args=("--adb",), turn=NAMES, only=("att",)),
    part("phone", "airplane mode is on", NOTHING, "local airplane-mode-on", shown_by="said",
         holds="word", args=("--symptom", "no-service", "--airplane", "on"), both=True),
    part("phone", "there is no SIM in the phone on the cable",
         phone(android.SOS_CAMPED,
               properties={"gsm.sim.state": "ABSENT", "gsm.sim.operator.numeric": ""}),
         "local sim-missing", shown_by="said", holds="word phone-on-cable", args=("--adb",),
         turn=NAMES, only=("att",)),
)  # fmt: skip

LOSSES = tuple(
    part("loss", f"{share} % loss {where}", make(loses(share / 100)), truth, place=place,
         shown_by="whole", holds="loss", turn=LOSS, both=True)
    for share in (15, 20, 30)
    for where, make, truth, place in (
        ("on the home link", lambda act: home(cable=act), "local home-link-lossy", 1),
        ("at the provider", lambda act: provider(access=act), "isp provider-lossy", 3),
    )
)  # fmt: skip

REMOTE = (
    part("remote", "three unrelated sites are silent",
         internet(anchors=dict.fromkeys(SITES, falls_silent())), "remote third-party-outage",
         place=4, shown_by="https", holds="anchors"),
    part("remote", "the called person's carrier is silent",
         carrier("verizon", epdg=falls_silent(), zone=answers_servfail()),
         "remote called-carrier-outage", place=5, shown_by="other-names", holds="word zone",
         args=("--cannot-reach", "verizon"), turn=NAMES, only=("att", "tmobile", "cricket")),
)  # fmt: skip

FAULTS = {
    "router": ROUTER, "resolver": RESOLVER, "provider": PROVIDER, "carrier": CARRIER,
    "phone": PHONE, "loss": LOSSES, "remote": REMOTE,
}  # fmt: skip

BACKGROUNDS = {
    "delay": tuple(
        part("delay", f"{ms} ms away", internet(wire=takes(rtt_ms=ms)), holds="wire", both=True)
        for ms in (20, 40, 80, 120, 200)
    ),
    "names": (
        part("names", "the lease names the provider's resolver", NAMED_BY_LEASE,
             holds="router-names", turn=NAMES),
        part("names", "the device asks public resolvers",
             home(device=names_resolvers("1.1.1.1", "8.8.8.8")), holds="router-names lease",
             avoids="names", turn=NAMES),
    ),
    "home": (
        part("home", "1 % loss on the home link", home(cable=loses(0.01)), holds="loss",
             turn=LOSS, both=True),
        part("home", "1 % loss at the provider", provider(access=loses(0.01)), holds="loss",
             turn=LOSS, both=True),
    ),
}  # fmt: skip

TRAPS = (
    part("trap", "the router ignores ping and traceroute", home(router=ignores_probes()),
         holds="probes", both=True),
    part("trap", "the first question for the router's address is lost",
         home(router=misses_the_first_question_for_its_address()), holds="probes lease",
         both=True),
    part("trap", "one anchor is dead", internet(anchors={"www.wikipedia.org": falls_silent()}),
         holds="anchors", both=True),
    part("trap", "the device's clock is ten minutes off",
         internet(every_anchor=lives_in(days_ahead=1 / 144)), holds="clock", turn=NAMES),
    part("trap", "a VPN takes every route", home(device=is_in_a_vpn()), holds="vpn lease",
         avoids="ike udp https whole path", turn=LAST),
    part("trap", "the router's DNS is right and takes 300 ms", home(dns=answers_names_late(300)),
         holds="router-names", turn=NAMES),
    part("trap", "the provider's DNS is right and takes 300 ms",
         NAMED_BY_LEASE + provider(dns=answers_names_late(300)),
         holds="router-names provider-names", turn=NAMES),
    part("trap", "the home has IPv6 addresses and no way out by them",
         home(device=has_a_private_ipv6_address()), holds="six lease"),
    part("trap", "the own gateway answers on 500 alone",
         lambda c: carrier(c, epdg=drops(udp=(4500,))), holds="gateway"),
    part("trap", "the own gateway drops unknown groups in silence",
         lambda c: carrier(c, epdg=ignores_groups_it_does_not_know()), holds="gateway",
         turn=NAMES),
    part("trap", "the carrier's 3GPP name leads to the phone itself",
         carrier("tmobile", zone=its_names_lead_to(TMOBILES_NAME, "127.0.0.1")),
         holds="zone calling-names", turn=NAMES, only=("tmobile",), takes="own-ike", place=4),
)  # fmt: skip
