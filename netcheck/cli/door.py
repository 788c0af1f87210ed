"""What a verb may use of the process it runs in: its streams, its words, and one answer."""

import errno
import os
import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, TextIO

from netcheck.cli.exit_codes import FAILED, NAGIOS_UNKNOWN

if TYPE_CHECKING:
    from netcheck.cli.problems import Problem
    from netcheck.model.finding import Parameter
    from netcheck.model.verdict import Worded
    from netcheck.text import Words


class SoFar(Protocol):
    """What an interrupt finds of a verb."""

    def tell(self) -> tuple[str, int | None]:
        """What is known now as text, and the exit code if the format has one of its own."""
        ...

    def keep(self) -> None:
        """What is to be done once it is told."""
        ...


_UNREAD_S = 1.0  # how long an interrupt waits for an answer that somebody may still be reading
_DEFAULT_WIDTH = 80


class Door:
    """One per process. `answer` and `cut_short` exclude each other: only one answer goes out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answered = False
        self.so_far: SoFar | None = None
        self.tool: str | None = None  # who reads stdout, where every complaint is an answer too
        self.clicked = False  # by a double click: nobody sees what is written
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="backslashreplace")

    @property
    def words(self) -> "Words":
        """The words of the user's locale."""
        from netcheck.text import words

        return words(locale())

    def answer(self, text: str, code: int) -> int:
        """Write the answer to stdout. The exit code: `code`, unless the answer could not be
        delivered. Whoever closed the pipe early has read what they wanted."""
        with self._lock:
            if self._answered:
                return code  # an interrupt was quicker
            self._answered = True
            problem = write(sys.stdout, text)
        if problem is None or problem.errno in (errno.EPIPE, errno.EBADF, errno.EINVAL):
            return code
        self.say("error.not-written", reason=os.strerror(problem.errno or 0).lower())
        return FAILED

    def tell(self, text: str) -> bool:
        """Write a part of a long answer to stdout. False: nobody reads any more, or an interrupt
        has the last word."""
        with self._lock:
            return not self._answered and write(sys.stdout, text) is None

    def cut_short(self, signum: int) -> int:
        """Write what is known, if nothing was written yet. The exit code."""
        code = 128 + signum
        if not self._lock.acquire(timeout=_UNREAD_S):
            return code
        try:
            if self._answered:
                return code
            self._answered = True
            if self.so_far is None:
                self.say("interrupted")
                return code
            text, own_code = self.so_far.tell()
            write(sys.stdout, text)
            self.so_far.keep()
            return code if own_code is None else own_code
        finally:
            self._lock.release()

    def say(self, id: str, **params: "Parameter | Worded") -> None:
        """One sentence on stderr."""
        self.remark(self._sentence(id, params))

    def _sentence(self, id: str, params: "Mapping[str, Parameter | Worded]") -> str:
        from netcheck.cli.reasons import in_words

        words = self.words.english if self.tool else self.words  # a monitor's language
        told = {name: in_words(value, words) for name, value in params.items()}
        return words.say(id, told)

    def remark(self, sentence: str) -> None:
        """One line on stderr."""
        write(sys.stderr, plain(sentence, sys.stderr) + "\n")

    def refuse(self, problem: "Problem") -> int:
        """Say the problem's sentence. The exit code."""
        return self.complain(self._sentence(problem.id, problem.params), problem.code)

    def complain(self, sentence: str, code: int) -> int:
        """One sentence to whoever reads it, person or monitor. The exit code."""
        if self.tool is None:
            self.remark(sentence)
            return code
        if self.tool != "nagios":
            from netcheck.render.management import TOOLS

            tool = TOOLS[self.tool]
            return self.answer(tool.complaint(sentence), tool.complaint_code)
        said = " ".join(sentence.replace("|", "/").split())
        return self.answer(f"NETCHECK UNKNOWN - {plain(said, None)}\n", NAGIOS_UNKNOWN)


def write(stream: TextIO | None, text: str) -> OSError | None:
    """Write and flush; what went wrong, if anything did. A closed stream is no error of ours."""
    if stream is None:
        return None
    try:
        stream.write(text)
        stream.flush()
    except OSError as problem:
        return problem
    except ValueError:  # closed under our hands
        return None
    return None


def speaks_unicode(stream: TextIO | None) -> bool:
    """Whether the stream's encoding has every sign that the drawn path uses."""
    return (getattr(stream, "encoding", None) or "").lower().startswith("utf")


def plain(text: str, stream: TextIO | None) -> str:
    """The text as that stream can show it."""
    if speaks_unicode(stream):
        return text
    from netcheck.render.layout import ascii_only

    return ascii_only(text)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at it."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def in_colour(stream: TextIO | None) -> bool:
    """On a terminal that can, unless NO_COLOR (no-color.org) says otherwise."""
    unwanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return is_terminal(stream) and not unwanted


def width_of(stream: TextIO | None) -> int:
    """Columns: the terminal's, else COLUMNS, else 80."""
    if stream is not None and is_terminal(stream):
        try:
            columns = os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            columns = 0
        if columns > 0:
            return columns
    said = os.environ.get("COLUMNS", "")
    return int(said) if said.isascii() and said.isdigit() and int(said) > 0 else _DEFAULT_WIDTH


def locale() -> str:
    """The locale for messages, by POSIX's order (XBD 8.2); else what the system says."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return value
    if sys.platform not in ("win32", "darwin"):
        return "C"
    from netcheck.device.language import system_language

    return system_language() or "C"
