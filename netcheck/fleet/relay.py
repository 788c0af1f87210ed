"""The relay of Oblivious HTTP (RFC 9458): it sees who sends and not what, and forgets the first.

It brings sealed messages to one gateway, and nothing else: no header of the sender goes on, none of
the gateway comes back but Retry-After. It keeps no state but how much came from each source within
this minute, as `caps` counts it. Run by the same party as the gateway it hides nothing.
"""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from netcheck.fleet.collector.caps import Caps
from netcheck.wire.ohttp import REQUEST_TYPE, RESPONSE_TYPE

if TYPE_CHECKING:
    import urllib3

MOST_BYTES = 64 << 10
_BODY_S, _GATEWAY_S = 30.0, 15.0
_MOST_AT_ONCE = 64
_WAITING_MOST = 2000


def check_gateway(url: str) -> str:
    """An address to bring messages to: HTTPS, or plain on loopback. Raises ValueError with what is
    needed."""
    parts = urlsplit(url)
    loopback = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme not in (("https", "http") if loopback else ("https",)) or not parts.hostname:
        raise ValueError("it is an https:// address")
    return url


@dataclass
class Relay:
    """`pool` is how the gateway is reached."""

    gateway: str
    pool: "urllib3.PoolManager"
    caps: Caps = field(default_factory=Caps)
    behind_proxy: bool = False
    _waiting: int = 0

    def __post_init__(self) -> None:
        self._few = asyncio.Semaphore(_MOST_AT_ONCE)

    async def bring(self, request: Request) -> Response:
        """One message there, and its answer back."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != REQUEST_TYPE:
            return Response(status_code=415)
        after_s = self.caps.wait_s(self._source(request), 1)
        if after_s:
            return Response(status_code=429, headers={"retry-after": str(after_s)})
        if self._waiting >= _WAITING_MOST:
            return Response(status_code=503, headers={"retry-after": "5"})
        self._waiting += 1
        try:
            message = await _message(request)
            if message is None:
                return Response(status_code=413)
            async with self._few:
                return await asyncio.to_thread(self._bring, message)
        except TimeoutError:
            return Response(status_code=408)
        except ClientDisconnect:
            return Response(status_code=499)  # nobody reads it
        finally:
            self._waiting -= 1

    def _bring(self, message: bytes) -> Response:
        import urllib3

        try:
            answer = self.pool.request(
                "POST",
                self.gateway,
                body=message,
                headers={"content-type": REQUEST_TYPE, "user-agent": "netcheck"},
                timeout=urllib3.Timeout(total=_GATEWAY_S),
                retries=False,
                redirect=False,
                preload_content=False,
            )
            try:
                body = answer.read(MOST_BYTES + 1)
            finally:
                answer.release_conn() if answer.length_remaining == 0 else answer.close()
        except (urllib3.exceptions.HTTPError, OSError):
            return Response(status_code=502)
        kind = answer.headers.get("content-type", "").partition(";")[0].strip()
        if answer.status == 200 and kind == RESPONSE_TYPE and len(body) <= MOST_BYTES:
            return Response(body, media_type=RESPONSE_TYPE, headers={"cache-control": "no-store"})
        if answer.status in (408, 429, 503):
            told = answer.headers.get("retry-after", "")
            wait = {"retry-after": told} if told.isascii() and told.isdigit() else {}
            return Response(status_code=answer.status, headers=wait)
        return Response(status_code=answer.status if 400 <= answer.status < 500 else 502)

    def _source(self, request: Request) -> str:
        if self.behind_proxy:
            told = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
            if told:
                return told
        return request.client.host if request.client else ""


async def health(_: Request) -> Response:
    """It has no state that could be ill."""
    return Response('{"ok":true}', media_type="application/json")


def build(relay: Relay) -> Starlette:
    """The service: messages to `/`."""
    return Starlette(
        routes=[
            Route("/", relay.bring, methods=["POST"]),
            Route("/health", health, methods=["GET"]),
        ]
    )


def pool() -> "urllib3.PoolManager":
    """Connections that trust whom all of netcheck trusts. Raises EmptyTrust."""
    import urllib3

    from netcheck.probe.trust import context

    return urllib3.PoolManager(maxsize=_MOST_AT_ONCE, block=True, ssl_context=context())


async def _message(request: Request) -> bytes | None:
    parts, length = [], 0
    async with asyncio.timeout(_BODY_S):
        async for part in request.stream():
            length += len(part)
            if length > MOST_BYTES:
                return None
            parts.append(part)
    return b"".join(parts)
