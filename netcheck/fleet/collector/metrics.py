"""What the collector counts of itself, as Prometheus reads it (text format 0.0.4). No label tells
of a sender."""

from collections import Counter
from collections.abc import Iterable, Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_HELP = {
    "reports_taken_total": "Reports acknowledged, each time it came.",
    "reports_unknown_ids_total": "Ids of newer agents that were dropped from reports.",
    "reports_refused_total": "Requests refused, by the status of the answer.",
    "reports_stored_total": "Reports written into the store.",
    "reports_twice_total": "Reports that were there already, and were not stored again.",
    "reports_replayed_total": "Reports found in the spool when it began.",
    "store_inserts_total": "Batches written into the store.",
    "store_failures_total": "Times the store refused a batch; it is tried again.",
    "defects_total": "Requests that ended in a defect of the collector.",
    "spool_reports": "Reports that are safe in the spool and not yet in the store.",
    "watch_up": "1 while the store is watched for outages.",
    "page_up": "1 while the page is made anew.",
    "feed_up": "1 while the status files are written.",
    "up": "1 while reports are taken.",
}


class Tally:
    """Counts since it began."""

    def __init__(self) -> None:
        self.taken = 0
        self.unknown = 0
        self.defects = 0
        self.refused: Counter[int] = Counter()


def text(tally: Tally, more: Mapping[str, float]) -> str:
    """All of it. `more` are figures of the store, by their names."""
    lines: list[str] = []
    figures: dict[str, float] = {
        "reports_taken_total": tally.taken,
        "reports_unknown_ids_total": tally.unknown,
        "defects_total": tally.defects,
        **more,
    }
    for name, value in figures.items():
        lines += _one(name, [("", value)])
    by_status = [(f'{{status="{status}"}}', count) for status, count in tally.refused.items()]
    lines += _one("reports_refused_total", sorted(by_status))
    return "\n".join(lines) + "\n"


def _one(name: str, samples: Iterable[tuple[str, float]]) -> list[str]:
    full = f"netcheck_collector_{name}"
    kind = "counter" if name.endswith("_total") else "gauge"
    head = [f"# HELP {full} {_HELP[name]}", f"# TYPE {full} {kind}"]
    return [*head, *(f"{full}{labels} {value:g}" for labels, value in samples)]
