"""The air around a wireless link: the channel in use, and what the last scan left in memory.

Linux, over nl80211 by pyroute2: NL80211_CMD_GET_SURVEY and NL80211_CMD_GET_SCAN, which any user
may ask and which make no scan. pyroute2 turns the elements of a beacon into text, so these are
read from the bytes of the message instead (linux/nl80211.h, enum nl80211_bss).

Weakness: mac80211_hwsim's survey is constant, and no real driver's was seen. Some drivers count
from the last reading on, some never fill the times in, and ath10k may wait seconds for its
firmware: nobody asks here without a thread and a deadline.
"""

from collections.abc import Iterable, Sequence

from netcheck.device import ieee80211, nl80211
from netcheck.device.netlink import attributes, number
from netcheck.model.wifi import ChannelUse, Security, Surroundings

_ATTR_MAC, _ATTR_BSS, _ATTR_SURVEY_INFO = 6, 47, 84
_BSS_FREQUENCY, _BSS_CAPABILITY, _BSS_ELEMENTS = 2, 5, 6
_BSS_STATUS, _BSS_SEEN_MS_AGO, _BSS_BEACON_ELEMENTS = 9, 10, 11
_STATUS_ASSOCIATED = 1
_SURVEY_FREQUENCY, _SURVEY_NOISE, _SURVEY_IN_USE, _SURVEY_TIME, _SURVEY_BUSY = 1, 2, 3, 4, 5
_FRESH_S = 120.0
"""Chosen: mac80211 forgets a network 30 s after it was last heard; others keep it for minutes, and
a laptop has moved by then."""
_CMD_GET_STATION, _CMD_GET_SURVEY, _CMD_GET_SCAN = 17, 50, 32


def survey(index: int, frequency_mhz: int | None) -> ChannelUse | None:
    """The channel in use. Raises nl80211.Unanswered; may block for as long as a driver takes."""
    return use_of(nl80211.dump(_CMD_GET_SURVEY, index), frequency_mhz)


def scan(index: int, width_mhz: int | None) -> Surroundings:
    """What the last scan left in the kernel's memory. Raises nl80211.Unanswered."""
    return surroundings_of(nl80211.dump(_CMD_GET_SCAN, index), width_mhz)


def points(index: int) -> list[bytes]:
    """The addresses of the access point in use, for comparing within this process. Raises
    nl80211.Unanswered."""
    messages = nl80211.dump(_CMD_GET_STATION, index)
    return [m for m in (attributes(m).get(_ATTR_MAC) for m in messages) if m]


def use_of(messages: Iterable[bytes], frequency_mhz: int | None) -> ChannelUse | None:
    """The survey that is marked as in use; where a driver marks none, that of the link's frequency.
    None if there is neither."""
    infos = [attributes(m).get(_ATTR_SURVEY_INFO, b"") for m in messages]
    surveys = [attributes(info) for info in infos]
    marked = [one for one in surveys if _SURVEY_IN_USE in one]
    wanted = frequency_mhz or -1
    alike = [one for one in surveys if number(one.get(_SURVEY_FREQUENCY)) == wanted]
    for one in (*marked, *alike):
        return ChannelUse(
            _noise_dbm(one.get(_SURVEY_NOISE, b"")),
            number(one.get(_SURVEY_TIME)),
            number(one.get(_SURVEY_BUSY)),
        )
    return None


def _noise_dbm(raw: bytes) -> int | None:
    """A signed byte. 0 and above is what drivers say for unknown."""
    value = int.from_bytes(raw[:1], "little", signed=True) if raw else 0
    return value if value < 0 else None


def surroundings_of(messages: Sequence[bytes], width_mhz: int | None) -> Surroundings:
    """The lock of the network in use, and the others beside it that are fresh in memory."""
    entries = [attributes(attributes(m).get(_ATTR_BSS, b"")) for m in messages]
    own = next((e for e in entries if number(e.get(_BSS_STATUS)) == _STATUS_ASSOCIATED), None)
    if own is None:
        return Surroundings()
    others = [
        (frequency_mhz, seen_s)
        for entry in entries
        if entry is not own
        and (frequency_mhz := number(entry.get(_BSS_FREQUENCY))) is not None
        and (seen_s := _seen_s(entry)) is not None
        and seen_s <= _FRESH_S
    ]
    here_mhz = number(own.get(_BSS_FREQUENCY))
    sharing = [
        mhz for mhz, _ in others if here_mhz and ieee80211.overlaps(here_mhz, mhz, width_mhz)
    ]
    announced = own.get(_BSS_BEACON_ELEMENTS) or own.get(_BSS_ELEMENTS)
    said = ieee80211.load(announced or b"")
    return Surroundings(
        security=_security(own, announced),
        neighbours=len(sharing) if others else None,
        scan_age_s=min((seen_s for _, seen_s in others), default=None),
        point_load_percent=said.busy_percent if said else None,
        point_devices=said.devices if said else None,
        name_told=ieee80211.names_itself(announced) if announced else None,
    )


def _security(own: dict[int, bytes], announced: bytes | None) -> Security | None:
    """An open network is one that announces no lock, so both fields must have been read."""
    capability = number(own.get(_BSS_CAPABILITY))
    if announced is None or capability is None:
        return None
    return ieee80211.security(announced, capability)


def _seen_s(entry: dict[int, bytes]) -> float | None:
    ago_ms = number(entry.get(_BSS_SEEN_MS_AGO))
    return None if ago_ms is None else round(ago_ms / 1000, 1)
