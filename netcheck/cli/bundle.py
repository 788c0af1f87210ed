"""`netcheck bundle`: everything a help-desk needs, redacted, in one file; nothing is sent."""

from pathlib import Path
from typing import TYPE_CHECKING

from netcheck.cli import bundling
from netcheck.cli.bundle_making import Made, Maker, system
from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE, FAILED
from netcheck.cli.opening import KEY, read_any
from netcheck.cli.options import CARRIER, CONFIG, JSON, Given, Option
from netcheck.cli.problems import Problem
from netcheck.cli.settings import settings
from netcheck.cli.telling import as_json, sheet
from netcheck.model.symptom import Symptom
from netcheck.model.verdict import Worded

if TYPE_CHECKING:
    from netcheck.agent.configuration import Configuration

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
    Option("symptom", "SYMPTOM", tuple(Symptom)),
    JSON,
    Option("quiet"),
    CONFIG,
)
POSITIONALS = ()
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
        reason = Worded("reason.folder") if path.is_dir() else Worded("reason.no-folder")
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
        layout.PAGE: "page",
        layout.SUMMARY: "ticket",
        layout.REPORT: "report" if standing_of(chosen).previews else "policy",
        layout.HISTORY: "looks" if looks else "none",
        layout.STATUS: "status",
        layout.REDACTION: "counts",
        layout.MANIFEST: "hashes",
    }
    found = bundling.jobs(system())
    programs = {
        f"raw/{system()}/{job.id}.json": job if bundling.is_here(job) else None for job in found
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
