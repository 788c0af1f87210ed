"""Faults of third parties and of the called person's carrier."""

from netcheck.diagnosis.faults.fault import LIMPS, Fault, fault
from netcheck.model.verdict import Side

FAULTS: tuple[Fault, ...] = (
    fault(
        Side.REMOTE,
        "called-carrier-outage",
        32,
        8,
        "tell-other-person use-messaging-app",
        severity=LIMPS,
        settles="ask-them",
    ),
    fault(Side.REMOTE, "third-party-outage", 33, 8, "wait-provider", severity=LIMPS),
)
