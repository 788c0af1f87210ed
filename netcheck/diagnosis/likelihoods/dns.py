"""Names, as this device and others get them."""

from netcheck.diagnosis.likelihoods.row import (
    BAD_AIR,
    DEAD_UPSTREAM,
    DNS_DEAD,
    INSISTS,
    LOSSY,
    Row,
    row,
)

ROWS: tuple[Row, ...] = (
    row(
        "system-resolver",
        "answers silent fails",
        {"answers": 0.985, "silent": 0.005},
        {
            DNS_DEAD: {"answers": 0.02, "silent": 0.5},
            f"device-dns-dead {INSISTS}": {"answers": 0.02, "silent": 0.4},
            "router-dead": {"answers": 0.02, "silent": 0.6},
            "provider-dead": {"answers": 0.25, "silent": 0.5},
            "captive-portal": {"answers": 0.8, "fails": 0.1},
            "device-firewall": {"answers": 0.65, "fails": 0.3},
            f"{LOSSY} {BAD_AIR} own-traffic": {"answers": 0.9, "silent": 0.06},
        },
        "What applications get; a cache can hide a dead server for a while.",
        group="configured-dns",
    ),
    row(
        "nameserver",
        "answers silent-at-home silent-beyond forwards-nothing fails",
        {"answers": 0.98},
        {
            "router-dns-dead": {"silent-at-home": 0.95, "answers": 0.01},
            "provider-dns-dead": {"silent-beyond": 0.45, "forwards-nothing": 0.48, "fails": 0.05},
            "provider-dead": {"silent-beyond": 0.35, "forwards-nothing": 0.35, "answers": 0.25},
            "router-dead": {"silent-at-home": 0.6, "silent-beyond": 0.38},
            "captive-portal": {"answers": 0.8, "silent-beyond": 0.08},
            "device-firewall": {"answers": 0.65, "fails": 0.33},
            f"{LOSSY} {BAD_AIR} own-traffic": {
                "answers": 0.9,
                "silent-at-home": 0.045,
                "silent-beyond": 0.045,
            },
        },
        "A forwarder that answers a question about itself is alive though nothing comes behind it.",
        group="configured-dns",
    ),
    row(
        "nameserver-place",
        "home provider public",
        {"home": 0.6, "provider": 0.3, "public": 0.1},
        {
            "router-dns-dead router-resolver-lies": {"home": 0.98, "provider": 0.01},
            "router-dns-slow": {"home": 0.98, "provider": 0.01},
            "dns-misleads-calling": {"home": 0.7, "provider": 0.01},
            "provider-dns-misleads-calling": {"home": 0.25, "provider": 0.74},
            "provider-dns-slow": {"home": 0.5, "provider": 0.48},
            "dns-filter-blocks-calling": {"home": 0.8, "provider": 0.1, "public": 0.1},
            "provider-dns-dead": {"home": 0.5, "provider": 0.49},
            "provider-resolver-lies": {"home": 0.2, "provider": 0.78},
        },
        "On our own subnet, or not; a server at home may still be a mere forwarder.",
    ),
    row(
        "public-resolver",
        "answer one-silent silent",
        {"answer": 0.965, "one-silent": 0.025},
        {
            DEAD_UPSTREAM: {"answer": 0.01, "one-silent": 0.01},
            "captive-portal": {"answer": 0.4, "one-silent": 0.05, "silent": 0.55},
            "device-firewall": {"answer": 0.65, "silent": 0.33},
            f"{LOSSY} {BAD_AIR}": {"answer": 0.85, "one-silent": 0.12},
            "own-traffic": {"answer": 0.75, "one-silent": 0.15},
        },
        "Some campus and hotel networks let no foreign resolver through.",
    ),
    row(
        "resolvers",
        "agree differ",
        {"agree": 0.99, "differ": 0.01},
        {
            "captive-portal": {"agree": 0.5, "differ": 0.5},
            "router-resolver-lies provider-resolver-lies": {"agree": 0.9, "differ": 0.1},
        },
        "Kinds of addresses only. Networks with their own inside answers differ rightly.",
    ),
    row(
        "unknown-names",
        "honest rewritten rewritten-everywhere",
        # An answer for a name that is not there is the fault itself, whatever else is broken.
        {"honest": 0.9991, "rewritten": 0.0005},
        {
            "router-resolver-lies": {"rewritten": 0.93, "rewritten-everywhere": 0.04},
            "provider-resolver-lies": {"rewritten": 0.72, "rewritten-everywhere": 0.25},
            "captive-portal": {"honest": 0.5, "rewritten": 0.25},
        },
        "One random name; a resolver that rewrites only some suffixes is missed.",
    ),
    row(
        "dns-pace",
        "prompt slow-at-home slow-beyond slow-unseen",
        {"prompt": 0.997, "slow-at-home": 0.001, "slow-beyond": 0.001},
        {
            # Slow by chance is slow once, and the quicker of two counts.
            "all-well": {"prompt": 0.9991, "slow-at-home": 0.0003, "slow-beyond": 0.0003},
            "router-dns-slow": {"prompt": 0.05, "slow-at-home": 0.85, "slow-unseen": 0.08},
            "provider-dns-slow": {"prompt": 0.05, "slow-beyond": 0.8, "slow-unseen": 0.08},
            DNS_DEAD: {"prompt": 0.7, "slow-at-home": 0.1, "slow-beyond": 0.1},
            f"{LOSSY} {BAD_AIR} own-traffic": {
                "prompt": 0.85,
                "slow-beyond": 0.07,
                "slow-unseen": 0.05,
            },
        },
        "The quickest of two or three lookups, beside a public resolver's. A forwarder that passes "
        "on even the question about itself looks slow though its upstream is.",
    ),
    row(
        "dns-way",
        "free taken",
        {"free": 0.97},
        {
            "captive-portal": {"taken": 0.5},
            "router-resolver-lies provider-resolver-lies": {"taken": 0.3},
            "dns-filter-blocks-calling": {"taken": 0.25},
        },
        "A question to a documentation address. Many networks drop those on sight, and an honest"
        " box that answers for everybody is no fault.",
    ),
    row(
        "stub",
        "answers fails",
        {"answers": 0.995, "fails": 0.005},
        {f"device-dns-dead {INSISTS}": {"answers": 0.02, "fails": 0.98}},
        "Seen only where the servers behind the stub are known; one may be reached by TLS alone.",
        group="stub",
    ),
    row(
        "encrypted-dns",
        "off answers falls-back blocked untrusted",
        {"off": 0.9, "answers": 0.08, "falls-back": 0.0185, "blocked": 0.001, "untrusted": 0.0005},
        {
            "encrypted-dns-blocked": {
                "off": 0.001,
                "answers": 0.004,
                "falls-back": 0.001,
                "blocked": 0.8,
                "untrusted": 0.194,
            },
            f"{DEAD_UPSTREAM} captive-portal": {
                "off": 0.9,
                "answers": 0.001,
                "falls-back": 0.08,
                "blocked": 0.014,
                "untrusted": 0.005,
            },
            "tls-intercepted clock-wrong": {
                "off": 0.9,
                "answers": 0.08,
                "falls-back": 0.01,
                "blocked": 0.001,
                "untrusted": 0.009,
            },
        },
        "By the device's own settings and profile. Few devices insist: a shut port 853 is common"
        " and harms none of the others.",
    ),
    row(
        "encrypted-dns-port",
        "open shut",
        {"open": 0.5, "shut": 0.5},
        {},
        "Tells a shut port from a dead server. Which of them it is changes nobody's side, so it"
        " weighs nothing.",
    ),
    row(
        "signed-names",
        "optional pass refused",
        {"optional": 0.97, "pass": 0.0295, "refused": 0.0005},
        {
            "dnssec-refused": {"optional": 0.002, "pass": 0.008, "refused": 0.99},
            "clock-wrong": {"optional": 0.97, "pass": 0.01, "refused": 0.02},
        },
        "The name service's own word, with and without its rule. A wrong clock spoils signatures"
        " as well.",
    ),
    row(
        "search-domain",
        "quiet invents diverts",
        {"quiet": 0.97, "invents": 0.0295, "diverts": 0.0005},
        {"search-domain-misleads": {"quiet": 0.005, "invents": 0.01, "diverts": 0.985}},
        "Asked only where a search domain could do harm. A wildcard that only invents names for"
        " what does not exist is common in offices and breaks little.",
    ),
    row(
        "resolver-country",
        "same other everywhere",
        {"same": 0.75, "other": 0.05, "everywhere": 0.2},
        {
            "dns-misleads-calling": {"same": 0.4, "other": 0.4, "everywhere": 0.2},
            "provider-dns-misleads-calling": {"same": 0.74, "other": 0.25, "everywhere": 0.01},
        },
        "The country in which the network of the asking resolver is registered, which is not"
        " always where it stands; public resolvers stand everywhere and tell nothing.",
    ),
    row(
        "signatures",
        "checked unchecked claimed",
        {"checked": 0.4, "unchecked": 0.58, "claimed": 0.02},
        {},
        "Whether the resolver checks signatures. A fact: most networks do without.",
    ),
    row(
        "home-addresses",
        "passed withheld",
        {"passed": 0.6, "withheld": 0.4},
        {},
        "A filter against DNS rebinding, as many routers have. It explains why a name that leads"
        " to a home's address everywhere gives nothing here, and is no fault.",
    ),
    row(
        "local-names",
        "apart served",
        {"apart": 0.97, "served": 0.03},
        {},
        "RFC 6762 keeps `.local` for multicast; offices that use it confuse some devices.",
    ),
    row(
        "server-list",
        "usual too-long",
        {"usual": 0.98, "too-long": 0.02},
        {},
        "A fact: servers beyond the third are never asked, so naming one there helps nobody.",
    ),
)
