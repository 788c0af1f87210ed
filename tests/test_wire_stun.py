"""STUN's Binding against the literal vectors of RFC 5769, scapy's reading, and junk."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.contrib.stun import STUN

from netcheck.wire.stun import NotStun, StunAnswer, binding_request, parse

TRANSACTION = bytes.fromhex("b7e7a701bc34d686fa87dfae")
# RFC 5769 2.2 and 2.3: SOFTWARE, XOR-MAPPED-ADDRESS, MESSAGE-INTEGRITY, FINGERPRINT.
IPV4 = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000080001a147e112a643"
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004c07d4c96"
)
IPV6 = bytes.fromhex(
    "010100482112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
    "80280004c8fb0b4c"
)


@pytest.mark.parametrize("vector", [IPV4, IPV6], ids=["ipv4", "ipv6"])
def test_the_vectors_are_copied_rightly(vector):
    """Their own fingerprint (RFC 8489 14.7) says so."""
    assert struct.unpack("!I", vector[-4:])[0] == zlib.crc32(vector[:-8]) ^ 0x5354554E


def test_the_ipv4_vector_says_which_address_it_saw():
    assert parse(IPV4, TRANSACTION) == StunAnswer("192.0.2.1", 32853)


def test_the_ipv6_vector_says_which_address_it_saw():
    seen = StunAnswer("2001:db8:1234:5678:11:2233:4455:6677", 32853)
    assert parse(IPV6, TRANSACTION) == seen


def test_the_request_is_twenty_bytes_that_scapy_reads_as_a_binding_request():
    request = binding_request(TRANSACTION)
    assert request == bytes.fromhex("000100002112a442b7e7a701bc34d686fa87dfae")
    read = STUN(request)
    assert (read.stun_message_type, read.magic_cookie) == (1, 0x2112A442)
    assert read.transaction_id == int.from_bytes(TRANSACTION, "big")


def test_a_transaction_of_another_length_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="12 bytes"):
        binding_request(b"short")


def test_an_answer_to_another_request_is_none():
    assert parse(IPV4, bytes(12)) == NotStun("no answer to this request")


def test_an_old_servers_plain_address_is_read_too():
    value = bytes.fromhex("0001ea60cb007107")
    datagram = _message(0x0101, struct.pack("!HH", 1, len(value)) + value)
    assert parse(datagram, TRANSACTION) == StunAnswer("203.0.113.7", 60000)


def test_an_error_tells_its_code():
    value = bytes([0, 0, 4, 20]) + b"no\0\0"
    datagram = _message(0x0111, struct.pack("!HH", 9, 6) + value)
    assert parse(datagram, TRANSACTION) == StunAnswer(error_code=420)


def test_our_own_request_sent_back_is_no_answer():
    echoed = parse(binding_request(TRANSACTION), TRANSACTION)
    assert echoed == NotStun("neither a success nor an error")


def _message(kind, body):
    return struct.pack("!HHI", kind, len(body), 0x2112A442) + TRANSACTION + body


@given(st.binary(max_size=200))
def test_junk_is_never_an_answer(junk):
    assert isinstance(parse(junk, TRANSACTION), NotStun)


@given(st.binary(max_size=120), st.sampled_from([0x0101, 0x0111]))
def test_junk_behind_a_good_header_is_read_or_refused_but_never_raises(body, kind):
    read = parse(_message(kind, body), TRANSACTION)
    assert isinstance(read, StunAnswer | NotStun)


@given(st.integers(0, len(IPV6) - 1), st.integers(1, 255))
def test_one_flipped_byte_never_raises(at, change):
    broken = bytearray(IPV6)
    broken[at] ^= change
    assert isinstance(parse(bytes(broken), TRANSACTION), StunAnswer | NotStun)


@given(st.ip_addresses(), st.integers(0, 65535))
def test_what_is_masked_is_unmasked(address, port):
    mask = bytes.fromhex("2112a442") + TRANSACTION
    packed = bytes(a ^ b for a, b in zip(address.packed, mask, strict=False))
    value = struct.pack("!BBH", 0, 1 if address.version == 4 else 2, port ^ 0x2112) + packed
    datagram = _message(0x0101, struct.pack("!HH", 0x20, len(value)) + value)
    assert parse(datagram, TRANSACTION) == StunAnswer(str(address), port)
