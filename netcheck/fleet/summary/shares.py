"""How sure a share is that was counted."""

from math import sqrt

from netcheck.model.summary import Share

_Z_95 = 1.959964  # the standard normal's 97.5 % point


def share(count: int, total: int) -> Share:
    """With Wilson's interval of 95 % (E. B. Wilson, JASA 22, 1927), which holds for few devices and
    for shares near 0 and 1, where the usual one does not."""
    if total == 0:
        return Share(count, total, 0.0, 1.0)
    part, z2 = count / total, _Z_95 * _Z_95
    middle = part + z2 / (2 * total)
    half = _Z_95 * sqrt(part * (1 - part) / total + z2 / (4 * total * total))
    whole = 1 + z2 / total
    low = 0.0 if count == 0 else (middle - half) / whole
    high = 1.0 if count == total else (middle + half) / whole
    return Share(count, total, low, high)
