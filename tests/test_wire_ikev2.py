"""IKE_SA_INIT on literal bytes, against scapy's reading of the same bytes, and against junk."""

import hashlib
import socket
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcheck.wire.ikev2 import (
    AnswerKind,
    ChosenSuite,
    IkeAnswer,
    Initiation,
    NatHashes,
    NotIke,
    parse,
)

SPI = bytes.fromhex("0102030405060708")
OURS = Initiation(14, SPI, bytes(range(32)), b"\x11" * 256)
HERE, THERE = ("192.0.2.7", 40000), ("198.51.100.9", 500)

NO_PROPOSAL = bytes.fromhex(
    "0102030405060708 0000000000000000 29 20 22 20 00000000 00000024 00000008 0000000e"
)
COOKIE = bytes.fromhex(
    "0102030405060708 0000000000000000 29 20 22 20 00000000 0000002c"
    "00000010 00004006 c0ffeec0ffeec0ff"
)
INVALID_KE = bytes.fromhex(
    "0102030405060708 0000000000000000 29 20 22 20 00000000 00000026 0000000a 00000011 0002"
)
REDIRECT = bytes.fromhex(
    "0102030405060708 0000000000000000 29 20 22 20 00000000 0000002e"
    "00000012 00004017 01 04 cb007105 aabbccdd"
)
SA = bytes.fromhex(
    "0102030405060708 a1a2a3a4a5a6a7a8 21 20 22 20 00000000 00000070"
    "22000030 0000002c 01 01 00 04"  # SA, one proposal for IKE, four transforms
    "0300000c 0100000c 800e0100"  # AES-CBC 256
    "03000008 02000005"  # PRF HMAC-SHA2-256
    "03000008 0300000c"  # HMAC-SHA2-256-128
    "00000008 04000002"  # group 2
    "28000010 00020000 1122334455667788"  # key exchange
    "00000014 000102030405060708090a0b0c0d0e0f"  # nonce
)


def answered(datagram: bytes) -> IkeAnswer | NotIke:
    return parse(datagram, SPI, non_esp_marker=False)


def notify_answer(kind: int, data: bytes) -> bytes:
    body = struct.pack("!BBHBBH", 0, 0, 8 + len(data), 0, 0, kind) + data
    return NO_PROPOSAL[:24] + struct.pack("!I", 28 + len(body)) + body


# What an answer says


def test_no_proposal_chosen_is_an_answer():
    assert answered(NO_PROPOSAL) == IkeAnswer(AnswerKind.NO_PROPOSAL, notify=14)


def test_a_cookie_is_an_answer_and_is_kept():
    expected = IkeAnswer(AnswerKind.COOKIE, notify=16390, cookie=bytes.fromhex("c0ffeec0ffeec0ff"))
    assert answered(COOKIE) == expected


def test_invalid_ke_names_the_group_it_wants():
    assert answered(INVALID_KE) == IkeAnswer(AnswerKind.INVALID_KE, notify=17, wanted_group=2)


def test_a_redirect_names_the_new_gateway():
    assert answered(REDIRECT) == IkeAnswer(
        AnswerKind.REDIRECT, notify=16407, redirect_to="203.0.113.5"
    )


def test_a_redirect_may_name_an_ipv6_gateway_or_a_host():
    v6 = notify_answer(16407, b"\x02\x10" + socket.inet_pton(socket.AF_INET6, "2001:db8::5"))
    host = notify_answer(16407, b"\x03\x10epdg.example.org")
    assert [answered(v6).redirect_to, answered(host).redirect_to] == [
        "2001:db8::5",
        "epdg.example.org",
    ]


def test_a_redirect_to_something_unspeakable_is_no_answer():
    assert [
        answered(notify_answer(16407, b"\x03\x04a b;")),
        answered(notify_answer(16407, b"\x03\x00")),
        answered(notify_answer(16407, b"\x09\x01x")),
        answered(notify_answer(16407, b"\x01\x20\x01")),
    ] == [
        NotIke("redirect to no name"),
        NotIke("redirect to no name"),
        NotIke("redirect to no known kind of gateway"),
        NotIke("redirect cut short"),
    ]


