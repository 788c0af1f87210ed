"""Several paths beside each other: what each run came to, and what that means together."""

from collections.abc import Sequence
from dataclasses import dataclass

from netcheck.model.finding import Parameter
from netcheck.model.result import Result
from netcheck.model.verdict import Side
from netcheck.render import wording
from netcheck.render.json import as_document as result_document
from netcheck.render.sheet import Sheet
from netcheck.text import Words

_COLUMN = 18
SCHEMA = "netcheck.paths/1"


@dataclass(frozen=True, slots=True)
class PathTold:
    """One path: its interface, its kind's id, whether the system uses it, and its run."""

    interface: str
    kind: str
    in_use: bool
    result: Result

    def name(self, words: Words) -> str:
        """As a person knows it: `Cable (eth0)`."""
        where = words.say("join.in-brackets", {"name": self.interface})
        return f"{words.say(f'stage.link.{self.kind}')} {where}"


def render(
    paths: Sequence[PathTold], said: str, works: Sequence[str], fails: Sequence[str],
    words: Words, *, sheet: Sheet,
) -> str:  # fmt: skip
    """The sentence that compares, then a row a path."""
    sheet.headline(sentence(paths, said, works, fails, words), "", "bold")
    sheet.blank()
    for path in paths:
        told = wording.headline(words, path.result)
        if path.result.verdict.side is not Side.INCONCLUSIVE:
            sure = {"count": wording.percent(path.result.verdict.confidence)}
            told = f"{told} {words.say('ui.sure', sure)}"
        sheet.row(path.name(words), told, _COLUMN)
        if path.in_use:
            sheet.row("", words.say("paths.in-use"), _COLUMN)
    advice = meanwhile(paths, works, fails, words)
    if advice:
        sheet.blank()
        sheet.paragraph(advice)
    return sheet.text


def meanwhile(
    paths: Sequence[PathTold], works: Sequence[str], fails: Sequence[str], words: Words
) -> str:
    """What to use until the path in use works again; empty where it does, or nothing else does."""
    used = next((path.interface for path in paths if path.in_use), None)
    better = [path.name(words) for path in paths if path.interface in works]
    if used not in fails or not better:
        return ""
    return words.say("paths.meanwhile", {"works": better[0]})


def sentence(
    paths: Sequence[PathTold], said: str, works: Sequence[str], fails: Sequence[str], words: Words
) -> str:
    """What the paths say together."""
    names = {path.interface: path.name(words) for path in paths}
    told: dict[str, Parameter] = {
        "works": words.joined("comma", [names[one] for one in works]),
        "fails": words.joined("comma", [names[one] for one in fails]),
        "count": len(paths),
    }
    return words.say(f"paths.{said}", told)


def as_document(
    paths: Sequence[PathTold], said: str, works: Sequence[str], fails: Sequence[str], words: Words
) -> dict[str, object]:
    """The same as plain dicts and lists; each result is a whole `netcheck.result/1`."""
    english = words.english
    return {
        "schema": SCHEMA,
        "comparison": {
            "id": f"paths.{said}",
            "works": list(works),
            "fails": list(fails),
            "text": sentence(paths, said, works, fails, english),
            "meanwhile": meanwhile(paths, works, fails, english) or None,
        },
        "paths": [
            {
                "interface": path.interface,
                "kind": path.kind,
                "in_use": path.in_use,
                "result": result_document(path.result, english),
            }
            for path in paths
        ],
    }
