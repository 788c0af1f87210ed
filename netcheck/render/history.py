"""The outages of a history as a table and a strip."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from netcheck.model.finding import Parameter
from netcheck.model.history import Outage, Stretch
from netcheck.render.sheet import Sheet
from netcheck.text import Words

DAYS = 7  # of the strip
_HEAD = 18  # columns of a day and a time
_SIGNS = {"ok": ("·", "."), "degraded": ("!", "!"), "down": ("×", "x")}
_NOT_LOOKED = "-"
_ORDER = ("ok", "degraded", "down")


def render(
    outages: Sequence[Outage],
    stretches: Sequence[Stretch],
    words: Words,
    *,
    sheet: Sheet,
    now: datetime,
    zone: tzinfo | None,
    unicode: bool,
) -> str:
    """The newest outage first, in the device's own time, then the last days by the hour."""
    if not stretches:
        sheet.paragraph(words.say("history.empty"))
        return sheet.text
    if not outages:
        sheet.paragraph(words.say("history.none", {"time": _day(stretches[0].began, zone)}))
    for outage in reversed(outages):
        sheet.row(_moment(outage.began, zone), _told(outage, words, now, zone), _HEAD)
    sheet.blank()
    signs = [pair[0 if unicode else 1] for pair in _SIGNS.values()]
    sheet.paragraph(words.say("history.strip"))
    first = _midnight(now, zone) - timedelta(days=DAYS)
    recent = [one for one in stretches if one.ended >= first]
    for day in reversed(range(DAYS)):
        midnight = _midnight(now, zone) - timedelta(days=day)
        sheet.row(_day(midnight, zone), _hours(recent, midnight, now, signs), _HEAD)
    key = {"ok": signs[0], "degraded": signs[1], "down": signs[2]}
    sheet.paragraph(words.say("history.key", {"name": key["ok"], "kind": key["degraded"],
                                              "reason": key["down"]}))  # fmt: skip
    return sheet.text


def as_document(outages: Sequence[Outage], stretches: Sequence[Stretch]) -> dict[str, object]:
    """The same for machines: times in UTC, null while it goes on or nobody looked."""
    return {
        "schema": "netcheck.history/1",
        "outages": [
            {
                "began": _utc(one.began),
                "seen_last": _utc(one.seen_last),
                "over": _utc(one.over) if one.over else None,
                "looks": one.looks,
                "side": one.side,
                "fault": one.fault,
                "severity": one.severity,
                "confidence": one.confidence,
                "carrier": one.carrier,
            }
            for one in outages
        ],
        "stretches": [
            {
                "began": _utc(one.began),
                "ended": _utc(one.ended),
                "side": one.side,
                "severity": one.severity,
            }
            for one in stretches
        ],
    }


def duration(lasted: timedelta, words: Words) -> str:
    """`2 d 4 h`, `1 h 20 min`, `5 min`, less than a minute as one."""
    minutes = max(1, round(lasted.total_seconds() / 60))
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    amounts = [("days", days), ("hours", hours), ("minutes", minutes)]
    told = [words.say(f"history.{unit}", {"count": n}) for unit, n in amounts if n]
    return " ".join(told[:2])


def fault_name(fault: str | None, side: str, words: Words) -> str:
    """What it was, in words; the side's where there is no fault to name."""
    if side == "inconclusive" or fault is None or f"fault.{fault}.name" not in words:
        return words.say("history.unclear")
    return words.say(f"fault.{fault}.name")


def _told(outage: Outage, words: Words, now: datetime, zone: tzinfo | None) -> str:
    lasted = duration(outage.lasted(now), words)
    name = fault_name(outage.fault, outage.side, words)
    params: dict[str, Parameter] = {
        "name": name[:1].upper() + name[1:],
        "time": _until(outage, zone),
        "reason": lasted,
        "count": round(100 * outage.confidence),
        "total": outage.looks,
    }
    if outage.over is not None:
        return words.say("history.over", params)
    ongoing = now - outage.seen_last <= timedelta(hours=1)
    return words.say("history.ongoing" if ongoing else "history.unseen", params)


def _until(outage: Outage, zone: tzinfo | None) -> str:
    end = outage.over or outage.seen_last
    same_day = end.astimezone(zone).date() == outage.began.astimezone(zone).date()
    return end.astimezone(zone).strftime("%H:%M") if same_day else _moment(end, zone)


def _hours(
    stretches: Sequence[Stretch], midnight: datetime, now: datetime, signs: Sequence[str]
) -> str:
    """A sign for each hour of the day: the worst that was seen in it."""
    found = ""
    for hour in range(24):
        began = midnight + timedelta(hours=hour)
        if began > now:
            break
        ended = began + timedelta(hours=1)
        seen = [s.severity for s in stretches if s.began < ended and s.ended >= began]
        worst = max((_ORDER.index(one) for one in seen if one in _ORDER), default=None)
        found += _NOT_LOOKED if worst is None else signs[worst]
    return found


def _midnight(now: datetime, zone: tzinfo | None) -> datetime:
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _moment(at: datetime, zone: tzinfo | None) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _day(at: datetime, zone: tzinfo | None) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d")


def _utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
