"""link: does the air carry what this device sends, or must much be sent again?

The station's own counters (nl80211, NL80211_CMD_GET_STATION) at the beginning and at the end of
the run, the channel's busy time between the same moments (NL80211_CMD_GET_SURVEY), and what the
last scan left in memory (NL80211_CMD_GET_SCAN): how the network is locked, who shares its channel.
Loss at home beside a radio that repeats little is not the radio's: the router, or a link behind it.

Weak where a driver does not count repeats (its zero looks clean), where its survey is not filled
in, and by the few frames of one run. A radio repeats what it sent until it arrives, so a bad one
may lose nothing and only delay.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.catalog.thresholds import Thresholds
from netcheck.checks.contract import Check, Situation
from netcheck.device import ieee80211
from netcheck.model.check import CheckSpec
from netcheck.model.device import LinkKind
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Target, error, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.wifi import ChannelUse, Security, Surroundings
from netcheck.model.wifi_link import FrameCounts, NamePermission, WifiLink

_OPEN = (Security.OPEN, Security.OWE)
_OLD = (Security.WEP, Security.WPA)


@dataclass(frozen=True, slots=True)
class AirFacts(Facts):
    """The link at the end of the run; shares are of this run alone. `retried_percent` is the share
    of all sendings that were repeats, `given_up_percent` that of packets which no repeat brought
    through. `neighbours_on_channel` is from the kernel's memory: it may miss many and be minutes
    old. Whether the network's name may be read is said; the name is not."""

    signal_dbm: int | None
    noise_dbm: int | None
    snr_db: int | None
    band_ghz: float | None
    channel: int | None
    width_mhz: int | None
    send_mbps: float | None
    receive_mbps: float | None
    frames_sent: int | None
    retried_percent: float | None
    given_up_percent: float | None
    beacons_lost: int | None
    channel_busy_percent: int | None
    point_busy_percent: int | None
    point_devices: int | None
    neighbours_on_channel: int | None
    scan_age_s: float | None
    security: str | None
    joined_s: int | None
    name_permission: str


def targets(situation: Situation) -> Iterable[Target]:
    interface = situation.interface
    if interface is not None and interface.kind == LinkKind.WIFI and situation.wifi is not None:
        yield Target(interface.name)


def observe(target: Target, situation: Situation) -> Observed:
    watch, interface = situation.wifi, situation.interface
    link = watch.link() if watch else None
    if watch is None or interface is None or link is None:
        return error(Failure.NOT_PERMITTED, "this system does not tell of its Wi-Fi")
    if not link.associated:
        return failed(Failure.ABSENT)
    limits = situation.catalog.thresholds
    spent = counts_between(interface.wifi, link)
    use = watch.use()
    busy = busy_percent(watch.first_use(), use, limits)
    facts = _facts(link, spent, busy, use, watch.surroundings() or Surroundings(), limits)
    state = air_state(facts, limits)
    return failed(Failure.LOSS, facts) if state in _TROUBLED else ok(facts)


_TROUBLED = ("retried", "crowded", "failing")


def counts_between(before: WifiLink | None, after: WifiLink) -> FrameCounts:
    """What was counted between two readings; nothing if there was another association between."""
    if before is None or not before.associated or _is_another(before, after):
        return FrameCounts()
    old, new = before.counts, after.counts
    return FrameCounts(
        _grown(old.sent, new.sent),
        _grown(old.retried, new.retried),
        _grown(old.given_up, new.given_up),
        _grown(old.received, new.received),
        _grown(old.beacons_lost, new.beacons_lost),
    )


def _is_another(before: WifiLink, after: WifiLink) -> bool:
    if before.joined_s is None or after.joined_s is None:
        return False
    return after.joined_s < before.joined_s


def _grown(before: int | None, after: int | None) -> int | None:
    """None where a counter went back: it was begun anew."""
    return None if before is None or after is None or after < before else after - before


def busy_percent(
    first: ChannelUse | None, last: ChannelUse | None, limits: Thresholds
) -> int | None:
    """How much of the time between two surveys somebody was sending on the channel."""
    if first is None or last is None:
        return None
    time_ms, busy_ms = _grown(first.time_ms, last.time_ms), _grown(first.busy_ms, last.busy_ms)
    if time_ms is None or busy_ms is None or time_ms < limits.wifi_least_survey_ms:
        return None
    return round(100 * busy_ms / time_ms) if busy_ms <= time_ms else None


