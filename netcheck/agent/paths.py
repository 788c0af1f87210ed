"""The paths out of this device, and what their verdicts say beside each other.

One path that works while another does not is evidence that no run over either has alone: what both
share (the carrier, the far end of the internet) is well, and the trouble is on the one that fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from netcheck.device.contract import DeviceReader
from netcheck.model.device import Device, Interface, LinkKind
from netcheck.model.result import Result
from netcheck.model.verdict import Side

_FAR_AWAY = "1.1.1.1"  # asked of the kernel alone: by which interface would it be reached?


@dataclass(frozen=True, slots=True)
class Way:
    """One interface that may carry traffic; `in_use`: the system sends by it unless told."""

    interface: str
    kind: LinkKind
    in_use: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """`said` is one of `alone`, `all-work`, `none-works`, `some-work`, `unclear`; `works` and
    `fails` are interfaces. A way whose verdict is open is in neither."""

    said: str
    works: tuple[str, ...]
    fails: tuple[str, ...]


def ways(device: Device, reader: DeviceReader) -> tuple[Way, ...]:
    """The ways out: up, connected, with an address that reaches beyond the link; the one in use
    first. A bridge or what the system cannot name only where there is nothing else."""
    usable = [one for one in device.interfaces if _is_usable(one)]
    known = [one for one in usable if one.kind is not LinkKind.OTHER] or usable
    route = reader.route_to(_FAR_AWAY)
    used = route.interface if route else None
    found = [Way(one.name, one.kind, one.name == used) for one in known]
    return tuple(sorted(found, key=lambda way: not way.in_use))


def _is_usable(one: Interface) -> bool:
    linked = one.up is not False and one.carrier is not False
    addressed = any(not address.link_local for address in one.addresses)
    return one.kind is not LinkKind.LOOPBACK and linked and addressed


def compared(results: Sequence[tuple[Way, Result]]) -> Comparison:
    """What the verdicts say together. Pure."""
    works = tuple(way.interface for way, result in results if result.verdict.side is Side.NONE)
    open_ = (Side.NONE, Side.INCONCLUSIVE)
    fails = tuple(way.interface for way, r in results if r.verdict.side not in open_)
    if len(results) < 2:
        said = "alone"
    elif len(works) == len(results):
        said = "all-work"
    elif works and fails:
        said = "some-work"
    else:
        said = "none-works" if len(fails) == len(results) else "unclear"
    return Comparison(said, works, fails)
