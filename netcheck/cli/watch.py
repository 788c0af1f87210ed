"""`netcheck watch`: look again and again, and tell when trouble begins and when it is over."""

import sys
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from netcheck.cli.door import Door, plain, width_of
from netcheck.cli.exit_codes import ANSWER_IS_NO, DONE
from netcheck.cli.keeping import keep, told_of_changes
from netcheck.cli.options import (
    CANNOT_REACH,
    CARRIER,
    CONFIG,
    JSON,
    Given,
    Option,
    Unfit,
    seconds_between,
)
from netcheck.cli.reporting import after_run, send_aside
from netcheck.cli.settings import (
    carrier_called,
    check_interface,
    country_of,
    own_carrier,
    settings,
)
from netcheck.model.symptom import Symptom

if TYPE_CHECKING:
    from netcheck.agent.configuration import Configuration
    from netcheck.agent.rhythm import Kept
    from netcheck.agent.running import Request
    from netcheck.agent.watching import Event
    from netcheck.model.result import Result
    from netcheck.text import Words

_LEAST_S, _MOST_S = 5.0, 3600.0
_VERDICT_ALONE = ("started", "cycle")
_TOLD_TO_DESKTOP = ("began", "changed", "worse", "better", "over", "flapping")


def _seconds(text: str) -> float:
    """Raises Unfit."""
    return seconds_between(_LEAST_S, _MOST_S, text)


def _count(text: str) -> int:
    """Raises Unfit."""
    if not text.isascii() or not text.isdigit() or not int(text):
        raise Unfit("needed.count")
    return int(text)


OPTIONS = (
    CARRIER,
    CANNOT_REACH,
    JSON,
    Option("until", "STATE", ("ok",)),
    Option("every", "SECONDS", read=_seconds),
    Option("looks", "COUNT", read=_count),
    Option("notify"),
    Option("interface", "NAME"),
    CONFIG,
)
POSITIONALS = ()


def perform(given: Given, door: Door) -> int:
    """Watch until told to stop, or until what `--until` and `--looks` say. The exit code is 0,
    and 3 where `--until ok` has not come true."""
    watch = _Watch(given, door)
    door.so_far = watch
    code = watch.run()
    return door.answer("", code)


