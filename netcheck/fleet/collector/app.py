"""The collector over HTTP: what it takes, and what it answers. It says "taken" only of what is
safe, and keeps, logs and repeats nothing of who asked.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from netcheck.fleet.collector import metrics, openapi
from netcheck.fleet.collector.caps import Caps
from netcheck.fleet.collector.gateway import Gateway
from netcheck.fleet.collector.incoming import MOST_LINES, MOST_REPORT_BYTES, Intake, NotTaken, Taken
from netcheck.fleet.collector.keeping import Keeping
from netcheck.fleet.collector.unpacking import MOST_PACKED_BYTES, NotUnpacked, unpacked
from netcheck.report.build import TIME_BIN
from netcheck.seal import receipt as receipts
from netcheck.wire.bhttp import BinaryRequest, BinaryResponse
from netcheck.wire.ohttp import REQUEST_TYPE, RESPONSE_TYPE

GATEWAY_PATH = "/.well-known/ohttp-gateway"  # RFC 9540 3
KEYS_TYPE = "application/ohttp-keys"
MOST_SEALED_BYTES = 64 << 10
_BODY_S = 30.0
_MOST_IN_FLIGHT_BYTES = 256 << 20
_BUSY_S = 5
_MOST_BATCHES = 8  # unpacked at the same time
_LINES_A_TURN = 200  # then others get their turn
_BATCHES = (1 << 32) - 1  # numbers that one may have; 0 is none


class Refused(Exception):
    """`status` and what the sender is told."""

    def __init__(self, status: int, reason: str, *, after_s: int = 0, **more: object) -> None:
        super().__init__(reason)
        self.status, self.after_s = status, after_s
        self.told = {"error": reason, **{k: v for k, v in more.items() if v is not None}}


@dataclass
class Collector:
    """`signing` are the secret bytes receipts are signed with. `behind_proxy`: a proxy of one's
    own says who asks, in the last place of X-Forwarded-For. `beside`: what goes on in the same
    process, and why it stands still, None while it goes on."""

    intake: Intake
    keeping: Keeping
    gateway: Gateway
    signing: bytes
    caps: Caps = field(default_factory=Caps)
    behind_proxy: bool = False
    clock: Callable[[], float] = time.time
    beside: Mapping[str, Callable[[], str | None]] = field(default_factory=dict)
    tally: metrics.Tally = field(default_factory=metrics.Tally)
    _in_flight: int = 0
    _few: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_MOST_BATCHES))

    async def report(self, request: Request) -> Response:
        """One report, as an agent sends it."""
        with self._body_room(MOST_REPORT_BYTES):
            if request.headers.get("content-encoding", "identity") != "identity":
                raise Refused(415, "is packed; only a batch may be")
            body = await self._body(request, MOST_REPORT_BYTES)
            return await self._one(body, _source(request, self.behind_proxy), _wants(request))

    async def reports(self, request: Request) -> Response:
        """Many, one a line."""
        length = request.headers.get("content-length", "")
        expected = int(length) if length.isascii() and length.isdigit() else MOST_PACKED_BYTES
        with self._body_room(min(expected, MOST_PACKED_BYTES)):
            packed = await self._body(request, MOST_PACKED_BYTES)
            async with self._few:
                body = _unpacked(packed, request.headers.get("content-encoding", ""))
                return await self._batch(request, body)

    async def _batch(self, request: Request, body: bytes) -> Response:
        lines = [line for line in body.split(b"\n") if line.strip()]
        source = _source(request, self.behind_proxy)
        if len(lines) > MOST_LINES or self.caps.never(source, len(lines)):
            raise Refused(413, "too many reports at once")
        self._admit(source, len(lines))
        taken = await self._read(lines)
        return await self._keep(taken, lines if _wants(request) else [])

    async def sealed(self, request: Request) -> Response:
        """A report inside Oblivious HTTP. What the answer inside says is no business of a relay."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != REQUEST_TYPE:
            raise Refused(415, f"is not {REQUEST_TYPE}")
        with self._body_room(MOST_SEALED_BYTES):
            message = await self._body(request, MOST_SEALED_BYTES)
            self._admit(_source(request, self.behind_proxy), 1)
            answer = await self.gateway.answered(message, self._inside)
        if answer is None:
            raise Refused(400, "can't be opened with a key of this gateway")
        return Response(answer, media_type=RESPONSE_TYPE, headers={"cache-control": "no-store"})

    async def keys(self, _: Request) -> Response:
        """What a report is sealed to."""
        return Response(self.gateway.published, media_type=KEYS_TYPE)

    async def health(self, _: Request) -> Response:
        """Whether reports are taken and stored; what goes on beside that is told and not
        counted."""
        trouble = self.keeping.trouble()
        beside = {name: why() for name, why in self.beside.items()}
        told: dict[str, Any] = {"ok": trouble is None, "trouble": trouble}
        if beside:
            told["beside"] = beside
        return JSONResponse(told, 200 if not trouble else 503)

    async def metrics(self, _: Request) -> Response:
        """For Prometheus."""
        up = {"up": float(self.keeping.trouble() is None)}
        beside = {f"{name}_up": float(why() is None) for name, why in self.beside.items()}
        said = metrics.text(self.tally, {**self.keeping.figures(), **up, **beside})
        return Response(said, media_type=metrics.CONTENT_TYPE)

    async def receipt_key(self, _: Request) -> Response:
        """The public key that receipts are checked with."""
        from netcheck.seal.signing import public_key

        return JSONResponse({"format": receipts.FORMAT, "key": public_key(self.signing).hex()})

    async def _inside(self, request: BinaryRequest) -> BinaryResponse:
        """A request that a relay brought: only single reports, whose sender is not counted here
        but at the relay."""
        path, _, query = request.path.partition("?")
        if request.method != "POST" or path != "/report":
            return BinaryResponse(404)
        try:
            answer = await self._one(request.content, None, query == "receipt=yes")
        except Refused as refused:
            self.tally.refused[refused.status] += 1
            answer = _said(refused)
        fields = (("content-type", "application/json"),)
        return BinaryResponse(answer.status_code, fields, bytes(answer.body))

    async def _one(self, body: bytes, source: str | None, wants_receipt: bool) -> Response:
        if source is not None:
            self._admit(source, 1)
        try:
            taken = self.intake.one(body, self.clock())
        except NotTaken as wrong:
            raise _not_taken(wrong) from None
        return await self._keep(taken, [body] if wants_receipt else [])

    async def _read(self, lines: list[bytes]) -> Taken:
        taken = Taken([], [], 0)
        now_s, unknown = self.clock(), 0
        # Of this request alone, so that it tells nothing of who sent it.
        batch = 1 + secrets.randbelow(_BATCHES) if len(lines) > 1 else 0
        for at in range(0, len(lines), _LINES_A_TURN):
            try:
                part = self.intake.lines(lines[at : at + _LINES_A_TURN], now_s, at + 1, batch)
            except NotTaken as wrong:
                raise _not_taken(wrong) from None
            taken.ids.extend(part.ids)
            taken.rows.extend(part.rows)
            unknown += part.unknown
            await asyncio.sleep(0)
        return Taken(taken.ids, taken.rows, unknown)

    async def _keep(self, taken: Taken, bodies: Sequence[bytes]) -> Response:
        if taken.ids and not await self.keeping.keep(taken):
            raise Refused(503, "there is no room for more just now", after_s=_BUSY_S)
        self.tally.taken += len(taken.ids)
        self.tally.unknown += taken.unknown
        told: dict[str, Any] = {"taken": len(taken.ids)}
        if bodies:
            received = _bin(self.clock())
            told["receipts"] = [
                receipts.encode(receipts.receipt(self.signing, id, body, received))
                for id, body in zip(taken.ids, bodies, strict=True)
            ]
        return JSONResponse(told, 202)

    def _admit(self, source: str, reports: int) -> None:
        after_s = self.caps.wait_s(source, reports)
        if after_s:
            raise Refused(429, "more than one source may send in a minute", after_s=after_s)

    async def _body(self, request: Request, most: int) -> bytes:
        parts, length = [], 0
        try:
            async with asyncio.timeout(_BODY_S):
                async for part in request.stream():
                    length += len(part)
                    if length > most:
                        raise Refused(413, f"is more than {most} bytes")
                    parts.append(part)
        except TimeoutError:
            raise Refused(408, "took too long to arrive") from None
        return b"".join(parts)

    @contextmanager
    def _body_room(self, expected: int) -> Iterator[None]:
        """Bodies that are read at the same time take a bounded part of the memory."""
        if self._in_flight + expected > _MOST_IN_FLIGHT_BYTES:
            raise Refused(503, "too many send at once", after_s=_BUSY_S)
        self._in_flight += expected
        try:
            yield
        finally:
            self._in_flight -= expected


