"""What earlier rules said of the lab's runs, judged again: a change of the tables shows here whom
it changes. `tests/rules/N.ndjson` holds what was seen and said under rules N; it never changes."""

import json
from pathlib import Path

import pytest

from netcheck.agent.concluding import About, conclude
from netcheck.diagnosis import RULES_VERSION
from netcheck.model.finding import Finding
from netcheck.model.result import CarrierChoice

KEPT = sorted((Path(__file__).parent / "rules").glob("*.ndjson"), key=lambda path: int(path.stem))

# Rules then -> for each scenario whose side or fault is another now: what it was, what it is.
CHANGED: dict[int, dict[str, tuple[str, str]]] = {
    1: {
        # Nothing but the complaint speaks for it, and most who cannot be reached are just off.
        "one person cannot be reached, everything that can be seen works": (
            "remote called-carrier-outage",
            "inconclusive all-well",
        ),
    },
    2: {},
    3: {},
    4: {},
    5: {},
}


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def judged(row: dict) -> str:
    carrier = CarrierChoice(**row["carrier"]) if row["carrier"] else None
    called = CarrierChoice("", row["called"], None, "") if row["called"] else None
    found = [Finding(id) for id in row["findings"]]
    verdict = conclude(found, About(carrier, called)).verdict
    return f"{verdict.side.value} {verdict.fault}"


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"rules {path.stem}")
def test_only_these_verdicts_have_changed_since(path):
    told = {row["scenario"]: (f"{row['side']} {row['fault']}", judged(row)) for row in rows(path)}
    changed = {scenario: both for scenario, both in told.items() if both[0] != both[1]}
    assert changed == CHANGED[int(path.stem)]


def test_every_earlier_version_of_the_rules_is_kept():
    assert [int(path.stem) for path in KEPT] == list(range(1, RULES_VERSION))
