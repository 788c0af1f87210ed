"""`netcheck [run]`: look, judge, say it, keep it."""

import random
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from netcheck.cli import exit_codes
from netcheck.cli.asking import ask_about_phone, ask_for_carrier, keep_answer, somebody_is_there
from netcheck.cli.crowd import tell_if_unheard
from netcheck.cli.door import Door, is_terminal, write
from netcheck.cli.keeping import carriers_seen_before, keep, told_of_changes
from netcheck.cli.live import Live
from netcheck.cli.looking_closer import announce, beneath
from netcheck.cli.options import (
    ADB,
    CANNOT_REACH,
    CARRIER,
    CONFIG,
    JSON,
    TERMUX,
    Given,
    Option,
    Unfit,
    seconds_between,
)
from netcheck.cli.page import HTML, STDOUT, check_place, keep_page, own_history, page_of
from netcheck.cli.phone import named_source
from netcheck.cli.problems import Problem
from netcheck.cli.reporting import after_run, policy_told, report_of, standing_of
from netcheck.cli.settings import (
    carrier_called,
    check_interface,
    country_of,
    own_carrier,
    settings,
)
from netcheck.cli.telling import FAIL_ON, FORMATS, told
from netcheck.model.stage import Stage
from netcheck.model.symptom import Symptom
from netcheck.model.testimony import Beside, SameWifi, Switch, said

if TYPE_CHECKING:
    from netcheck.agent.configuration import Configuration
    from netcheck.agent.running import Request, Run
    from netcheck.model.result import Result

_FIRST_PACKETS_S = 0.05  # until the checks have loaded what they need and sent their packets
_KEEPING_S = 1.0  # how long leaving waits until a given answer is kept


def _budget(text: str) -> int:
    """Seconds as milliseconds. Raises Unfit."""
    return round(seconds_between(0.1, 600, text) * 1000)


def _splay(text: str) -> float:
    """The most seconds to wait first. Raises Unfit."""
    return seconds_between(0, 3600, text)


def _label(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name.strip() and equals):
        raise Unfit("needed.label")
    return name.strip(), value.strip()


OPTIONS = (
    CARRIER,
    Option("symptom", "SYMPTOM", tuple(Symptom)),
    Option("airplane", "STATE", tuple(Switch)),
    Option("beside-me", "STATE", tuple(Beside)),
    Option("same-wifi", "ANSWER", tuple(SameWifi)),
    CANNOT_REACH,
    Option("phone", "PHONE", ("iphone", "pixel", "samsung", "other")),
    ADB,
    TERMUX,
    JSON,
    Option("format", "FORMAT", (*FORMATS, "report")),
    HTML,
    Option("quiet"),
    Option("no-input"),
    Option("budget", "SECONDS", read=_budget),
    Option("splay", "SECONDS", read=_splay),
    Option("interface", "NAME"),
    Option("stage", "STAGE", tuple(Stage)),
    Option("deep"),
    Option("full"),
    Option("all-paths"),
    Option("timings"),
    Option("label", "NAME=VALUE", repeats=True, read=_label),
    FAIL_ON,
    CONFIG,
)
POSITIONALS = ()


def perform(given: Given, door: Door) -> int:
    """One run. The exit code is the verdict's."""
    check_place(given)
    format = "json" if given.json else given.format or "text"
    live = Live(door, shown=not given.quiet and is_terminal(sys.stderr))
    chosen = settings(given, door)
    if format == "report" and not standing_of(chosen).previews:
        raise Problem("report.ruled.off", exit_codes.ANSWER_IS_NO)
    request, asks, attended = request_of(given, chosen, door, live, format)
    if given.all_paths:
        _refuse_with_all_paths(given, request, format)
    if given.splay:
        # A thousand devices with one timetable must not meet at the same servers.
        time.sleep(random.uniform(0, given.splay))
    if not (attended or given.deep or given.stage):
        request = replace(request, before=carriers_seen_before())
    if not given.quiet:
        announce(door, request)
    if given.all_paths:
        from netcheck.cli.all_paths import perform as over_all_paths

        return over_all_paths(given, request, door)
    from netcheck.agent.running import Run

    run = Run(request, asking=asks)
    check_interface(request.interface, run.situation.device)
    door.so_far = SoFar(run, live, door, format, chosen, given)
    threading.Thread(target=_warm, args=(door, live), daemon=True).start()
    asking = threading.Thread(target=_ask, args=(run, request, live, door), daemon=True)
    if asks:
        asking.start()
    else:
        live.allow(request.own)
    try:
        run.perform()
    finally:
        live.stop()
    if not live.allowed:
        write(sys.stderr, "\n")  # the question is still there, and nothing depends on it any more
    elif attended:
        _ask_about_phone(run, door)
    code = _deliver(run, given, chosen, format, door)
    if asks and live.allowed:
        asking.join(_KEEPING_S)
    return code


