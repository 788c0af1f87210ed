"""Faults of the phone itself, its switches and its SIM card."""

from netcheck.diagnosis.faults.fault import LIMPS, Fault, local

FAULTS: tuple[Fault, ...] = (
    local(
        "phone-or-sim",
        18,
        10,
        "airplane-off check-sim try-other-phone",
        settles="second-phone",
        calls_may_fail=True,
    ),
    local("sim-missing", 160, 2, "put-sim-in", calls_may_fail=True),
    local("sim-locked", 161, 1, "unlock-sim", calls_may_fail=True),
    local("airplane-mode-on", 162, 3, "airplane-mode-off", calls_may_fail=True),
    local("mobile-data-off", 163, 3, "mobile-data-on", severity=LIMPS),
    local(
        "wifi-calling-switched-off",
        164,
        4,
        "turn-on-wifi-calling move-outdoors use-messaging-app",
        severity=LIMPS,
        calls_may_fail=True,
    ),
)
