"""Making a bundle: gather, redact, search, pack."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from netcheck.cli import bundling
from netcheck.cli.door import Door
from netcheck.cli.exit_codes import FAILED
from netcheck.cli.options import Given
from netcheck.cli.problems import Problem
from netcheck.cli.saved import result_in
from netcheck.cli.telling import told

if TYPE_CHECKING:
    from netcheck.agent.configuration import Configuration
    from netcheck.cli.bundling import Done
    from netcheck.desk.bundle import Collected, Making, Member
    from netcheck.desk.redacting import Known, Redactor
    from netcheck.model.history import Stretch
    from netcheck.model.result import Result

_MOST_LOOKS = 5000


@dataclass(frozen=True, slots=True)
class Made:
    """A bundle's bytes and what is said of them. `kinds`: how many different originals of each."""

    raw: bytes
    stamp: str
    making: "Making"
    kinds: dict[str, int]


class Maker:
    """Gathers, redacts, searches, packs: in this order, and nothing is written before the end."""

    def __init__(self, given: Given, chosen: "Configuration", door: Door, ticket: str) -> None:
        self._given, self._chosen, self._door, self._ticket = given, chosen, door, ticket
        self._collected: list[Collected] = []
        self._members: list[Member] = []
        self._safe: dict[str, Result] = {}

    def make(self) -> Made:
        """The bundle. Raises Problem."""
        results = self._results()
        self._say("bundle.collecting")
        printed = bundling.run_all(bundling.jobs(system()))
        looks = self._looks()
        self._say("bundle.redacting")
        redactor, known = self._redactor(results, printed, looks)
        replays = self._add_results(results, redactor)
        self._add_page(results)
        self._add_report(results)
        self._add_printed(printed, redactor)
        self._add_history(looks, redactor)
        return self._finish(redactor, replays, known)

    def _say(self, id: str) -> None:
        if not self._given.quiet:
            self._door.say(id)

    # --- gathering ---

    def _results(self) -> "dict[str, Result]":
        """The fresh run, or the last one; and the last that saw trouble, if that is another."""
        from netcheck.desk import bundle as layout
        from netcheck.store import StoreUnavailable, last

        found: dict[str, Result] = {}
        if not self._given.last:
            self._say("bundle.looking")
            found[layout.RESULT] = self._fresh()
        try:
            texts = {layout.RESULT: last.load(), layout.FAILING: last.load_trouble()}
        except StoreUnavailable as wrong:
            raise Problem("error.unreadable-result", FAILED, reason=wrong.reason) from None
        for name, text in texts.items():
            if text is not None and name not in found:
                found[name] = result_in(text)
        same = {one.run_id for name, one in found.items() if name == layout.RESULT}
        if layout.FAILING in found and found[layout.FAILING].run_id in same:
            del found[layout.FAILING]
            self._note("failing-run", "skipped", "same-run")
        elif layout.FAILING not in found:
            self._note("failing-run", "skipped", "none-kept")
        if not found:
            raise Problem("error.no-result-yet")
        return found

    def _fresh(self) -> "Result":
        """A run as `netcheck --no-input` makes it, read back as a file is."""
        from netcheck.agent.running import Run
        from netcheck.cli import run as running
        from netcheck.cli.keeping import keep, told_of_changes
        from netcheck.cli.live import Live
        from netcheck.cli.parser import parse
        from netcheck.render import json

        options = ["--quiet", "--no-input"]
        options += ["--symptom", self._given.symptom] if self._given.symptom else []
        given = parse("run", running.OPTIONS, running.POSITIONALS, options)
        live = Live(self._door, shown=False)
        request, _, _ = running.request_of(given, self._chosen, self._door, live, "json")
        live.allow(request.own)
        run = Run(request, asking=False)
        run.perform()
        result = told_of_changes(run.result(), run.situation.device)
        keep(result, self._door, run.carriers_seen(), run.situation.device)
        return result_in(json.render(result, self._door.words))

    def _looks(self) -> list[dict[str, object]]:
        from netcheck.store import StoreUnavailable, history

        try:
            return list(history.read(_MOST_LOOKS))
        except StoreUnavailable:
            self._note("history", "denied", "not-permitted")
            return []

    # --- redacting ---

    def _redactor(
        self, results: "dict[str, Result]", printed: "list[Done]", looks: list[dict[str, object]]
    ) -> "tuple[Redactor, Known]":
        from netcheck.desk.redacting import Redactor, addresses_in
        from netcheck.desk.stand_ins import StandIns
        from netcheck.desk.understanding import addresses_printed
        from netcheck.render.json import as_document
        from netcheck.store import StoreUnavailable, tickets

        try:
            names = tickets.load(self._ticket)
        except StoreUnavailable as wrong:
            raise Problem("bundle.no-names", FAILED, reason=wrong.reason) from None
        stand_ins = StandIns(names.secret, names.table)
        taken = addresses_in(looks)
        for result in results.values():
            taken |= addresses_in(as_document(result, self._door.words))
        for one in printed:
            taken |= addresses_printed(one.job.tool, one.printed)
        stand_ins.reserve(taken)
        self._secret = names.secret
        known = bundling.known(self._door.words)
        own = bundling.own_names()
        for name in own.names:
            if name not in known.words:
                stand_ins.labelled("name", name)
        for path in own.paths:
            stand_ins.labelled("path", path)
        return Redactor(stand_ins, known), known

    def _add_results(
        self, results: "dict[str, Result]", redactor: "Redactor"
    ) -> dict[str, bool | None]:
        from netcheck.desk import bundle as layout
        from netcheck.render import json

        words = self._door.words.english
        replays: dict[str, bool | None] = {}
        for name, result in results.items():
            safe = self._safe[name] = redactor.result(result)
            replays[name] = _replays(safe, self._door)
            self._add(name, json.render(safe, words).encode())
            self._note("failing-run" if name == layout.FAILING else "result", "ran")
            if name == layout.RESULT or layout.RESULT not in results:
                self._add(layout.SUMMARY, told(safe, "ticket", words).encode())
        return replays

    def _add_page(self, results: "dict[str, Result]") -> None:
        """The page of the redacted result, drawn from nothing else."""
        from netcheck.cli.page import page_of
        from netcheck.desk import bundle as layout

        name = layout.RESULT if layout.RESULT in results else layout.FAILING
        self._add(
            layout.PAGE, page_of(self._safe[name], self._door.words, self._stretches()).encode()
        )
        self._note("page", "ran")

    def _stretches(self) -> "tuple[Stretch, ...]":
        """What was before, for the page's strip: sides and times alone."""
        from netcheck.model.history import stretches
        from netcheck.model.verdict import Severity, Side
        from netcheck.store import StoreUnavailable, history

        try:
            entries = history.entries()
        except StoreUnavailable:
            return ()
        known = [one for one in entries if one.side in set(Side) and one.severity in set(Severity)]
        return stretches(known)

    def _add_report(self, results: "dict[str, Result]") -> None:
        """The anonymized report of the same run, as the bytes that would go out."""
        from netcheck.cli.reporting import report_of, standing_of
        from netcheck.desk import bundle as layout
        from netcheck.report.form import encode

        if not standing_of(self._chosen).previews:
            self._note("report", "denied", "policy")
            return
        result = results.get(layout.RESULT) or results[layout.FAILING]
        self._add(layout.REPORT, encode(report_of(result, self._chosen)) + b"\n")
        self._note("report", "ran")

    def _add_printed(self, printed: "list[Done]", redactor: "Redactor") -> None:
        from netcheck.desk.bundle import as_json as as_bytes
        from netcheck.desk.understanding import understood

        for one in printed:
            if one.status != "ran":
                self._note(one.job.id, one.status, one.reason, took_ms=one.took_ms)
                continue
            found = understood(one.job.tool, one.printed, redactor)
            if found.rows is None:
                self._note(one.job.id, "failed", "other-form", found.left_out, one.took_ms)
                continue
            name = f"raw/{system()}/{one.job.id}.json"
            document = {"program": one.job.tool.command[0], "understood": found.rows}
            self._add(name, as_bytes(document), one.job.tool.id)
            self._note(one.job.id, "ran", None, found.left_out, one.took_ms)

    def _add_history(self, looks: list[dict[str, object]], redactor: "Redactor") -> None:
        from netcheck.desk import bundle as layout

        safe = [one for one in map(redactor.look, looks) if one is not None]
        if safe:
            self._add(layout.HISTORY, layout.history(safe))
            self._note("history", "ran")
        elif not any(one.collector == "history" for one in self._collected):
            self._note("history", "skipped", "none-kept")

    def _add(self, name: str, raw: bytes, origin: str = "netcheck") -> None:
        from netcheck.desk.bundle import Member

        self._members.append(Member(name, raw, origin))

    def _note(
        self,
        collector: str,
        status: str,
        reason: str | None = None,
        left_out: int = 0,
        took_ms: float | None = None,
    ) -> None:
        from netcheck.desk.bundle import Collected

        self._collected.append(Collected(collector, status, reason, left_out, took_ms))

    # --- the end ---

    def _finish(
        self, redactor: "Redactor", replays: dict[str, bool | None], known: "Known"
    ) -> Made:
        from netcheck import __version__
        from netcheck.desk import bundle as layout
        from netcheck.diagnosis import RULES_VERSION

        now = datetime.now(UTC)
        uses = redactor.stand_ins.uses
        making = layout.Making(
            self._ticket,
            now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            __version__,
            RULES_VERSION,
            system(),
            replays,
            {kind: count for kind, count in uses.items() if count},
            dict(redactor.left_out),
        )
        self._add(layout.STATUS, layout.status(self._collected))
        originals = redactor.stand_ins.originals()
        kinds = {kind: len(found) for kind, found in originals.items() if found}
        unsearchable = self._search(originals, known)
        self._add(layout.REDACTION, layout.redaction(making, kinds, unsearchable))
        self._keep_names(redactor)
        self._say("bundle.packing")
        try:
            raw = layout.packed(self._members, layout.manifest(making, self._members))
        except layout.TooLarge as wrong:
            raise Problem("bundle.too-large", FAILED, name=str(wrong)) from None
        return Made(raw, now.strftime("%Y%m%dT%H%M%SZ"), making, kinds)

    def _search(self, originals: dict[str, tuple[str, ...]], known: "Known") -> int:
        """Refuses where any known original is still there. How many could not be searched for."""
        from netcheck.desk.searching import left_in

        around = bundling.background(self._door.words, known)
        members = {"manifest.json": self._ticket.encode()}
        members |= {one.name: one.raw for one in self._members}
        left, unsearchable = left_in(members, originals, around)
        if left:
            kinds = ", ".join(sorted({one.kind for one in left}))
            files = ", ".join(sorted({one.member for one in left}))
            raise Problem("bundle.not-clean", FAILED, name=kinds, path=files)
        return unsearchable

    def _keep_names(self, redactor: "Redactor") -> None:
        from netcheck.store import StoreUnavailable, tickets

        try:
            tickets.save(self._ticket, tickets.Names(self._secret, redactor.stand_ins.table))
        except StoreUnavailable as wrong:
            raise Problem("bundle.no-names", FAILED, reason=wrong.reason) from None


def _replays(result: "Result", door: Door) -> bool | None:
    """Whether the verdict follows again from what is left; None under other rules."""
    from netcheck.agent.replaying import replayed
    from netcheck.render.json import as_document

    again = replayed(result)
    if again.rules_version != result.rules_version:
        return None
    one, other = (as_document(each, door.words)["verdict"] for each in (result, again))
    return one == other


def system() -> str:
    """This device's."""
    from netcheck.device import system_name

    return system_name()
