"""The detector on simulated populations: what was alarmed, how late, and how often wrongly.

`python -m tests.fleet_detection` runs it whole and prints what stands in `fleet_RESULTS.md`; the
tests run parts of it. Delays are minutes from the first second of the event to the end of the
minute in which the alarm was raised.
"""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from netcheck.fleet.detection.detector import Detector
from netcheck.fleet.detection.explaining import Trouble, explain
from netcheck.fleet.detection.tally import Tally
from netcheck.fleet.measured import Alarm, AlarmKind, Cell, Received, Stage
from netcheck.fleet.population.forging import flood
from netcheck.fleet.population.happening import Happening
from netcheck.fleet.population.living import live
from netcheck.fleet.population.people import Makeup, devices
from netcheck.fleet.population.weather import quiet, turned_away
from netcheck.model.verdict import Side

HOUR_S, DAY_S = 3600, 86_400
MORNING_S = 1708560000 + 8 * HOUR_S + 45 * 60  # 2024-02-22, 02:45 in US Central
CARRIERS = {"att_us": 0.35, "verizon_us": 0.35, "tmobile_us": 0.3}
USUAL = Makeup(40_000, CARRIERS)

EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run brought: each change of an alarm with the minute it was told in."""

    told: tuple[tuple[int, Alarm], ...]
    reports: int
    late: int
    state: Mapping[str, Any]

    def raised(self, cell: Cell, after_s: int, kind: AlarmKind | None = None) -> float | None:
        """Minutes from that moment until the cell was alarmed; None: never."""
        found = [
            minute + 1 - after_s / 60
            for minute, alarm in self.told
            if alarm.cell == cell and alarm.over is None and (kind is None or alarm.kind is kind)
        ]
        return min(found, default=None)

    @property
    def down(self) -> set[str]:
        """The carriers that were said to be down at any time."""
        alarms = [alarm for _, alarm in self.told]
        return {one.carrier for one in explain(alarms) if one.trouble is Trouble.DOWN}

    @property
    def begun(self) -> list[Alarm]:
        """Every alarm once, as it was first told."""
        first = {(a.cell, a.kind is AlarmKind.SILENT, a.began): a for _, a in reversed(self.told)}
        return list(first.values())


def run(
    makeup: Makeup,
    happenings: Sequence[Happening],
    begins_s: int,
    ends_s: int,
    forged: Iterable[Received] = (),
    known: Mapping[str, Any] | None = None,
) -> Run:
    """All reports of that time counted and watched, the forged among them as they come. `known`:
    the state of a detector that has seen quiet days."""
    tally, detector = Tally(), Detector.from_json(known) if known else Detector()
    made_up: dict[int, list[Received]] = {}
    for one in forged:
        made_up.setdefault(one.at_s // 60, []).append(one)
    told: list[tuple[int, Alarm]] = []
    reports = late = 0
    for minute, arrived in live(makeup, happenings, begins_s, ends_s):
        for one in (*arrived, *made_up.get(minute, ())):
            late += not tally.add(one)
        reports += len(arrived)
        counts, due = tally.close(minute)
        told += [(minute, alarm) for alarm in detector.feed(minute, counts, due)]
    return Run(tuple(told), reports, late, detector.to_json())


def everywhere(carrier: str, stage: Stage) -> Cell:
    return Cell(carrier, EVERYWHERE, stage)


def turned_away_run(
    makeup: Makeup,
    known: Mapping[str, Any] | None,
    hours_before: float = 1.3,
    minutes_after: int = 20,
    since_s: int = MORNING_S,
) -> Run:
    """The morning of 22 February 2024, from some hours before it."""
    begins_s = MORNING_S - int(hours_before * HOUR_S)
    ends_s = MORNING_S + minutes_after * 60
    happenings = [*quiet(makeup, begins_s, ends_s), *turned_away("att_us", since_s)]
    return run(makeup, happenings, begins_s, ends_s, known=known)


def fails(findings: Sequence[str], carrier: str, share: float = 1.0, **more: object) -> Happening:
    """From that morning on, for as long as a run lasts."""
    return Happening(
        MORNING_S, MORNING_S + DAY_S, tuple(findings), Side.CARRIER, "carrier-gateway-outage",
        carriers=(carrier,), share=share, draw=5, **more,
    )  # fmt: skip


def forged(count: int, makeup: Makeup, carrier: str, findings: Sequence[str], at_s: int):
    """A flood within five minutes, of devices that tell of their phones."""
    somebody = next(d for d in devices(makeup) if d.carrier == carrier)
    return flood(count, at_s, 300, replace(somebody, tells_of_phone=True), tuple(findings))


def quiet_run(
    agents: int, days: int, regions: Mapping[str, float], seed: int, until_s: int | None = None
) -> Run:
    """Days on which no carrier is down; they end at `until_s`."""
    makeup = Makeup(agents, CARRIERS, regions, seed=seed)
    ends_s = until_s or _A_MONTH_ENDS_S
    begins_s = ends_s - days * DAY_S
    return run(makeup, quiet(makeup, begins_s, ends_s), begins_s, ends_s)


_A_MONTH_ENDS_S = 1_738_281_600  # 2025-01-31


def _row(what: str, run: Run, cell: Cell, since_s: int = MORNING_S) -> str:
    delay = run.raised(cell, since_s)
    others = sorted(run.down - {cell.carrier})
    told = "never" if delay is None else f"{delay:.1f}"
    return f"| {what} | {told} | {others or 'none'} |"


def _events(known: Mapping[str, Any] | None) -> None:
    phones = everywhere("att_us", Stage.REGISTRATION)
    for share in (0.1, 0.05, 0.02, 0.01):
        delays, blamed = [], set()
        for seed in (1, 2, 3):
            since_s = MORNING_S + 13 * seed  # not on the minute
            makeup = replace(USUAL, tell_of_phones=share, seed=seed)
            found = turned_away_run(makeup, known, since_s=since_s)
            delays.append(found.raised(phones, since_s))
            blamed |= found.down - {"att_us"}
        what = f"22 February 2024, {share:.0%} of agents tell of a phone, three populations"
        told = ", ".join("never" if one is None else f"{one:.1f}" for one in delays)
        print(f"| {what} | {told} | {sorted(blamed) or 'none'} |", flush=True)
    begins_s, ends_s = MORNING_S - int(1.3 * HOUR_S), MORNING_S + HOUR_S // 2
    base = quiet(USUAL, begins_s, ends_s)
    for share in (1.0, 0.5, 0.3, 0.2):
        silent = fails(("own-epdg.silent",), "att_us", share)
        found = run(USUAL, [*base, silent], begins_s, ends_s, known=known)
        what = f"gateways silent for {share:.0%} of a carrier's devices"
        print(_row(what, found, everywhere("att_us", Stage.GATEWAYS)), flush=True)
    found = run(USUAL, [*base, fails(("own-zone.fails",), "att_us")], begins_s, ends_s, known=known)
    print(_row("names fail", found, everywhere("att_us", Stage.NAMES)), flush=True)


def _quiet(agents: int, days: int, name: str) -> None:
    found = quiet_run(agents, days, _REGIONS[name], seed=11)
    print(
        f"\nQuiet, {agents:,} agents, {days} days, {name}: {found.reports:,} reports, "
        f"{found.late:,} of them late, {len(found.state['tracks'])} cells watched, "
        f"{len(found.begun)} false alarms."
    )
    for alarm in found.begun:
        print(f"- {alarm}")


_REGIONS = {
    "one country, told by six in ten": {"US": 0.6, "": 0.4},
    "ten states": {f"US-{name}": 1.0 for name in "TX CA NY FL IL OH GA WA AZ CO".split()},
}


def main() -> None:
    """Everything, as a page; or one part of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--agents", type=int, default=3_000, help="on quiet days")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--only", choices=("events", *_REGIONS))
    given = parser.parse_args()
    if given.only in (None, "events"):
        print("| Event, 40,000 agents of three carriers | minutes | others said to be down |")
        print("|---|---|---|", flush=True)
        _events(quiet_run(3_000, 5, {"US": 1.0}, 7, MORNING_S - 3 * HOUR_S).state)
    for name in _REGIONS:
        if given.only in (None, name):
            _quiet(given.agents, given.days, name)


if __name__ == "__main__":
    main()
