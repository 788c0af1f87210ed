"""The catalogue of checks: what each stage asks, one file a check or close family.

A run loads `FIRST` and starts them; what `ALL` loads besides comes while their packets fly.
"""

from netcheck.checks import (
    device_has_address,
    gateway_answers,
    interface_is_up,
    internet_is_steady,
    link_is_connected,
    link_is_quiet,
    route_exists,
)
from netcheck.checks.contract import Check

FIRST: tuple[Check, ...] = (
    interface_is_up.CHECK,
    link_is_connected.CHECK,
    link_is_quiet.CHECK,
    device_has_address.CHECK,
    route_exists.CHECK,
    gateway_answers.CHECK,
    internet_is_steady.CHECK,
)
"""What the two trains need, which last longest, and what watches over both. None of these waits for
a check of another list."""

ALL: tuple[Check, ...]


def __getattr__(name: str) -> object:
    if name == "ALL":
        from netcheck.checks.catalogue import ALL

        return ALL
    raise AttributeError(name)
