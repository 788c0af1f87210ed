"""What many devices said: as a sheet for a terminal, and as a document for machines."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import NamedTuple

from netcheck.model.finding import Parameter
from netcheck.model.summary import Note, Notes, Row, Share, StageRow, Summary
from netcheck.render.sheet import Sheet
from netcheck.text import Words
from netcheck.text.template import clean

SCHEMA = "netcheck.summary/1"
MOST_SENTENCES = 3
MOST_ROWS = 20  # of a table on a terminal; the document has all
MOST_NOTES = 10
_COLUMN = 44
_DASH = 2  # columns

CarrierNames = Mapping[str, str]


class Table(NamedTuple):
    """A heading and rows: what, and how many."""

    title: str
    rows: tuple[tuple[str, Share], ...]


def render(summary: Summary, words: Words, names: CarrierNames, sheet: Sheet) -> str:
    """The answer first, then the tables behind it, then what is in none of them."""
    for sentence in leading(summary, words, names):
        sheet.paragraph(sentence)
    sheet.blank()
    sheet.paragraph(read(summary, words))
    for table in tables(summary, words, names):
        sheet.blank()
        sheet.paragraph(table.title)
        for what, share in table.rows[:MOST_ROWS]:
            told = f"{counted(share, words)} ({chance(share)})"
            sheet.row(what, told, _COLUMN)
        if len(table.rows) > MOST_ROWS:
            left = {"count": len(table.rows) - MOST_ROWS}
            sheet.row("-", words.say("summary.more", left), _DASH)
    sheet.blank()
    sheet.paragraph(words.say("summary.chance"))
    for title, lines in uncounted(summary, words, MOST_NOTES):
        sheet.blank()
        sheet.paragraph(title)
        for line in lines:
            sheet.row("-", line, _DASH)
    return sheet.text


def as_document(summary: Summary, words: Words) -> dict[str, object]:
    """The same for machines: shares from 0 to 1, times in UTC, reasons in English."""
    return {
        "schema": SCHEMA,
        **asdict(summary),
        "damaged": _notes(summary.damaged, words.english),
        "aside": _notes(summary.aside, words.english),
    }


def leading(summary: Summary, words: Words, names: CarrierNames) -> list[str]:
    """Who fails most, in sentences; then what is no carrier's."""
    failing = [row for row in summary.stages if row.share.count]
    said = [
        words.say(
            f"summary.fails.{row.stage}",
            {
                "count": row.share.count,
                "total": row.share.total,
                "carrier": carrier_name(row.carrier, words, names),
            },
        )
        for row in failing[:MOST_SENTENCES]
    ]
    if not failing:
        which = "none-fail" if summary.telling else "nobody-could-tell"
        said.append(words.say(f"summary.{which}", {"count": summary.telling}))
    sides = {row.name: row.share for row in summary.sides}
    for side in ("local", "isp"):
        if side in sides:
            said.append(words.say(f"summary.{side}", _of(sides[side])))
    return said


def read(summary: Summary, words: Words) -> str:
    """What was read, of how many devices, and of which time."""
    kinds = {
        "reports": summary.reports,
        "results": summary.results,
        "bundles": summary.bundles,
    }
    told = [words.say(f"summary.{id}", {"count": count}) for id, count in kinds.items() if count]
    return words.say(
        "summary.read",
        {
            "name": ", ".join(told),
            "count": summary.devices,
            "time": _moment(summary.first),
            "reason": _moment(summary.last),
        },
    )


def tables(summary: Summary, words: Words, names: CarrierNames) -> list[Table]:
    """Those that have rows, each with its heading."""

    def named(id: str) -> str:
        return carrier_name(id, words, names)

    parts: dict[str, Iterable[tuple[str, Share]]] = {
        "stages": _stages(summary.stages, words, named),
        "places": _stages(summary.places, words, named, with_region=True),
        "carriers": _rows(summary.carriers, named),
        "sides": _rows(summary.sides, lambda side: words.say(f"summary.side.{side}")),
        "faults": _rows(summary.faults, lambda fault: _fault(fault, words)),
        "regions": _rows(summary.regions, lambda region: _region(region, words)),
        "labels": _rows(summary.labels, str),
    }
    made = (
        Table(words.say(f"summary.part.{id}"), tuple((clean(what), share) for what, share in rows))
        for id, rows in parts.items()
    )
    return [table for table in made if table.rows]


def counted(share: Share, words: Words) -> str:
    """`38 of 412, 9.2 %`."""
    part = percent(share.count / share.total)
    return words.say("summary.share", {**_of(share), "name": part})


def chance(share: Share) -> str:
    """`6.8-12.4`."""
    return f"{percent(share.low)}-{percent(share.high)}"


def percent(part: float) -> str:
    """With a tenth, as 412 devices can tell."""
    return f"{100 * part:.1f}"


def uncounted(summary: Summary, words: Words, most: int) -> list[tuple[str, list[str]]]:
    """What is in no row: how much of each kind, and the first by name."""
    told: list[tuple[str, list[str]]] = []
    if summary.crowded:
        told.append((words.say("summary.crowded", {"count": summary.crowded}), []))
    for id, notes in (("damaged", summary.damaged), ("aside", summary.aside)):
        if not notes.count:
            continue
        lines = [noted(note, words) for note in notes.named[:most]]
        if notes.count > len(lines):
            lines.append(words.say("summary.more", {"count": notes.count - len(lines)}))
        told.append((words.say(f"summary.{id}", {"count": notes.count}), lines))
    return told


def noted(note: Note, words: Words) -> str:
    """`reports/7.ndjson, line 12: is cut off, or no JSON`."""
    where: dict[str, Parameter] = {"path": note.path, "count": note.line}
    place = words.say("summary.line", where) if note.line is not None else clean(note.path)
    said = words.say(f"summary.note.{note.id}", {"name": note.detail})
    return words.joined("colon", (place, said))


def carrier_name(id: str, words: Words, names: CarrierNames) -> str:
    """As people call it; its id where only a newer catalogue knows it."""
    return names.get(id, id) if id else words.say("summary.no-carrier")


def _stages(
    rows: Iterable[StageRow],
    words: Words,
    named: Callable[[str], str],
    *,
    with_region: bool = False,
) -> Iterable[tuple[str, Share]]:
    for row in rows:
        said = [named(row.carrier), words.say(f"summary.stage.{row.stage}")]
        said += [_region(row.region, words)] if with_region else []
        yield words.joined("comma", said), row.share


def _rows(rows: Iterable[Row], named: Callable[[str], str]) -> Iterable[tuple[str, Share]]:
    return ((named(row.name), row.share) for row in rows)


def _fault(id: str, words: Words) -> str:
    carrier = {"carrier": words.say("summary.the-carrier")}
    return words.say(f"fault.{id}.name", carrier) if f"fault.{id}.name" in words else id


def _region(code: str, words: Words) -> str:
    return code or words.say("summary.no-region")


def _of(share: Share) -> dict[str, Parameter]:
    return {"count": share.count, "total": share.total}


def _moment(minute: str | None) -> str | None:
    return minute.replace("T", " ").rstrip("Z") if minute else None


def _notes(notes: Notes, english: Words) -> dict[str, object]:
    return {
        "count": notes.count,
        "named": [
            {
                "path": note.path,
                "line": note.line,
                "id": note.id,
                "text": english.say(f"summary.note.{note.id}", {"name": note.detail}),
            }
            for note in notes.named
        ],
    }
