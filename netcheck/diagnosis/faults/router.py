"""Faults of the home network: its router, its filters, its sign-in page."""

from netcheck.diagnosis.faults.fault import LIMPS, Fault, local

FAULTS: tuple[Fault, ...] = (
    local("router-dead", 7, 25, "restart-router check-cabling", calls_may_fail=True, blocks=True),
    local("two-dhcp-servers", 121, 2, "unplug-second-router ask-network-owner", severity=LIMPS),
    local("captive-portal", 12, 15, "sign-in-portal", calls_may_fail=True, blocks=True),
    local("tls-intercepted", 13, 6, "ask-network-owner try-other-network", severity=LIMPS),
    local(
        "lan-blocks-ike",
        15,
        30,
        "allow-ports try-other-network use-messaging-app",
        severity=LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    local("router-swallows-large", 17, 4, "lower-mtu restart-router", severity=LIMPS),
    local(
        "router-drops-fragments",
        60,
        4,
        "lower-mtu restart-router try-other-network",
        severity=LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    local(
        "lan-blocks-udp",
        62,
        5,
        "allow-ports try-other-network ask-network-owner",
        severity=LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    local(
        "gateway-needs-ipv4",
        73,
        3,
        "try-other-network ask-network-owner use-messaging-app",
        severity=LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    local(
        "https-blocked",
        51,
        6,
        "ask-network-owner try-other-network restart-router",
        settles="other-network",
    ),
    local("ipv6-broken", 57, 5, "restart-router ask-network-owner", severity=LIMPS),
)
