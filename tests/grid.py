"""Every lab world against its truth: `python -m tests.grid` plays and prints them.

The named scenarios, and worlds composed of parts with a seed that is a hash of the diagnosis'
tables; then further ones of those in which one of the two costly errors can be made, since a bound
of 0.5 % on an error takes 600 runs without it. Needs root and the lab's daemons. With `--write` the
figures replace their part of `tests/lab/RESULTS.md`, the confusion matrix is written beside it, and
each named scenario's result is kept under `tests/lab/recorded` for machines without root.

`--once` plays each scenario once, where it asks for several runs because chance is in it. In
pieces: `--only WORDS`, `--part 1/4`, with `--into FILE` to keep them and `--from FILE...` to put
them together. `--beside 2` plays that many parts side by side, each in a
world of its own.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.lab import parts as rows
from tests.lab.composed import drawn, seed_of_the_tables
from tests.lab.confusion import PAGE, page
from tests.lab.outcomes import (
    Outcome,
    by_fault,
    by_todays_truth,
    cost,
    figures,
    keep,
    kept,
    outcome_of,
    with_twins,
    wrong_ones,
)
from tests.lab.results import replace_part
from tests.lab.scenario import Scenario, findings_of, play
from tests.lab.scenarios import HEALTHY, SCENARIOS
from tests.lab.twins import twins, unsettled
from tests.lab.world import World

COMPOSED = 260  # with the named scenarios more than 600 runs
FURTHER = {"carrier": 500, "isp": 80, "local": 150}
"""So many more drawn worlds whose faults are of this side alone: with those before them 600 in
which the user can be blamed wrongly, and 600 in which the carrier can."""
_DRAWN_FOR_THEM = 3200
BATCH = 30  # worlds between two healthy runs
HEAD = (
    *("scenario", "true side", "true fault", "verdict", "fault named"),
    *("right", "sure", "s", "sent"),
)


@dataclass(frozen=True, slots=True)
class Job:
    """A world to play."""

    scenario: Scenario
    composed: bool = False
    hidden: tuple[str, ...] = ()


def jobs(composed: int) -> list[Job]:
    """Every named scenario, then the drawn worlds, and with all of those the further ones."""
    if not composed:
        return [*map(Job, SCENARIOS)]
    worlds, first = drawn(max(composed, _DRAWN_FOR_THEM)), composed + len(rows.TRAPS)
    made = worlds[:first]
    for side, count in FURTHER.items() if composed >= COMPOSED else ():
        made += [one for one in worlds[first:] if one.scenario.then.sides == {side}][:count]
    return [*map(Job, SCENARIOS), *(Job(one.scenario, True, one.hidden) for one in made)]


class Lab:
    """One world at a time, built when it is asked for, and anew once something broke it."""

    def __init__(self, *, record: bool) -> None:
        self.world: World | None = None
        self.record = record
        self.healthy_s: list[float] = []

    def shown(self, job: Job):  # type: ignore[no-untyped-def]
        """What the runs of a job showed; nothing where this machine or the lab cannot play it."""
        if self.world is None or self.world.ipv6 != job.scenario.ipv6:
            self.close()
            self.world = World(ipv6=job.scenario.ipv6)
        os.environ.pop("NETCHECK_RECORD", None)
        if self.record and not job.composed:
            os.environ["NETCHECK_RECORD"] = "1"
        try:
            return play(self.world, job.scenario)
        except pytest.skip.Exception as lacking:
            say(f"{job.scenario.sentence}: left out, {lacking}")
        except Exception as broken:  # whatever it is, the other worlds are still worth playing
            say(f"{job.scenario.sentence}: the lab broke, {broken!r:.300}")
            self.close()
        return []

    def outcomes(self, job: Job) -> list[Outcome]:
        """The same, as the grid keeps it, and what went wrong told at once."""
        new = [
            outcome_of(job.scenario, one, composed=job.composed, hidden=job.hidden)
            for one in self.shown(job)
        ]
        for line in wrong_ones(new, in_full=True):
            say(line)
        return new

    def is_sound(self, *, ipv6: bool) -> bool:
        """Whether a healthy run is found so; where it is not, the world is cleared away."""
        shown = self.shown(Job(replace(HEALTHY, ipv6=ipv6), composed=True))
        self.healthy_s += [one.run.wall_s for one in shown]
        mistakes = [mistake for one in shown for mistake in one.mistakes]
        if mistakes or not shown:
            say(f"the control fails ({'; '.join(mistakes)}): a new world")
            self.close()
        return bool(shown) and not mistakes

    def close(self) -> None:
        """Clear the world away."""
        if self.world is not None:
            self.world.close()
        self.world = None


def played(todo: Sequence[Job], *, record: bool, into: Path | None) -> list[Outcome]:
    """Play all of these, those that share a kind of world together, and keep each batch as it ends;
    those that are kept already, with today's truth, are played no more and count. A healthy run
    follows each batch: where it fails, the batch is played once more, in a new world."""
    lab, wanted = Lab(record=record), {job.scenario.sentence: job.scenario for job in todo}
    before = kept([into]) if into and into.exists() else []
    outcomes = by_todays_truth(before, wanted)
    done = {one.sentence for one in outcomes}
    left = [job for job in todo if job.scenario.sentence not in done]
    left.sort(key=lambda job: job.scenario.ipv6)
    try:
        while left:
            ipv6 = left[0].scenario.ipv6
            batch = [job for job in left[:BATCH] if job.scenario.ipv6 == ipv6]
            left = left[len(batch) :]
            new = [one for job in batch for one in lab.outcomes(job)]
            if not lab.is_sound(ipv6=ipv6):
                new = [one for job in batch for one in lab.outcomes(job)]
            outcomes += new
            if into is not None:
                keep(new, into)
    finally:
        lab.close()
    if lab.healthy_s:
        median = statistics.median(lab.healthy_s)
        say(f"healthy controls: {len(lab.healthy_s)}, median {median:.2f} s")
    return outcomes


def settled(outcomes: Sequence[Outcome], todo: Iterable[Job]) -> list[Outcome]:
    """The same, with the twins of what was left open."""
    if not unsettled(outcomes):
        return list(outcomes)
    lab = Lab(record=False)

    def look(scenario: Scenario) -> frozenset[str]:
        shown = lab.shown(Job(scenario, composed=True))
        return frozenset(findings_of(shown[0].result)) if shown else frozenset()

    try:
        found = twins(outcomes, {job.scenario.sentence: job.scenario for job in todo}, look)
    finally:
        lab.close()
    for sentence, twin in found.items():
        say(f"{sentence}: its twin is {twin}")
    return with_twins(outcomes, found)


def beside(parts: int, words: Sequence[str], into: Path | None) -> list[Outcome]:
    """So many parts side by side, each a process with a world of its own. Each keeps its outcomes
    in a file beside `into`, where one is named, and goes on there when it is started again."""
    with tempfile.TemporaryDirectory() as folder:
        stem = into or Path(folder, "outcomes")
        files = [Path(f"{stem}.{number}") for number in range(1, parts + 1)]
        running = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.grid", *words, "--quiet"),
                    *("--part", f"{number}/{parts}", "--into", str(file)),
                ]
            )
            for number, file in enumerate(files, 1)
        ]
        try:
            for one in running:
                one.wait()
        finally:
            for one in running:
                with suppress(ProcessLookupError):
                    one.terminate()
                one.wait()
        return kept(file for file in files if file.exists())


def asked() -> argparse.Namespace:
    """The command's words."""
    words = argparse.ArgumentParser(prog="python -m tests.grid", description=__doc__)
    words.add_argument("--write", action="store_true", help="into RESULTS.md, and record")
    words.add_argument("--record", action="store_true", help="keep each named scenario's result")
    words.add_argument("--composed", type=int, default=COMPOSED, help="so many drawn worlds")
    words.add_argument("--once", action="store_true", help="one run of each named scenario")
    words.add_argument("--only", default="", help="worlds whose sentence has these words")
    words.add_argument("--part", default="1/1", help="of N parts the Ith: I/N")
    words.add_argument("--beside", type=int, default=1, help="parts side by side")
    words.add_argument("--into", type=Path, help="keep the outcomes in this file, too")
    words.add_argument("--from", dest="files", type=Path, nargs="+", help="play none: read these")
    words.add_argument("--no-twins", action="store_true", help="look for no twins")
    words.add_argument("--quiet", action="store_true", help="print no table")
    given = words.parse_args()
    if given.beside > 1 and given.part != "1/1":
        words.error("--beside makes parts of its own, so it takes no --part")
    return given


