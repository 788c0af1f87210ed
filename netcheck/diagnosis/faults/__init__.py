"""Every fault netcheck can name: side, severity, prior, remedies in the order to try them.

One file a place on the path. Priors are for a person who had a reason to run netcheck, not for the
population. Until reports from real devices exist they are judgement, ordered by the field lessons
and the outages in `seeds/`: weak Wi-Fi and routers fail daily, a carrier's core fails once a year
for everybody at once.
"""

from netcheck.diagnosis.faults import carrier, device, dns, link, phone, provider, remote, router
from netcheck.diagnosis.faults.fault import LIMPS, Fault, fault
from netcheck.model.verdict import Severity, Side

__all__ = ["BY_ID", "BY_NUMBER", "FAULTS", "PLACE", "Fault"]

_PLACES = {
    "device": device.FAULTS,
    "link": link.FAULTS,
    "router": router.FAULTS,
    "provider": provider.FAULTS,
    "dns": dns.FAULTS,
    "carrier": carrier.FAULTS,
    "phone": phone.FAULTS,
    "remote": remote.FAULTS,
}

FAULTS: tuple[Fault, ...] = (
    fault(Side.NONE, "all-well", 1, 500, "nothing-to-do", severity=Severity.OK),
    *(fault for faults in _PLACES.values() for fault in faults),
    # Always a candidate, equally ready to explain anything: it wins when nothing else fits.
    fault(Side.INCONCLUSIVE, "unknown", 34, 19, "try-other-network", severity=LIMPS),
)

BY_ID = {fault.id: fault for fault in FAULTS}
BY_NUMBER = {fault.number: fault for fault in FAULTS}

PLACE = {fault.id: place for place, faults in _PLACES.items() for fault in faults}
"""Where on the path each fault is, from the device outwards; not for `all-well` and `unknown`."""
