"""`netcheck bundle`: everything a help-desk needs, redacted, in one file; nothing is sent."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from netcheck.cli import bundling
from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE, FAILED
from netcheck.cli.opening import KEY, read_any
from netcheck.cli.options import CARRIER, CONFIG, JSON, Given, Option
from netcheck.cli.problems import Problem
from netcheck.cli.saved import result_in
from netcheck.cli.settings import settings
from netcheck.cli.telling import as_json, sheet, told

if TYPE_CHECKING:
    from netcheck.agent.configuration import Configuration
    from netcheck.cli.bundling import Done
    from netcheck.desk.bundle import Collected, Making, Member
    from netcheck.desk.redacting import Known, Redactor
    from netcheck.model.result import Result

OPTIONS = (
    Option("output", "FILE", short="-o"),
    Option("ticket", "ID"),
    Option("last"),
    Option("show"),
    Option("to", "FILE"),
    Option("open", "FILE"),
    KEY,
    Option("new-key", "FILE"),
    CARRIER,
    JSON,
    Option("quiet"),
    CONFIG,
)
POSITIONALS = ()
_MOST_LOOKS = 5000
_COLUMN = 26


def perform(given: Given, door: Door) -> int:
    """Make one; or list what it would hold, open a sealed one, make the desk's keys."""
    if given.new_key is not None:
        return _new_key(given.new_key, door)
    if given.open is not None:
        return _open(given, door)
    ticket = _ticket(given.ticket)
    chosen = settings(given, door)
    key = _key(given.to)
    if given.show:
        return _show(given, door, chosen)
    made = Maker(given, chosen, door, ticket).make()
    path = Path(given.output or f"netcheck-{ticket}-{made.stamp}.zip{'.sealed' if key else ''}")
    raw = _sealed(key, made.raw) if key else made.raw
    _write(path, raw)
    return _told(given, door, ticket, path, len(raw), made)


class Made:
    """A bundle's bytes and what is said of them."""

    def __init__(self, raw: bytes, stamp: str, making: "Making", kinds: dict[str, int]) -> None:
        self.raw, self.stamp, self.making, self.kinds = raw, stamp, making, kinds


class Maker:
    """Gathers, redacts, searches, packs: in this order, and nothing is written before the end."""

    def __init__(self, given: Given, chosen: "Configuration", door: Door, ticket: str) -> None:
        self._given, self._chosen, self._door, self._ticket = given, chosen, door, ticket
        self._collected: list[Collected] = []
        self._members: list[Member] = []

    def make(self) -> Made:
        """The bundle. Raises Problem."""
        results = self._results()
        self._say("bundle.collecting")
        printed = bundling.run_all(bundling.jobs(_system()))
        looks = self._looks()
        self._say("bundle.redacting")
        redactor, known = self._redactor(results, printed, looks)
        replays = self._add_results(results, redactor)
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
        from netcheck.cli.keeping import keep
        from netcheck.cli.live import Live
        from netcheck.cli.parser import parse
        from netcheck.render import json

        given = parse("run", running.OPTIONS, running.POSITIONALS, ["--quiet", "--no-input"])
        live = Live(self._door, shown=False)
        request, _, _ = running.request_of(given, self._chosen, self._door, live, "json")
        live.allow(request.own)
        run = Run(request, asking=False)
        run.perform()
        result = run.result()
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
            safe = redactor.result(result)
            replays[name] = _replays(safe, self._door)
            self._add(name, json.render(safe, words).encode())
            self._note("failing-run" if name == layout.FAILING else "result", "ran")
            if name == layout.RESULT or layout.RESULT not in results:
                self._add(layout.SUMMARY, told(safe, "ticket", words).encode())
        return replays

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
            name = f"raw/{_system()}/{one.job.id}.json"
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
            _system(),
            replays,
            {kind: count for kind, count in uses.items() if count},
            dict(redactor.left_out),
        )
        self._add(layout.STATUS, layout.status(self._collected))
        originals = redactor.stand_ins.originals()
        kinds = {kind: len(found) for kind, found in originals.items() if found}
        unsearchable = self._search(originals)
        self._add(layout.REDACTION, layout.redaction(making, kinds, unsearchable))
        self._keep_names(redactor)
        self._say("bundle.packing")
        try:
            raw = layout.packed(self._members, layout.manifest(making, self._members))
        except layout.TooLarge as wrong:
            raise Problem("bundle.too-large", FAILED, name=str(wrong)) from None
        return Made(raw, now.strftime("%Y%m%dT%H%M%SZ"), making, kinds)

    def _search(self, originals: dict[str, tuple[str, ...]]) -> int:
        """Refuses where any known original is still there. How many could not be searched for."""
        from netcheck.desk.searching import left_in

        around = bundling.background(self._door.words)
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


def _system() -> str:
    from netcheck.device import system_name

    return system_name()


def _ticket(given: str | None) -> str:
    from netcheck.desk.opening import TICKET

    if given is None:
        import secrets

        return f"nc-{secrets.token_hex(4)}"
    if not TICKET.fullmatch(given):
        raise Problem("bundle.bad-ticket", name=given)
    return given


# --- sealing ---