def _deliver(run: "Run", given: Given, chosen: "Configuration", format: str, door: Door) -> int:
    """The answer first, then all that is kept of it. The exit code."""
    device = run.situation.device
    result = told_of_changes(run.result(), device)
    code = exit_codes.of_format(result, format, fail_on=given.fail_on)
    if given.html == STDOUT:
        text = page_of(result, door.words, own_history(result), zone=None)
    else:
        text = _told(result, format, chosen, door)
    if format == "text" and given.html != STDOUT:
        stage = Stage(given.stage) if given.stage else None
        text += beneath(result, door.words, stage=stage, timings=given.timings)
    code = door.answer(text, code)
    tell_if_unheard(run.crowd_heard(), door)
    keep(result, door, run.carriers_seen(), device, partial=bool(given.stage))
    after_run(result, chosen, door)
    if door.clicked:
        from netcheck.cli.double_click import show

        show(result, door)
    return keep_page(given.html, result, door) or code


def _refuse_with_all_paths(given: Given, request: "Request", format: str) -> None:
    unfit = {
        f"--format {format}": format not in ("text", "json"),
        "--interface": request.interface is not None,
        "--stage": given.stage is not None,
        "--timings": given.timings,
        "--html": given.html is not None,
    }
    for option in (option for option, given_too in unfit.items() if given_too):
        raise Problem("error.not-with", name="--all-paths", reason=option)


def _told(result: "Result", format: str, chosen: "Configuration", door: Door) -> str:
    if format == "report":
        from netcheck.report.form import encode

        for line in policy_told(chosen, door):
            door.remark(line)
        return encode(report_of(result, chosen)).decode("ascii") + "\n"
    return told(result, format, door.words, own=chosen.report.get("consent") != "off")


class SoFar:
    """What an interrupt finds of a run."""

    def __init__(
        self,
        run: "Run",
        live: Live,
        door: Door,
        format: str,
        chosen: "Configuration",
        given: Given,
    ) -> None:
        self._run, self._live, self._door, self._format = run, live, door, format
        self._chosen, self._given = chosen, given
        self._result: Result | None = None

    def tell(self) -> tuple[str, int | None]:
        """The verdict on what is known, and the format's own exit code if it has one."""
        self._run.interrupt()
        self._live.stop()
        self._result = result = told_of_changes(self._run.result(), self._run.situation.device)
        own_code = exit_codes.of_tool(result, self._format, fail_on=self._given.fail_on)
        if self._given.html == STDOUT:
            return page_of(result, self._door.words, own_history(result), None), own_code
        return _told(result, self._format, self._chosen, self._door), own_code

    def keep(self) -> None:
        """As after any run."""
        if self._result is not None and self._result.observations:
            device, partial = self._run.situation.device, bool(self._given.stage)
            keep(self._result, self._door, device=device, partial=partial)
        if self._result is not None:
            keep_page(self._given.html, self._result, self._door)


def request_of(
    given: Given, chosen: "Configuration", door: Door, live: Live, format: str
) -> "tuple[Request, bool, bool]":
    """What the run is to find out, whether a person may be asked for their carrier, and whether
    anybody is there to be asked anything."""
    from netcheck.agent.crowd_settings import feed_of
    from netcheck.agent.running import Request

    catalog, country = chosen.catalog(), country_of(chosen)
    own, asked_before = own_carrier(chosen, catalog, country)
    called = given.cannot_reach and carrier_called(given.cannot_reach, catalog, country)
    symptom = given.symptom or (Symptom.CANNOT_REACH if called is not None else None)
    unattended = format != "text" or given.quiet or chosen.no_input
    attended = not unattended and somebody_is_there()
    asks = own is None and not asked_before and attended
    request = Request(
        catalog=catalog,
        own=own,
        called=called,
        told=said(symptom, given.airplane, given.beside_me, given.same_wifi),
        phone=given.phone,
        interface=chosen.interface,
        budget_ms=chosen.budget_ms,
        country=country,
        region=chosen.country,
        labels=chosen.labels,
        deep=given.deep,
        full=given.full,
        stage=Stage(given.stage) if given.stage else None,
        watching=live.update if live.shown else None,
        reads=named_source(given),
        crowd=feed_of(chosen, own),
    )
    return request, asks, attended


def _ask(run: "Run", request: "Request", live: Live, door: Door) -> None:
    """In a thread of its own: the local stages run meanwhile."""
    try:
        answer = ask_for_carrier(door, request.catalog, request.country)
    except BaseException:
        run.choose(None)  # a question that broke must not hold the run for ever
        raise
    live.allow(answer.carrier)
    run.choose(answer.carrier)
    if answer.worth_keeping:
        keep_answer(answer.words, door)


def _ask_about_phone(run: "Run", door: Door) -> None:
    """The one further question, where its answer would settle the verdict."""
    question = run.question()
    if question is not None:
        answer = ask_about_phone(door, question, run.carrier)
        if answer is not None:
            run.hear(question, answer)


def _warm(door: Door, live: Live) -> None:
    """Load what only the answer needs while packets are under way."""
    time.sleep(_FIRST_PACKETS_S)
    if live.shown:
        live.warm()
    from netcheck.agent import concluding, reading  # noqa: F401  (loaded now, used at the end)
    from netcheck.diagnosis import code  # noqa: F401  (as above)
    from netcheck.render import json, terminal  # noqa: F401  (as above)
    from netcheck.store import history, last, last_good  # noqa: F401  (as above)

    door.words.warm()
