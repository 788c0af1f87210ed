"""What limits netcheck here, for a person: what it is, what it costs, how to lift it."""

from collections.abc import Sequence

from netcheck.model.limit import Examination, Limit, Weight
from netcheck.render.sheet import Sheet
from netcheck.text import Words
from netcheck.text.typed import TYPED

_COLUMN = 6
_MOST_STEPS = 9
_STYLES = {Weight.MATTERS: "warn-headline", Weight.SMALL: "bold"}
_SIGNS = {Weight.MATTERS: "\u2717", Weight.SMALL: "\u00b7"}


def write(found: Examination, words: Words, sheet: Sheet) -> None:
    """All of it, what matters first."""
    matter, small = found.of(Weight.MATTERS), found.of(Weight.SMALL)
    sheet.headline(_summary(len(matter), len(small), words), "", _style(matter, small))
    for limit in (*matter, *small):
        sheet.blank()
        what = words.say(f"doctor.{limit.id}.what", limit.params)
        sheet.headline(f"{_SIGNS[limit.weight]} {what}", "", _STYLES[limit.weight])
        sheet.row(words.say("doctor.cost"), words.say(f"doctor.{limit.id}.cost"), _COLUMN)
        for place, step in enumerate(steps(limit, found.system, words), 1):
            sheet.numbered(place, step)
    optional = found.of(Weight.OPTIONAL)
    if optional:
        sheet.blank()
        sheet.paragraph(words.say("doctor.optional"))
        for limit in optional:
            sheet.row("-", words.say(f"doctor.{limit.id}.what", limit.params), 2)
    sheet.blank()
    _list("\u2713", "doctor.fine", [f"doctor.{id}.fine" for id in found.fine], words, sheet)
    _list("-", "doctor.untold", [f"doctor.fact.{id}" for id in found.untold], words, sheet)
    sheet.paragraph(words.say("doctor.unsent"))
    if matter or small:
        sheet.paragraph(words.say("doctor.again"))


def steps(limit: Limit, system: str, words: Words) -> tuple[str, ...]:
    """How to lift it: on this system, where the words for it differ."""
    own = f"{limit.id}.{system}"
    stem = own if f"doctor.{own}.step-1" in words else limit.id
    told = []
    for number in range(1, _MOST_STEPS + 1):
        step = f"{stem}.step-{number}"
        if f"doctor.{step}" not in words:
            break
        typed = {"name": TYPED[step]} if step in TYPED else {}
        told.append(words.say(f"doctor.{step}", {**limit.params, **typed}))
    return tuple(told)


def as_json(found: Examination, words: Words) -> dict[str, object]:
    """For programs: ids, and the words in English."""
    english = words.english
    return {
        "schema": "netcheck.doctor/1",
        "system": found.system,
        "limits": [
            {
                "id": limit.id,
                "weight": limit.weight.value,
                "params": dict(limit.params),
                "text": english.say(f"doctor.{limit.id}.what", limit.params),
                "cost": _cost(limit, english),
                "steps": list(steps(limit, found.system, english)),
            }
            for limit in found.limits
        ],
        "fine": list(found.fine),
        "not_measured": list(found.not_measured),
        "untold": list(found.untold),
    }


def _list(sign: str, head: str, ids: Sequence[str], words: Words, sheet: Sheet) -> None:
    if ids:
        first, *rest = [words.say(id) for id in ids]
        sheet.items([f"{sign} {words.say(head, {'name': first})}", *rest])


def _cost(limit: Limit, words: Words) -> str | None:
    """What few people need costs the others nothing."""
    return None if limit.weight is Weight.OPTIONAL else words.say(f"doctor.{limit.id}.cost")


def _summary(matter: int, small: int, words: Words) -> str:
    if matter:
        id = "doctor.one" if matter == 1 else "doctor.many"
        return words.say(id, {"count": matter})
    return words.say("doctor.small" if small else "doctor.nothing")


def _style(matter: tuple[Limit, ...], small: tuple[Limit, ...]) -> str:
    if matter:
        return "warn-headline"
    return "bold" if small else "good-headline"
