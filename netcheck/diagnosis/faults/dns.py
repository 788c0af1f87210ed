"""Faults of names: at home or at the provider, dead, slow, lying or filtering."""

from netcheck.diagnosis.faults.fault import LIMPS, Fault, fault, local
from netcheck.model.verdict import Side

FAULTS: tuple[Fault, ...] = (
    local("router-dns-dead", 9, 10, "restart-router use-other-dns", calls_may_fail=True),
    local("router-resolver-lies", 10, 6, "use-other-dns", severity=LIMPS),
    local(
        "dns-filter-blocks-calling",
        11,
        8,
        "use-other-dns ask-network-owner",
        severity=LIMPS,
        calls_may_fail=True,
    ),
    fault(
        Side.ISP,
        "provider-dns-dead",
        20,
        15,
        "use-other-dns call-provider",
        calls_may_fail=True,
    ),
    fault(Side.ISP, "provider-resolver-lies", 21, 6, "use-other-dns", severity=LIMPS),
    local("router-dns-slow", 40, 6, "restart-router use-other-dns", severity=LIMPS),
    fault(Side.ISP, "provider-dns-slow", 41, 10, "use-other-dns call-provider", severity=LIMPS),
    local(
        "dns-misleads-calling",
        42,
        4,
        "use-other-dns ask-network-owner",
        severity=LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    fault(
        Side.ISP,
        "provider-dns-misleads-calling",
        43,
        2,
        "use-other-dns call-provider",
        severity=LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
)
