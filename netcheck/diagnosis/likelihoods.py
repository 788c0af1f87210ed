"""How likely each state of each thing is under each fault.

A row gives the usual distribution (`usual`: under every fault not named) and the exceptions.
Numbers are judgement where no origin is named, made by asking "of a hundred homes with this
fault, how many show this?". States left out share what remains evenly, so that nothing is
impossible. Weakness is said in each row's `why`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from netcheck.diagnosis.faults import FAULTS
from netcheck.diagnosis.things import BY_ID as THINGS

Distribution = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """P(state of `thing` | fault). Keys of `under` are fault ids, space-separated."""

    thing: str
    usual: Distribution
    under: Mapping[str, Distribution]
    why: str


UNPLUGGED = "interface-off cable-out wifi-not-joined no-address"
DEAD_UPSTREAM = "router-dead provider-dead"
LOSSY = "home-link-lossy provider-lossy"
SWALLOWS = "router-swallows-large provider-swallows-large"
DNS_DEAD = "router-dns-dead provider-dns-dead"

ROWS: tuple[Row, ...] = (
    Row(
        "interface",
        {"up": 0.998},
        {"interface-off": {"up": 0.02, "down": 0.68}, "unknown": {"up": 0.95}},
        "Read from the kernel, so that nothing unknown explains it. Weak where a virtual "
        "interface is up and the real one is off.",
    ),
    Row(
        "link",
        {"connected": 0.99},
        {
            "cable-out": {"no-carrier": 0.97, "connected": 0.01},
            "wifi-not-joined": {"not-associated": 0.97, "connected": 0.01},
            "interface-off": {"no-carrier": 0.5, "connected": 0.3},
            "wifi-weak": {"connected": 0.9, "not-associated": 0.09},
            "unknown": {"connected": 0.95},
        },
        "Read from the kernel. A switch between computer and router hides a cable that is out.",
    ),
    Row(
        "link-kind",
        {"wired": 0.4, "wireless": 0.6},
        {
            "cable-out": {"wired": 0.98, "wireless": 0.02},
            "wifi-not-joined wifi-weak": {"wired": 0.01, "wireless": 0.99},
        },
        "A fact about the interface in use; a wired computer behind a wireless bridge fools it.",
    ),
    Row(
        "signal",
        {"strong": 0.6, "fair": 0.35, "weak": 0.05},
        {
            "wifi-weak": {"weak": 0.92, "fair": 0.07, "strong": 0.01},
            "home-link-lossy": {"strong": 0.5, "fair": 0.35, "weak": 0.15},
        },
        "One reading of a figure that moves by several dB within a second.",
    ),
    Row(
        "address",
        {"assigned": 0.995},
        {
            "no-address": {"missing": 0.53, "link-local": 0.45},
            "interface-off cable-out wifi-not-joined": {"missing": 0.6, "assigned": 0.3},
            "unknown": {"assigned": 0.95},
        },
        "Systems keep an old address for a while after the link has gone.",
    ),
    Row(
        "route",
        {"present": 0.99},
        {
            "no-address": {"missing": 0.93},
            "interface-off cable-out wifi-not-joined": {"missing": 0.65},
        },
        "Asked per target. A static route may outlive what it leads to.",
    ),
    Row(
        "vpn",
        {"off": 0.85, "on": 0.15},
        {"vpn-blocks-ike": {"on": 0.99}},
        "A tunnel is a fact, not a fault: many people have one on all day.",
    ),
    Row(
        "clock",
        {"right": 0.99},
        {"clock-wrong": {"wrong": 0.98}},
        "Median of several operators' Date headers; wrong only far beyond their spread.",
    ),
    Row(
        "gateway",
        {"answers": 0.9, "silent": 0.095},
        {
            "router-dead": {"answers": 0.01, "absent": 0.75},
            "home-link-lossy wifi-weak": {"answers": 0.92, "silent": 0.05},
        },
        "Some routers answer no probe at all and forward well: silence says little, while a "
        "neighbour lookup without an answer says much.",
    ),
    Row(
        "home-loss",
        {"none": 0.975, "some": 0.023},
        {
            "home-link-lossy": {"none": 0.02, "some": 0.28, "heavy": 0.7},
            "wifi-weak": {"none": 0.25, "some": 0.4, "heavy": 0.35},
        },
        "20 probes: one loss is read as none (1 % loss loses two or more in 2 % of runs).",
    ),
    Row(
        "path",
        {"arrives": 0.6, "ends-beyond": 0.28, "hidden": 0.06, "ends-at-provider": 0.05},
        {
            "router-dead": {"hidden": 0.96},
            "provider-dead": {"ends-at-router": 0.6, "ends-at-provider": 0.28, "hidden": 0.11},
            "provider-lossy home-link-lossy wifi-weak": {
                "arrives": 0.5,
                "ends-beyond": 0.27,
                "hidden": 0.08,
                "ends-at-provider": 0.1,
                "ends-at-router": 0.05,
            },
            "captive-portal": {"ends-at-router": 0.6, "arrives": 0.2, "hidden": 0.15},
        },
        "Routers may refuse to answer a datagram that ran out of hops; the last answer is a "
        "lower bound of where the path ends.",
    ),
    Row(
        "beyond-gateway",
        {"answers": 0.995},
        {
            "router-dead": {"silent": 0.98},
            "provider-dead": {"silent": 0.95},
            "captive-portal": {"answers": 0.8},
        },
        "Any reply from beyond the router. A portal may answer in the name of others.",
    ),
    Row(
        "internet-loss",
        {"none": 0.96, "some": 0.036},
        {
            "provider-lossy": {"none": 0.02, "some": 0.2, "heavy": 0.78},
            "home-link-lossy": {"none": 0.03, "some": 0.3, "heavy": 0.67},
            "wifi-weak": {"none": 0.3, "some": 0.35, "heavy": 0.35},
        },
        "20 questions over three operators; an operator that answers none is left out.",
    ),
    Row(
        "large-packets",
        {"pass": 0.97},
        {
            "router-swallows-large": {"pass": 0.02, "stop-at-router": 0.8, "stop-unseen": 0.15},
            "provider-swallows-large": {"pass": 0.03, "stop-beyond": 0.82, "stop-unseen": 0.12},
        },
        "Padded questions beside small ones to the same servers; some filters drop only large DNS.",
    ),
    Row(
        "system-resolver",
        {"answers": 0.985, "silent": 0.005},
        {
            DNS_DEAD: {"answers": 0.02, "silent": 0.5},
            "router-dead": {"answers": 0.02, "silent": 0.6},
            "provider-dead": {"answers": 0.25, "silent": 0.5},
            "captive-portal": {"answers": 0.8, "fails": 0.1},
            "home-link-lossy provider-lossy wifi-weak": {"answers": 0.9, "silent": 0.06},
        },
        "What applications get; a cache can hide a dead server for a while.",
    ),
    Row(
        "nameserver",
        {"answers": 0.98},
        {
            "router-dns-dead": {"silent-at-home": 0.95, "answers": 0.01},
            "provider-dns-dead": {"silent-beyond": 0.45, "forwards-nothing": 0.48, "fails": 0.05},
            "provider-dead": {"silent-beyond": 0.35, "forwards-nothing": 0.35, "answers": 0.25},
            "router-dead": {"silent-at-home": 0.6, "silent-beyond": 0.38},
            "captive-portal": {"answers": 0.8, "silent-beyond": 0.08},
            "home-link-lossy provider-lossy wifi-weak": {"answers": 0.9},
        },
        "A forwarder that answers a question about itself is alive though nothing comes behind it.",
    ),
    Row(
        "nameserver-place",
        {"home": 0.6, "provider": 0.3, "public": 0.1},
        {
            "router-dns-dead router-resolver-lies": {"home": 0.98, "provider": 0.01},
            "dns-filter-blocks-calling": {"home": 0.8, "provider": 0.1, "public": 0.1},
            "provider-dns-dead": {"home": 0.5, "provider": 0.49},
            "provider-resolver-lies": {"home": 0.2, "provider": 0.78},
        },
        "On our own subnet, or not; a server at home may still be a mere forwarder.",
    ),
    Row(
        "public-resolver",
        {"answer": 0.965, "one-silent": 0.025},
        {
            DEAD_UPSTREAM: {"answer": 0.01, "one-silent": 0.01},
            "captive-portal": {"answer": 0.4, "one-silent": 0.05, "silent": 0.55},
            "home-link-lossy provider-lossy wifi-weak": {"answer": 0.85, "one-silent": 0.12},
        },
        "Some campus and hotel networks let no foreign resolver through.",
    ),
    Row(
        "resolvers",
        {"agree": 0.99, "differ": 0.01},
        {
            "captive-portal": {"agree": 0.5, "differ": 0.5},
            "router-resolver-lies provider-resolver-lies": {"agree": 0.9, "differ": 0.1},
        },
        "Kinds of addresses only. Networks with their own inside answers differ rightly.",
    ),
    Row(
        "unknown-names",
        {"honest": 0.9965, "rewritten": 0.003},
        {
            "router-resolver-lies": {"rewritten": 0.93, "rewritten-everywhere": 0.04},
            "provider-resolver-lies": {"rewritten": 0.72, "rewritten-everywhere": 0.25},
            "captive-portal": {"honest": 0.5, "rewritten": 0.25},
        },
        "One random name; a resolver that rewrites only some suffixes is missed.",
    ),
    Row(
        "anchors",
        {"answer": 0.95, "one-dead": 0.035, "several-dead": 0.004},
        {
            "third-party-outage": {"several-dead": 0.93, "one-dead": 0.04},
            DNS_DEAD: {"unresolved": 0.93, "answer": 0.02},
            "router-dead": {"unresolved": 0.85, "silent": 0.13},
            # A forwarder at home remembers names for a while after the line has gone.
            "provider-dead": {"unresolved": 0.7, "silent": 0.27},
            "captive-portal": {
                "silent": 0.3,
                "refused": 0.2,
                "untrusted": 0.35,
                "unresolved": 0.05,
            },
            "tls-intercepted": {"untrusted": 0.97},
            "clock-wrong": {"wrong-time": 0.97},
            "home-link-lossy provider-lossy wifi-weak": {
                "answer": 0.7,
                "one-dead": 0.14,
                "several-dead": 0.09,
                "stall": 0.04,
            },
            SWALLOWS: {"stall": 0.8, "answer": 0.12},
        },
        "Six unrelated operators; what most of them show counts. An anchor that fails alone is "
        "that anchor's fault.",
    ),
    Row(
        "portal",
        {"absent": 0.985, "unanswered": 0.01},
        {
            "captive-portal": {"present": 0.96, "unanswered": 0.02},
            DEAD_UPSTREAM: {"unanswered": 0.97},
        },
        "A known answer was replaced by another on most of the endpoints that answered.",
    ),
    Row(
        "own-zone",
        {"resolves": 0.981, "missing": 0.015, "fails": 0.0015, "silent": 0.0015},
        {
            "carrier-names-outage": {"fails": 0.75, "silent": 0.18, "missing": 0.05},
            "carrier-core-outage": {"resolves": 0.4, "fails": 0.38, "silent": 0.17},
            "dns-filter-blocks-calling": {"filtered": 0.95, "resolves": 0.03},
        },
        "Missing is weak: firmware lists name hosts that were moved years ago.",
    ),
    Row(
        "own-names",
        {"resolve": 0.99},
        {
            "carrier-names-outage": {"fail": 0.6},
            "carrier-core-outage": {"fail": 0.4},
        },
        "Names outside the calling zone; often hosted by a third party and alive in an outage.",
    ),
    Row(
        "control-zone",
        {"resolves": 0.98, "fails": 0.012},
        {"dns-filter-blocks-calling": {"filtered": 0.6, "resolves": 0.38}},
        "The same question about other operators; a filter may know some names only.",
    ),
    Row(
        "own-epdg",
        {"answers": 0.984, "silent": 0.014, "rejected": 0.001},
        {
            "lan-blocks-ike": {"silent": 0.72, "rejected": 0.18, "not-ike": 0.09},
            "provider-blocks-ike vpn-blocks-ike": {"silent": 0.84, "rejected": 0.12},
            DEAD_UPSTREAM: {"silent": 0.97, "rejected": 0.02},
            "captive-portal": {"silent": 0.85, "rejected": 0.1},
            "carrier-gateway-outage": {"silent": 0.84, "rejected": 0.12, "not-ike": 0.02},
            "carrier-core-outage": {"silent": 0.8, "answers": 0.17},
            "carrier-degraded": {"answers": 0.75, "silent": 0.22},
            "carrier-registration-outage": {"answers": 0.93, "silent": 0.05},
            "home-link-lossy provider-lossy wifi-weak": {"answers": 0.92, "silent": 0.07},
        },
        "Silence also comes from a geoblock (14.6 % of operators abroad, MobiSys 2024) or an "
        "offer the server ignores; at home with the catalogue's offer both are rare.",
    ),
    Row(
        "own-epdg-pace",
        {"prompt": 0.995, "laboured": 0.005},
        {
            "carrier-degraded": {"laboured": 0.9},
            "carrier-core-outage": {"laboured": 0.4},
            "home-link-lossy provider-lossy": {"laboured": 0.55},
            "wifi-weak": {"laboured": 0.35},
        },
        "Compared with the controls on the same path in the same second.",
    ),
    Row(
        "control-epdg",
        {"answers": 0.94, "mixed": 0.045, "silent": 0.01},
        {
            "lan-blocks-ike": {"silent": 0.72, "rejected": 0.18, "not-ike": 0.08, "mixed": 0.01},
            "provider-blocks-ike vpn-blocks-ike": {"silent": 0.83, "rejected": 0.12},
            DEAD_UPSTREAM: {"silent": 0.96, "rejected": 0.02},
            "captive-portal": {"silent": 0.85, "rejected": 0.1},
            "home-link-lossy provider-lossy wifi-weak": {"answers": 0.85, "mixed": 0.12},
        },
        "Two other operators with other owners. Both silent by chance is rare but has happened.",
    ),
    Row(
        "ike-stops",
        {"beyond": 0.8, "unseen": 0.15, "at-provider": 0.03},
        {
            "lan-blocks-ike": {"at-router": 0.87, "unseen": 0.1, "beyond": 0.01},
            "provider-blocks-ike": {"at-provider": 0.88, "unseen": 0.06, "beyond": 0.02},
            "vpn-blocks-ike": {"at-router": 0.5, "unseen": 0.3, "at-provider": 0.12},
            DEAD_UPSTREAM: {"unseen": 0.55, "beyond": 0.4},
            "captive-portal": {"unseen": 0.4, "beyond": 0.3, "at-router": 0.25},
            "unknown": {"beyond": 0.25, "unseen": 0.25, "at-provider": 0.25},
        },
        "The same datagram with rising TTL beside a control port. Where routers answer no "
        "expired datagram it is unseen.",
    ),
    Row(
        "called-epdg",
        {"answers": 0.97},
        {"called-carrier-outage": {"silent": 0.5}},
        "Their gateway may answer while their registration fails.",
    ),
    Row(
        "called-zone",
        {"resolves": 0.985},
        {"called-carrier-outage": {"fails": 0.35}},
        "As above.",
    ),
    Row(
        "symptom",
        {"fine": 0.1, "calls-fail": 0.32, "texts-fail": 0.12, "slow": 0.2, "sos": 0.03,
         "no-service": 0.05, "cannot-reach": 0.08, "data-only": 0.1},
        {
            # A phone that shows SOS is by that not well; people still mistake an old banner.
            "all-well": {"fine": 0.848, "slow": 0.12, "calls-fail": 0.012, "cannot-reach": 0.003,
                         "texts-fail": 0.01, "data-only": 0.003, "sos": 0.002, "no-service": 0.002},
            "carrier-registration-outage": {"sos": 0.56, "no-service": 0.3, "calls-fail": 0.07,
                                            "texts-fail": 0.02, "data-only": 0.01, "slow": 0.01,
                                            "fine": 0.02, "cannot-reach": 0.01},
            "carrier-core-outage": {"sos": 0.3, "no-service": 0.3, "calls-fail": 0.2,
                                    "texts-fail": 0.05, "data-only": 0.03, "slow": 0.05,
                                    "fine": 0.04, "cannot-reach": 0.03},
            "coverage-or-account": {"sos": 0.3, "no-service": 0.44, "calls-fail": 0.1,
                                    "texts-fail": 0.05, "data-only": 0.04, "slow": 0.04,
                                    "fine": 0.02, "cannot-reach": 0.01},
            "phone-or-sim": {"sos": 0.1, "no-service": 0.27, "calls-fail": 0.36,
                             "texts-fail": 0.08, "data-only": 0.08, "slow": 0.06,
                             "fine": 0.03, "cannot-reach": 0.02},
            "carrier-calling-fails": {"calls-fail": 0.56, "texts-fail": 0.14, "data-only": 0.2,
                                      "cannot-reach": 0.05, "fine": 0.01},
            "called-carrier-outage": {"cannot-reach": 0.92, "calls-fail": 0.05},
            LOSSY: {"slow": 0.45, "calls-fail": 0.35},
            "carrier-gateway-outage carrier-names-outage carrier-degraded lan-blocks-ike"
            " provider-blocks-ike vpn-blocks-ike dns-filter-blocks-calling": {
                # These break Wi-Fi calling alone; the phone shows SOS only where coverage is bad.
                "calls-fail": 0.5, "texts-fail": 0.14, "fine": 0.12, "sos": 0.06,
                "no-service": 0.08, "slow": 0.04},
        },
        "People err, and say what bothers them, not what the phone shows.",
    ),
)  # fmt: skip


def completed(thing: str, stated: Distribution) -> dict[str, float]:
    """The whole distribution: what is left to 1 is shared evenly by the states not stated."""
    states = THINGS[thing].states
    unstated = [state for state in states if state not in stated]
    rest = 1.0 - sum(stated.values())
    share = rest / len(unstated) if unstated else 0.0
    return {state: stated.get(state, share) for state in states}


def _table() -> dict[tuple[str, str], dict[str, float]]:
    table: dict[tuple[str, str], dict[str, float]] = {}
    for row in ROWS:
        named = {fault: stated for faults, stated in row.under.items() for fault in faults.split()}
        for fault in FAULTS:
            if fault.id == "unknown" and "unknown" not in named:
                states = THINGS[row.thing].states
                table[row.thing, fault.id] = {state: 1 / len(states) for state in states}
            else:
                stated = named.get(fault.id, row.usual)
                table[row.thing, fault.id] = completed(row.thing, stated)
    return table


PROBABILITY = _table()
"""(thing, fault) -> state -> probability."""
