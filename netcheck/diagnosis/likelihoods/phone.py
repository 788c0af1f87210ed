"""What the user's phone shows, and what a phone or a modem says of itself.

A phone's own word weighs more than a person's memory of it. "Unknown" explains none of it well:
what a phone says of itself is read, not inferred.
"""

from netcheck.diagnosis.likelihoods.row import LOSSY, Row, row

_ONLY_WIFI_CALLING = (
    "carrier-gateway-outage carrier-names-outage carrier-degraded lan-blocks-ike"
    " provider-blocks-ike vpn-blocks-ike dns-filter-blocks-calling"
)
"""What breaks Wi-Fi calling alone, and a phone shows only where coverage is bad."""

_NO_SIM = "sim-missing sim-locked"

_TOLD: tuple[Row, ...] = (
    row(
        "symptom",
        "sos no-service calls-fail cannot-reach texts-fail data-only slow fine",
        # A home in trouble shows on a phone only while the phone lives on it.
        {"fine": 0.24, "calls-fail": 0.26, "texts-fail": 0.1, "slow": 0.2, "sos": 0.03,
         "no-service": 0.05, "cannot-reach": 0.05, "data-only": 0.07},
        {
            # A phone that shows SOS is by that not well; people still mistake an old banner.
            # Most people who cannot be reached have just switched their own phone off.
            "all-well": {"fine": 0.837, "slow": 0.115, "calls-fail": 0.012, "cannot-reach": 0.02,
                         "texts-fail": 0.009, "data-only": 0.003, "sos": 0.002,
                         "no-service": 0.002},
            "carrier-registration-outage": {"sos": 0.56, "no-service": 0.3, "calls-fail": 0.07,
                                            "texts-fail": 0.02, "data-only": 0.01, "slow": 0.01,
                                            "fine": 0.02, "cannot-reach": 0.01},
            "carrier-core-outage": {"sos": 0.3, "no-service": 0.3, "calls-fail": 0.2,
                                    "texts-fail": 0.05, "data-only": 0.03, "slow": 0.05,
                                    "fine": 0.04, "cannot-reach": 0.03},
            "coverage-or-account": {"sos": 0.3, "no-service": 0.44, "calls-fail": 0.1,
                                    "texts-fail": 0.05, "data-only": 0.04, "slow": 0.04,
                                    "fine": 0.02, "cannot-reach": 0.01},
            "line-refused": {"sos": 0.27, "no-service": 0.46, "calls-fail": 0.12,
                             "texts-fail": 0.04, "data-only": 0.05, "slow": 0.02,
                             "fine": 0.02, "cannot-reach": 0.02},
            "phone-or-sim": {"sos": 0.1, "no-service": 0.27, "calls-fail": 0.36,
                             "texts-fail": 0.08, "data-only": 0.08, "slow": 0.06,
                             "fine": 0.03, "cannot-reach": 0.02},
            # Many a phone writes "No SIM" where it would write "No service".
            _NO_SIM: {"sos": 0.25, "no-service": 0.45, "calls-fail": 0.12, "texts-fail": 0.05,
                      "data-only": 0.08, "slow": 0.01, "fine": 0.02, "cannot-reach": 0.02},
            "airplane-mode-on": {"sos": 0.02, "no-service": 0.42, "calls-fail": 0.24,
                                 "texts-fail": 0.1, "data-only": 0.1, "slow": 0.04,
                                 "fine": 0.05, "cannot-reach": 0.03},
            "wifi-calling-switched-off": {"sos": 0.04, "no-service": 0.1, "calls-fail": 0.6,
                                          "texts-fail": 0.1, "data-only": 0.04, "slow": 0.03,
                                          "fine": 0.05, "cannot-reach": 0.04},
            "mobile-data-off carrier-data-fails": {
                "sos": 0.01, "no-service": 0.04, "calls-fail": 0.1, "texts-fail": 0.18,
                "data-only": 0.01, "slow": 0.46, "fine": 0.18, "cannot-reach": 0.02},
            "hotspot-without-data": {"sos": 0.13, "no-service": 0.22, "calls-fail": 0.12,
                                     "texts-fail": 0.08, "data-only": 0.02, "slow": 0.33,
                                     "fine": 0.08, "cannot-reach": 0.02},
            "carrier-calling-fails": {"calls-fail": 0.56, "texts-fail": 0.14, "data-only": 0.2,
                                      "cannot-reach": 0.05, "fine": 0.01},
            "called-carrier-outage": {"cannot-reach": 0.92, "calls-fail": 0.05},
            LOSSY: {"slow": 0.42, "calls-fail": 0.25, "fine": 0.18},
            "router-forgets-calls provider-forgets-calls": {"calls-fail": 0.25, "fine": 0.71},
            "bufferbloat": {"slow": 0.6, "calls-fail": 0.05, "fine": 0.3},
            # Where there is signal, calls go the other way and nobody notices.
            _ONLY_WIFI_CALLING: {
                "calls-fail": 0.42, "texts-fail": 0.12, "fine": 0.26, "sos": 0.05,
                "no-service": 0.06, "slow": 0.03},
        },
        "People err, and say what bothers them, not what the phone shows.",
    ),
    row(
        "airplane-told",
        "off on",
        {"off": 0.985, "on": 0.015},
        {"airplane-mode-on": {"on": 0.9}, "unknown": {"off": 0.9}},
        "People look at the switch before they answer, or think that they know.",
    ),
    row(
        "beside-me",
        "works fails",
        {"works": 0.93},
        {
            # One phone worked beside an identical one that did not, on 22 February 2024.
            "carrier-registration-outage": {"fails": 0.84},
            "carrier-core-outage": {"fails": 0.84},
            "carrier-data-fails": {"fails": 0.4},
            "carrier-calling-fails": {"fails": 0.12},
            # Of those who are without signal or without account, the former have company.
            "coverage-or-account": {"fails": 0.5},
            "hotspot-without-data": {"fails": 0.5},
            "unknown": {"works": 0.8},
        },
        "A second phone may be on Wi-Fi calling, or on another brand than its owner thinks.",
    ),
    row(
        "same-wifi",
        "yes no hotspot",
        {"yes": 0.75, "no": 0.246, "hotspot": 0.004},
        {
            "hotspot-without-data": {"hotspot": 0.95, "no": 0.03},
            _ONLY_WIFI_CALLING: {"yes": 0.9, "no": 0.09},
            "mobile-data-off": {"yes": 0.1, "no": 0.89},
            "carrier-data-fails": {"yes": 0.3, "no": 0.69},
            "cable-out wifi-not-joined interface-off no-address": {"yes": 0.5, "no": 0.48},
            "unknown": {"yes": 0.6, "no": 0.35},
        },
        "What troubles the home network troubles a phone only while it is on it.",
    ),
)  # fmt: skip

