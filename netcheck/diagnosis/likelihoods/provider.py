"""The provider's part of the way."""

from netcheck.diagnosis.likelihoods.row import BAD_AIR, LOSSY, Row, row

_TRANSLATED = {"none": 0.03, "once": 0.7, "by-two-routers": 0.11, "by-provider": 0.14}

ROWS: tuple[Row, ...] = (
    row(
        "path",
        "arrives ends-at-router ends-at-provider ends-beyond hidden",
        {"arrives": 0.6, "ends-beyond": 0.28, "hidden": 0.06, "ends-at-provider": 0.05},
        {
            "router-dead": {"hidden": 0.96},
            "provider-dead": {"ends-at-router": 0.6, "ends-at-provider": 0.28, "hidden": 0.11},
            f"{LOSSY} {BAD_AIR}": {
                "arrives": 0.5,
                "ends-beyond": 0.27,
                "hidden": 0.08,
                "ends-at-provider": 0.1,
                "ends-at-router": 0.05,
            },
            "captive-portal": {"ends-at-router": 0.6, "arrives": 0.2, "hidden": 0.15},
            "device-firewall": {"arrives": 0.4, "ends-beyond": 0.2, "hidden": 0.38},
            "lan-blocks-udp": {"ends-at-router": 0.75, "hidden": 0.2},
            "provider-blocks-udp": {"ends-at-provider": 0.75, "ends-beyond": 0.1, "hidden": 0.1},
        },
        "Routers may refuse to answer a datagram that ran out of hops; the last answer is a "
        "lower bound of where the path ends.",
        group="upstream",
    ),
    row(
        "translation",
        "none once by-two-routers by-provider by-two-routers-and-provider",
        _TRANSLATED,
        {"unknown": _TRANSLATED},
        "A fact that makes no fault likelier: it tells where the home ends. Shares are a guess.",
    ),
    row(
        "beyond-gateway",
        "answers silent",
        {"answers": 0.995},
        {
            "router-dead": {"silent": 0.98},
            "provider-dead": {"silent": 0.95},
            "captive-portal": {"answers": 0.8},
            "device-firewall": {"answers": 0.65},
        },
        "Any reply from beyond the router. A portal may answer in the name of others.",
        group="upstream",
    ),
    row(
        "udp",
        "passes silent-at-router silent-beyond silent-unseen",
        {"passes": 0.985},
        {
            "lan-blocks-udp": {"passes": 0.02, "silent-at-router": 0.8, "silent-unseen": 0.16},
            "provider-blocks-udp": {"passes": 0.02, "silent-beyond": 0.84, "silent-unseen": 0.12},
            "lan-blocks-ike": {"passes": 0.93, "silent-at-router": 0.04},
            "provider-blocks-ike": {"passes": 0.95, "silent-beyond": 0.03},
            "vpn-blocks-ike": {"passes": 0.9, "silent-beyond": 0.04},
            "captive-portal": {"passes": 0.3, "silent-at-router": 0.5},
            "provider-dead router-dead": {"passes": 0.3, "silent-at-router": 0.25},
        },
        "STUN, IKE and the path's datagram, of which none was answered. A firewall that knows the "
        "ports of all three looks the same as one that lets nothing through.",
    ),
    row(
        "ipv6",
        "absent works late slow ends-at-router ends-beyond ends-unseen",
        {"absent": 0.5, "works": 0.4897, "late": 0.009, "ends-unseen": 0.0003},
        {
            # Addresses that lead nowhere are the fault itself, but for a moment of bad luck.
            "all-well": {"absent": 0.5, "works": 0.4905, "late": 0.009, "slow": 0.0002},
            "ipv6-broken": {
                "ends-at-router": 0.79,
                "ends-unseen": 0.15,
                "absent": 0.002,
                "slow": 0.01,
            },
            "provider-ipv6-broken": {
                "ends-beyond": 0.68,
                "ends-unseen": 0.1,
                "absent": 0.002,
                "slow": 0.12,
            },
            "provider-nat64-dead": {"absent": 0.0005, "works": 0.98},
            f"{LOSSY} {BAD_AIR}": {"absent": 0.5, "works": 0.43, "late": 0.06, "slow": 0.008},
        },
        "Sites try IPv6 first; it is asked for alone only when none came by it. A network of IPv6 "
        "alone has no control here; where there is no IPv6, nobody translates it. Slow by IPv6 "
        "alone is a tunnel or a detour far more often than a box at home, but where it is was not "
        "seen.",
    ),
    row(
        "provider-is-carrier",
        "no yes",
        {"no": 0.85, "yes": 0.15},
        {"provider-dead provider-dns-dead carrier-core-outage": {"yes": 0.3}},
        "Companies that sell both lose both at once (Rogers 2022, Optus 2023), and whose line and "
        "phone fail together has more reason to ask. Elsewhere a share of the market, no evidence. "
        "Remembered from an earlier run where nothing answers, and then as old as that.",
    ),
    row(
        "translator",
        "passes silent",
        {"passes": 0.99},
        {
            "provider-nat64-dead": {"silent": 0.97},
            "captive-portal": {"passes": 0.85},
            "https-blocked provider-blocks-https": {"passes": 0.3},
            "third-party-outage": {"passes": 0.9},
        },
        "Only on a device without IPv4, and only where something was heard that needs no "
        "translation. Whatever closes the web alone looks the same from the sites.",
    ),
    row(
        "internet-loss",
        "none some heavy",
        {"none": 0.999, "some": 0.0008},
        {
            "provider-lossy": {"none": 0.08, "some": 0.4, "heavy": 0.52},
            "home-link-lossy": {"none": 0.09, "some": 0.41, "heavy": 0.5},
            "own-traffic": {"none": 0.05, "some": 0.3, "heavy": 0.65},
            "address-used-twice": {"none": 0.6, "some": 0.15, "heavy": 0.25},
            "wifi-weak": {"none": 0.3, "some": 0.35, "heavy": 0.35},
            "wifi-interference wifi-unsteady": {"none": 0.45, "some": 0.3, "heavy": 0.25},
        },
        "20 questions over three operators, and up to 240 more where anything was lost; one that "
        "answers none is left out. A line that loses 5 % is missed in one run of five; one in "
        "ten may lose 1 %, and of those some 2 in 1,000 are called lossy (reckoned from "
        "the test); three times that is allowed for, because losses come in bursts.",
    ),
    row(
        "hop-loss",
        "none at-home at-provider beyond one-target one-family unseen",
        {"none": 0.97, "one-target": 0.015, "one-family": 0.002},
        {
            "provider-lossy": {
                "at-provider": 0.5,
                "beyond": 0.22,
                "unseen": 0.1,
                "none": 0.1,
                "one-family": 0.05,
                "one-target": 0.01,
            },
            "third-party-outage": {"one-target": 0.3, "none": 0.68},
            "home-link-lossy": {"at-home": 0.7, "unseen": 0.1, "none": 0.1, "at-provider": 0.05},
            "wifi-weak": {"at-home": 0.42, "none": 0.42, "unseen": 0.06},
            "own-traffic": {"at-provider": 0.35, "at-home": 0.15, "none": 0.35},
            "ipv6-broken provider-ipv6-broken": {"one-family": 0.1, "none": 0.86},
        },
        "Sixteen rounds, only where a closer look was asked for. Hops are counted, not named: "
        "a second router at home looks like the provider. Shares its voice with the loss that "
        "the train to the same resolvers saw.",
        group="internet-loss",
    ),
    row(
        "large-packets",
        "pass stop-at-router stop-beyond stop-unseen",
        {"pass": 0.97},
        {
            "router-swallows-large": {"pass": 0.02, "stop-at-router": 0.8, "stop-unseen": 0.15},
            "provider-swallows-large": {"pass": 0.03, "stop-beyond": 0.82, "stop-unseen": 0.12},
        },
        "Padded questions beside small ones to the same servers; some filters drop only large DNS.",
    ),
)
