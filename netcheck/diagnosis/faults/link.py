"""Faults of the link between the device and the router: cable and Wi-Fi."""

from netcheck.diagnosis.faults.fault import LIMPS, Fault, local

FAULTS: tuple[Fault, ...] = (
    local("cable-out", 3, 15, "plug-cable check-cabling", calls_may_fail=True, blocks=True),
    local(
        "wifi-not-joined",
        4,
        20,
        "join-wifi retype-wifi-password",
        calls_may_fail=True,
        blocks=True,
    ),
    local("wifi-weak", 5, 40, "move-closer restart-router", severity=LIMPS, settles="run-again"),
    local(
        "wifi-wrong-passphrase",
        100,
        8,
        "retype-wifi-password ask-network-owner",
        calls_may_fail=True,
        blocks=True,
    ),
    local(
        "wifi-refused",
        101,
        4,
        "restart-router ask-network-owner try-other-network",
        calls_may_fail=True,
        blocks=True,
    ),
    local(
        "wifi-interference",
        102,
        15,
        "use-quieter-band move-closer restart-router",
        severity=LIMPS,
        settles="run-again",
    ),
    local(
        "wifi-unsteady",
        103,
        10,
        "restart-device restart-router stay-in-one-place",
        severity=LIMPS,
        settles="run-again",
    ),
    local("home-link-lossy", 8, 25, "move-closer check-cabling restart-router", severity=LIMPS),
)
