"""The pages made from the code's own tables: `python -m tests.docs` writes them anew.

A page is made whole, or it is written by hand with tables between `<!-- made: NAME -->` and
`<!-- end -->`.
"""

import re
from collections.abc import Callable
from pathlib import Path

from netcheck.checks import ALL
from netcheck.cli.verbs import FLEET, VERBS
from netcheck.diagnosis.faults import FAULTS
from netcheck.model.stage import Stage
from netcheck.text import words
from tests.docs_systems import systems_page

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FOR = {
    "person": "run watch explain history phone report carriers targets doctor",
    "help-desk": "show explain compare replay bundle verify history",
}


def checks_page() -> str:
    """Every check, stage by stage, as `netcheck checks` lists them."""
    lines = [
        "# The checks",
        "",
        "Made from the code by `python -m tests.docs`; `netcheck checks` prints the same.",
        "A check marked *deep* runs with `--deep` or `--stage`. Packets are the most that one",
        "target costs.",
    ]
    for stage in Stage:
        specs = [check.spec for check in ALL if check.spec.stage == stage]
        if not specs:
            continue
        lines += ["", f"## {stage.value}", "", "| check | question | control | packets |"]
        lines += ["|---|---|---|---|"]
        for spec in specs:
            name = f"`{spec.id}`" + (" *deep*" if spec.deep else "")
            lines.append(f"| {name} | {spec.question} | {spec.control} | {spec.packets} |")
    return "\n".join(lines) + "\n"


def start() -> str:
    """The README's own commands to install and run it."""
    return _of_readme(r"^On a fresh Linux machine.*?^```sh\n.*?^```$")


def sample() -> str:
    """The answer that the README shows, which a test of the lab keeps true."""
    return _of_readme(r"^```text\n.*?^```$")


def _of_readme(pattern: str) -> str:
    found = re.search(pattern, (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None, pattern
    return found.group()


def verbs(of: str) -> str:
    """What these verbs do, in the words of `--help`."""
    named = FOR[of].split()
    assert set(named) <= set(VERBS), set(named) - set(VERBS)
    return _table("command", [(f"netcheck {verb}", f"verb.{verb}") for verb in named])


def fleet_verbs() -> str:
    """The verbs of the receiving side, as far as this netcheck has them."""
    told = words().say("verb.fleet.long")
    rows = [(f"netcheck fleet {verb}", f"verb.fleet-{verb}") for verb in FLEET]
    return f"{told}\n\n{_table('command', rows)}" if rows else told


def exit_codes() -> str:
    """The sentence of `--help`."""
    return words().say("verb.exit-codes")


def faults() -> str:
    """Every fault there is, by side."""
    lines = ["| fault | side | what is said |", "|---|---|---|"]
    for fault in FAULTS:
        headline = f"fault.{fault.id}.headline-no-carrier"
        said = words().say(headline if headline in words() else headline[: -len("-no-carrier")])
        lines.append(f"| `{fault.id}` | {words().say(f'side.{fault.side}')} | {said} |")
    return "\n".join(lines)


def _table(head: str, rows: list[tuple[str, str]]) -> str:
    lines = [f"| {head} | |", "|---|---|"]
    lines += [f"| `{name}` | {words().say(id)} |" for name, id in rows]
    return "\n".join(lines)


BLOCKS: dict[str, Callable[[], str]] = {
    "start": start,
    "sample": sample,
    "verbs person": lambda: verbs("person"),
    "verbs help-desk": lambda: verbs("help-desk"),
    "fleet verbs": fleet_verbs,
    "exit codes": exit_codes,
    "faults": faults,
}
_BLOCK = re.compile(r"<!-- made: ([a-z -]+) -->\n.*?<!-- end -->", re.DOTALL)


def filled(name: str) -> str:
    """A page as written by hand, with its blocks made anew."""

    def made(block: re.Match[str]) -> str:
        return f"<!-- made: {block[1]} -->\n{BLOCKS[block[1]]()}\n<!-- end -->"

    return _BLOCK.sub(made, (DOCS / name).read_text())


PAGES: dict[str, Callable[[], str]] = {
    "checks.md": checks_page,
    "systems.md": systems_page,
    "person.md": lambda: filled("person.md"),
    "help-desk.md": lambda: filled("help-desk.md"),
    "fleet.md": lambda: filled("fleet.md"),
}


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (DOCS / name).write_text(page())
