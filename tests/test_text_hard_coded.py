"""No word that a person reads is written into the code: `render` and `cli` ask the `text` room.

Each string of the code that could be words is looked at: one with a space between letters, or one
that is put together with what came from the text room. What is right as it is stands below, with
its reason.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import netcheck

ROOT = Path(netcheck.__file__).parent
ROOMS = ("render", "cli")

# File, then why its strings are no person's words.
WHOLE_FILES = {
    "render/ticket.py": "a ticket is English in every locale, in staff's words",
    "render/prometheus.py": "the help of metrics is for machines, English by convention",
    "render/management.py": "tools read it; its words are the tools' own, its sentences English",
    "render/read.py": "says what is wrong in a file, in the terms of its schema, for staff",
}
# A string, then why it may stand.
AS_THEY_ARE = {
    "NETCHECK UNKNOWN - ": "the Monitoring Plugins Guidelines prescribe it",
    " | 'confidence'=": "as above",
    "%;;;0;100 'duration'=": "as above",
    "NETCHECK ": "as above",
    "COMMAND [...]": "a placeholder, as it stands in every language's help",
    "netcheck itself failed: ": "said only where the words themselves cannot be read",
    " [OPTIONS]": "as above",
    "netcheck --": "what is typed",
    "netcheck ": "as above",
    "fleet ": "as above",
    "fleet summarize": "as above",
    "pip install 'netcheck-agent[fleet]'": "as above",
    "--format ": "as above",
    "192.0.2.1:4500, [2001:db8::1]:4500": "as above",
    " has no JSON form": "a defect of ours, never a person's input",
    "--html -": "what is typed",
    " via ": "the figures of --stage are for specialists",
    "the phone's word (": "a name that the redactor knows; it is compared, not shown",
    "default-src 'none'; style-src 'sha256-": "a policy of the page",
    "'; base-uri 'none'; form-action 'none'": "as above",
    "width=device-width, initial-scale=1": "of the page's head",
    "light dark": "as above",
    "<!doctype html>\n": "as above",
    "note ": "a class of the page",
    ") scale(": "a drawing",
}
_TIMES = re.compile(r"^%Y-%m-%d")
_UNITS = re.compile(r"^<?1? ?(ms|dBm|s) ?$")  # SI's signs are alike in all these languages
_LETTERS = re.compile(r"[A-Za-z]{2}")


def files() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def shown_strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """The strings of a module but its docstrings, its annotations and its classes of markup."""
    left_out: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out.add(id(node.value))
        for name in ("annotation", "returns"):
            if isinstance(written := getattr(node, name, None), ast.AST):
                left_out.update(id(part) for part in ast.walk(written))
        if isinstance(node, ast.keyword) and node.arg in ("class_", "class"):
            left_out.update(id(part) for part in ast.walk(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from [node] if id(node) not in left_out else []


def is_a_persons_words(text: str) -> bool:
    """Whether a string looks like words: letters on both sides of a space, or at its edge."""
    named = _TIMES.match(text) or _UNITS.match(text)
    return bool(" " in text and _LETTERS.search(text) and not named)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("it is a folder", True),
        (" % sure", True),
        (" ms", False),
        ("gateway-answers", False),
        ("M0 ", False),
        ("%Y-%m-%d %H:%M UTC", False),
        (", ", False),
    ],
)
def test_words_are_told_from_ids_and_signs(text: str, words: bool) -> None:
    assert is_a_persons_words(text) is words


def test_no_word_is_hard_coded() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value!r}"
        for path in files()
        if str(path.relative_to(ROOT)) not in WHOLE_FILES
        for node in shown_strings(ast.parse(path.read_text(encoding="utf-8")))
        if is_a_persons_words(node.value) and node.value not in AS_THEY_ARE
    ]
    assert found == []


def test_each_exception_is_still_needed() -> None:
    texts = {
        node.value
        for path in files()
        for node in shown_strings(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert [text for text in AS_THEY_ARE if text not in texts] == []
    assert [name for name in WHOLE_FILES if not (ROOT / name).exists()] == []


def glued(tree: ast.AST) -> Iterator[int]:
    """Lines where said words are joined to letters or to a sign that a language may set its own
    way: f"{words.say(..)}: {..}" and its kin."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        says = any(
            isinstance(part, ast.Call) and getattr(part.func, "attr", "") in ("say", "joined")
            for value in node.values
            if isinstance(value, ast.FormattedValue)
            for part in [value.value]
        )
        signs = "".join(
            str(value.value) for value in node.values if isinstance(value, ast.Constant)
        )
        if says and re.search(r"[A-Za-z,;:()%]", signs):
            yield node.lineno


def test_no_sentence_is_glued_from_pieces() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in files()
        if str(path.relative_to(ROOT)) not in WHOLE_FILES
        for line in glued(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_glue_is_found() -> None:
    assert list(glued(ast.parse("f\"{words.say('a')}: {b}\""))) == [1]
    assert list(glued(ast.parse("f\"{words.say('a')} {words.say('b')}\""))) == []
