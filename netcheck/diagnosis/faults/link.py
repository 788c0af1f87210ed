"""Faults of the link between the device and the router: cable and Wi-Fi."""

from netcheck.diagnosis.faults.fault import LIMPS, Fault, local

FAULTS: tuple[Fault, ...] = (
    local("cable-out", 3, 15, "plug-cable check-cabling", calls_may_fail=True, blocks=True),
    local("wifi-not-joined", 4, 20, "join-wifi", calls_may_fail=True, blocks=True),
    local("wifi-weak", 5, 40, "move-closer restart-router", severity=LIMPS, settles="run-again"),
    local("home-link-lossy", 8, 25, "move-closer check-cabling restart-router", severity=LIMPS),
)
