"""What the page shows, as JSON: the same figures, and no others."""

import json
from collections.abc import Mapping

from netcheck.fleet.measured import Alarm
from netcheck.fleet.page.data import CarrierView, Outages
from netcheck.fleet.page.frame import band

SCHEMA = "netcheck.outages/1"


def front_json(outages: Outages) -> str:
    """All carriers as they are now, with the alarms that last."""
    told = {
        **_head(outages),
        "carriers": [_carrier(view) for view in outages.carriers],
        "calls": [
            {
                "carrier": call.carrier,
                "called": call.called,
                "state": call.state.value if call.state else None,
                "share_failing": _share(call.share),
            }
            for call in outages.calls
        ],
        "not_reached": [_alarm(alarm) for alarm in outages.pooled],
    }
    return json.dumps(told, indent=2) + "\n"


def carrier_json(view: CarrierView, outages: Outages) -> str:
    """One carrier, with what was measured. `share_failing` is by bin, null where too few told."""
    series = [
        {
            "stage": one.stage.value,
            "region": one.region,
            "bins": [
                {"minute": p.minute, "share_failing": _share(p.failing / p.told)}
                for p in one.points
            ],
        }
        for one in view.series
    ]
    told = {**_head(outages), **_carrier(view), "series": series}
    return json.dumps(told, indent=2) + "\n"


def _head(outages: Outages) -> Mapping[str, object]:
    return {"schema": SCHEMA, "now": outages.now, "since": outages.since}


def _carrier(view: CarrierView) -> dict[str, object]:
    return {
        "id": view.id,
        "name": view.name,
        "state": view.state.value if view.state else None,
        "regions": [
            {
                "region": tile.region,
                "state": tile.state.value if tile.state else None,
                "share_failing": _share(tile.share),
            }
            for tile in view.tiles
        ],
        "alarms": [_alarm(alarm) for alarm in view.alarms],
    }


def _alarm(alarm: Alarm) -> dict[str, object]:
    return {
        "carrier": alarm.cell.carrier,
        "region": alarm.cell.region,
        "stage": alarm.cell.stage.value,
        "called": alarm.cell.called,
        "kind": alarm.kind.value,
        "began": alarm.began,
        "over": alarm.over,
        "confidence_percent": band(alarm.confidence),
        "failing_percent": band(alarm.share_failing),
    }


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 2)
