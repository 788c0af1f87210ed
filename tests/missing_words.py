"""What a translation lacks: `python -m tests.missing_words` lists it, with the English to put into
the person's language; exit code 1 where anything is listed."""

import sys
import tomllib
from pathlib import Path

import netcheck.text
from netcheck.text import Words, words
from netcheck.text.loader import FOR_STAFF, TRANSLATED, kind_of

HERE = Path(netcheck.text.__file__).parent


def own_ids(locale: str) -> dict[str, str]:
    """The id of each text in this language's own files, with the name of its file."""
    found: dict[str, str] = {}
    for file in sorted((HERE / locale).glob("*.toml")):
        for id in _ids("", tomllib.loads(file.read_text(encoding="utf-8"))):
            found[id] = file.stem
    return found


def _ids(prefix: str, table: dict[str, object]) -> list[str]:
    flat: list[str] = []
    for key, value in table.items():
        flat += _ids(f"{prefix}{key}.", value) if isinstance(value, dict) else [f"{prefix}{key}"]
    return flat


def needed() -> dict[str, str]:
    """Each id that a person reads, with the name of its file."""
    return {id: file for id, file in own_ids("en").items() if kind_of(id) not in FOR_STAFF}


def missing(locale: str) -> dict[str, str]:
    """The ids that the language lacks, with the file they belong into."""
    own = own_ids(locale)
    return {id: file for id, file in needed().items() if id not in own}


def left_over(locale: str) -> list[str]:
    """What English no longer has, and what stands in another file than in English."""
    english = needed()
    return [id for id, file in own_ids(locale).items() if english.get(id) != file]


def differing(locale: str) -> dict[str, tuple[str, str]]:
    """The ids whose places are not those of English: outside brackets, or within."""
    here, english = Words(locale), words()
    told: dict[str, tuple[str, str]] = {}
    for id in needed():
        mine, theirs = here.template(id) or "", english.template(id) or ""
        if places_of(mine) != places_of(theirs):
            told[id] = (theirs, mine)
    return told


def places_of(template: str) -> tuple[list[str], list[str]]:
    """The names of the places outside brackets and of those within, sorted, each once."""
    outside: set[str] = set()
    within: set[str] = set()
    for piece in template.replace("[", "\0[").replace("]", "]\0").split("\0"):
        into = within if piece.startswith("[") else outside
        into.update(part.partition("}")[0] for part in piece.split("{")[1:])
    return sorted(outside), sorted(within)


def main() -> int:
    lacking = 0
    for locale in TRANSLATED:
        for id, file in missing(locale).items():
            lacking += 1
            print(f"{locale}/{file}.toml  {id} = {words().template(id)!r}")
        for id in left_over(locale):
            lacking += 1
            print(f"{locale}  {id}: English has no such words in that file")
        for id, (theirs, mine) in differing(locale).items():
            lacking += 1
            print(f"{locale}  {id}: other places than {theirs!r}: {mine!r}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
