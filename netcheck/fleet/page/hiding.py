"""Which figures may be shown: none of fewer than LEAST reports, and none from which such a one
follows.

A whole (a carrier's five minutes) is shown beside its parts (the regions), so what is hidden could
be had by subtraction. The parts that are hidden therefore come to LEAST reports together, or to
none: where they do not, the smallest of the others is hidden with them. Sums over time are made of
shown figures alone.
"""

from collections.abc import Mapping
from typing import TypeVar

LEAST = 20
_Part = TypeVar("_Part")


def shown_parts(told: Mapping[_Part, int]) -> set[_Part]:
    """Of a whole that may be shown, the parts that may be shown beside it, by how many reports
    each has."""
    shown = {part for part, count in told.items() if count >= LEAST}
    hidden = sum(told.values()) - sum(told[part] for part in shown)
    if not 0 < hidden < LEAST:
        return shown
    for smallest in sorted(shown, key=lambda part: (told[part], str(part))):
        shown.remove(smallest)
        hidden += told[smallest]
        if hidden >= LEAST:
            break
    return shown
