"""What is seen of the air around a Wi-Fi link, and of what happens to it. None: not measured.

Identifiers (SSID, BSSID, hardware addresses) stay out of here: nothing needs them to judge. Access
points are told apart by numbers that count from 1 within a run and mean nothing outside it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Security(StrEnum):
    """How the network in use is locked, by what its access point announces."""

    OPEN = "open"
    OWE = "owe"  # encrypted without a passphrase (RFC 8110)
    WEP = "wep"  # also what nobody could name but says "privacy"
    WPA = "wpa"  # of 2003, withdrawn
    WPA2_PSK = "wpa2-psk"
    WPA2_WPA3 = "wpa2-wpa3"  # takes either
    WPA3 = "wpa3"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True)
class ChannelUse:
    """The channel in use, from the driver's survey. Times are milliseconds and only grow, but
    from when differs by driver: two readings make a share, one does not."""

    noise_dbm: int | None = None
    time_ms: int | None = None
    busy_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the kernel remembers of the last scan that anybody made; none is made for this.

    `neighbours` are other networks whose channel overlaps the one in use. A memory that holds the
    own network alone tells nothing of others: then it is None. Even a fresh one proves no silence:
    a scan hears beacons, not microwave ovens, and one access point may announce several networks.
    `name_told`: whether the network's name was among what was told; it is not kept.
    `point_load_percent` and `point_devices` are the access point's own word (BSS Load, 9.4.2.27).
    """

    security: Security | None = None
    neighbours: int | None = None
    scan_age_s: float | None = None
    point_load_percent: int | None = None
    point_devices: int | None = None
    name_told: bool | None = None


class WifiEventKind(StrEnum):
    """What happened to the association, by the kernel's word."""

    AUTHENTICATED = "authenticated"  # the first step; no passphrase was shown yet, but with SAE
    REJECTED = "rejected"  # authentication refused: `code` is a status
    ADMITTED = "admitted"  # the association was granted
    REFUSED = "refused"  # the association was refused: `code` is a status
    UNANSWERED = "unanswered"  # the access point did not answer a step
    CONNECTED = "connected"  # linked; with a passphrase the keys are still to come
    SETTLED = "settled"  # keys and all: data may pass
    ROAMED = "roamed"  # to another access point, without a break
    DISCONNECTED = "disconnected"  # `code` is a reason
    BEACONS_LOST = "beacons-lost"


@dataclass(frozen=True, slots=True)
class WifiEvent:
    """`at_ms` counts from when the watch began. `by_point` tells who ended the link: the access
    point (True) or this device. `point` numbers the access point. `proof`: what was rejected is
    the proof of the passphrase (the second step of SAE), whatever code was given for it."""

    kind: WifiEventKind
    at_ms: float
    code: int | None = None
    by_point: bool | None = None
    point: int | None = None
    proof: bool = False


class JoinTrouble(StrEnum):
    """Why a program that manages the Wi-Fi says it could not join."""

    WRONG_PASSPHRASE = "wrong-passphrase"
    REFUSED = "refused"
    SILENT = "silent"  # it was tried, and nobody answered
    NOT_FOUND = "not-found"  # the network was not in the air
    NO_DHCP = "no-dhcp"  # joined, and no address came


@dataclass(frozen=True, slots=True)
class ManagerWord:
    """What such a program says of its last try. `raw` is that in the numbers of its interface;
    `reason` and `status` are codes of IEEE 802.11 where it passes them on. `trying`: whether it is
    at it now."""

    manager: str
    raw: str
    trying: bool | None = None
    trouble: JoinTrouble | None = None
    reason: int | None = None
    status: int | None = None