class _Watch:
    """One watch: its story, its rhythm, and whom it tells."""

    def __init__(self, given: Given, door: Door) -> None:
        from netcheck.agent.waiting import Waiting, clocks, follow_modem, new_rhythm
        from netcheck.agent.watching import EVERY_S, Story, Watched
        from netcheck.device import reader

        self._given, self._door = given, door
        self._chosen = settings(given, door)
        self._request = _request(given, self._chosen)
        self._story = Story()
        self._rhythm = new_rhythm(given.every or EVERY_S)
        self._watched = Watched(self._story, self._rhythm)
        self._waiting = Waiting(reader(), self._rhythm)
        self._clocks = clocks
        self._ended = False
        self._kept: Kept | None = None  # what carriers said when they were last asked
        self._result: Result | None = None
        self._read = True  # whether anybody still reads what is written
        self._began = clocks()
        self._outages = 0
        follow_modem(self._waiting.heard, lambda: self._ended)

    def run(self) -> int:
        """Look, tell, wait, and again. The exit code."""
        from netcheck.agent.watching import Event, EventKind

        for number in range(1, 1 + (self._given.looks or sys.maxsize)):
            for event in self._look():
                self._tell(event)
            if self._given.json:
                self._write(Event(EventKind.CYCLE, self._clocks().boot_s))
            if not self._read:
                break
            if self._given.until and not self._story.in_doubt and self._story.trouble is None:
                return self._end(0)
            if number == self._given.looks:
                break
            for event in self._waiting.until_next(in_doubt=self._story.in_doubt):
                self._tell(event)
        return self._end(ANSWER_IS_NO if self._given.until else DONE)

    def _end(self, code: int) -> int:
        self._ended = True
        return code

    def _look(self) -> "list[Event]":
        from netcheck.agent.running import Run
        from netcheck.agent.watching import CARRIERS_EVERY_S, says_nothing

        began_s = self._clocks().boot_s
        asks = self._rhythm.may_ask_carriers(began_s)
        request = replace(
            self._request,
            before=None if asks else self._kept,
            before_within_s=CARRIERS_EVERY_S + 2 * (self._given.every or 60),
            spares_carriers=not asks,
        )
        run = Run(request)
        if self._result is None:  # one that is unplugged later is a fault, and no typing error
            check_interface(request.interface, run.situation.device)
        run.perform()
        device, verdict = run.situation.device, run.result().verdict
        self._result = told_of_changes(run.result(), device)
        self._kept = run.carriers_heard() or self._kept
        ours = not asks and says_nothing(verdict)
        keep(self._result, self._door, run.carriers_seen(), device, partial=ours)
        after_run(self._result, self._chosen, self._door)
        send_aside(self._chosen)
        return self._watched.take(verdict, began_s, asked=asks)

    def _tell(self, event: "Event") -> None:
        if event.kind == "began" or (event.kind == "started" and self._story.trouble):
            self._outages += 1
        self._write(event)
        if self._given.notify and event.kind in _TOLD_TO_DESKTOP:
            from netcheck.device.notifying import notify

            notify("netcheck", self._sentence(event))

    def _write(self, event: "Event") -> None:
        if self._given.json:
            import json

            self._read = self._door.tell(json.dumps(self._document(event)) + "\n")
            return
        from netcheck.render.layout import wrap

        at = self._at(event.at_s).strftime("%H:%M")
        first, *rest = wrap(self._sentence(event), max(20, width_of(sys.stdout) - 7))
        lines = [f"{at}  {first}", *(f"       {more}" for more in rest)]
        self._read = self._door.tell(plain("\n".join(lines) + "\n", sys.stdout))

    def _sentence(self, event: "Event") -> str:
        since = self._at(event.since_s).strftime("%H:%M") if event.since_s is not None else None
        return self._said(event, self._door.words, since)

    def _said(self, event: "Event", words: "Words", since: str | None) -> str:
        """What happened; a look that brought nothing new is its verdict alone."""
        from netcheck.render import wording

        headline = wording.headline(words, self._result) if self._result else ""
        if event.kind in _VERDICT_ALONE:
            return headline
        told = {"name": headline, "time": since, "count": self._minutes(event)}
        return words.say(f"watch.{event.kind.value}", told)

    def _minutes(self, event: "Event") -> int | None:
        """How long what is over has lasted."""
        if event.since_s is None:
            return None
        return max(1, round((event.at_s - event.since_s) / 60))

    def _at(self, boot_s: float) -> datetime:
        """A moment of the clock that nobody sets, on the wall as it stands now."""
        now = self._clocks()
        return datetime.now().astimezone() - timedelta(seconds=now.boot_s - boot_s)

    def _document(self, event: "Event") -> dict[str, object]:
        from netcheck.render import wording

        result = self._result
        assert result is not None
        verdict, words = result.verdict, self._door.words.english
        since = self._at(event.since_s) if event.since_s is not None else None
        return {
            "schema": "netcheck.event/1",
            "event": event.kind.value,
            "at": _utc(self._at(event.at_s)),
            "since": _utc(since) if since else None,
            "run_id": result.run_id,
            "side": verdict.side.value,
            "fault": verdict.fault,
            "severity": verdict.severity.value,
            "confidence": verdict.confidence,
            "headline": wording.headline(words, result),
            "text": self._said(event, words, _utc(since) if since else None),
        }

    def tell(self) -> tuple[str, int | None]:
        """What an interrupt finds: how long it watched, and what it saw."""
        self._ended = True
        if self._given.json:
            return "", None
        minutes = round((self._clocks().boot_s - self._began.boot_s) / 60)
        told = {"minutes": minutes, "count": self._outages}
        return plain(self._door.words.say("watch.summary", told) + "\n", sys.stdout), None

    def keep(self) -> None:
        """Every look was kept when it ended."""


def _utc(at: datetime) -> str:
    from datetime import UTC

    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _request(given: Given, chosen: "Configuration") -> "Request":
    from netcheck.agent.running import Request
    from netcheck.model.testimony import said

    catalog, country = chosen.catalog(), country_of(chosen)
    own, _ = own_carrier(chosen, catalog, country)
    called = given.cannot_reach and carrier_called(given.cannot_reach, catalog, country)
    symptom = Symptom.CANNOT_REACH if called else None
    return Request(
        catalog=catalog,
        own=own,
        called=called or None,
        told=said(symptom),
        interface=chosen.interface,
        budget_ms=chosen.budget_ms,
        country=country,
        region=chosen.country,
        labels=chosen.labels,
    )
