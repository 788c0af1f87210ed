"""Binary HTTP: the examples of RFC 9292, what is cut short, and what anybody might send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.wire.bhttp import (
    BinaryRequest,
    BinaryResponse,
    decode_request,
    decode_response,
    encode_request,
    encode_response,
    number,
)

HELLO = BinaryRequest(
    "GET",
    "https",
    "",
    "/hello.txt",
    (
        ("user-agent", "curl/7.16.3 libcurl/7.16.3 OpenSSL/0.9.7l zlib/1.2.3"),
        ("host", "www.example.com"),
        ("accept-language", "en, mi"),
    ),
)
KNOWN_LENGTH = bytes.fromhex(
    "0003474554056874747073000a2f68656c6c6f2e747874406c0a757365722d6167656e74346375726c2f372e3136"
    "2e33206c69626375726c2f372e31362e33204f70656e53534c2f302e392e376c207a6c69622f312e322e3304686f"
    "73740f7777772e6578616d706c652e636f6d0f6163636570742d6c616e677561676506656e2c206d690000"
)
"""RFC 9292 5.1, figure 8."""
INDETERMINATE_LENGTH = bytes.fromhex(
    "0203474554056874747073000a2f68656c6c6f2e7478740a757365722d6167656e74346375726c2f372e31362e33"
    "206c69626375726c2f372e31362e33204f70656e53534c2f302e392e376c207a6c69622f312e322e3304686f7374"
    "0f7777772e6578616d706c652e636f6d0f6163636570742d6c616e677561676506656e2c206d6900000000000000"
    "000000000000"
)
"""Figure 9: the same with ten bytes of padding."""
INFORMATIONAL_FIRST = bytes.fromhex(
    "0340660772756e6e696e670a22736c65657020313522004067046c696e6b233c2f7374796c652e6373733e3b2072"
    "656c3d7072656c6f61643b2061733d7374796c65046c696e6b243c2f7363726970742e6a733e3b2072656c3d7072"
    "656c6f61643b2061733d7363726970740040c804646174651d4d6f6e2c203237204a756c20323030392031323a32"
    "383a353320474d5406736572766572064170616368650d6c6173742d6d6f6469666965641d5765642c203232204a"
    "756c20323030392031393a31353a353620474d5404657461671422333461613338372d642d313536386562303022"
    "0d6163636570742d72616e6765730562797465730e636f6e74656e742d6c656e67746802353104766172790f4163"
    "636570742d456e636f64696e670c636f6e74656e742d747970650a746578742f706c61696e003348656c6c6f2057"
    "6f726c6421204d7920636f6e74656e7420696e636c75646573206120747261696c696e672043524c462e0d0a0000"
)
"""Figure 11: 102 and 103 before the answer."""
WITH_TRAILER = bytes.fromhex(
    "0140c8001d5468697320636f6e74656e7420636f6e7461696e732043524c462e0d0a0d07747261696c6572047465"
    "7874"
)
"""Figure 13."""


def test_the_request_of_the_rfc_is_written_byte_for_byte():
    assert encode_request(HELLO) == KNOWN_LENGTH


@pytest.mark.parametrize("raw", [KNOWN_LENGTH, INDETERMINATE_LENGTH])
def test_the_request_of_the_rfc_is_read_in_both_forms(raw):
    assert decode_request(raw) == HELLO


def test_informational_responses_are_passed_over():
    answer = decode_response(INFORMATIONAL_FIRST)
    assert answer.status == 200
    assert answer.fields[0] == ("date", "Mon, 27 Jul 2009 12:28:53 GMT")
    assert answer.content == b"Hello World! My content includes a trailing CRLF.\r\n"


def test_a_trailer_is_read_and_left_out():
    assert decode_response(WITH_TRAILER) == BinaryResponse(
        200, (), b"This content contains CRLF.\r\n"
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("0140c8", BinaryResponse(200)),
        ("0140c800", BinaryResponse(200)),
        ("0140c8000000", BinaryResponse(200)),
        ("0140c80000000000", BinaryResponse(200)),
        ("0340c8", BinaryResponse(200)),
        ("0140670040c8", BinaryResponse(200)),
    ],
)
def test_what_is_empty_at_the_end_may_be_left_out(raw, expected):
    assert decode_response(bytes.fromhex(raw)) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "",  # nothing
        "0140",  # half a number
        "014067",  # informational, and then none
        "014258",  # a status of 600
        "0040c8",  # a request's framing
        "0140c805",  # a section longer than the message
        "0140c80000000001",  # padding that is not zero
        "0140c8040148016100",  # a name in capitals
        "0140c805033a616200",  # a pseudo-field
    ],
)
def test_what_is_no_response_is_none(raw):
    assert decode_response(bytes.fromhex(raw)) is None


@pytest.mark.parametrize("raw", ["0003474554", "0140c8", "0004474554ff0568", "00034745540568e9"])
def test_what_is_no_request_is_none(raw):
    assert decode_request(bytes.fromhex(raw)) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (37, "25"),
        (15293, "7bbd"),
        (494878333, "9d7f3e7d"),
        (151288809941952652, "c2197c5eff14e88c"),
    ],
)
def test_numbers_are_those_of_quic(value, expected):
    """RFC 9000 A.1."""
    assert number(value).hex() == expected


def response_with(name: bytes, value: bytes) -> bytes:
    line = number(len(name)) + name + number(len(value)) + value
    return bytes.fromhex("0140c8") + number(len(line)) + line + bytes(2)


TOKEN = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize("byte", range(256))
def test_a_name_is_a_token_without_capitals(byte):
    """RFC 9113 8.2.1, RFC 9110 5.6.2."""
    answer = decode_response(response_with(b"a" + bytes((byte,)), b"x"))
    assert (answer is not None) is (byte in TOKEN)


@pytest.mark.parametrize("byte", range(256))
def test_a_value_has_no_control_characters_but_tab(byte):
    """RFC 9110 5.5."""
    answer = decode_response(response_with(b"a", b"x" + bytes((byte,)) + b"y"))
    assert (answer is not None) is (byte == 9 or 32 <= byte != 127)


@pytest.mark.parametrize("value", [b" x", b"x ", b"\tx", b"x\t", b" ", b"\t"])
def test_a_value_neither_begins_nor_ends_with_white_space(value):
    assert decode_response(response_with(b"a", value)) is None


def request_with(*control: bytes) -> bytes:
    return b"\0" + b"".join(number(len(one)) + one for one in control)


@pytest.mark.parametrize(
    "control",
    [
        (b"G\nT", b"https", b"", b"/"),
        (b"", b"https", b"", b"/"),
        (b"GET", b"ht\0ps", b"", b"/"),
        (b"GET", b"https", b"a.example\r\nhost: b", b"/"),
        (b"GET", b"https", b"", b"/ HTTP/1.1\r\nx: y"),
        (b"GET", b"https", b"", b"/\x7f"),
    ],
)
def test_a_request_line_has_no_place_for_a_second_one(control):
    assert decode_request(request_with(*control)) is None


def test_the_same_request_without_such_bytes_is_one():
    assert decode_request(request_with(b"GET", b"https", b"", b"/")) == BinaryRequest(
        "GET", "https", "", "/"
    )


NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=20)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80).map(str.strip)
PATHS = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=80)
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=4).map(tuple)


@given(fields=FIELDS, content=st.binary(max_size=20000), path=PATHS)
def test_what_is_written_is_read_back(fields, content, path):
    request = BinaryRequest("POST", "https", "collector.example", path, fields, content)
    assert decode_request(encode_request(request)) == request
    response = BinaryResponse(202, fields, content)
    assert decode_response(encode_response(response)) == response


@given(raw=st.binary(max_size=200))
def test_no_bytes_raise(raw):
    decode_request(raw)
    decode_response(raw)


@given(cut=st.integers(0, len(INFORMATIONAL_FIRST)), change=st.integers(0, 255))
def test_no_damage_raises(cut, change):
    damaged = bytearray(INFORMATIONAL_FIRST)
    damaged[cut % len(damaged)] = change
    decode_response(bytes(damaged))
    decode_response(INFORMATIONAL_FIRST[:cut])
