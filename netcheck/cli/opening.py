"""A file that somebody handed over, sealed or not: a bundle or a result."""

import os
from typing import TYPE_CHECKING

from netcheck.cli.exit_codes import ANSWER_IS_NO, FAILED
from netcheck.cli.options import Option
from netcheck.cli.problems import Problem
from netcheck.cli.reading_files import as_text, read_bytes, read_text
from netcheck.cli.saved import result_in

if TYPE_CHECKING:
    from netcheck.desk.opening import Opened
    from netcheck.model.result import Result

KEY = Option("key", "FILE")
FAILING = Option("failing")


def read_any(path: str, key: str | None) -> bytes:
    """A file's bytes, unsealed where they are sealed. Raises Problem."""
    from netcheck.seal import envelope

    raw = read_bytes(path)
    if not envelope.is_sealed(raw):
        return raw
    if key is None:
        raise Problem("bundle.sealed", path=path)
    secret = secret_in(key)
    try:
        return envelope.opened(secret, raw)
    except ImportError:
        raise Problem("bundle.needs-secure", FAILED) from None
    except envelope.NotForThisKey:
        raise Problem("bundle.other-key", path=path) from None
    except envelope.Damaged:
        raise Problem("bundle.sealed-damaged", ANSWER_IS_NO, path=path) from None


def secret_in(path: str) -> bytes:
    """The desk's private key. Raises Problem where others may read it."""
    from netcheck.seal import envelope

    text = read_text(path)
    if os.name != "nt" and path != "-" and os.stat(path).st_mode & 0o077:
        raise Problem("bundle.open-key", path=path)
    try:
        return envelope.read(envelope.SECRET_WORD, text)
    except envelope.BadKey:
        raise Problem("bundle.bad-key", path=path) from None


def bundle_in(raw: bytes, path: str) -> "Opened | None":
    """The bundle that these bytes are; None where they claim to be none. Raises Problem."""
    from netcheck.desk.opening import TamperedBundle, UnreadableBundle, is_bundle, opened

    if not is_bundle(raw):
        return None
    try:
        return opened(raw)
    except ImportError:
        raise Problem("error.extra-missing", FAILED, name="msgspec") from None
    except UnreadableBundle as wrong:
        code = ANSWER_IS_NO if isinstance(wrong, TamperedBundle) else 2
        where, reason = wrong.where or None, wrong.reason or None
        raise Problem(f"bundle.is.{wrong.id}", code, path=path, name=where, reason=reason) from None


def result_of_bundle(bundle: "Opened", *, failing: bool) -> "Result":
    """Its result, or that of the last run that saw trouble. Raises Problem."""
    from netcheck.desk import bundle as layout

    if not failing:
        return result_in(bundle.result)
    if layout.FAILING not in bundle.members:
        raise Problem("bundle.no-failing")
    return result_in(bundle.text(layout.FAILING))


def result_of_any(path: str, key: str | None) -> "tuple[Result, Opened | None]":
    """A result, whichever kind of file it is in. Raises Problem."""
    raw = read_any(path, key)
    bundle = bundle_in(raw, path)
    if bundle is not None:
        return result_of_bundle(bundle, failing=False), bundle
    return result_in(as_text(raw, path), path), None
