"""What a row of the likelihood tables is, and the fault families that rows share."""

from collections.abc import Mapping
from dataclasses import dataclass

Distribution = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that may be looked at, its states, and P(state | fault).

    `usual` holds under every fault that `under` does not name. Things that speak with one voice
    share a `group`, and are counted as one vote. `why` tells the origin and the weakness.
    """

    thing: str
    states: tuple[str, ...]
    usual: Distribution
    under: Mapping[str, Distribution]
    why: str
    group: str

    def completed(self, stated: Distribution) -> dict[str, float]:
        """The whole distribution: what is left to 1 is shared evenly by the states not stated."""
        unstated = [state for state in self.states if state not in stated]
        share = (1.0 - sum(stated.values())) / len(unstated) if unstated else 0.0
        return {state: stated.get(state, share) for state in self.states}


def row(
    thing: str,
    states: str,
    usual: Distribution,
    under: Mapping[str, Distribution],
    why: str,
    group: str | None = None,
) -> Row:
    """A row as it is written in the tables: the keys of `under` are fault ids, space-separated."""
    named: dict[str, Distribution] = {}
    for faults, stated in under.items():
        for fault in faults.split():
            if fault in named:
                raise ValueError(f"{thing} names {fault} twice")
            named[fault] = stated
    return Row(thing, tuple(states.split()), usual, named, why, group or thing)


DEAD_UPSTREAM = "router-dead provider-dead"
LOSSY = "home-link-lossy provider-lossy"
BAD_AIR = "wifi-weak wifi-interference wifi-unsteady"
NOT_JOINED = "wifi-not-joined wifi-wrong-passphrase wifi-refused"
SWALLOWS = "router-swallows-large provider-swallows-large"
BLOCKED_BEYOND = "provider-blocks-ike vpn-blocks-ike lan-blocks-udp provider-blocks-udp"
INSISTS = "encrypted-dns-blocked dnssec-refused"
DNS_DEAD = "router-dns-dead provider-dns-dead"
