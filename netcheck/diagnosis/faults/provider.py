"""Faults of the access provider behind the router."""

from netcheck.diagnosis.faults.fault import LIMPS, Fault, fault
from netcheck.model.verdict import Side

FAULTS: tuple[Fault, ...] = (
    fault(
        Side.ISP,
        "provider-dead",
        19,
        35,
        "leave-router-alone use-mobile-data call-provider",
        settles="ask-neighbour",
        calls_may_fail=True,
        blocks=True,
    ),
    fault(
        Side.ISP,
        "provider-blocks-ike",
        22,
        20,
        "try-other-network use-messaging-app call-provider",
        severity=LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    fault(
        Side.ISP,
        "provider-drops-fragments",
        61,
        4,
        "try-other-network use-messaging-app call-provider",
        severity=LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    fault(
        Side.ISP,
        "provider-blocks-udp",
        63,
        2,
        "try-other-network use-mobile-data call-provider",
        severity=LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    fault(
        Side.ISP,
        "provider-lossy",
        23,
        25,
        "leave-router-alone use-mobile-data call-provider",
        severity=LIMPS,
        settles="run-again",
    ),
    fault(Side.ISP, "provider-swallows-large", 24, 8, "lower-mtu call-provider", severity=LIMPS),
    fault(
        Side.ISP,
        "provider-blocks-https",
        52,
        2,
        "leave-router-alone use-mobile-data call-provider",
        settles="other-network",
    ),
    fault(
        Side.ISP,
        "provider-ipv6-broken",
        59,
        5,
        "leave-router-alone call-provider",
        severity=LIMPS,
    ),
)
