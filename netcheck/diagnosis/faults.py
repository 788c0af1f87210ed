"""Every fault netcheck can name: side, severity, prior, remedies in the order to try them.

Priors are for a person who had a reason to run netcheck, not for the population. Until reports
from real devices exist they are judgement, ordered by the field lessons and the outages in
`seeds/`: weak Wi-Fi and routers fail daily, a carrier's core fails once a year for everybody at
once. `number` is for the spoken code and never changes.
"""

from dataclasses import dataclass

from netcheck.model.verdict import Severity, Side


@dataclass(frozen=True, slots=True)
class Fault:
    """`prior` is a weight: its share of all priors is the probability. `calls_may_fail` adds the
    emergency advice. `settles` is the question or check that would tell it from its nearest
    rival."""

    id: str
    number: int
    side: Side
    severity: Severity
    prior: int
    steps: tuple[str, ...]
    settles: str | None = None
    calls_may_fail: bool = False


def _local(id: str, number: int, prior: int, steps: str, **more: object) -> Fault:
    return _fault(Side.LOCAL, id, number, prior, steps, **more)


def _fault(side: Side, id: str, number: int, prior: int, steps: str, **more: object) -> Fault:
    severity = more.pop("severity", Severity.DOWN)
    assert isinstance(severity, Severity)
    return Fault(id, number, side, severity, prior, tuple(steps.split()), **more)  # type: ignore[arg-type]


_LIMPS = Severity.DEGRADED