def _facts(
    link: WifiLink,
    spent: FrameCounts,
    busy: int | None,
    use: ChannelUse | None,
    around: Surroundings,
    limits: Thresholds,
) -> AirFacts:
    mhz, noise = link.frequency_mhz, use.noise_dbm if use else None
    enough = spent.sent is not None and spent.sent >= limits.wifi_least_frames
    return AirFacts(
        signal_dbm=link.signal_dbm,
        noise_dbm=noise,
        snr_db=link.signal_dbm - noise if link.signal_dbm and noise else None,
        band_ghz=ieee80211.band_ghz(mhz) if mhz else None,
        channel=ieee80211.channel(mhz) if mhz else None,
        width_mhz=link.width_mhz,
        send_mbps=link.rate_mbps,
        receive_mbps=link.receive_rate_mbps,
        frames_sent=spent.sent,
        retried_percent=_share(spent.retried, (spent.sent or 0) + (spent.retried or 0), enough),
        given_up_percent=_share(spent.given_up, spent.sent or 0, enough),
        beacons_lost=spent.beacons_lost,
        channel_busy_percent=busy,
        point_busy_percent=around.point_load_percent,
        point_devices=around.point_devices,
        neighbours_on_channel=around.neighbours,
        scan_age_s=around.scan_age_s,
        security=around.security.value if around.security else None,
        joined_s=link.joined_s,
        name_permission=_name_permission(link, around).value,
    )


def _name_permission(link: WifiLink, around: Surroundings) -> NamePermission:
    """Not told is not withheld: a hidden network has no name to tell."""
    return NamePermission.PERMITTED if around.name_told else link.name_permission


def _share(count: int | None, of: int, enough: bool) -> float | None:
    return round(100 * count / of, 1) if enough and count is not None and of else None


def air_state(facts: AirFacts, limits: Thresholds) -> str | None:
    """clean, busy, retried, crowded (busy and retried) or failing; None: nothing was measured."""
    many = _over(facts.retried_percent, limits.wifi_retried_percent)
    loads = [load for load in (facts.channel_busy_percent, facts.point_busy_percent) if load]
    full = _over(max(loads, default=None), limits.wifi_channel_busy_percent)
    if _is_failing(facts, limits):
        return "failing"
    if many:
        return "crowded" if full else "retried"
    if full:
        return "busy"
    return "clean" if many is False else None


def _is_failing(facts: AirFacts, limits: Thresholds) -> bool:
    """At least two: one given up may be the one that a sleeping access point missed."""
    if facts.given_up_percent is None or facts.frames_sent is None:
        return False
    lost = round(facts.given_up_percent * facts.frames_sent / 100)
    some, share = limits.loss_least_lost, limits.wifi_given_up_percent
    return bool(lost >= some and facts.given_up_percent > share)


def _over(value: float | None, limit: float) -> bool | None:
    return None if value is None else value >= limit


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, AirFacts):
        state = air_state(facts, situation.catalog.thresholds)
        shown: dict[str, Parameter] = {}
        if facts.retried_percent is not None:
            shown["retried_percent"] = round(facts.retried_percent)
        busy = facts.channel_busy_percent or facts.point_busy_percent
        if busy is not None:
            shown["busy_percent"] = busy
        if state is not None:
            yield Finding(f"wifi-air.{state}", (CHECK.id,), shown)
        if facts.security is not None:
            lock = "open" if facts.security in _OPEN else "locked"
            lock = "old" if facts.security in _OLD else lock
            yield Finding(f"wifi-lock.{lock}", (CHECK.id,), {"kind": facts.security})


CHECK = Check(
    CheckSpec(
        id="wifi-air-carries",
        stage=Stage.LINK,
        question="Does the air carry what this device sends at the first try?",
        control="Counted over the very probes whose loss is measured at home and beyond.",
        packets=0,
        deadline_ms=1500,
        tells=("wifi-air", "wifi-lock"),
        needs=("link-is-connected",),
        after=("gateway-answers", "internet-is-steady"),
    ),
    targets,
    observe,
    read,
)
