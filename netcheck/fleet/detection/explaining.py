"""What a set of alarms comes to: who is down, and who only can't reach somebody.

The grid is carrier by called carrier. A carrier whose own stages fail explains its row (its
customers reach nobody) and its column (nobody reaches them). What is left of a column is somebody
who can't be reached, though their own customers see nothing; what is left of a row is somebody
whose customers reach nobody; what is left of both lies between two carriers. So a healthy carrier
is never named for the trouble of the one its customers call.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from netcheck.fleet.measured import Alarm


class Trouble(StrEnum):
    """Who has it."""

    DOWN = "down"  # `carrier` itself fails for its own customers
    NOT_REACHED = "not-reached"  # several carriers' customers can't reach `called`
    REACHES_NOBODY = "reaches-nobody"  # customers of `carrier` can't reach several others
    BETWEEN = "between"  # customers of `carrier` can't reach `called`; neither fails otherwise


@dataclass(frozen=True, slots=True)
class Explanation:
    """One trouble, with the alarms that it explains, the first of them the plainest."""

    trouble: Trouble
    carrier: str
    called: str
    alarms: tuple[Alarm, ...]


def explain(alarms: Iterable[Alarm]) -> list[Explanation]:
    """Troubles that explain all of these, those of carriers themselves first."""
    lasting = sorted(alarms, key=lambda one: (one.cell, one.kind))
    down = sorted({one.cell.carrier for one in lasting if not one.cell.called})
    found = [
        Explanation(
            Trouble.DOWN,
            carrier,
            "",
            tuple(a for a in lasting if a.cell.carrier == carrier and not a.cell.called)
            + tuple(
                a
                for a in lasting
                if a.cell.called and (a.cell.called == carrier or a.cell.carrier == carrier)
            ),
        )
        for carrier in down
    ]
    left = [
        one
        for one in lasting
        if one.cell.called and one.cell.carrier not in down and one.cell.called not in down
    ]
    return [*found, *_of_the_grid(left)]


def _of_the_grid(left: list[Alarm]) -> list[Explanation]:
    found = []
    pairs = {(a.cell.carrier, a.cell.called) for a in left if a.cell.carrier}
    columns = {called for _, called in pairs} | {a.cell.called for a in left}
    rows = sorted({carrier for carrier, _ in pairs})
    reaching_nobody = [
        row for row in rows if len({called for carrier, called in pairs if carrier == row}) > 1
    ]
    for called in sorted(columns):
        callers = {carrier for carrier, other in pairs if other == called}
        of_it = tuple(a for a in left if a.cell.called == called)
        if len(callers - set(reaching_nobody)) > 1 or not callers:
            found.append(Explanation(Trouble.NOT_REACHED, "", called, of_it))
            left = [a for a in left if a not in of_it]
    for row in reaching_nobody:
        of_it = tuple(a for a in left if a.cell.carrier == row)
        if len({a.cell.called for a in of_it}) > 1:
            found.append(Explanation(Trouble.REACHES_NOBODY, row, "", of_it))
            left = [a for a in left if a not in of_it]
    for carrier, called in sorted({(a.cell.carrier, a.cell.called) for a in left}):
        of_it = tuple(a for a in left if (a.cell.carrier, a.cell.called) == (carrier, called))
        if carrier:  # the pool of all carriers is a shadow of those that were told before
            found.append(Explanation(Trouble.BETWEEN, carrier, called, of_it))
    return found
