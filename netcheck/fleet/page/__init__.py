"""The outage page: what many devices measured of each carrier, for the public, and its JSON twin.

Pure: data in, text out. It has no script and loads nothing; its policy forbids both. Who is counted
in fewer than LEAST reports is not shown, nor can be reckoned from what is (see `hiding`).
"""

from netcheck.fleet.page.carrier import carrier
from netcheck.fleet.page.data import CarrierView, Outages, Sources, gather
from netcheck.fleet.page.front import front
from netcheck.fleet.page.twin import carrier_json, front_json

__all__ = [
    "CarrierView",
    "Outages",
    "Sources",
    "carrier",
    "carrier_json",
    "front",
    "front_json",
    "gather",
]
