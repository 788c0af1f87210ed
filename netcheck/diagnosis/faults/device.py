"""Faults of this device: its switches, settings, name service, and what it runs."""

from netcheck.diagnosis.faults.fault import LIMPS, Fault, local

FAULTS: tuple[Fault, ...] = (
    local("interface-off", 2, 5, "switch-interface-on", calls_may_fail=True, blocks=True),
    local("no-address", 6, 15, "renew-address restart-router", calls_may_fail=True, blocks=True),
    local(
        "address-used-twice",
        120,
        2,
        "renew-address change-fixed-address restart-router",
        severity=LIMPS,
        calls_may_fail=True,
    ),
    local("clock-wrong", 14, 6, "set-clock", severity=LIMPS),
    local("vpn-blocks-ike", 16, 10, "turn-off-vpn", severity=LIMPS, calls_may_fail=True),
    local("device-dns-dead", 44, 5, "restart-device use-other-dns", calls_may_fail=True),
    local(
        "encrypted-dns-blocked",
        150,
        4,
        "make-encryption-optional use-other-dns ask-network-owner",
        calls_may_fail=True,
    ),
    local("dnssec-refused", 151, 2, "make-signatures-optional use-other-dns", calls_may_fail=True),
    local(
        "search-domain-misleads", 152, 2, "clean-search-domains ask-network-owner", severity=LIMPS
    ),
    local(
        "device-firewall",
        50,
        6,
        "allow-in-firewall ask-network-owner",
        severity=LIMPS,
        calls_may_fail=True,
    ),
    local("hosts-override", 53, 3, "clean-hosts-file", severity=LIMPS),
    local("proxy-dead", 54, 5, "turn-off-proxy ask-network-owner", severity=LIMPS),
    local("mtu-too-small", 55, 2, "reset-packet-size", severity=LIMPS),
    local("radio-switched-off", 56, 3, "switch-interface-on", calls_may_fail=True, blocks=True),
    local(
        "own-traffic",
        58,
        8,
        "pause-own-traffic",
        severity=LIMPS,
        settles="run-again",
        like="provider-lossy",  # a line filled from here loses what everything behind it needs
    ),
)