def main() -> None:
    """Play or read, and print."""
    given = asked()
    all_jobs = jobs(given.composed)
    first, _, parts = given.part.partition("/")
    todo = [job for job in all_jobs if given.only.lower() in job.scenario.sentence.lower()]
    todo = todo[int(first) - 1 :: int(parts)]
    if given.once:
        todo = [replace(job, scenario=replace(job.scenario, runs=1, at_least=0)) for job in todo]
    if given.files:
        scenarios = {job.scenario.sentence: job.scenario for job in all_jobs}
        outcomes = by_todays_truth(kept(given.files), scenarios)
    elif given.beside > 1:
        words = ["--composed", str(given.composed), "--only", given.only]
        words += ["--once"] if given.once else []
        words += ["--record"] if given.write or given.record else []
        outcomes = beside(given.beside, words, given.into)
    else:
        outcomes = played(todo, record=given.write or given.record, into=given.into)
    if given.quiet:
        return
    if not given.no_twins:
        outcomes = settled(outcomes, all_jobs)
    missing = {job.scenario.sentence for job in todo} - {one.sentence for one in outcomes}
    text = told(outcomes, missing)
    sys.stdout.write(text + "\n")
    if given.write:
        replace_part("grid", text)
        PAGE.write_text(page(outcomes, datetime.now(UTC).strftime("%Y-%m-%d")))
    sys.exit(1 if missing else 0)


