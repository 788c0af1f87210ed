"""The files that keys of a status feed lie in: one line each, a word and the key in base64."""

import os
from pathlib import Path

from netcheck.cli.problems import Problem
from netcheck.model.verdict import Worded

SECRET, PUBLIC = "netcheck-feed-secret/1", "netcheck-feed-key/1"


def text_in(path: Path) -> str:
    """The text of a file that was named. Raises Problem."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        reason = Worded("reason.not-utf-8")
        raise Problem("error.unreadable-file", path=str(path), reason=reason) from None
    except OSError as wrong:
        told = os.strerror(wrong.errno or 0).lower()
        raise Problem("error.unreadable-file", path=str(path), reason=told) from None


def key_in(path: Path, word: str) -> bytes:
    """The key in a file of that kind. Raises Problem."""
    from netcheck.seal import envelope

    try:
        return envelope.read(word, text_in(path))
    except envelope.BadKey:
        kind = "secret" if word == SECRET else "public"
        raise Problem("fleet-feed.bad-key", path=str(path), name=kind) from None


def write(path: Path, text: str, mode: int) -> None:
    """Whole or not at all, and in place of nothing that is there. Raises Problem."""
    from netcheck.store import StoreUnavailable
    from netcheck.store.write import write_whole

    if path.exists():
        raise Problem("fleet-feed.exists", path=str(path))
    if not path.parent.is_dir():
        reason = Worded("reason.no-folder")
        raise Problem("error.unwritable-file", path=str(path), reason=reason)
    try:
        write_whole(path, text)
        path.chmod(mode)
    except StoreUnavailable as wrong:
        raise Problem("error.unwritable-file", path=str(path), reason=wrong.reason) from None
