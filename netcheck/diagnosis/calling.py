"""Whether the Wi-Fi-calling path is open, as far as a device without a SIM can see."""

from collections.abc import Iterable

from netcheck.model.finding import Finding
from netcheck.model.result import CarrierChoice
from netcheck.model.verdict import WifiCalling, Worded

_BLOCKED_BY = {"at-router": "blocked-here", "at-provider": "blocked-by-provider"}


def calling_path(findings: Iterable[Finding], carrier: CarrierChoice | None) -> WifiCalling:
    """Open, not open (and where it stops), or not measured. Reachable is not "it works":
    entitlement, AAA and IMS lie behind the gateway."""
    states = {finding.thing: finding.state for finding in findings}
    if carrier is None:
        return _path(None, "no-carrier")
    gateway = states.get("own-epdg")
    if gateway == "answers":
        laboured = states.get("own-epdg-pace") == "laboured"
        return _path(True, "poor" if laboured else "open")
    if gateway is not None:
        controls_too = states.get("control-epdg") in ("silent", "rejected", "not-ike")
        stops = states.get("ike-stops", "unseen")
        return _path(False, _BLOCKED_BY.get(stops, "") if controls_too else "gateway-silent")
    if states.get("own-zone") in ("fails", "silent", "filtered"):
        return _path(False, "names-fail")
    return _path(None, "not-measured")


def _path(ready: bool | None, reason: str) -> WifiCalling:
    return WifiCalling(ready, Worded(f"calling.{reason or 'gateway-silent'}"))