FAULTS: tuple[Fault, ...] = (
    _fault(Side.NONE, "all-well", 1, 500, "nothing-to-do", severity=Severity.OK),
    _local("interface-off", 2, 5, "switch-interface-on", calls_may_fail=True),
    _local("cable-out", 3, 15, "plug-cable check-cabling", calls_may_fail=True),
    _local("wifi-not-joined", 4, 20, "join-wifi", calls_may_fail=True),
    _local("wifi-weak", 5, 40, "move-closer restart-router", severity=_LIMPS, settles="run-again"),
    _local("no-address", 6, 15, "renew-address restart-router", calls_may_fail=True),
    _local("router-dead", 7, 25, "restart-router check-cabling", calls_may_fail=True),
    _local("home-link-lossy", 8, 25, "move-closer check-cabling restart-router", severity=_LIMPS),
    _local("router-dns-dead", 9, 10, "restart-router use-other-dns", calls_may_fail=True),
    _local("router-resolver-lies", 10, 6, "use-other-dns", severity=_LIMPS),
    _local(
        "dns-filter-blocks-calling",
        11,
        8,
        "use-other-dns ask-network-owner",
        severity=_LIMPS,
        calls_may_fail=True,
    ),
    _local("captive-portal", 12, 15, "sign-in-portal", calls_may_fail=True),
    _local("tls-intercepted", 13, 6, "ask-network-owner try-other-network", severity=_LIMPS),
    _local("clock-wrong", 14, 6, "set-clock", severity=_LIMPS),
    _local(
        "lan-blocks-ike",
        15,
        30,
        "allow-ports try-other-network use-messaging-app",
        severity=_LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    _local("vpn-blocks-ike", 16, 10, "turn-off-vpn", severity=_LIMPS, calls_may_fail=True),
    _local("router-swallows-large", 17, 4, "lower-mtu restart-router", severity=_LIMPS),
    _local(
        "phone-or-sim",
        18,
        20,
        "airplane-off check-sim try-other-phone",
        settles="second-phone",
        calls_may_fail=True,
    ),
    _fault(
        Side.ISP,
        "provider-dead",
        19,
        35,
        "leave-router-alone use-mobile-data call-provider",
        settles="ask-neighbour",
        calls_may_fail=True,
    ),
    _fault(
        Side.ISP,
        "provider-dns-dead",
        20,
        15,
        "use-other-dns call-provider",
        calls_may_fail=True,
    ),
    _fault(Side.ISP, "provider-resolver-lies", 21, 6, "use-other-dns", severity=_LIMPS),
    _fault(
        Side.ISP,
        "provider-blocks-ike",
        22,
        20,
        "try-other-network use-messaging-app call-provider",
        severity=_LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    _local(
        "router-drops-fragments",
        60,
        4,
        "lower-mtu restart-router try-other-network",
        severity=_LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    _fault(
        Side.ISP,
        "provider-drops-fragments",
        61,
        4,
        "try-other-network use-messaging-app call-provider",
        severity=_LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    _local(
        "lan-blocks-udp",
        62,
        5,
        "allow-ports try-other-network ask-network-owner",
        severity=_LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    _fault(
        Side.ISP,
        "provider-blocks-udp",
        63,
        2,
        "try-other-network use-mobile-data call-provider",
        severity=_LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    _fault(
        Side.ISP,
        "provider-lossy",
        23,
        25,
        "leave-router-alone use-mobile-data call-provider",
        severity=_LIMPS,
        settles="run-again",
    ),
    _fault(Side.ISP, "provider-swallows-large", 24, 8, "lower-mtu call-provider", severity=_LIMPS),
    _fault(
        Side.CARRIER,
        "carrier-registration-outage",
        25,
        20,
        "turn-on-wifi-calling leave-router-alone keep-record wait-carrier",
        settles="second-phone",
        calls_may_fail=True,
    ),
    _fault(
        Side.CARRIER,
        "carrier-gateway-outage",
        26,
        15,
        "use-messaging-app leave-router-alone keep-record wait-carrier",
        settles="path-from-elsewhere",
        calls_may_fail=True,
    ),
    _fault(
        Side.CARRIER,
        "carrier-names-outage",
        27,
        7,
        "use-messaging-app leave-router-alone keep-record wait-carrier",
        settles="path-from-elsewhere",
        calls_may_fail=True,
    ),
    _fault(
        Side.CARRIER,
        "carrier-core-outage",
        28,
        7,
        "use-messaging-app leave-router-alone keep-record wait-carrier",
        settles="second-phone",
        calls_may_fail=True,
    ),
    _fault(
        Side.CARRIER,
        "carrier-degraded",
        29,
        12,
        "use-messaging-app leave-router-alone wait-carrier",
        severity=_LIMPS,
        settles="run-again",
        calls_may_fail=True,
    ),
    _fault(
        Side.CARRIER,
        "carrier-calling-fails",
        30,
        10,
        "use-messaging-app check-account leave-router-alone wait-carrier",
        severity=_LIMPS,
        settles="second-phone",
        calls_may_fail=True,
    ),
    _fault(
        Side.CARRIER,
        "coverage-or-account",
        31,
        25,
        "turn-on-wifi-calling move-outdoors check-account try-other-phone",
        settles="second-phone",
        calls_may_fail=True,
    ),
    _fault(
        Side.CARRIER,
        "carrier-entitlement-outage",
        70,
        8,
        "use-messaging-app leave-router-alone wait-carrier",
        severity=_LIMPS,
        settles="run-again",
    ),
    _local(
        "gateway-needs-ipv4",
        73,
        3,
        "try-other-network ask-network-owner use-messaging-app",
        severity=_LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    _fault(
        Side.CARRIER,
        "calling-geoblocked",
        71,
        4,
        "use-messaging-app leave-router-alone check-account",
        severity=_LIMPS,
        settles="path-from-elsewhere",
        calls_may_fail=True,
    ),
    _fault(
        Side.CARRIER,
        "carrier-redirect-dead",
        72,
        4,
        "use-messaging-app leave-router-alone keep-record wait-carrier",
        severity=_LIMPS,
        settles="path-from-elsewhere",
        calls_may_fail=True,
    ),
    _fault(
        Side.REMOTE,
        "called-carrier-outage",
        32,
        8,
        "tell-other-person use-messaging-app",
        severity=_LIMPS,
        settles="ask-them",
    ),
    _fault(Side.REMOTE, "third-party-outage", 33, 8, "wait-provider", severity=_LIMPS),
    _local("router-dns-slow", 40, 6, "restart-router use-other-dns", severity=_LIMPS),
    _fault(Side.ISP, "provider-dns-slow", 41, 10, "use-other-dns call-provider", severity=_LIMPS),
    _local(
        "dns-misleads-calling",
        42,
        4,
        "use-other-dns ask-network-owner",
        severity=_LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    _fault(
        Side.ISP,
        "provider-dns-misleads-calling",
        43,
        2,
        "use-other-dns call-provider",
        severity=_LIMPS,
        settles="other-network",
        calls_may_fail=True,
    ),
    _local("device-dns-dead", 44, 5, "restart-device use-other-dns", calls_may_fail=True),
    _local(
        "device-firewall",
        50,
        6,
        "allow-in-firewall ask-network-owner",
        severity=_LIMPS,
        calls_may_fail=True,
    ),
    _local(
        "https-blocked",
        51,
        6,
        "ask-network-owner try-other-network restart-router",
        settles="other-network",
    ),
    _fault(
        Side.ISP,
        "provider-blocks-https",
        52,
        2,
        "leave-router-alone use-mobile-data call-provider",
        settles="other-network",
    ),
    _local("hosts-override", 53, 3, "clean-hosts-file", severity=_LIMPS),
    _local("proxy-dead", 54, 5, "turn-off-proxy ask-network-owner", severity=_LIMPS),
    _local("mtu-too-small", 55, 2, "reset-packet-size", severity=_LIMPS),
    _local("radio-switched-off", 56, 3, "switch-interface-on", calls_may_fail=True),
    _local("ipv6-broken", 57, 5, "restart-router ask-network-owner", severity=_LIMPS),
    _fault(
        Side.ISP,
        "provider-ipv6-broken",
        59,
        5,
        "leave-router-alone call-provider",
        severity=_LIMPS,
    ),
    _local("own-traffic", 58, 8, "pause-own-traffic", severity=_LIMPS, settles="run-again"),
    # Always a candidate, equally ready to explain anything: it wins when nothing else fits.
    _fault(Side.INCONCLUSIVE, "unknown", 34, 19, "try-other-network", severity=_LIMPS),
)

BY_ID = {fault.id: fault for fault in FAULTS}
BY_NUMBER = {fault.number: fault for fault in FAULTS}