def test_an_sa_tells_what_was_chosen():
    assert answered(SA) == IkeAnswer(
        AnswerKind.SA,
        chosen=ChosenSuite(encryption=12, key_bits=256, prf=5, integrity=12, group=2),
    )


def test_any_other_notify_is_an_answer():
    assert answered(notify_answer(7, b"")) == IkeAnswer(AnswerKind.OTHER_NOTIFY, notify=7)
    assert answered(notify_answer(40000, b"x")) == IkeAnswer(AnswerKind.OTHER_NOTIFY, notify=40000)


def test_vendor_ids_are_kept():
    with_vendor = bytearray(NO_PROPOSAL[:24] + struct.pack("!I", 36 + 7) + NO_PROPOSAL[28:])
    with_vendor[28] = 43
    with_vendor += b"\0\0\0\x07abc"
    assert answered(bytes(with_vendor)).vendor_ids == (b"abc",)


def test_on_4500_the_marker_is_required_and_on_500_it_is_junk():
    marked = bytes(4) + NO_PROPOSAL
    assert parse(marked, SPI, non_esp_marker=True) == IkeAnswer(AnswerKind.NO_PROPOSAL, notify=14)
    assert parse(NO_PROPOSAL, SPI, non_esp_marker=True) == NotIke("no non-ESP marker")
    assert parse(marked, SPI, non_esp_marker=False) == NotIke("not our SPI")


# What is no answer


@pytest.mark.parametrize(
    ("datagram", "reason"),
    [
        (b"", "shorter than a header"),
        (b"\xff", "shorter than a header"),
        (NO_PROPOSAL[:27], "shorter than a header"),
        (b"\x09" + NO_PROPOSAL[1:], "not our SPI"),
        (NO_PROPOSAL[:17] + b"\x10" + NO_PROPOSAL[18:], "not version 2"),
        (NO_PROPOSAL[:18] + b"\x25" + NO_PROPOSAL[19:], "not IKE_SA_INIT"),
        (NO_PROPOSAL[:19] + b"\x28" + NO_PROPOSAL[20:], "not a response of a responder"),
        (NO_PROPOSAL[:19] + b"\x00" + NO_PROPOSAL[20:], "not a response of a responder"),
        (NO_PROPOSAL[:23] + b"\x01" + NO_PROPOSAL[24:], "not message 0"),
        (NO_PROPOSAL + b"\0", "length does not match"),
        (NO_PROPOSAL[:-1], "length does not match"),
        (NO_PROPOSAL[:31] + b"\x09" + NO_PROPOSAL[32:], "payload longer than the datagram"),
        (NO_PROPOSAL[:31] + b"\x03" + NO_PROPOSAL[32:], "payload longer than the datagram"),
        (NO_PROPOSAL[:31] + b"\x07" + NO_PROPOSAL[32:], "bytes after the chain"),
        (NO_PROPOSAL[:27] + b"\x23\0\0\0\x07\0\0\0", "notify cut short"),
        (NO_PROPOSAL[:33] + b"\x09" + NO_PROPOSAL[34:], "notify shorter than its SPI"),
        (NO_PROPOSAL[:28] + b"\x29" + NO_PROPOSAL[29:], "chain cut short"),
        (NO_PROPOSAL[:16] + b"\x00" + NO_PROPOSAL[17:], "bytes after the chain"),
        (NO_PROPOSAL[:16] + b"\x2e" + NO_PROPOSAL[17:], "encrypted before there are keys"),
        (NO_PROPOSAL[:16] + b"\x2b" + NO_PROPOSAL[17:], "says nothing"),
        (notify_answer(16390, b""), "cookie of a forbidden size"),
        (notify_answer(16390, bytes(65)), "cookie of a forbidden size"),
        (notify_answer(17, b"\0"), "no group named"),
        (SA[:8] + bytes(8) + SA[16:], "an SA without the responder's SPI"),
        (SA[:39] + b"\x05" + SA[40:], "transforms do not match their count"),
        (SA[:39] + b"\x03" + SA[40:], "transforms do not match their count"),
        (SA[:56] + b"\x01" + SA[57:], "two choices of one kind"),
        (SA[:81] + b"\x0e" + SA[82:], "key of another group"),
        (OURS.datagram(HERE, THERE), "not a response of a responder"),
    ],
)
def test_malformed_datagrams_are_no_answer(datagram, reason):
    assert answered(datagram) == NotIke(reason)


