"""A scenario: one sentence, its deviation, its truth; and what a run must show for it to hold."""

import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.lab.capture import save
from tests.lab.runner import Run, run_agent
from tests.lab.words import NOTHING, Deviation
from tests.lab.world import World

EXIT_CODES = {
    "none": 0,
    "local": 10,
    "isp": 11,
    "carrier": 12,
    "remote": 13,
    "inconclusive": 14,
}
RECORDED = Path(__file__).parent / "recorded"
UNSTATED = object()
Lab = TypeVar("Lab", bound=World)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true in a deviating world. `calling_ready` is checked where it is stated; `also`
    are faults that must be named beside the verdict's; `beside` are (side, fault) of others that
    are there and may be the verdict as well as the first."""

    side: str
    fault: str | None = None
    calling_ready: object = UNSTATED
    also: tuple[str, ...] = ()
    beside: tuple[tuple[str, str | None], ...] = ()

    @property
    def all(self) -> tuple[tuple[str, str | None], ...]:
        """Every (side, fault) that is there."""
        return ((self.side, self.fault), *self.beside)

    @property
    def sides(self) -> frozenset[str]:
        """The sides with a fault."""
        return frozenset(side for side, _ in self.all)

    def names(self, fault: str | None) -> bool:
        """Whether this is a true fault, as far as the truth names one."""
        faults = {one for _, one in self.all}
        return fault in faults or None in faults


@dataclass(frozen=True, slots=True)
class Scenario:
    """`runs` times the agent runs, and at least `at_least` of them must name the true side; none
    may blame the carrier or the user wrongly. `rival` is the sentence of the nearest world with
    another truth, told apart by this one."""

    sentence: str
    given: Deviation
    then: Truth
    args: tuple[str, ...] = ("--carrier", "att")
    settings: tuple[tuple[str, str], ...] = ()  # of the environment: NETCHECK_COUNTRY and its kin
    runs: int = 1
    at_least: int = 1
    ipv6: bool = False
    as_root: bool = False  # beside the runs of an ordinary user
    rival: str | None = None

    @property
    def slug(self) -> str:
        """The sentence as a file's name."""
        return re.sub(r"[^a-z0-9]+", "-", self.sentence.lower()).strip("-")[:90]


def named_among(scenarios: Iterable[Scenario], words: str) -> Scenario:
    """The scenario whose sentence is, begins with or contains these words."""
    every = tuple(scenarios)
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [one for one in every if fits(one.sentence.lower(), words.lower())]
        if found:
            return found[0]
    raise KeyError(f"no scenario says {words!r}")


def verdict(
    side: str,
    fault: str | None = None,
    calling_ready: object = UNSTATED,
    also: tuple[str, ...] = (),
) -> Truth:
    """The true side, the true fault where one is nameable, whether Wi-Fi calling is open, and what
    else is there."""
    return Truth(side, fault, calling_ready, also)


@dataclass(frozen=True, slots=True)
class Shown:
    """What one run said, beside the truth."""

    run: Run
    result: dict[str, Any]
    mistakes: tuple[str, ...]

    @property
    def side(self) -> str:
        """The side the run blamed; `no answer` when it gave no result."""
        return str(self.result.get("verdict", {}).get("side", "no answer"))

    @property
    def fault(self) -> str:
        """The fault the run named."""
        return str(self.result.get("verdict", {}).get("fault"))

    @property
    def confidence(self) -> float:
        """How sure the run was."""
        return float(self.result.get("verdict", {}).get("confidence") or 0)


def wrongly_blames(truth: str, side: str) -> bool:
    """The two costly errors: a carrier blamed for what is local or the provider's, a user blamed
    for what is the carrier's."""
    if side == "carrier":
        return truth in ("local", "isp", "none")
    return side == "local" and truth == "carrier"


def blames_wrongly(truth: Truth, side: str) -> bool:
    """As above, where more than one fault may be there: blamed is a side without any."""
    return all(wrongly_blames(true, side) for true in truth.sides)


def play(
    world: Lab, scenario: Scenario, run: Callable[[Lab, Scenario], Run] | None = None
) -> list[Shown]:
    """Run the scenario as often as it asks, in a world that deviates as it says. `run` is how the
    agent is run there, if its device is not simply a namespace. NETCHECK_RECORD has it recorded."""
    start = run or _run
    with scenario.given.in_world(world):
        shown = [judge(scenario, start(world, scenario)) for _ in range(scenario.runs)]
    for number, one in enumerate(shown, 1):
        if one.mistakes:
            keep(scenario, one.run, number)
    right = [one for one in shown if not one.mistakes]
    if os.environ.get("NETCHECK_RECORD") and right:
        RECORDED.mkdir(exist_ok=True)
        (RECORDED / f"{scenario.slug}.json").write_text(recorded(scenario, right[0].result))
    return shown


