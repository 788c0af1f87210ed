"""Which prefix does a network put before IPv4 addresses? Read from an address that it made up.

Sources: RFC 7050 2 and 3 (`ipv4only.arpa` has two IPv4 addresses and no IPv6 one: whoever answers
with an IPv6 address has made it up), RFC 6052 2.2 (where in it the IPv4 address stands).
"""

import ipaddress

NAME = "ipv4only.arpa"

_WELL_KNOWN = (bytes((192, 0, 0, 170)), bytes((192, 0, 0, 171)))
_PLACES = {
    # The bits 64 to 71 are left out: they stay zero.
    32: (4, 5, 6, 7),
    40: (5, 6, 7, 9),
    48: (6, 7, 9, 10),
    56: (7, 9, 10, 11),
    64: (9, 10, 11, 12),
    96: (12, 13, 14, 15),
}


def prefix_of(address: str) -> str | None:
    """The translation prefix in an answer for `ipv4only.arpa`, as `64:ff9b::/96`. None if it is
    no IPv6 address, holds no well-known one, or holds it in more places than one (RFC 7050 3)."""
    try:
        packed = ipaddress.IPv6Address(address).packed
    except ValueError:
        return None
    found = [
        length
        for length, places in _PLACES.items()
        if bytes(packed[place] for place in places) in _WELL_KNOWN
        and (length == 96 or packed[8] == 0)
    ]
    if len(found) != 1:
        return None
    return str(ipaddress.IPv6Network((packed, found[0]), strict=False))