def test_an_unknown_payload_is_passed_over_unless_it_is_critical():
    head = NO_PROPOSAL[:16] + b"\xc8" + NO_PROPOSAL[17:24] + struct.pack("!I", 40)
    passed = head + b"\x29\x00\x00\x04" + NO_PROPOSAL[28:]
    critical = head + b"\x29\x80\x00\x04" + NO_PROPOSAL[28:]
    assert answered(passed) == IkeAnswer(AnswerKind.NO_PROPOSAL, notify=14)
    assert answered(critical) == NotIke("unknown critical payload")


@given(st.binary(max_size=400), st.booleans())
def test_junk_is_never_an_answer(junk, marker):
    assert isinstance(parse(junk, SPI, non_esp_marker=marker), NotIke)


@given(st.binary(max_size=200), st.integers(33, 54))
def test_junk_behind_a_right_header_never_raises(junk, first):
    header = struct.pack("!8s8sBBBBII", SPI, b"r" * 8, first, 0x20, 34, 0x20, 0, 28 + len(junk))
    assert isinstance(answered(header + junk), IkeAnswer | NotIke)


@settings(max_examples=400)
@given(st.sampled_from([NO_PROPOSAL, COOKIE, INVALID_KE, REDIRECT, SA]), st.data())
def test_a_damaged_answer_counts_only_while_its_frame_is_whole(whole, data):
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(whole)))])
    for datagram in (bytes(damaged), cut):
        if isinstance(answered(datagram), IkeAnswer):
            assert datagram[:8] == SPI
            assert datagram[17] >> 4 == 2
            assert datagram[18] == 34
            assert datagram[19] & 0x28 == 0x20
            assert datagram[20:24] == bytes(4)
            assert int.from_bytes(datagram[24:28], "big") == len(datagram)


@given(st.binary(min_size=8, max_size=8))
def test_only_our_spi_counts(other):
    got = parse(NO_PROPOSAL, other, non_esp_marker=False)
    assert isinstance(got, IkeAnswer) == (other == SPI)


# What is sent


def test_the_request_begins_with_these_bytes():
    sent = OURS.datagram(HERE, THERE)
    assert sent[:28].hex(" ", 4) == "01020304 05060708 00000000 00000000 21202208 00000000 00000204"
    assert len(sent) == 0x204
    assert sent[28:48].hex(" ", 4) == "22000074 00000070 0101000c 0300000c 0100000c"


def test_the_same_initiation_gives_the_same_bytes():
    assert OURS.datagram(HERE, THERE) == OURS.datagram(HERE, THERE)


def test_on_4500_four_zero_bytes_come_first():
    assert OURS.datagram(HERE, THERE, non_esp_marker=True) == bytes(4) + OURS.datagram(HERE, THERE)


def test_a_fresh_initiation_has_its_own_spi_nonce_and_valid_key():
    one, two = Initiation.fresh(2), Initiation.fresh(2)
    assert (one.spi != two.spi, one.nonce != two.nonce, one.key != two.key) == (True, True, True)
    assert (len(one.spi), len(one.nonce), len(one.key)) == (8, 32, 128)


