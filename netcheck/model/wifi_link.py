"""What a wireless interface says of its link. None: not measured.

Apart from the rest of Wi-Fi, which only a wireless run loads. Identifiers (SSID, BSSID) stay out.
"""

from dataclasses import dataclass
from enum import StrEnum


class NamePermission(StrEnum):
    """Whether the system tells this process what the network is called. The name is not kept."""

    PERMITTED = "permitted"
    NOT_PERMITTED = "not-permitted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """Since the association (IEEE 802.11-2020 6.3.14, as linux/nl80211.h tells it).

    `sent` are packets handed to the radio, `retried` the repeats they took, `given_up` those that
    no repeat brought through. Whether a driver counts repeats differs: a zero may be "never".
    """

    sent: int | None = None
    retried: int | None = None
    given_up: int | None = None
    received: int | None = None
    beacons_lost: int | None = None


@dataclass(frozen=True, slots=True)
class WifiLink:
    """An association. `authorized` is False while it waits for its keys: nothing passes yet."""

    associated: bool | None
    signal_dbm: int | None = None
    frequency_mhz: int | None = None
    rate_mbps: float | None = None  # towards the access point
    receive_rate_mbps: float | None = None
    width_mhz: int | None = None
    authorized: bool | None = None
    joined_s: int | None = None
    counts: FrameCounts = FrameCounts()
    name_permission: NamePermission = NamePermission.UNKNOWN
