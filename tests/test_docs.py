"""The pages are what the code says today, and what the contributor's page says can be done."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from tests.docs import BLOCKS, DOCS, PAGES, ROOT

CONTRIBUTOR = DOCS / "contributor.md"
_STEP = re.compile(r"^```(?P<info>(?:python|toml|sh) [^\n]+)\n(?P<text>.*?)^```$", re.M | re.S)
_FILE = re.compile(r"file=(\S+)(?: after=(?P<sign>[\"'])(.*)(?P=sign))?$")


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_code_says_today(name):
    """When this fails: python -m tests.docs"""
    assert (DOCS / name).read_text() == PAGES[name]()


def test_every_block_stands_on_a_page():
    pages = "".join(page.read_text() for page in DOCS.glob("*.md"))
    assert [name for name in BLOCKS if f"<!-- made: {name} -->" not in pages] == []


def test_every_link_between_the_pages_leads_somewhere():
    dead = [
        (page.name, link)
        for page in DOCS.glob("*.md")
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text())
        if not (DOCS / link).exists()
    ]
    assert dead == []


def test_a_check_is_added_by_doing_what_the_page_says(tmp_path):
    for part in ("netcheck", "tests", "docs", "seeds"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / part, tmp_path / part)
    commands = []
    for step in _STEP.finditer(CONTRIBUTOR.read_text()):
        if step["info"] == "sh run":
            commands += step["text"].splitlines()
        else:
            apply(step["info"], step["text"], tmp_path)
    assert len(commands) == 4
    said = [done(command, tmp_path) for command in commands]
    assert "cable-is-quick" in said[-1]
    assert "`cable-is-quick`" in (tmp_path / "docs/checks.md").read_text()


def apply(info, text, root):
    """A file that is not there yet, lines at the end of one that is, or after a line of it."""
    name, _, line = _FILE.search(info).groups()
    path = root / name
    if line is not None:
        before, after = path.read_text().split(f"{line}\n", 1)
        path.write_text(f"{before}{line}\n{text}{after}")
    elif path.exists():
        path.write_text(f"{path.read_text()}\n{text}")
    else:
        path.write_text(text)


def done(command, root):
    """What it prints; it must end well, and must be run on the copy."""
    python, *words = shlex.split(command)
    assert python == "python"
    ended = subprocess.run(
        [sys.executable, *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, f"{command}\n{ended.stdout[-3000:]}{ended.stderr[-3000:]}"
    return ended.stdout