# scapy as a second reader and a second writer


@pytest.fixture(scope="module")
def ike():
    return pytest.importorskip("scapy.contrib.ikev2")


def test_scapy_reads_our_request(ike):
    read = ike.IKEv2(OURS.datagram(HERE, THERE))
    header = (read.init_SPI, read.resp_SPI, read.version, read.exch_type, int(read.flags), read.id)
    assert header == (SPI, bytes(8), 0x20, 34, 8, 0)
    assert read.length == len(OURS.datagram(HERE, THERE))
    transforms, transform = [], read[ike.IKEv2_Proposal].trans
    while isinstance(transform, ike.IKEv2_Transform):
        transforms.append((transform.transform_type, transform.transform_id, transform.key_length))
        transform = transform.payload
    assert [(t[0], t[1]) for t in transforms] == [
        *[(1, 12)] * 2,
        *[(2, 2), (2, 5), (2, 7)],
        *[(3, 2), (3, 12), (3, 14)],
        *[(4, 14), (4, 2), (4, 5), (4, 15)],
    ]
    assert [t[2] & 0xFFFF for t in transforms[:2]] == [128, 256]
    assert read[ike.IKEv2_Proposal].trans_nb == 12
    assert (read[ike.IKEv2_KE].group, read[ike.IKEv2_KE].ke) == (14, b"\x11" * 256)
    assert read[ike.IKEv2_Nonce].nonce == bytes(range(32))
    assert [n.type for n in read.iterpayloads() if isinstance(n, ike.IKEv2_Notify)] == [
        16388,
        16389,
        16430,
        16406,
    ]


def test_scapy_reads_our_cookie_first_and_our_padding_last(ike):
    read = ike.IKEv2(OURS.datagram(HERE, THERE, cookie=b"crumb", padding_bytes=1200))
    assert (read[ike.IKEv2_Notify].type, read[ike.IKEv2_Notify].notify) == (16390, b"crumb")
    assert [type(p) for p in read.iterpayloads()][1] is ike.IKEv2_Notify
    assert read[ike.IKEv2_VendorID].vendorID == b"netcheck" + bytes(1192)


