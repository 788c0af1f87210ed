"""The prefix in a made-up address, by the table of RFC 6052 2.2."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.wire.nat64 import prefix_of

WELL_KNOWN = ipaddress.IPv4Address("192.0.0.170")


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("2001:db8:c000:aa::", "2001:db8::/32"),
        ("2001:db8:1c0:0:aa::", "2001:db8:100::/40"),
        ("2001:db8:122:c000:0:aa00::", "2001:db8:122::/48"),
        ("2001:db8:122:3c0:0:aa::", "2001:db8:122:300::/56"),
        ("2001:db8:122:344:c0:0:aa00:0", "2001:db8:122:344::/64"),
        ("64:ff9b::c000:aa", "64:ff9b::/96"),
        ("64:ff9b::c000:ab", "64:ff9b::/96"),
        ("2001:db8:122:344::192.0.0.171", "2001:db8:122:344::/96"),
    ],
)
def test_where_the_well_known_address_stands_tells_the_prefix(address, prefix):
    assert prefix_of(address) == prefix


@pytest.mark.parametrize(
    "address",
    ["64:ff9b::c000:ac", "2001:db8::1", "192.0.0.170", "nonsense", "", "2001:db8:c000:aa::c000:aa"],
)
def test_what_tells_no_prefix(address):
    assert prefix_of(address) is None


@given(st.text(max_size=40))
def test_no_text_makes_it_raise(text):
    assert prefix_of(text) is None or "/" in str(prefix_of(text))


@given(st.binary(min_size=12, max_size=12))
def test_a_prefix_of_96_bits_is_read_back(prefix):
    address = ipaddress.IPv6Address(prefix + WELL_KNOWN.packed)
    found = prefix_of(str(address))
    assert found in (None, str(ipaddress.IPv6Network((prefix + bytes(4), 96))))
