"""Moments and lengths of time as a person reads them."""

from datetime import UTC, datetime, timedelta

from netcheck.text import Words


def read_time(text: object) -> datetime | None:
    """A moment as files have it (ISO 8601 with a zone); None where it is none."""
    try:
        read = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return read if read is not None and read.tzinfo is not None else None


def moment(words: Words, at: datetime, now: datetime, *, local: bool) -> str:
    """When `at` was, told from `now`: "yesterday 21:10", by the clock of whoever reads. Not local,
    it is for machines and for people elsewhere: the date, in UTC."""
    if not local:
        return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    there, here = at.astimezone(), now.astimezone()
    clock = there.strftime("%H:%M")
    if there.date() == here.date():
        return words.say("changed.today", {"time": clock})
    if there.date() == here.date() - timedelta(days=1):
        return words.say("changed.yesterday", {"time": clock})
    return there.strftime("%Y-%m-%d %H:%M")
