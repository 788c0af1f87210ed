"""Compact JWS of one kind: what another library signs is read, and the other way round; anything
else is refused."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as other
from joserfc.jwk import OKPKey

from netcheck.seal import jws, signing

SECRET = bytes(range(32))
PUBLIC = signing.public_key(SECRET)
SIGNED = jws.signed(b'{"a":1}', secret=SECRET, kid="k1", typ="t+jws")


def other_key(*, private: bool) -> OKPKey:
    parts = {"kty": "OKP", "crv": "Ed25519", "x": jws.coded(PUBLIC)}
    return OKPKey.import_key(parts | ({"d": jws.coded(SECRET)} if private else {}))


def registry() -> other.JWSRegistry:
    return other.JWSRegistry(algorithms=["Ed25519", "EdDSA", "none", "HS256"])


def test_what_we_sign_another_library_verifies():
    found = other.deserialize_compact(SIGNED, other_key(private=False), registry=registry())
    assert (found.payload, found.headers()) == (
        b'{"a":1}',
        {"alg": "Ed25519", "kid": "k1", "typ": "t+jws"},
    )


def test_what_another_library_signs_we_verify():
    header = {"alg": "Ed25519", "kid": "k1", "typ": "t+jws"}
    text = other.serialize_compact(header, b"told", other_key(private=True), registry=registry())
    found = jws.read(text)
    assert (found.payload, found.kid, found.typ, found.fits(PUBLIC)) == (
        b"told",
        "k1",
        "t+jws",
        True,
    )


def test_another_key_and_another_byte_do_not_fit():
    assert not jws.read(SIGNED).fits(signing.public_key(b"x" * 32))
    head, payload, signature = SIGNED.split(".")
    instead = jws.coded(b'{"a":2}')
    changed = jws.read(f"{head}.{instead}.{signature}")
    assert not changed.fits(PUBLIC)
    assert payload == jws.coded(b'{"a":1}')


def with_header(**header: object) -> str:
    _, payload, signature = SIGNED.split(".")
    return f"{jws.coded(json.dumps(header).encode())}.{payload}.{signature}"


GOOD = {"alg": "Ed25519", "kid": "k1", "typ": "t+jws"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        SIGNED + ".",
        SIGNED + "=",
        SIGNED[:-1] + "_" if SIGNED[-1] != "_" else SIGNED[:-1] + "-",  # not as we spell it
        SIGNED.replace(".", "\n.", 1),
        with_header(**GOOD | {"alg": "none"}),
        with_header(**GOOD | {"alg": "HS256"}),
        with_header(**GOOD | {"alg": "EdDSA"}),
        with_header(**GOOD, crit=["b64"]),
        with_header(**GOOD, jwk={"kty": "OKP"}),
        with_header(alg="Ed25519", typ="t+jws"),
        with_header(**GOOD | {"kid": 1}),
    ],
)
def test_another_kind_is_refused(text):
    with pytest.raises(jws.NotSigned):
        jws.read(text)


@given(st.text(max_size=60) | st.binary(max_size=40).map(lambda raw: jws.coded(raw) + ".e30.e30"))
def test_no_text_whatever_ends_in_more_than_a_refusal(text):
    with contextlib.suppress(jws.NotSigned):
        jws.read(text)
