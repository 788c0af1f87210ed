"""Files in a folder, or standard input, as blocks of bytes: plain, or unpacked from gzip.

Nothing outside the folder that was named is opened: links are set aside, and so is what is no
regular file. What unpacks to more than a text of netcheck's could is given up (RFC 1951 allows a
thousandfold; reports, whose ids are random, stay under a hundredfold).
"""

import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import closing
from typing import BinaryIO, NamedTuple, Protocol

BLOCK_BYTES = 1 << 20
MOST_DEPTH = 32  # folders in folders
FREE_BYTES = 64 << 20  # unpacked; from then on the ratio counts
MOST_RATIO = 200
_GZIP_BEGINS = b"\x1f\x8b"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_8_MARK = b"\xef\xbb\xbf"


class Unreadable(Exception):
    """`id` says why; what was read of it so far stands."""

    def __init__(self, id: str, detail: str | None = None) -> None:
        super().__init__(id)
        self.id = id
        self.detail = detail


class Aside(Protocol):
    """Where it is said what is left alone: see Notebook.take."""

    def __call__(self, path: str, line: int | None, id: str) -> None:
        """A whole file."""
        ...


class Source(NamedTuple):
    """An open file and its name."""

    path: str
    file: BinaryIO


def found(place: str, damaged: Aside, aside: Aside) -> Iterator[Source]:
    """The file that is named, or all in a folder, by name. Raises OSError where the place itself
    can't be read; what can't be read inside is named in `damaged`."""
    if not stat.S_ISDIR(os.stat(place).st_mode):
        # Whatever somebody names is read, a pipe too.
        with open(place, "rb") as file:
            yield Source(place, file)
        return
    os.scandir(place).close()
    for path in _files(place, 0, damaged, aside):
        try:
            file = os.fdopen(os.open(path, os.O_RDONLY | _NO_FOLLOWING), "rb")
        except OSError:
            damaged(path, None, "unreadable")
            continue
        with file:
            yield Source(path, file)


_NO_FOLLOWING = (
    getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


def _files(folder: str, depth: int, damaged: Aside, aside: Aside) -> Iterator[str]:
    try:
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except OSError:
        damaged(folder, None, "unreadable")
        return
    for entry in entries:
        if entry.is_symlink():
            aside(entry.path, None, "link")
        elif entry.name.startswith("."):
            aside(entry.path, None, "hidden")
        elif entry.is_dir(follow_symlinks=False):
            if depth < MOST_DEPTH:
                yield from _files(entry.path, depth + 1, damaged, aside)
            else:
                aside(entry.path, None, "too-deep")
        elif entry.is_file(follow_symlinks=False):
            yield entry.path
        else:
            aside(entry.path, None, "no-file")


def blocks(file: BinaryIO) -> Iterator[bytes]:
    """The content in UTF-8, unpacked if it is packed. Raises Unreadable."""
    counted = _Counted(file)
    first = counted.read(BLOCK_BYTES)
    if first[:2] == _GZIP_BEGINS:
        packed = _Counted(file, first)
        yield from _decoded(_unpacked(packed))
    else:
        yield from _decoded(_rest(first, counted))


def _rest(first: bytes, file: "_Counted") -> Iterator[bytes]:
    block = first
    while block:
        yield block
        block = file.read(BLOCK_BYTES)


def _unpacked(packed: "_Counted") -> Iterator[bytes]:
    total = 0
    with closing(gzip.GzipFile(fileobj=io.BufferedReader(packed))) as file:
        while True:
            try:
                block = file.read1(BLOCK_BYTES)  # so that what is whole before damage counts
            except (OSError, EOFError, zlib.error):
                raise Unreadable("packed-badly") from None
            if not block:
                return
            total += len(block)
            if total > FREE_BYTES and total > MOST_RATIO * packed.count:
                raise Unreadable("unpacks-to-too-much")
            yield block


def _decoded(content: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-8 without a mark: PowerShell's `>` writes UTF-16."""
    first = next(content, b"")
    if first[:2] not in _UTF_16:
        yield first.removeprefix(_UTF_8_MARK)
        yield from content
        return
    from codecs import getincrementaldecoder

    decoder = getincrementaldecoder("utf-16")(errors="replace")
    yield decoder.decode(first).encode("utf-8", "replace")
    for block in content:
        yield decoder.decode(block).encode("utf-8", "replace")


class _Counted(io.RawIOBase):
    """A file that knows how much was read of it, and that can be given back its first bytes."""

    def __init__(self, file: BinaryIO, first: bytes = b"") -> None:
        super().__init__()
        self._file = file
        self._first = first
        self.count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._first:
            taken, self._first = self._first[:size], self._first[size:]
        else:
            try:
                taken = self._file.read(size) or b""
            except OSError:
                raise Unreadable("unreadable") from None
        self.count += len(taken)
        return taken

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        taken = self.read(len(buffer))
        buffer[: len(taken)] = taken
        return len(taken)