def told(outcomes: Sequence[Outcome], missing: Collection[str] = ()) -> str:
    """The whole part of RESULTS.md."""
    composed = [one for one in outcomes if one.composed]
    named = len({one.sentence for one in outcomes if not one.composed})
    lines = [
        f"{len(outcomes)} runs: {len(outcomes) - len(composed)} of {named} named scenarios (what"
        f" hangs on chance is played, and counts, up to ten times), {len(composed)} of composed"
        f" worlds, {len(rows.TRAPS)} traps among them, drawn with the seed {seed_of_the_tables()}"
        f" (a hash of the tables); {_further(composed)} of them further ones whose fault is on one"
        " side alone, most of them the carrier's, for the bounds on blaming wrongly. [The confusion"
        " matrix](confusion.html). Bounds are 95 % (Clopper-Pearson, one-sided), as if every run"
        " were a world of its own.",
        "",
        *([f"{len(missing)} worlds could not be played.", ""] if missing else []),
        figures(outcomes),
        "",
        cost(outcomes),
        "",
        *summary(outcomes),
        "",
        *section("Wrong or left open", wrong_ones(outcomes, in_full=False)),
        *section(
            "Open, and nobody could tell: the world that looks the same", named_twins(outcomes)
        ),
        *section("Each fault where it is alone", [by_fault(outcomes)]),
        "### Each named scenario",
        "",
        table([one for one in outcomes if not one.composed]),
    ]
    return "\n".join(lines)


def _further(composed: Sequence[Outcome]) -> int:
    """How many of these are not of the first draw, by the number that each world has."""
    numbers = [int(one.sentence.split()[1].rstrip(":")) for one in composed]
    return sum(number >= COMPOSED + len(rows.TRAPS) for number in numbers)


def section(title: str, lines: Sequence[str]) -> list[str]:
    """A headed list; nothing where it is empty."""
    return [f"### {title}", "", *lines, ""] if lines else []


def named_twins(outcomes: Iterable[Outcome]) -> list[str]:
    """Each open world with its twin, once."""
    found = {one.sentence: one.twin for one in outcomes if one.twin is not None}
    return [f"- {sentence}: {twin}" for sentence, twin in found.items()]


def table(outcomes: Sequence[Outcome]) -> str:
    """One line a scenario."""
    rows = [HEAD, tuple("---" for _ in HEAD)]
    by_sentence: dict[str, list[Outcome]] = {}
    for one in outcomes:
        by_sentence.setdefault(one.sentence, []).append(one)
    for sentence, runs in by_sentence.items():
        right = sum(one.side_right for one in runs)
        side, fault = runs[0].truths[0]
        rows.append(
            (
                sentence,
                side,
                fault or "any",
                statistics.mode(one.side for one in runs),
                statistics.mode(one.fault for one in runs),
                f"{right} of {len(runs)}",
                f"{statistics.median(one.confidence for one in runs):.2f}",
                f"{statistics.median(one.wall_s for one in runs):.2f}",
                f"{statistics.median(one.sent for one in runs):.0f}",
            )
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def summary(outcomes: Sequence[Outcome]) -> list[str]:
    """What the figures leave out."""
    injected = [one for one in outcomes if one.faults == 1 and one.truths[0][1] is not None]
    by_check = sum(one.by_right_check for one in injected)
    by_fault = sum(one.fault_right for one in injected)
    return [
        f"- Of {len(injected)} runs with one injected, nameable failure"
        f" {share(by_check, injected)} lay it to a right check,"
        f" {share(by_fault, injected)} to the right fault. Right is a check that looks at what,"
        " by the tables, tells that fault best (`tests/lab/attribution.py`).",
        f"- In {sum(bool(one.hidden) for one in outcomes)} runs a second fault is hidden behind the"
        " first from every device there, and counts as none.",
        f"- Carrier blamed for what is not the carrier's, or the user for what is:"
        f" {sum(one.blames_wrongly for one in outcomes)} runs.",
    ]


def share(count: int, of: Sequence[Outcome]) -> str:
    """A share in percent."""
    return f"{100 * count / len(of):.1f} %" if of else "none"


def say(line: str) -> None:
    """Progress, for whoever waits."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("the grid needs root: it builds network namespaces")
    main()
