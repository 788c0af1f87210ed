"""A file that somebody names on the command line, as text."""

import os
import sys

from netcheck.cli.problems import Problem
from netcheck.model.verdict import Worded

_MOST_BYTES = 64 * 1024 * 1024


def read_text(path: str) -> str:
    """The text of a file, or of standard input for `-`. Raises Problem."""
    return as_text(read_bytes(path), path)


def read_bytes(path: str) -> bytes:
    """The same as bytes. Raises Problem."""
    try:
        if path == "-":
            if sys.stdin is None:
                raise OSError(9, "")
            raw = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with open(path, "rb") as file:
                raw = file.read(_MOST_BYTES + 1)
    except OSError as wrong:
        reason = os.strerror(wrong.errno or 0).lower()
        raise Problem("error.unreadable-file", path=path, reason=reason) from None
    except ValueError:  # a zero byte in the name
        raise Problem("error.unreadable-file", path=path, reason=Worded("reason.no-name")) from None
    if len(raw) > _MOST_BYTES:
        raise Problem("error.unreadable-file", path=path, reason=Worded("reason.too-large"))
    return raw


def as_text(raw: bytes, path: str) -> str:
    """What was read, decoded. Raises Problem."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(
            "error.unreadable-file", path=path, reason=Worded("reason.not-utf-8")
        ) from None
