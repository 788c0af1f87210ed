"""How params fill a sentence.

A template is text with `{param}` places and `[optional parts]`. An optional part falls away when
a param in it is not known, so one template serves a run that measured a delay and one that did
not. Params may come from a file that somebody else wrote: they are cleaned, never interpreted.
"""

from collections.abc import Callable, Mapping

from netcheck.model.finding import Parameter

# Characters; a longer one is cut, so that no file can flood a terminal. A whole headline may be a
# param of another sentence.
LONGEST_PARAMETER = 300


def fill(
    template: str,
    params: Mapping[str, Parameter],
    missing: Callable[[str], str | None],
    decimal: str = ".",
) -> str:
    """The sentence. `missing(name)` stands in for a param outside brackets that is not known;
    KeyError with its name if it returns None. `decimal` is the sign before tenths."""
    known = {name: shown(value, decimal) for name, value in params.items() if value is not None}
    said: list[str] = []
    for part, optional in _parts(template):
        if optional and not all(name in known for name in places(part)):
            continue
        said.append(_filled(part, known, missing, at_start=not said))
    return "".join(said)


def places(template: str) -> tuple[str, ...]:
    """The names of the params a template has places for, in order."""
    names = []
    for piece in template.split("{")[1:]:
        names.append(piece.partition("}")[0])
    return tuple(names)


def shown(value: Parameter, decimal: str = ".") -> str:
    """A param as a person reads it: numbers without noise, text without control characters."""
    if isinstance(value, float):
        return _number(value).replace(".", decimal)
    return clean(str(value))[:LONGEST_PARAMETER]


def clean(text: str) -> str:
    """Text that cannot move a cursor, change a colour or turn the reading direction."""
    if text.isascii() and text.isprintable():
        return text
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return "?"
    return f"{value:.1f}" if 0 < abs(value) < 1 else str(round(value))


def _parts(template: str) -> list[tuple[str, bool]]:
    parts: list[tuple[str, bool]] = []
    for piece in template.split("["):
        inside, bracket, after = piece.partition("]")
        if bracket:
            parts.append((inside, True))
            parts.append((after, False))
        else:
            parts.append((piece, False))
    return [part for part in parts if part[0]]


def _filled(
    part: str, known: Mapping[str, str], missing: Callable[[str], str | None], *, at_start: bool
) -> str:
    head, *rest = part.split("{")
    said = [head]
    for piece in rest:
        name, _, after = piece.partition("}")
        value = known.get(name)
        if value is None:
            value = missing(name)
            if value is None:
                raise KeyError(name)
            if at_start and not "".join(said):
                value = value[:1].upper() + value[1:]
        said.append(value + after)
    return "".join(said)
