"""The grid as one page: truth against verdict, by side and by fault. Self-contained HTML."""

from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path

from netcheck.diagnosis.faults import BY_ID, FAULTS
from tests.lab.outcomes import Outcome
from tests.lab.scenario import EXIT_CODES

PAGE = Path(__file__).parent / "confusion.html"
STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #222; background: #fff }
table { border-collapse: collapse; margin: 0 0 2rem; font-size: 13px }
th, td { border: 1px solid #ccc; padding: .15rem .4rem; text-align: right }
thead th { vertical-align: bottom } tbody th { text-align: left; font-weight: normal }
.tall span { writing-mode: vertical-rl; transform: rotate(180deg) }
.right { background: #d6f0dc } .wrong { background: #ffd9d6; font-weight: bold }
.open { background: #fff2c4 } td:empty { background: #fafafa }
"""
ORDER = {fault.id: number for number, fault in enumerate(FAULTS)}


def page(outcomes: Sequence[Outcome], measured_on: str) -> str:
    """The page. A run in a world of two faults stands in the row of the one its verdict names,
    else in the first one's."""
    sides = Counter((_row(one)[0], one.side) for one in outcomes)
    faults = Counter((_row(one)[1] or _some(_row(one)[0]), _said(one)) for one in outcomes)
    by_fault = sorted({true for true, _ in faults}, key=_place)
    said = sorted({named for _, named in faults}, key=_place)
    composed = sum(one.composed for one in outcomes)
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Truth against verdict</title><style>{STYLE}</style>\n"
        "<h1>Truth against verdict</h1>\n"
        f"<p>{len(outcomes)} runs of the lab, {composed} of them in composed worlds; measured on "
        f"{escape(measured_on)}. Rows are true, columns were said. Green is right, yellow left "
        "open, red wrong.</p>\n<h2>By side</h2>\n"
        f"{_table(list(EXIT_CODES), [*EXIT_CODES, *_others(sides)], sides)}"
        f"<h2>By fault</h2>\n{_table(by_fault, said, faults, tall=True)}</html>\n"
    )


def _others(sides: Counter[tuple[str, str]]) -> list[str]:
    return sorted({said for _, said in sides} - set(EXIT_CODES))


def _row(one: Outcome) -> tuple[str, str | None]:
    by_fault = [true for true in one.truths if true == (one.side, one.fault)]
    by_side = [true for true in one.truths if true[0] == one.side]
    return next(iter([*by_fault, *by_side, *one.truths]))


def _said(one: Outcome) -> str:
    return one.fault if one.side in EXIT_CODES and one.side != "inconclusive" else one.side


def _some(side: str) -> str:
    return f"some {side} fault"


def _place(fault: str) -> tuple[int, str]:
    return ORDER.get(fault, len(ORDER)), fault


def _table(
    rows: Sequence[str],
    columns: Sequence[str],
    counts: Counter[tuple[str, str]],
    tall: bool = False,
) -> str:
    head = "".join(f"<th><span>{escape(name)}</span></th>" for name in columns)
    kind = ' class="tall"' if tall else ""
    lines = [
        f"<table><thead><tr{kind}><th>true \\ said</th>{head}<th>runs</th></tr></thead><tbody>"
    ]
    for true in rows:
        cells = "".join(_cell(true, said, counts[true, said]) for said in columns)
        total = sum(counts[true, said] for said in columns)
        lines.append(f"<tr><th>{escape(true)}</th>{cells}<td>{total}</td></tr>")
    return "\n".join([*lines, "</tbody></table>\n"])


def _cell(true: str, said: str, count: int) -> str:
    if not count:
        return "<td></td>"
    if true == said or (said in BY_ID and true == _some(BY_ID[said].side)):
        kind = "right"
    else:
        kind = "open" if said == "inconclusive" else "wrong"
    return f'<td class="{kind}" title="true {escape(true)}, said {escape(said)}">{count}</td>'
