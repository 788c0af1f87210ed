"""The collector's own description (OpenAPI 3.1), from the same schema that reports are read by."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from netcheck import __version__
from netcheck.report.reading import schema
from netcheck.wire.ohttp import REQUEST_TYPE, RESPONSE_TYPE

_RECEIPT = {
    "name": "receipt",
    "in": "query",
    "required": False,
    "description": "yes: a signed receipt for each report comes with the answer",
    "schema": {"enum": ["yes", "no"]},
}
_PACKING = {
    "name": "Content-Encoding",
    "in": "header",
    "required": False,
    "schema": {"enum": ["identity", "gzip", "zstd"]},
}
_TEXT = {"type": "string"}


@cache
def document() -> Mapping[str, Any]:
    """All of it."""
    sealed = {REQUEST_TYPE: {"schema": _TEXT}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "netcheck collector",
            "version": __version__,
            "description": "Takes anonymized reports. An answer of 202 means that they are safe; "
            "a report that comes again is counted once. After 429 and 503 come again, no sooner "
            "than Retry-After says.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            "/report": {
                "post": _operation(
                    "One report",
                    {202: "Taken", **_refusals(400, 408, 413, 415, 429, 503)},
                    body={"application/json": {"schema": {"$ref": "#/components/schemas/Report"}}},
                    parameters=[_RECEIPT],
                )
            },
            "/reports": {
                "post": _operation(
                    "Many reports, one a line; a line that does not fit refuses all of them",
                    {202: "Taken", **_refusals(400, 408, 413, 415, 429, 503)},
                    body={"application/x-ndjson": {"schema": _TEXT}},
                    parameters=[_RECEIPT, _PACKING],
                )
            },
            "/.well-known/ohttp-gateway": {
                "post": _operation(
                    "A report inside Oblivious HTTP (RFC 9458)",
                    {200: RESPONSE_TYPE, **_refusals(400, 408, 413, 415, 429, 503)},
                    body=sealed,
                ),
                "get": _operation(
                    "The keys that reports are sealed to (RFC 9458 3)",
                    {200: "application/ohttp-keys"},
                ),
            },
            "/receipt-key": {
                "get": _operation(
                    "The public key that receipts are checked with", {200: "application/json"}
                )
            },
            "/health": {
                "get": _operation(
                    "Whether reports are taken and stored",
                    {200: "application/json", 503: "application/json"},
                )
            },
            "/metrics": {"get": _operation("For Prometheus", {200: "text/plain"})},
            "/openapi.json": {"get": _operation("This document", {200: "application/json"})},
        },
        "components": {"schemas": _schemas()},
    }


def _refusals(*statuses: int) -> dict[int, str]:
    return dict.fromkeys(statuses, "Refused")


def _operation(
    summary: str,
    answers: Mapping[int, str],
    *,
    body: Mapping[str, Any] | None = None,
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "summary": summary,
        "responses": {str(status): _answer(status, kind) for status, kind in answers.items()},
    }
    if body:
        told["requestBody"] = {"required": True, "content": body}
    if parameters:
        told["parameters"] = parameters
    return told


def _answer(status: int, kind: str) -> dict[str, Any]:
    if kind in ("Taken", "Refused"):
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind}"}}}
    else:
        content = {kind: {}}
    told: dict[str, Any] = {"description": _SAID[status], "content": content}
    if status in (429, 503) and kind == "Refused":
        seconds = {"description": "seconds", "schema": {"type": "integer", "minimum": 1}}
        told["headers"] = {"Retry-After": seconds}
    return told


_SAID = {
    200: "As asked",
    202: "Safe",
    400: "It does not fit; nothing of it was stored",
    408: "It took too long to arrive",
    413: "It is too much at once",
    415: "It is of a kind that is not read here",
    429: "More than one source may send in a minute",
    503: "Nothing is taken just now",
}


def _schemas() -> dict[str, Any]:
    report = {key: value for key, value in schema().items() if key not in ("$schema", "$id")}
    receipt = dict.fromkeys(
        ("schema", "report_id", "sha256", "received", "key", "signature"), _TEXT
    )
    return {
        "Report": report,
        "Receipt": {"type": "object", "required": list(receipt), "properties": receipt},
        "Taken": {
            "type": "object",
            "required": ["taken"],
            "properties": {
                "taken": {"type": "integer", "minimum": 0},
                "receipts": {
                    "type": "array",
                    "items": {"$ref": "#/components/schemas/Receipt"},
                },
            },
        },
        "Refused": {
            "type": "object",
            "required": ["error"],
            "properties": {
                "error": _TEXT,
                "path": {**_TEXT, "description": "the field that does not fit"},
                "line": {"type": "integer", "minimum": 1},
            },
        },
    }
