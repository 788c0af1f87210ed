"""The result that a verb is about: a file's, or the last run's."""

from typing import TYPE_CHECKING

from netcheck.cli.exit_codes import FAILED
from netcheck.cli.problems import Problem
from netcheck.cli.reading_files import read_text

if TYPE_CHECKING:
    from netcheck.model.result import Result


def result_in(text: str, path: str | None = None) -> "Result":
    """The result in a JSON text. Raises Problem that names the field which is wrong."""
    from netcheck.render.read import UnreadableResult, read

    try:
        return read(text)
    except ImportError:  # no wheel of it fits a phone: see pyproject.toml
        raise Problem("error.extra-missing", FAILED, name="msgspec") from None
    except UnreadableResult as wrong:
        raise Problem("error.unreadable-result", reason=wrong.reason, path=wrong.path) from None


def last_result() -> "Result":
    """The result of the last run on this device. Raises Problem where there is none."""
    return result_in(last_text())


def last_text() -> str:
    """The same as it is kept: JSON."""
    from netcheck.store import StoreUnavailable, last

    try:
        text = last.load()
    except StoreUnavailable as wrong:
        raise Problem("error.unreadable-result", reason=wrong.reason) from None
    if text is None:
        raise Problem("error.no-result-yet")
    return text


def result_of(file: str | None) -> "Result":
    """The result of a file; of the last run where none is named."""
    return last_result() if file is None else result_in(read_text(file), file)
