"""Every finding there is: what may be looked at, in which states, and which share one voice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thing:
    """`group`: things that speak with one voice share it, and are counted as one vote."""

    id: str
    states: tuple[str, ...]
    group: str


def _thing(id: str, states: str, group: str | None = None) -> Thing:
    return Thing(id, tuple(states.split()), group or id)


THINGS: tuple[Thing, ...] = (
    _thing("interface", "up down none"),
    _thing("link", "connected no-carrier not-associated"),
    _thing("link-kind", "wired wireless"),
    _thing("signal", "strong fair weak"),
    _thing("address", "assigned link-local missing"),
    _thing("route", "present missing"),
    _thing("vpn", "off on"),
    _thing("clock", "right wrong"),
    _thing("gateway", "answers silent absent"),
    _thing("home-loss", "none some heavy"),
    _thing("path", "arrives ends-at-router ends-at-provider ends-beyond hidden", "upstream"),
    _thing("beyond-gateway", "answers silent", "upstream"),
    _thing("internet-loss", "none some heavy"),
    _thing("large-packets", "pass stop-at-router stop-beyond stop-unseen"),
    # What applications get and what the nameserver says are the same nameserver's word twice.
    _thing("system-resolver", "answers silent fails", "configured-dns"),
    _thing(
        "nameserver",
        "answers silent-at-home silent-beyond forwards-nothing fails",
        "configured-dns",
    ),
    _thing("nameserver-place", "home provider public"),
    _thing("public-resolver", "answer one-silent silent"),
    _thing("resolvers", "agree differ"),
    _thing("unknown-names", "honest rewritten rewritten-everywhere"),
    _thing(
        "anchors",
        "answer one-dead several-dead unresolved silent refused untrusted wrong-time stall",
    ),
    _thing("portal", "absent present unanswered"),
    _thing("own-zone", "resolves fails silent missing filtered"),
    _thing("own-names", "resolve fail"),
    _thing("control-zone", "resolves fails filtered"),
    _thing("own-epdg", "answers silent rejected not-ike"),
    _thing("own-epdg-pace", "prompt laboured"),
    _thing("control-epdg", "answers mixed silent rejected not-ike"),
    _thing("ike-stops", "at-router at-provider beyond unseen"),
    _thing("called-epdg", "answers silent"),
    _thing("called-zone", "resolves fails"),
    _thing(
        "symptom",
        "sos no-service calls-fail cannot-reach texts-fail data-only slow fine",
    ),
)

BY_ID = {thing.id: thing for thing in THINGS}
