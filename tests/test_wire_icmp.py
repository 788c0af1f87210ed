"""ICMP on literal bytes: echoes, and the errors Linux hands over with a socket."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.wire.icmp import (
    EchoReply,
    IcmpError,
    IcmpKind,
    checksum,
    echo_request,
    parse_echo_reply,
    parse_extended_error,
    without_ip_header,
)

V4, V6 = (0, 11), (41, 25)


def extended(errno, origin, kind, code, offender):
    return struct.pack("=IBBBBII", errno, origin, kind, code, 0, 0, 0) + offender


def sockaddr(address: str) -> bytes:
    return struct.pack("=HH", 2, 0) + bytes(map(int, address.split("."))) + bytes(8)


def sockaddr6(packed: bytes) -> bytes:
    return struct.pack("=HHI", 10, 0, 0) + packed + struct.pack("=I", 3)


# Errors


def test_a_router_that_says_time_exceeded_is_named():
    data = extended(113, 2, 11, 0, sockaddr("192.0.2.1"))
    error = parse_extended_error([(*V4, data)])
    assert error == IcmpError(origin=2, type=11, code=0, offender="192.0.2.1", errno=113)
    assert error.kind == "time-exceeded"


def test_an_ipv6_error_is_named_without_its_interface():
    link_local = bytes.fromhex("fe80000000000000 0000000000000001")
    error = parse_extended_error([(*V6, extended(111, 3, 1, 4, sockaddr6(link_local)))])
    assert (error.offender, error.kind) == ("fe80::1", IcmpKind.PORT_UNREACHABLE)


def test_a_mapped_offender_is_written_as_ipv4():
    mapped = bytes(10) + b"\xff\xff\xc0\x00\x02\x01"
    error = parse_extended_error([(*V6, extended(111, 2, 3, 3, sockaddr6(mapped)))])
    assert (error.offender, error.kind) == ("192.0.2.1", IcmpKind.PORT_UNREACHABLE)


def test_this_machine_s_own_error_has_no_offender():
    error = parse_extended_error([(*V4, extended(90, 1, 0, 0, sockaddr("192.0.2.1")))])
    assert (error.offender, error.kind, error.errno) == (None, IcmpKind.OTHER, 90)


@pytest.mark.parametrize(
    ("origin", "kind", "code", "said"),
    [
        (2, 3, 0, "unreachable"),
        (2, 3, 1, "unreachable"),
        (2, 3, 3, "port-unreachable"),
        (2, 3, 4, "too-big"),
        (2, 3, 9, "prohibited"),
        (2, 3, 10, "prohibited"),
        (2, 3, 13, "prohibited"),
        (2, 11, 0, "time-exceeded"),
        (2, 11, 1, "other"),
        (2, 5, 0, "other"),
        (3, 1, 0, "unreachable"),
        (3, 1, 1, "prohibited"),
        (3, 1, 3, "unreachable"),
        (3, 1, 4, "port-unreachable"),
        (3, 1, 5, "prohibited"),
        (3, 1, 6, "prohibited"),
        (3, 2, 0, "too-big"),
        (3, 3, 0, "time-exceeded"),
        (3, 3, 1, "other"),
        (3, 4, 0, "other"),
        (0, 3, 3, "other"),
    ],
)
def test_both_families_say_the_same_in_the_same_words(origin, kind, code, said):
    assert IcmpError(origin, kind, code, None, 0).kind == said


def test_other_control_data_is_passed_over():
    good = (*V4, extended(113, 2, 11, 0, sockaddr("192.0.2.1")))
    other = [(0, 8, b"pktinfo"), (1, 29, bytes(16)), (*V4, b"short")]
    assert parse_extended_error(other) is None
    assert parse_extended_error([*other, good]).offender == "192.0.2.1"
    assert parse_extended_error([]) is None


def test_an_offender_that_cannot_be_read_is_unknown():
    assert parse_extended_error([(*V4, extended(113, 2, 11, 0, b""))]).offender is None
    assert parse_extended_error([(*V6, extended(113, 3, 3, 0, bytes(16)))]).offender is None


@given(st.sampled_from([V4, V6]), st.binary(max_size=64))
def test_junk_control_data_never_raises(which, data):
    found = parse_extended_error([(*which, data)])
    assert (found is None) == (len(data) < 16)
    if found is not None:
        assert found.kind in IcmpKind


# Echoes


def test_an_echo_request_has_these_bytes():
    assert echo_request(0x1234, 1, b"ab", v6=False).hex(" ") == "08 00 84 68 12 34 00 01 61 62"
    assert echo_request(0x1234, 1, b"ab", v6=True).hex(" ") == "80 00 00 00 12 34 00 01 61 62"


def test_an_echo_reply_is_read_back():
    assert parse_echo_reply(bytes.fromhex("00008c68123400016162"), v6=False) == EchoReply(
        0x1234, 1, b"ab"
    )
    assert parse_echo_reply(bytes.fromhex("8100ffff123400016162"), v6=True) == EchoReply(
        0x1234, 1, b"ab"
    )


@pytest.mark.parametrize(
    ("datagram", "v6"),
    [
        ("08008468123400016162", False),  # a request
        ("00008c69123400016162", False),  # a wrong checksum
        ("00018c67123400016162", False),  # a code
        ("00008c68123400", False),  # cut short
        ("8000ffff123400016162", True),  # a request
        ("", True),
    ],
)
def test_what_is_no_echo_reply_is_none(datagram, v6):
    assert parse_echo_reply(bytes.fromhex(datagram), v6=v6) is None


def test_an_ip_header_is_taken_off_where_there_is_one():
    reply = bytes.fromhex("00008c68123400016162")
    header = bytes.fromhex("45000000 00000000 40 01 0000 c0000201 c0000202")
    longer = b"\x46" + header[1:] + bytes(4)
    assert without_ip_header(header + reply) == reply
    assert without_ip_header(longer + reply) == reply
    assert without_ip_header(reply) == reply


@given(st.binary(max_size=80))
def test_the_checksum_over_a_message_with_its_checksum_is_zero(payload):
    assert checksum(echo_request(7, 9, payload, v6=False)) == 0


def test_scapy_reads_and_writes_the_same_echoes():
    inet = pytest.importorskip("scapy.layers.inet")
    ours = inet.ICMP(echo_request(0x1234, 5, b"payload", v6=False))
    theirs = bytes(inet.ICMP(type=8, id=0x1234, seq=5) / b"payload")
    reply = bytes(inet.ICMP(type=0, id=7, seq=8) / b"back")
    assert (ours.type, ours.id, ours.seq, bytes(ours.payload)) == (8, 0x1234, 5, b"payload")
    assert echo_request(0x1234, 5, b"payload", v6=False) == theirs
    assert parse_echo_reply(reply, v6=False) == EchoReply(7, 8, b"back")