def _run(world: World, scenario: Scenario) -> Run:
    return run_agent(
        world, *scenario.args,
        environment=dict(scenario.settings), as_user=not scenario.as_root, within_s=60,
    )  # fmt: skip


def recorded(scenario: Scenario, result: dict[str, Any]) -> str:
    """A result with its truth, to be replayed where there is no lab: JSON, one observation, one
    finding, one part a line."""
    truth = {"side": scenario.then.side, "fault": scenario.then.fault}
    whole = {"scenario": scenario.sentence, "truth": truth, "result": result}
    text = json.dumps(whole, separators=(",", ":"), ensure_ascii=False)
    for start in ('{"check":', '{"id":', '{"stage":', '"result":', '"verdict":', '"findings":'):
        text = text.replace(f",{start}", f",\n{start}")
    return text + "\n"


def judge(scenario: Scenario, run: Run) -> Shown:
    """Hold one run against the truth; each mistake is one sentence."""
    if run.timed_out:
        return Shown(run, {}, (f"no end within {run.wall_s:.0f} s",))
    try:
        result = run.result
    except ValueError:
        said = (run.stderr or run.stdout).strip()[-600:]
        return Shown(run, {}, (f"exit {run.exit_code} and no result: {said}",))
    truth, given = scenario.then, result["verdict"]
    mistakes = []
    if given["side"] not in truth.sides:
        truly = " and ".join(sorted(truth.sides))
        mistakes.append(f"side is {given['side']} ({given['fault']}), truly {truly}")
    elif not truth.names(given["fault"]):
        truly = " and ".join(str(fault) for _, fault in truth.all)
        mistakes.append(f"fault is {given['fault']}, truly {truly}")
    missing = set(truth.also) - {other["fault"] for other in given["also"]}
    if missing:
        mistakes.append(f"not named beside it: {', '.join(sorted(missing))}")
    if run.exit_code != EXIT_CODES.get(given["side"]):
        mistakes.append(f"exit code {run.exit_code} for side {given['side']}")
    if truth.calling_ready is not UNSTATED:
        ready = result["wifi_calling"]["ready"]
        if ready is not truth.calling_ready:
            mistakes.append(f"wifi_calling.ready is {ready}, truly {truth.calling_ready}")
    if "Traceback" in run.stderr:
        mistakes.append("a traceback on standard error")
    return Shown(run, result, tuple(mistakes))


def failure_of(scenario: Scenario, shown: list[Shown]) -> str | None:
    """Why the scenario does not hold; None when it does."""
    blamed = [one for one in shown if blames_wrongly(scenario.then, one.side)]
    right = sum(not one.mistakes for one in shown)
    if right >= scenario.at_least and not blamed:
        return None
    lines = [f"{scenario.sentence}: right {right} of {len(shown)}, needed {scenario.at_least}"]
    for number, one in enumerate(shown, 1):
        if one.mistakes:
            lines.append(f"  run {number} ({one.run.wall_s:.2f} s): {'; '.join(one.mistakes)}")
            lines += [f"    {text}" for text in findings_of(one.result)]
            lines.append(f"    kept: {kept_folder(scenario)}")
    return "\n".join(lines)


def findings_of(result: dict[str, Any]) -> list[str]:
    """The findings of a result, one line each, as far as they can be told."""
    found = []
    for one in result.get("findings", []):
        name = one.get("id") or f"{one.get('thing')}.{one.get('state')}"
        found.append(str(name))
    return found


def kept_folder(scenario: Scenario) -> Path:
    """Where the traces of a failed scenario are kept."""
    base = Path(os.environ.get("NETCHECK_LAB_KEEP", "/tmp/netcheck-lab-kept"))
    return base / scenario.slug


def keep(scenario: Scenario, run: Run, number: int) -> None:
    """Keep what a failed run said and every packet of it."""
    folder = kept_folder(scenario)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number}.json").write_text(run.stdout)
    (folder / f"{number}.stderr").write_text(run.stderr)
    save(run.packets, folder / f"{number}.pcap")


__all__ = ["NOTHING", "Scenario", "Truth", "failure_of", "judge", "play", "verdict"]
