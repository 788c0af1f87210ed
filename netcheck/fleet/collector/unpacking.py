"""A body as it was before it was packed: never more of it than is allowed, however small it came.

`identity`, `gzip`, and `zstd` where this Python or a package has it.
"""

import zlib
from collections.abc import Callable

MOST_PACKED_BYTES = 8 << 20
MOST_BYTES = 24 << 20  # 5,000 reports of the largest size
_GZIP_BITS = 31  # zlib's sign for a gzip header


class NotUnpacked(ValueError):
    """`status` is the answer to it: 413 too much, 415 another packing, 400 no such bytes."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


def unpacked(body: bytes, packing: str, most: int = MOST_BYTES) -> bytes:
    """The plain bytes. Raises NotUnpacked."""
    packing = packing.strip().lower()
    if packing in ("", "identity"):
        plain = body
    elif packing == "gzip":
        plain = _inflated(body, most)
    elif packing == "zstd" and (decompressor := _zstd()) is not None:
        plain = decompressor(body, most)
    else:
        raise NotUnpacked(415, "is packed in a way that is not read here")
    if len(plain) > most:
        raise NotUnpacked(413, f"is more than {most} bytes")
    return plain


def packings() -> tuple[str, ...]:
    """The ways that are read here."""
    return ("gzip", "zstd") if _zstd() is not None else ("gzip",)


def _inflated(body: bytes, most: int) -> bytes:
    """One or more gzip members (RFC 1952 2.2), up to a byte more than is allowed."""
    parts: list[bytes] = []
    room = most + 1
    while body:
        inflating = zlib.decompressobj(_GZIP_BITS)
        try:
            part = inflating.decompress(body, room)
        except zlib.error:
            raise NotUnpacked(400, "is no gzip") from None
        parts.append(part)
        room -= len(part)
        if room <= 0:
            break
        if not inflating.eof:
            raise NotUnpacked(400, "is cut short")
        body = inflating.unused_data
    return b"".join(parts)


def _zstd() -> Callable[[bytes, int], bytes] | None:
    try:
        from backports import zstd
    except ImportError:
        return None

    def unpack(body: bytes, most: int) -> bytes:
        unpacking = zstd.ZstdDecompressor()
        try:
            plain: bytes = unpacking.decompress(body, most + 1)
        except zstd.ZstdError:
            raise NotUnpacked(400, "is no zstd") from None
        if len(plain) <= most and not unpacking.eof:
            raise NotUnpacked(400, "is cut short")
        return plain

    return unpack