@pytest.mark.parametrize(
    ("here", "there"), [(HERE, THERE), (("2001:db8::7%eth0", 41000), ("2001:db8::9", 4500))]
)
def test_the_nat_detection_hashes_cover_spi_address_and_port(ike, here, there):
    read = ike.IKEv2(OURS.datagram(here, there))
    found = {n.type: n.notify for n in read.iterpayloads() if isinstance(n, ike.IKEv2_Notify)}

    def expected(end):
        address = end[0].partition("%")[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        packed = socket.inet_pton(family, address) + end[1].to_bytes(2, "big")
        return hashlib.sha1(SPI + bytes(8) + packed).digest()

    assert (found[16388], found[16389]) == (expected(here), expected(there))


def scapy_answer(ike, payload, responder=b"r" * 8):
    return bytes(ike.IKEv2(init_SPI=SPI, resp_SPI=responder, flags=0x20, exch_type=34) / payload)


def test_we_read_the_refusals_that_scapy_writes(ike):
    written = [
        ike.IKEv2_Notify(type=16390, notify=b"crumb"),
        ike.IKEv2_Notify(type=14),
        ike.IKEv2_Notify(type=17, notify=b"\x00\x0e"),
        ike.IKEv2_Notify(type=16407, gw_id_type=1, gw_id="203.0.113.9", nonce=b"n" * 32),
        ike.IKEv2_Notify(type=24),
    ]
    assert [answered(scapy_answer(ike, payload, bytes(8))) for payload in written] == [
        IkeAnswer(AnswerKind.COOKIE, 16390, cookie=b"crumb"),
        IkeAnswer(AnswerKind.NO_PROPOSAL, 14),
        IkeAnswer(AnswerKind.INVALID_KE, 17, wanted_group=14),
        IkeAnswer(AnswerKind.REDIRECT, 16407, redirect_to="203.0.113.9"),
        IkeAnswer(AnswerKind.OTHER_NOTIFY, 24),
    ]


def test_we_read_the_sa_that_scapy_writes(ike):
    transforms = (
        ike.IKEv2_Transform(
            next_payload=3, transform_type=1, length=12, transform_id=12, key_length=0x800E0080
        )
        / ike.IKEv2_Transform(next_payload=3, transform_type=2, transform_id=2)
        / ike.IKEv2_Transform(next_payload=3, transform_type=3, transform_id=2)
        / ike.IKEv2_Transform(next_payload=0, transform_type=4, transform_id=14)
    )
    sa = scapy_answer(
        ike,
        ike.IKEv2_SA(prop=ike.IKEv2_Proposal(trans_nb=4, trans=transforms))
        / ike.IKEv2_KE(group=14, ke=b"\x22" * 256)
        / ike.IKEv2_Nonce(nonce=b"n" * 32)
        / ike.IKEv2_Notify(type=16388, notify=b"h" * 20)
        / ike.IKEv2_VendorID(vendorID=b"scapy"),
    )
    assert answered(sa) == IkeAnswer(
        AnswerKind.SA, chosen=ChosenSuite(12, 128, 2, 2, 14), vendor_ids=(b"scapy",)
    )


# What the NAT detection hashes tell (RFC 7296 2.23)

RESPONDER_SPI = bytes.fromhex("a1a2a3a4a5a6a7a8")


def end_hash(address: str, port: int) -> bytes:
    packed = socket.inet_pton(socket.AF_INET, address) + struct.pack("!H", port)
    return hashlib.sha1(SPI + RESPONDER_SPI + packed).digest()


def sa_seen_from(address: str, port: int, hash_bytes: int = 20) -> bytes:
    """The literal SA with both NAT detection notifies after its nonce."""
    nonce = bytes.fromhex("29000014 000102030405060708090a0b0c0d0e0f")
    source = b"\x29\0\0\x1c" + struct.pack("!BBH", 0, 0, 16388) + end_hash(*THERE)
    seen = end_hash(address, port)[:hash_bytes]
    ours = b"\0\0" + struct.pack("!HBBH", 8 + len(seen), 0, 0, 16389) + seen
    body = SA[28:-20] + nonce + source + ours
    return SA[:24] + struct.pack("!I", 28 + len(body)) + body


def test_a_gateway_that_sees_our_own_address_sees_no_translation():
    answer = answered(sa_seen_from(*HERE))
    assert isinstance(answer, IkeAnswer)
    assert answer.nat is not None
    assert answer.nat.translated(HERE) is False


@pytest.mark.parametrize("seen", [("203.0.113.5", 40000), ("192.0.2.7", 1024)])
def test_another_address_or_another_port_is_a_translation(seen):
    answer = answered(sa_seen_from(*seen))
    assert isinstance(answer, IkeAnswer)
    assert answer.nat is not None
    assert answer.nat.translated(HERE) is True


def test_a_hash_of_another_size_tells_nothing():
    answer = answered(sa_seen_from(*HERE, hash_bytes=16))
    assert isinstance(answer, IkeAnswer)
    assert answer.kind is AnswerKind.SA
    assert answer.nat is None


@pytest.mark.parametrize(
    ("address", "port"), [("203.0.113.5", 61234), ("203.0.113.5", 0), ("2001:db8::7", 65535)]
)
def test_the_port_that_a_gateway_sees_is_found_under_the_address_it_sees(
    address: str, port: int
) -> None:
    responder = bytes(range(8))
    packed = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
    seen = hashlib.sha1(SPI + responder + packed + struct.pack("!H", port)).digest()
    hashes = NatHashes(SPI, responder, (), seen)
    assert hashes.port_of(address) == port
    assert hashes.port_of("198.51.100.77") is None