_READ: tuple[Row, ...] = (
    row(
        "phone-service",
        "home roaming searching denied emergency-only none off",
        # Of a phone with which nothing is wrong: between two cells, or in a lift.
        {"home": 0.945, "roaming": 0.05, "searching": 0.0015, "denied": 0.0002,
         "emergency-only": 0.0005, "none": 0.0018, "off": 0.001},
        {
            "carrier-registration-outage": {"home": 0.06, "roaming": 0.02, "searching": 0.3,
                                            "denied": 0.17, "emergency-only": 0.34, "none": 0.105,
                                            "off": 0.005},
            # Of Rogers (2022) it is told that the radio stayed on the air without a core behind it.
            "carrier-core-outage": {"home": 0.3, "roaming": 0.02, "searching": 0.25,
                                    "denied": 0.1, "emergency-only": 0.2, "none": 0.125,
                                    "off": 0.005},
            "coverage-or-account": {"home": 0.04, "roaming": 0.03, "searching": 0.34,
                                    "denied": 0.06, "emergency-only": 0.25, "none": 0.275,
                                    "off": 0.005},
            "line-refused": {"home": 0.02, "roaming": 0.01, "searching": 0.1, "denied": 0.7,
                             "emergency-only": 0.13, "none": 0.035, "off": 0.005},
            "phone-or-sim": {"home": 0.35, "roaming": 0.02, "searching": 0.22, "denied": 0.08,
                             "emergency-only": 0.1, "none": 0.2, "off": 0.03},
            _NO_SIM: {"home": 0.003, "roaming": 0.002, "searching": 0.06, "denied": 0.05,
                      "emergency-only": 0.5, "none": 0.365, "off": 0.02},
            "airplane-mode-on": {"home": 0.005, "roaming": 0.001, "searching": 0.01,
                                 "denied": 0.001, "emergency-only": 0.003, "none": 0.06,
                                 "off": 0.92},
            "wifi-calling-switched-off": {"home": 0.8, "roaming": 0.03, "searching": 0.07,
                                          "denied": 0.003, "emergency-only": 0.02, "none": 0.075,
                                          "off": 0.002},
            # Calls that fail on a phone which shows bars: it is on its network.
            "carrier-calling-fails": {"home": 0.96, "roaming": 0.03},
            "mobile-data-off carrier-data-fails": {"home": 0.93, "roaming": 0.05,
                                                   "searching": 0.007, "denied": 0.002,
                                                   "emergency-only": 0.004, "none": 0.005,
                                                   "off": 0.002},
            "hotspot-without-data": {"home": 0.45, "roaming": 0.05, "searching": 0.15,
                                     "denied": 0.05, "emergency-only": 0.12, "none": 0.17,
                                     "off": 0.01},
            "unknown": {"home": 0.75, "roaming": 0.06, "searching": 0.06, "denied": 0.02,
                        "emergency-only": 0.03, "none": 0.06, "off": 0.02},
        },
        "One reading of what may change within seconds. An Android phone says emergency-only and "
        "out of service for much that a modem calls searching or denied.",
    ),
    row(
        "refusal",
        "network-trouble account handset place other",
        {"network-trouble": 0.12, "account": 0.3, "handset": 0.06, "place": 0.32},
        {
            # Congestion and network failure are what a network says that is itself in trouble.
            "carrier-registration-outage carrier-core-outage": {
                "network-trouble": 0.55, "account": 0.15, "place": 0.15, "handset": 0.01},
            "line-refused": {"account": 0.68, "place": 0.17, "network-trouble": 0.05,
                             "handset": 0.04},
            "coverage-or-account": {"place": 0.55, "account": 0.3, "network-trouble": 0.06,
                                    "handset": 0.01},
            "phone-or-sim": {"handset": 0.4, "account": 0.35, "place": 0.12,
                             "network-trouble": 0.05},
        },
        "The number a network refuses with (3GPP TS 24.008 10.5.3.6, TS 24.301 9.9.3.9). Networks "
        "choose them freely: a broken subscriber register refuses good lines as unknown.",
    ),
    row(
        "sim",
        "ready absent no-profile locked faulty",
        {"ready": 0.9955, "absent": 0.002, "no-profile": 0.0005, "locked": 0.001},
        {
            "sim-missing": {"absent": 0.82, "no-profile": 0.14, "ready": 0.01},
            "sim-locked": {"locked": 0.97, "ready": 0.01},
            "phone-or-sim": {"faulty": 0.3, "ready": 0.66, "absent": 0.03},
            "airplane-mode-on": {"ready": 0.75, "absent": 0.2},
            "unknown": {"ready": 0.97, "absent": 0.015},
        },
        "Some phones call a card that does not answer absent; with the radio off some say nothing "
        "of it.",
    ),
    row(
        "airplane",
        "off on",
        {"off": 0.994, "on": 0.006},
        {"airplane-mode-on": {"on": 0.995}, "unknown": {"off": 0.97}},
        "The phone's own switch. Some leave it on and call over Wi-Fi.",
    ),
    row(
        "phone-data",
        "attached detached switched-off",
        {"attached": 0.968, "detached": 0.002, "switched-off": 0.03},
        {
            "mobile-data-off": {"switched-off": 0.985, "attached": 0.01},
            "carrier-data-fails": {"detached": 0.72, "attached": 0.26},
            "hotspot-without-data": {"detached": 0.45, "attached": 0.4, "switched-off": 0.15},
            "carrier-core-outage": {"detached": 0.3, "attached": 0.64},
            "carrier-registration-outage": {"detached": 0.15, "attached": 0.8},
            "phone-or-sim": {"detached": 0.06, "attached": 0.88},
            "unknown": {"attached": 0.85, "detached": 0.06},
        },
        "Read only while the phone is on its network. Attached is not yet a way to the internet, "
        "and many have mobile data off on purpose at home.",
    ),
    row(
        "phone-signal",
        "usable weak none",
        {"usable": 0.845, "weak": 0.125, "none": 0.03},
        {
            "all-well": {"usable": 0.86, "weak": 0.12, "none": 0.02},
            "coverage-or-account": {"usable": 0.28, "weak": 0.3, "none": 0.42},
            "line-refused": {"usable": 0.8, "weak": 0.14, "none": 0.06},
            "wifi-calling-switched-off": {"weak": 0.86, "usable": 0.06, "none": 0.08},
            "carrier-registration-outage carrier-core-outage": {"usable": 0.62, "weak": 0.13,
                                                                "none": 0.25},
            "airplane-mode-on": {"none": 0.97, "weak": 0.01, "usable": 0.02},
            f"{_NO_SIM} phone-or-sim": {"usable": 0.5, "weak": 0.15, "none": 0.35},
            "hotspot-without-data": {"usable": 0.45, "weak": 0.3, "none": 0.25},
            "unknown": {"usable": 0.6, "weak": 0.28, "none": 0.12},
        },
        "The bars of one moment. A phone that camps on another network for emergency calls shows "
        "that network's, and many a phone without service shows none though a mast is near.",
    ),
    row(
        "wifi-calling-switch",
        "on off",
        {"on": 0.6, "off": 0.4},
        {"wifi-calling-switched-off": {"off": 0.985}},
        "Off is many carriers' default; it is a fault only where calls need it.",
    ),
    row(
        "wifi-calling-tunnel",
        "up down",
        {"up": 0.25, "down": 0.75},
        {
            "wifi-calling-switched-off": {"down": 0.99},
            "carrier-registration-outage": {"up": 0.2, "down": 0.8},
            "carrier-gateway-outage carrier-core-outage carrier-names-outage": {"up": 0.03},
            # The phone may be on another network than this device.
            "lan-blocks-ike provider-blocks-ike lan-blocks-udp provider-blocks-udp"
            " dns-filter-blocks-calling router-dead provider-dead cable-out captive-portal"
            " hotspot-without-data": {"up": 0.05},
            "airplane-mode-on": {"up": 0.15},
            _NO_SIM: {"up": 0.005},
            "line-refused": {"up": 0.06},
        },
        "Down is what most phones show that have bars: they call over the mast. Up proves a "
        "carrier that let this SIM in, over whatever network the phone is on.",
    ),
    row(
        "other-line",
        "works fails same-works same-fails",
        {"works": 0.76, "fails": 0.03, "same-works": 0.2, "same-fails": 0.01},
        {
            "carrier-registration-outage carrier-core-outage": {
                "works": 0.77, "fails": 0.03, "same-works": 0.03, "same-fails": 0.17},
            # No mast of anybody's in reach, or a line alone that is in arrears.
            "coverage-or-account": {"works": 0.5, "fails": 0.28, "same-works": 0.1,
                                    "same-fails": 0.12},
            "line-refused": {"works": 0.77, "fails": 0.02, "same-works": 0.15, "same-fails": 0.06},
            "phone-or-sim": {"works": 0.45, "fails": 0.33, "same-works": 0.13, "same-fails": 0.09},
            "airplane-mode-on": {"works": 0.01, "fails": 0.78, "same-works": 0.01,
                                 "same-fails": 0.2},
            "wifi-calling-switched-off": {"works": 0.68, "fails": 0.11, "same-works": 0.17,
                                          "same-fails": 0.04},
            "unknown": {"works": 0.65, "fails": 0.12, "same-works": 0.17, "same-fails": 0.06},
        },
        "Two SIMs in one phone are each other's control: they share the handset and the place, "
        "not the account. A brand on a host's network counts as the same network as its host.",
    ),
)  # fmt: skip

ROWS: tuple[Row, ...] = (*_TOLD, *_READ)
