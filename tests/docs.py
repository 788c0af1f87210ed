"""The pages made from the code's own tables: `python -m tests.docs` writes them anew."""

from pathlib import Path

from netcheck.checks import ALL
from netcheck.model.stage import Stage
from tests.docs_systems import systems_page

DOCS = Path(__file__).parent.parent / "docs"


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


PAGES = {"checks.md": checks_page, "systems.md": systems_page}


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (DOCS / name).write_text(page())
