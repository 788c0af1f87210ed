"""What a signed feed says that many other devices see.

Bounded: no state is more than five times as likely under one fault as under another (a test holds
it), so that it never outvotes what this device sees itself, and never decides alone.
"""

from netcheck.diagnosis.likelihoods.row import Row, row

_USUAL = {"quiet": 0.8, "degraded": 0.09, "outage": 0.11}
"""Somewhere in a country there is trouble more often than here, and people look during news."""

ROWS: tuple[Row, ...] = (
    row(
        "crowd",
        "quiet degraded outage",
        _USUAL,
        {
            # Quiet too: where it is regional, or younger than the feed.
            "carrier-registration-outage carrier-core-outage": {"outage": 0.48, "degraded": 0.18},
            "carrier-gateway-outage carrier-names-outage": {"outage": 0.4, "degraded": 0.22},
            "carrier-degraded": {"outage": 0.2, "degraded": 0.36},
            "carrier-calling-fails": {"outage": 0.18, "degraded": 0.2},
            "carrier-data-fails carrier-redirect-dead": {"outage": 0.15, "degraded": 0.15},
            "unknown": _USUAL,
        },
        "Judgement: no feed has been measured yet. It is late by minutes, may be of another "
        "region, and counts registration, names and gateways alone.",
    ),
    row(
        "crowd-called",
        "quiet degraded outage",
        _USUAL,
        {"called-carrier-outage": {"outage": 0.45, "degraded": 0.2}, "unknown": _USUAL},
        "As above, of the carrier of the person who can't be reached.",
    ),
)
