"""Places and streams to one summary."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from netcheck.desk import bundle as layout
from netcheck.desk.opening import UnreadableBundle, is_bundle, opened
from netcheck.fleet.summary.counting import Tally
from netcheck.fleet.summary.documents import documents
from netcheck.fleet.summary.notes import Notebook
from netcheck.fleet.summary.reading import NotCounted, Reader
from netcheck.fleet.summary.sources import Source, Unreadable, blocks, found
from netcheck.model.summary import Summary
from netcheck.seal.envelope import is_sealed

STANDARD_INPUT = "-"
_TEXTS = (".json", ".ndjson", ".jsonl")


def summarize(places: Iterable[str], given: BinaryIO, device_label: str) -> Summary:
    """What is in the files and folders; `-` is `given`. Raises OSError for a place that can't be
    read; what is damaged inside one is named, and the rest counted."""
    counting = _Counting(device_label)
    for place in places:
        if place == STANDARD_INPUT:
            counting.take(Source(STANDARD_INPUT, given))
            continue
        for source in found(place, counting.damaged.take, counting.aside.take):
            counting.take(source)
    return counting.summary()


class _Counting:
    def __init__(self, device_label: str) -> None:
        self.damaged, self.aside = Notebook(), Notebook()
        self._reader = Reader(device_label)
        self._tally = Tally()
        self._bundles = 0

    def take(self, source: Source) -> None:
        """All of a file, whatever kind it is of."""
        try:
            content = blocks(source.file)
            first = next(content, b"")
            if is_bundle(first):
                self._bundle(source.path, chain((first,), content))
            elif is_sealed(first):
                self.aside.take(source.path, None, "sealed")
            elif _is_text_of_ours(source.path, first):
                self._lines(source.path, chain((first,), content))
            elif first.strip():
                self.aside.take(source.path, None, "no-kind")
        except Unreadable as wrong:
            self.damaged.take(source.path, None, wrong.id)

    def _lines(self, path: str, content: Iterator[bytes]) -> None:
        for line, raw in documents(content):
            if raw is None:
                self.damaged.take(path, line, "too-long")
            else:
                self._document(path, line, raw)

    def _document(self, path: str, line: int | None, raw: bytes) -> bool:
        try:
            self._tally.add(self._reader.read(raw))
        except NotCounted as wrong:
            notes = self.aside if wrong.aside else self.damaged
            notes.take(path, line, wrong.id, wrong.detail)
            return False
        return True

    def _bundle(self, path: str, content: Iterator[bytes]) -> None:
        raw = b""
        for block in content:
            raw += block
            if len(raw) > layout.MOST_BYTES:
                break  # `opened` says so
        try:
            bundle = opened(raw)
        except UnreadableBundle as wrong:
            notes = self.aside if wrong.id == "no-manifest" else self.damaged
            notes.take(path, None, f"bundle-{wrong.id}", wrong.where or None)
            return
        members = bundle.members
        name = layout.RESULT if layout.RESULT in members else layout.FAILING
        self._bundles += self._document(path, None, members[name])

    def summary(self) -> Summary:
        """All that was taken."""
        tally, counted = self._tally, self._tally.counted()
        return Summary(
            reports=tally.reports,
            results=tally.results - self._bundles,
            bundles=self._bundles,
            devices=counted.devices,
            telling=counted.telling,
            first=tally.first,
            last=tally.last,
            stages=counted.stages(),
            places=counted.places(),
            sides=counted.sides(),
            faults=counted.faults(),
            carriers=counted.carriers(),
            regions=counted.regions(),
            labels=counted.labels(),
            crowded=tally.crowded,
            damaged=self.damaged.all(),
            aside=self.aside.all(),
        )


def _is_text_of_ours(path: str, first: bytes) -> bool:
    """Whether what is wrong in it is damage: it begins as JSON does, or is named so, or was
    handed over on purpose."""
    name = path.lower().removesuffix(".gz")
    return first.lstrip()[:1] == b"{" or path == STANDARD_INPUT or name.endswith(_TEXTS)
