"""How much one source may send in a minute, without knowing one source from another afterwards.

A source's address is mixed with a secret that lives in memory for one minute, and only a counter in
one of a few thousand buckets grows. Nothing is kept that an address could be read from, not even
for that minute by whoever reads the memory of the counters alone. Two sources that share a bucket
share its bound: with a thousand sources a minute that is about one in sixty-five.
"""

import os
import time
from array import array
from collections.abc import Callable, Sequence
from hashlib import blake2s
from ipaddress import IPv4Network, IPv6Network, ip_address
from math import ceil

MOST_A_MINUTE = 1200
_BUCKETS = 1 << 16
_MINUTE_S = 60.0
_V6_PREFIX_BYTES = 8  # a /64: one customer has all of its addresses

Network = IPv4Network | IPv6Network


class Caps:
    """`most` reports a minute from one source; 0: any number. `uncapped` networks are one's own: a
    relay, a fleet's own senders."""

    def __init__(
        self,
        most: int = MOST_A_MINUTE,
        uncapped: Sequence[Network] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._uncapped, self._clock = most, tuple(uncapped), clock
        self._turn(clock())

    def never(self, source: str, reports: int) -> bool:
        """Whether so many at once are more than may ever come from there."""
        return 0 < self._most < reports and self._raw(source) is not None

    def wait_s(self, source: str, reports: int) -> int:
        """0: so many more may come from there now, and are counted. Else the seconds until they
        may."""
        raw = self._raw(source) if self._most else None
        if raw is None:
            return 0
        now = self._clock()
        if not 0 <= now - self._began_s < _MINUTE_S:
            self._turn(now)
        at = int.from_bytes(blake2s(raw, key=self._secret, digest_size=2).digest())
        if self._counts[at] + reports > self._most:
            return max(1, ceil(self._began_s + _MINUTE_S - now))
        self._counts[at] += reports
        return 0

    def _raw(self, source: str) -> bytes | None:
        """What of an address counts; None where nothing is counted. What is no address (a socket
        of this machine) is one source."""
        try:
            address = ip_address(source.partition("%")[0])
        except ValueError:
            return b"?"
        address = getattr(address, "ipv4_mapped", None) or address
        if any(address.version == one.version and address in one for one in self._uncapped):
            return None
        return address.packed[:_V6_PREFIX_BYTES]

    def _turn(self, now: float) -> None:
        self._secret, self._began_s = os.urandom(32), now
        self._counts = array("L", bytes(_BUCKETS * array("L").itemsize))
