"""What many devices said, counted for somebody who asks who fails where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total` devices, and between which shares it lies with 95 % (Wilson's interval,
    0 to 1): what the same devices might as well have said by chance."""

    count: int
    total: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class StageRow:
    """How many devices say that this stage of a carrier fails, of those that could tell. `region`
    is an ISO 3166 code; "" is not told, and in rows over all regions all of them."""

    carrier: str
    region: str
    stage: str
    share: Share


@dataclass(frozen=True, slots=True)
class Row:
    """One value of something (a side, a fault, `site=lyon`), and how many devices it is true of."""

    name: str
    share: Share


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was not counted, and where: a line of a file, or a whole file (`line` None).
    `id` says why, `detail` with what: the field that does not fit, the kind it says it is."""

    path: str
    line: int | None
    id: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Notes:
    """How many such things there are, and the first of them by name."""

    count: int
    named: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Counted in devices: one counts in each row that any of its words belongs to. A report's
    device has another name each day, and counts anew.

    `telling` of them could tell of some stage whether it fails. `stages` are over all regions,
    `places` by region, only where something fails. `sides`, `faults` and `carriers` (whom verdicts
    blame) are of all devices; `regions` and `labels` say how many of their devices saw trouble.
    `first` and `last` are UTC minutes; `crowded` words of devices beyond those that can be told
    apart in memory. `damaged` should have been netcheck's; `aside` never was, or is of a kind that
    is not counted here.
    """

    reports: int
    results: int
    bundles: int
    devices: int
    telling: int
    first: str | None
    last: str | None
    stages: tuple[StageRow, ...]
    places: tuple[StageRow, ...]
    sides: tuple[Row, ...]
    faults: tuple[Row, ...]
    carriers: tuple[Row, ...]
    regions: tuple[Row, ...]
    labels: tuple[Row, ...]
    crowded: int
    damaged: Notes
    aside: Notes
