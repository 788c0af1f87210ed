"""The Wi-Fi-calling gateways, ours and the controls."""

from netcheck.diagnosis.likelihoods.row import (
    BAD_AIR,
    BLOCKED_BEYOND,
    DEAD_UPSTREAM,
    LOSSY,
    Row,
    row,
)

ROWS: tuple[Row, ...] = (
    row(
        "own-epdg",
        "answers silent rejected not-ike",
        {"answers": 0.989, "silent": 0.009, "rejected": 0.001},
        {
            "lan-blocks-ike": {"silent": 0.72, "rejected": 0.18, "not-ike": 0.09},
            BLOCKED_BEYOND: {"silent": 0.84, "rejected": 0.12},
            "device-firewall": {"rejected": 0.9, "answers": 0.07},
            f"{DEAD_UPSTREAM} provider-nat64-dead": {"silent": 0.97, "rejected": 0.02},
            "captive-portal": {"silent": 0.85, "rejected": 0.1},
            "dns-misleads-calling provider-dns-misleads-calling": {"silent": 0.8, "rejected": 0.1},
            "carrier-gateway-outage": {"silent": 0.84, "rejected": 0.12, "not-ike": 0.02},
            "ipv6-broken provider-ipv6-broken": {"answers": 0.6, "silent": 0.39},
            "carrier-core-outage": {"silent": 0.8, "answers": 0.17},
            "calling-geoblocked": {"silent": 0.9, "rejected": 0.06},
            "carrier-degraded": {"answers": 0.75, "silent": 0.22},
            "carrier-registration-outage": {"answers": 0.93, "silent": 0.05},
            f"{LOSSY} {BAD_AIR} own-traffic": {"answers": 0.926, "silent": 0.072},
        },
        "Silence also comes from an offer the server ignores, rare with the catalogue's offer; a "
        "geoblock (14.6 % of operators abroad, MobiSys 2024) is a fault of its own.",
    ),
    row(
        "place",
        "home abroad",
        {"home": 0.97, "abroad": 0.03},
        {"calling-geoblocked": {"abroad": 0.97}},
        "Only where a person, a setting or a fleet said in which country the device is. A country "
        "is coarse: carriers also shut out single networks and hosting companies.",
    ),
    row(
        "other-gateway",
        "same answers silent",
        {"same": 0.9, "answers": 0.01},
        {
            "dns-misleads-calling provider-dns-misleads-calling": {"same": 0.005, "answers": 0.98},
            "carrier-gateway-outage": {"same": 0.9, "answers": 0.003},
            "carrier-core-outage": {"same": 0.9, "answers": 0.003},
        },
        "Asked only where our resolver's gateway failed and another names another. One dead site"
        " of an operator whose names still point there looks the same.",
    ),
    row(
        "own-gateway-family",
        "reachable other-only",
        {"reachable": 0.9995},
        {"gateway-needs-ipv4": {"other-only": 0.97}},
        "Only where the catalogue has addresses in place of names; a phone's SIM may hold a name.",
    ),
    row(
        "own-redirect",
        "answers silent refused",
        {"answers": 0.993, "silent": 0.002, "refused": 0.005},
        {
            "carrier-redirect-dead": {"silent": 0.96},
            "carrier-core-outage": {"silent": 0.5, "answers": 0.49},
            "carrier-degraded": {"silent": 0.2, "answers": 0.79},
        },
        "Only where the gateway sent us on (RFC 5685). The redirect is not signed: a box on the "
        "way may have forged it. That the first gateway answered is the control of its target.",
    ),
    row(
        "own-epdg-pace",
        "prompt laboured",
        {"prompt": 0.995, "laboured": 0.005},
        {
            # On a healthy line a datagram gets lost now and then, and its repetition is late.
            "all-well": {"laboured": 0.002},
            "carrier-degraded": {"laboured": 0.9},
            "carrier-core-outage": {"laboured": 0.4},
            f"{LOSSY} own-traffic": {"laboured": 0.25},
            BAD_AIR: {"laboured": 0.2},
        },
        "Compared with the controls on the same path in the same second.",
    ),
    row(
        "control-epdg",
        "answers mixed silent rejected not-ike",
        {"answers": 0.94, "mixed": 0.045, "silent": 0.01},
        {
            "lan-blocks-ike": {"silent": 0.72, "rejected": 0.18, "not-ike": 0.08, "mixed": 0.01},
            BLOCKED_BEYOND: {"silent": 0.83, "rejected": 0.12},
            "device-firewall": {"rejected": 0.9, "answers": 0.07},
            f"{DEAD_UPSTREAM} provider-nat64-dead": {"silent": 0.96, "rejected": 0.02},
            "captive-portal": {"silent": 0.85, "rejected": 0.1},
            f"{LOSSY} {BAD_AIR} own-traffic": {"answers": 0.85, "mixed": 0.12, "silent": 0.025},
        },
        "Two other operators with other owners. Both silent by chance is rare but has happened.",
    ),
    row(
        "large-ike",
        "passes unanswered stop-at-router stop-beyond stop-unseen",
        {"passes": 0.95, "unanswered": 0.045},
        {
            "router-drops-fragments": {"stop-at-router": 0.85, "stop-unseen": 0.12},
            "provider-drops-fragments": {"stop-beyond": 0.86, "stop-unseen": 0.1},
            "router-swallows-large": {"stop-at-router": 0.8, "stop-unseen": 0.12},
            "provider-swallows-large": {"stop-beyond": 0.8, "stop-unseen": 0.1},
            f"{LOSSY} own-traffic": {"passes": 0.75, "unanswered": 0.245},
            "carrier-degraded": {"passes": 0.7, "unanswered": 0.295},
        },
        "Only gateways that answered a small request are asked. Two gateways that both dislike "
        "the padding look like a way that drops fragments where no router says a word.",
    ),
    row(
        "ike-stops",
        "at-router at-provider beyond unseen",
        {"beyond": 0.8, "unseen": 0.15, "at-provider": 0.03},
        {
            "lan-blocks-ike": {"at-router": 0.87, "unseen": 0.1, "beyond": 0.01},
            "provider-blocks-ike": {"at-provider": 0.88, "unseen": 0.06, "beyond": 0.02},
            "lan-blocks-udp": {"unseen": 0.8, "at-router": 0.15},
            "provider-blocks-udp": {"beyond": 0.5, "unseen": 0.3, "at-provider": 0.18},
            "vpn-blocks-ike": {"at-router": 0.5, "unseen": 0.3, "at-provider": 0.12},
            DEAD_UPSTREAM: {"unseen": 0.55, "beyond": 0.4},
            "captive-portal": {"unseen": 0.4, "beyond": 0.3, "at-router": 0.25},
            "unknown": {"beyond": 0.25, "unseen": 0.25, "at-provider": 0.25},
        },
        "The same datagram with rising TTL beside a control port. Where routers answer no "
        "expired datagram it is unseen.",
    ),
    row(
        "voice",
        "good fair poor",
        {"good": 0.937, "fair": 0.06},
        {
            LOSSY: {"poor": 0.76, "fair": 0.2},
            BAD_AIR: {"poor": 0.35, "fair": 0.3},
        },
        "R factor of 20 probes towards a public resolver, so it shares its voice with the loss "
        "on that way; long ways are fair without being broken.",
        group="internet-loss",
    ),
    row(
        "called-epdg",
        "answers silent",
        {"answers": 0.97},
        {"called-carrier-outage": {"silent": 0.2}},
        "Asked only where their names resolve. Of the five outages of carriers in `seeds/` the "
        "gateway most likely answered in three; in the other two no name led to it.",
    ),
)
