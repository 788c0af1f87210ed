"""Whether the Wi-Fi-calling path is open, as far as a device without a SIM can see."""

from collections.abc import Iterable

from netcheck.model.finding import Finding
from netcheck.model.finding import states as states_of
from netcheck.model.result import CarrierChoice
from netcheck.model.verdict import WifiCalling, Worded

_NO_ANSWER = ("silent", "rejected", "not-ike")


def calling_path(findings: Iterable[Finding], carrier: CarrierChoice | None) -> WifiCalling:
    """The grade: open, open but poor, blocked here (by what), not reachable (whose fault), or not
    measured. Reachable is not "it works": entitlement, AAA and IMS lie behind the gateway."""
    states = states_of(findings)
    if carrier is None:
        return _path(None, "no-carrier")
    gateway = states.get("own-epdg")
    if gateway == "answers":
        return _open(states)
    if states.get("sending") in ("forbidden", "calling-forbidden"):
        return _path(False, "blocked-here")
    if gateway in _NO_ANSWER:
        return _path(False, _shut_by(states))
    if states.get("own-gateway-family") == "other-only":
        return _path(False, "other-family")
    if states.get("own-zone") == "filtered":
        return _path(False, "blocked-by-filter")
    if states.get("own-zone") in ("fails", "silent"):
        return _path(False, "names-fail")
    return _path(None, "not-measured")


def _open(states: dict[str, str]) -> WifiCalling:
    if states.get("own-redirect") == "silent":
        return _path(False, "gateway-silent")  # where the open door leads to, nobody answers
    if states.get("own-epdg-pace") == "laboured" or states.get("voice") == "poor":
        return _path(True, "poor")
    if states.get("entitlement") in ("silent", "untrusted"):
        return _path(True, "no-activation")
    return _path(True, "open")


def _shut_by(states: dict[str, str]) -> str:
    """Whoever shuts the controls too shuts all Wi-Fi calling; where the controls are open it is
    the carrier's own door."""
    if states.get("control-epdg") not in _NO_ANSWER:
        abroad = states.get("place") == "abroad" and states.get("control-epdg") == "answers"
        return "shut-abroad" if abroad else "gateway-silent"
    if states.get("portal") == "present":
        return "blocked-by-portal"
    if states.get("ike-stops") == "at-router" or states.get("udp") == "silent-at-router":
        return "blocked-by-vpn" if states.get("vpn") == "on" else "blocked-here"
    if states.get("ike-stops") == "at-provider" or states.get("udp") == "silent-beyond":
        return "blocked-by-provider"
    return "unanswered"


def _path(ready: bool | None, reason: str) -> WifiCalling:
    return WifiCalling(ready, Worded(f"calling.{reason}"))
