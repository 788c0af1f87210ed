"""Oblivious HTTP: the complete example of RFC 9458, Appendix A, and what may go wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyhpke import KEMKeyPair

from netcheck.seal import oblivious
from netcheck.seal.oblivious import Unsuitable, open_request, seal_request, suite_of
from netcheck.wire import ohttp
from netcheck.wire.bhttp import BinaryRequest, BinaryResponse, decode_request, decode_response
from netcheck.wire.ohttp import KeyConfig, decode_key_config, decode_key_configs, encode_key_config

KEY_CONFIG = bytes.fromhex(
    "01002031e1f05a740102115220e9af918f738674aec95f54db6e04eb705aae8e79815500080001000100010003"
)
EPHEMERAL = bytes.fromhex("bc51d5e930bda26589890ac7032f70ad12e4ecb37abb1b65b1256c9c48999c73")
REQUEST = bytes.fromhex("00034745540568747470730b6578616d706c652e636f6d012f")
SEALED_REQUEST = bytes.fromhex(
    "010020000100014b28f881333e7c164ffc499ad9796f877f4e1051ee6d31bad19dec96c208b4726374e469135906"
    "992e1268c594d2a10c695d858c40a026e7965e7d86b83dd440b2c0185204b4d63525"
)
SEALED_RESPONSE = bytes.fromhex(
    "c789e7151fcba46158ca84b04464910d86f9013e404feea014e7be4a441f234f857fbd"
)
RESPONSE = bytes.fromhex("0140c8")


def sealed():
    """The RFC's request, sealed with the RFC's ephemeral key."""
    config = decode_key_config(KEY_CONFIG)
    suite = oblivious.chosen(config.kem, config.suites)
    head = ohttp.header(config, suite)
    kem = suite_of(suite[1]).kem
    secret = kem.deserialize_private_key(EPHEMERAL)
    pair = KEMKeyPair(secret, kem.deserialize_public_key(SEALED_REQUEST[7:39]))
    return head, seal_request(
        config.public_key, suite[1], ohttp.request_info(head), REQUEST, ephemeral=pair
    )


def test_the_key_configuration_of_the_rfc():
    expected = KeyConfig(
        1,
        0x0020,
        bytes.fromhex("31e1f05a740102115220e9af918f738674aec95f54db6e04eb705aae8e798155"),
        ((1, 1), (1, 3)),
    )
    assert decode_key_config(KEY_CONFIG) == expected
    assert encode_key_config(expected) == KEY_CONFIG
    assert decode_key_configs(b"\x00\x2d" + KEY_CONFIG) == (expected,)


def test_the_request_of_the_rfc_byte_for_byte():
    head, request = sealed()
    assert head + request.message == SEALED_REQUEST
    assert decode_request(REQUEST) == BinaryRequest("GET", "https", "example.com", "/")


def test_the_response_of_the_rfc_opens():
    _, request = sealed()
    opened = request.open(SEALED_RESPONSE, ohttp.RESPONSE_LABEL)
    assert opened == RESPONSE
    assert decode_response(opened) == BinaryResponse(200)


@given(at=st.integers(0, len(SEALED_RESPONSE) - 1), change=st.integers(1, 255))
def test_an_altered_response_does_not_open(at, change):
    _, request = sealed()
    altered = bytearray(SEALED_RESPONSE)
    altered[at] ^= change
    assert request.open(bytes(altered), ohttp.RESPONSE_LABEL) is None


@pytest.mark.parametrize("length", [0, 15, 16, 31])
def test_a_response_cut_short_does_not_open(length):
    _, request = sealed()
    assert request.open(SEALED_RESPONSE[:length], ohttp.RESPONSE_LABEL) is None


@given(raw=st.binary(max_size=120))
def test_no_key_configuration_raises(raw):
    decode_key_config(raw)
    decode_key_configs(raw)


def test_a_key_of_another_kind_is_refused():
    with pytest.raises(Unsuitable):
        oblivious.chosen(0x0010, ((1, 1),))
    with pytest.raises(Unsuitable):
        oblivious.chosen(0x0020, ((2, 1), (1, 9)))


def test_a_key_that_is_no_point_is_refused():
    with pytest.raises(Unsuitable):
        seal_request(b"\0" * 32, 1, b"", b"")


# --- the gateway's side ---

SECRET = bytes.fromhex("3c168975674b2fa8e465970b79c8dcf09f1c741626480bd4c6162fc5b6a98e1a")


def opened(message: bytes = SEALED_REQUEST, secret: bytes = SECRET):
    head, rest = message[: ohttp.HEADER_BYTES], message[ohttp.HEADER_BYTES :]
    return open_request(secret, 1, ohttp.request_info(head), rest)


def test_the_request_of_the_rfc_opens_with_its_secret_key():
    assert opened().plain == REQUEST


def test_the_answer_opens_for_whoever_asked():
    _, request = sealed()
    answer = opened().seal(RESPONSE, ohttp.RESPONSE_LABEL)
    assert len(answer) == len(SEALED_RESPONSE)
    assert request.open(answer, ohttp.RESPONSE_LABEL) == RESPONSE


@given(at=st.integers(0, len(SEALED_REQUEST) - 1), change=st.integers(1, 255))
def test_an_altered_request_does_not_open(at, change):
    altered = bytearray(SEALED_REQUEST)
    altered[at] ^= change
    assert opened(bytes(altered)) is None


@pytest.mark.parametrize("length", [7, 20, 39, 54])
def test_a_request_cut_short_does_not_open(length):
    assert opened(SEALED_REQUEST[:length]) is None


def test_a_request_to_another_key_does_not_open():
    assert opened(secret=bytes(range(32))) is None
