"""How much loss is too much: Wald's sequential test between a harmless line and a bad one.

A. Wald, "Sequential Tests of Statistical Hypotheses" (Ann. Math. Stat. 16, 1945): after each
packet the log-likelihood ratio of the two shares (`loss_harmless_percent`, `loss_some_percent`)
is held against two bounds, which follow from the two errors that are allowed. It needs the fewest
packets of all tests with these errors. Weakness: it takes losses for independent, and loss comes
in bursts; a line between the two shares is called either.
"""

import math

from netcheck.catalog.thresholds import Thresholds

Count = tuple[int, int]
"""(lost, sent)."""


def leaning(lost: int, sent: int, limits: Thresholds) -> float:
    """The natural logarithm of how many times likelier this count is on a bad line than on a
    harmless one; negative: likelier on a harmless one."""
    harmless, bad = limits.loss_harmless_percent / 100, limits.loss_some_percent / 100
    passed = math.log((1 - bad) / (1 - harmless))
    return float(lost * math.log(bad / harmless) + (sent - lost) * passed)


def is_decided(lost: int, sent: int, limits: Thresholds) -> bool:
    """Whether more packets would hardly change the answer (Wald's bounds)."""
    blamed, missed = limits.loss_blamed_percent / 100, limits.loss_missed_percent / 100
    harmless = leaning(lost, sent, limits) <= math.log(missed / (1 - blamed))
    return harmless or _is_bad(lost, sent, limits) or is_heavy(lost, sent, limits)


def _is_bad(lost: int, sent: int, limits: Thresholds) -> bool:
    """Whether these losses are more than a harmless line shows by luck (Wald's upper bound)."""
    blamed, missed = limits.loss_blamed_percent / 100, limits.loss_missed_percent / 100
    return leaning(lost, sent, limits) >= math.log((1 - missed) / blamed)


def is_heavy(lost: int, sent: int, limits: Thresholds) -> bool:
    """Whether a call would be lost; one lost packet is never heavy, whatever its share."""
    share_percent: float = 100 * lost / sent if sent else 0.0
    return bool(lost >= limits.loss_least_lost and share_percent >= limits.loss_heavy_percent)


def loss_state(lost: int, sent: int, limits: Thresholds) -> str:
    """`none`, `some` or `heavy`; one lost packet is none. Undecided counts: where it leans."""
    if is_heavy(lost, sent, limits):
        return "heavy"
    return "some" if lost >= limits.loss_least_lost and leaning(lost, sent, limits) > 0 else "none"


def likely_enough(limits: Thresholds) -> float:
    """How far the counts of a look that has spent its packets must lean for a line to be called
    lossy. Less than what ends the look early: nothing more will be known."""
    blamed, missed = limits.loss_blamed_late_percent / 100, limits.loss_missed_percent / 100
    return math.log((1 - missed) / blamed)


def by_luck(fewer: Count, more: Count) -> float:
    """The probability that of two lines that lose alike the first shows as few losses beside the
    second's as it did, or fewer (Fisher's exact test, one-sided). Both are (lost, sent)."""
    (few, sent), (many, sent_of_more) = fewer, more
    all_lost = few + many
    as_few = sum(
        math.comb(sent, count) * math.comb(sent_of_more, all_lost - count)
        for count in range(max(0, all_lost - sent_of_more), few + 1)
    )
    return as_few / math.comb(sent + sent_of_more, all_lost)
