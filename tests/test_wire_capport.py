"""A sign-in server's address and its answer (RFC 8910, RFC 8908): foreign text, read or left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.wire.capport import MEDIA_TYPE, PortalState, PortalUri, parse_state, parse_uri


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("https://example.org/captive-portal/api/X54PD39JV", "as in RFC 8910"),
        ("https://portal.example", PortalUri("portal.example", 443, "/")),
        ("https://portal.example:8443/api?mac=1", PortalUri("portal.example", 8443, "/api?mac=1")),
        ("https://[2001:db8::1]/api\0", PortalUri("2001:db8::1", 443, "/api")),
        ("http://portal.example/api", None),
        ("urn:ietf:params:capport:unrestricted", None),
        ("https://me:secret@portal.example/", None),
        ("https://portal.example/a b", None),
        ("https://portal.example/\r\nHost: elsewhere", None),
        ("https://portal.example:port/", None),
        ("https:///api", None),
        ("https://portal.example/" + 3000 * "a", None),
        ("", None),
    ],
)
def test_only_a_plain_https_address_is_one(text, uri):
    if uri == "as in RFC 8910":
        uri = PortalUri("example.org", 443, "/captive-portal/api/X54PD39JV")
    assert parse_uri(text) == uri


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (b'{"captive": true}', PortalState(True, False, False, None, None, None)),
        (
            b'{"captive": false, "user-portal-url": "https://example.org/portal.html",'
            b'"venue-info-url": "https://flight.example.com/entertainment",'
            b'"seconds-remaining": 326, "can-extend-session": true}',
            PortalState(False, True, True, True, 326, None),
        ),
        (
            b'{"captive": false, "bytes-remaining": 1e6, "seconds-remaining": -5}',
            PortalState(False, False, False, None, None, 1_000_000),
        ),
        (
            b'{"captive": false, "seconds-remaining": true, "user-portal-url": 7}',
            PortalState(False, False, False, None, None, None),
        ),
        (b'{"captive": false, "seconds-remaining": 1e999}', "no number at all"),
        (b'{"captive": "true"}', None),
        (b'{"user-portal-url": "https://example.org"}', None),
        (b"[true]", None),
        (b"<html>sign in</html>", None),
        (b"\xff\xfe", None),
        (b"[" * 4000, None),
        (b"", None),
    ],
)
def test_what_the_server_says(body, state):
    if state == "no number at all":
        state = PortalState(False, False, False, None, None, None)
    assert parse_state(body, MEDIA_TYPE) == state


@pytest.mark.parametrize(
    ("media_type", "read"),
    [
        ("application/captive+json; charset=utf-8", True),
        ("APPLICATION/CAPTIVE+JSON", True),
        ("application/json", False),
        ("text/html", False),
        (None, False),
    ],
)
def test_only_its_own_media_type_counts(media_type, read):
    assert (parse_state(b'{"captive": false}', media_type) is not None) is read


@given(st.text(), st.binary())
def test_nothing_foreign_makes_it_fall_over(text, body):
    parse_uri(text)
    parse_state(body, MEDIA_TYPE)
