"""Faults of the phone itself and of its SIM card."""

from netcheck.diagnosis.faults.fault import Fault, local

FAULTS: tuple[Fault, ...] = (
    local(
        "phone-or-sim",
        18,
        20,
        "airplane-off check-sim try-other-phone",
        settles="second-phone",
        calls_may_fail=True,
    ),
)