def build(collector: Collector, beside: Sequence[BaseRoute] = ()) -> Starlette:
    """The service. `beside` are pages of one's own, served from the same place."""

    def guarded(answer: Callable[[Request], Awaitable[Response]]) -> Any:
        async def endpoint(request: Request) -> Response:
            try:
                return await answer(request)
            except Refused as refused:
                collector.tally.refused[refused.status] += 1
                return _said(refused)
            except ClientDisconnect:
                return Response(status_code=499)  # nobody reads it
            except Exception:
                # A traceback could hold what came in, so a defect is only counted.
                collector.tally.defects += 1
                return JSONResponse({"error": "the collector itself failed"}, 500)

        return endpoint

    async def document(_: Request) -> Response:
        return JSONResponse(openapi.document())

    routes = [
        Route("/report", guarded(collector.report), methods=["POST"]),
        Route("/reports", guarded(collector.reports), methods=["POST"]),
        Route(GATEWAY_PATH, guarded(collector.sealed), methods=["POST"]),
        Route(GATEWAY_PATH, guarded(collector.keys), methods=["GET"]),
        Route("/receipt-key", guarded(collector.receipt_key), methods=["GET"]),
        Route("/health", guarded(collector.health), methods=["GET"]),
        Route("/metrics", guarded(collector.metrics), methods=["GET"]),
        Route("/openapi.json", guarded(document), methods=["GET"]),
    ]
    return Starlette(routes=[*routes, *beside])


def _unpacked(body: bytes, packing: str) -> bytes:
    try:
        return unpacked(body, packing)
    except NotUnpacked as wrong:
        raise Refused(wrong.status, wrong.reason) from None


def _not_taken(wrong: NotTaken) -> Refused:
    return Refused(400, wrong.reason, path=wrong.path, line=wrong.line)


def _said(refused: Refused) -> JSONResponse:
    headers = {"retry-after": str(refused.after_s)} if refused.after_s else {}
    return JSONResponse(refused.told, refused.status, headers)


def _source(request: Request, behind_proxy: bool) -> str:
    if behind_proxy:
        told = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        if told:
            return told
    return request.client.host if request.client else ""


def _wants(request: Request) -> bool:
    return request.query_params.get("receipt") == "yes"


def _bin(now_s: float) -> str:
    step = int(TIME_BIN.total_seconds())
    return datetime.fromtimestamp(now_s // step * step, UTC).strftime("%Y-%m-%dT%H:%MZ")