def _key(path: str | None) -> bytes | None:
    """The desk's public key, read before anything else is done. Raises Problem."""
    if path is None:
        return None
    from netcheck.cli.reading_files import read_text
    from netcheck.seal import envelope

    try:
        import pyhpke  # noqa: F401  (is it here at all?)

        return envelope.read(envelope.PUBLIC_WORD, read_text(path))
    except ImportError:
        raise Problem("bundle.needs-secure", FAILED) from None
    except envelope.BadKey:
        raise Problem("bundle.bad-key", path=path) from None


def _sealed(key: bytes, raw: bytes) -> bytes:
    from netcheck.seal import envelope

    try:
        return envelope.sealed(key, raw)
    except envelope.BadKey:
        raise Problem("bundle.bad-key", path="--to") from None


def _new_key(path: str, door: Door) -> int:
    """A pair for a help-desk: the private key in FILE, the public one in FILE.pub."""
    from netcheck.seal import envelope

    both = (Path(path), Path(f"{path}.pub"))
    for one in both:
        if one.exists():
            raise Problem("bundle.exists", path=str(one))
    try:
        secret, public = envelope.new_pair()
    except ImportError:
        raise Problem("bundle.needs-secure", FAILED) from None
    _write(both[0], envelope.written(envelope.SECRET_WORD, secret).encode())
    _write(both[1], envelope.written(envelope.PUBLIC_WORD, public).encode())
    both[1].chmod(0o644)
    params = {"path": str(both[1]), "name": path}
    return door.answer(door.words.say("bundle.new-key", params) + "\n", DONE)


def _open(given: Given, door: Door) -> int:
    """Unseal one into a file of its own."""
    if given.key is None or given.output is None:
        raise Problem("bundle.open-needs")
    raw = read_any(given.open, given.key)
    _write(Path(given.output), raw)
    return door.answer(door.words.say("bundle.opened", {"path": given.output}) + "\n", DONE)


# --- telling ---


def _write(path: Path, raw: bytes) -> None:
    """Whole or not at all, for this user's eyes alone."""
    from netcheck.store import StoreUnavailable
    from netcheck.store.write import write_whole_bytes

    if path.is_dir() or not path.parent.is_dir():
        reason = "it is a folder" if path.is_dir() else "there is no such folder"
        raise Problem("error.unwritable-file", path=str(path), reason=reason)
    try:
        write_whole_bytes(path, raw)
    except StoreUnavailable as wrong:
        raise Problem("error.unwritable-file", path=str(path), reason=wrong.reason) from None


def _told(given: Given, door: Door, ticket: str, path: Path, size: int, made: Made) -> int:
    if given.json:
        document = {
            "path": str(path),
            "bytes": size,
            "ticket": ticket,
            "sealed": given.to is not None,
            "replaced": dict(made.making.replaced),
            "left_out": dict(made.making.left_out),
            "replays": dict(made.making.replays),
        }
        return door.answer(as_json(document), DONE)
    page = sheet(door.words)
    kilobytes = -(-size // 1000)
    page.paragraph(door.words.say("bundle.made", {"path": str(path), "count": kilobytes}))
    page.paragraph(door.words.say("bundle.replaced", {"count": sum(made.kinds.values())}))
    page.paragraph(door.words.say("bundle.ticket", {"name": ticket}))
    if False in made.making.replays.values():
        page.paragraph(door.words.say("bundle.not-replayed"))
    if given.to is not None:
        page.paragraph(door.words.say("bundle.is-sealed"))
    return door.answer(page.text, DONE)


def _show(given: Given, door: Door, chosen: "Configuration") -> int:
    """What it would hold; nothing is run, nothing is written."""
    from netcheck.cli.reporting import standing_of
    from netcheck.desk import bundle as layout
    from netcheck.store import StoreUnavailable, history, last

    try:
        kept = {layout.RESULT: last.load(), layout.FAILING: last.load_trouble()}
        looks = any(part.exists() for part in history.parts())
    except StoreUnavailable as wrong:
        raise Problem("error.unreadable-result", FAILED, reason=wrong.reason) from None
    rows = {
        layout.RESULT: "fresh" if not given.last else "kept" if kept[layout.RESULT] else "none",
        layout.FAILING: "kept" if kept[layout.FAILING] else "none",
        layout.SUMMARY: "ticket",
        layout.REPORT: "report" if standing_of(chosen).previews else "policy",
        layout.HISTORY: "looks" if looks else "none",
        layout.STATUS: "status",
        layout.REDACTION: "counts",
        layout.MANIFEST: "hashes",
    }
    found = bundling.jobs(_system())
    programs = {
        f"raw/{_system()}/{job.id}.json": job if bundling.is_here(job) else None for job in found
    }
    if given.json:
        document = {
            "files": [*rows, *(name for name, job in programs.items() if job)],
            "programs": [list(job.command) for job in programs.values() if job],
            "not_installed": [name for name, job in programs.items() if not job],
        }
        return door.answer(as_json(document), DONE)
    page = sheet(door.words)
    for name, what in rows.items():
        page.row(name, door.words.say(f"bundle.holds.{what}"), _COLUMN)
    for name, job in programs.items():
        said = door.words.say("bundle.holds.absent") if job is None else " ".join(job.command)
        page.row(name, said, _COLUMN)
    page.paragraph(door.words.say("bundle.nothing-made"))
    return door.answer(page.text, DONE)
