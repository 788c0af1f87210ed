"""A report inside Oblivious HTTP (RFC 9458): the relay sees who sends and not what, the gateway
what and not who. Where one party runs both, it hides nothing; a user is told so.

The gateway's key is pinned in the configuration: a key that a relay hands out could be the relay's.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from netcheck.report.delivery import Came
from netcheck.seal import oblivious
from netcheck.seal.oblivious import SealedRequest, Unsuitable
from netcheck.wire import ohttp
from netcheck.wire.bhttp import BinaryRequest, decode_response, encode_request

if TYPE_CHECKING:
    from netcheck.wire.ohttp import KeyConfig

REQUEST_TYPE = ohttp.REQUEST_TYPE


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message for the relay, and what reads the gateway's answer."""

    message: bytes
    request: SealedRequest

    def open(self, answer: bytes) -> int | None:
        """The status that the collector gave; None where the answer is not the gateway's."""
        plain = self.request.open(answer, ohttp.RESPONSE_LABEL)
        found = None if plain is None else decode_response(plain)
        return None if found is None else found.status


def lacking(key: "KeyConfig") -> Came | None:
    """What is missing before anything can be sealed to this key; None: nothing."""
    try:
        seal(b"", "https://collector.invalid/", key, "")
    except ImportError:
        return Came.NO_SEAL
    except Unsuitable:
        return Came.NO_KEY
    return None


def seal(body: bytes, collector: str, key: "KeyConfig", kind: str) -> Sealed:
    """The report as a request to the collector, sealed to the gateway before it.

    Raises:
        ImportError: the extra `[secure]` is not installed.
        Unsuitable: no suite of the key is spoken here.
    """
    parts = urlsplit(collector)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = (("content-type", kind),)
    request = encode_request(BinaryRequest("POST", "https", parts.netloc, path, fields, body))
    suite = oblivious.chosen(key.kem, key.suites)
    head = ohttp.header(key, suite)
    sealed = oblivious.seal_request(key.public_key, suite[1], ohttp.request_info(head), request)
    return Sealed(head + sealed.message, sealed)
