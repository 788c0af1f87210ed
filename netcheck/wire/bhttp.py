"""Binary HTTP messages (RFC 9292): what Oblivious HTTP carries inside.

Written in the known-length form. Read in both forms, also cut short where only empty parts follow
(3.8), and with zeros behind (3.8). The other side writes what is read: what does not fit is None,
never an exception.
"""

import re
from dataclasses import dataclass

MOST_BYTES = 1 << 20
_KNOWN_REQUEST, _KNOWN_RESPONSE, _OPEN_REQUEST, _OPEN_RESPONSE = range(4)
_LARGEST = (1 << 62) - 1  # RFC 9000 16
# RFC 9292 3.6 takes names and values as HTTP/2 does (RFC 9113 8.2.1): a name is a token (RFC 9110
# 5.6.2) without capitals, a value has no NUL, CR or LF, nor white space at its ends. RFC 9110 5.5
# leaves tab the only control character that a value may have.
_NAME = re.compile(rb"[a-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(rb"(?![ \t])[\t\x20-\x7e\x80-\xff]*(?<![ \t])")
_METHOD = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*")  # RFC 3986 3.1
_VISIBLE = re.compile(rb"[\x21-\x7e]*")
_CONTROL = (_METHOD, _SCHEME, _VISIBLE, _VISIBLE)

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BinaryRequest:
    """RFC 9292 3.4. Names of fields are in lower case."""

    method: str
    scheme: str
    authority: str
    path: str
    fields: Fields = ()
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class BinaryResponse:
    """RFC 9292 3.5: the final one; informational responses before it are passed over."""

    status: int
    fields: Fields = ()
    content: bytes = b""


def encode_request(request: BinaryRequest) -> bytes:
    """The known-length form, whole: with a trailer section that is empty."""
    control = (request.method, request.scheme, request.authority, request.path)
    parts = [number(_KNOWN_REQUEST), *(_prefixed(text.encode("ascii")) for text in control)]
    return b"".join([*parts, _sections(request.fields, request.content)])


def encode_response(response: BinaryResponse) -> bytes:
    """As above."""
    parts = [number(_KNOWN_RESPONSE), number(response.status)]
    return b"".join([*parts, _sections(response.fields, response.content)])


def decode_request(raw: bytes) -> BinaryRequest | None:
    """A request; None for what is none."""
    reader = _Reader(raw)
    try:
        framing = reader.number()
        if framing not in (_KNOWN_REQUEST, _OPEN_REQUEST):
            return None
        method, scheme, authority, path = (reader.text(shape) for shape in _CONTROL)
        fields, content = reader.sections(known=framing == _KNOWN_REQUEST)
    except _Misfit:
        return None
    return BinaryRequest(method, scheme, authority, path, fields, content)


def decode_response(raw: bytes) -> BinaryResponse | None:
    """A response; None for what is none."""
    reader = _Reader(raw)
    try:
        framing = reader.number()
        if framing not in (_KNOWN_RESPONSE, _OPEN_RESPONSE):
            return None
        known = framing == _KNOWN_RESPONSE
        while 100 <= (status := reader.number()) < 200:
            reader.fields(known=known)
        if not 200 <= status < 600:
            return None
        fields, content = reader.sections(known=known)
    except _Misfit:
        return None
    return BinaryResponse(status, fields, content)


def number(value: int) -> bytes:
    """A variable-length integer (RFC 9000 16) in its shortest form."""
    for prefix, length in enumerate((1, 2, 4, 8)):
        if value < 1 << (8 * length - 2):
            return (value | prefix << (8 * length - 2)).to_bytes(length)
    raise ValueError(f"{value} is larger than {_LARGEST}")


def _prefixed(raw: bytes) -> bytes:
    return number(len(raw)) + raw


def _sections(fields: Fields, content: bytes) -> bytes:
    lines = b"".join(
        _prefixed(name.encode("ascii")) + _prefixed(value.encode("ascii")) for name, value in fields
    )
    return _prefixed(lines) + _prefixed(content) + number(0)


class _Misfit(Exception):
    """The bytes are no such message."""


def _fitting(shape: re.Pattern[bytes], raw: bytes) -> str:
    if shape.fullmatch(raw) is None:
        raise _Misfit
    return raw.decode("latin-1")


class _Reader:
    def __init__(self, raw: bytes) -> None:
        if len(raw) > MOST_BYTES:
            raw = b""
        self._raw, self._at = raw, 0

    @property
    def at_end(self) -> bool:
        return self._at == len(self._raw)

    def number(self) -> int:
        first = self.take(1)
        length = 1 << (first[0] >> 6)
        value = int.from_bytes(first + self.take(length - 1))
        return value & ((1 << (8 * length - 2)) - 1)

    def take(self, length: int) -> bytes:
        found = self._raw[self._at : self._at + length]
        if len(found) < length:
            raise _Misfit
        self._at += length
        return found

    def text(self, shape: re.Pattern[bytes]) -> str:
        return _fitting(shape, self.take(self.number()))

    def sections(self, *, known: bool) -> tuple[Fields, bytes]:
        """Headers and content; the trailer is read and dropped, then only zeros may follow."""
        fields = self.fields(known=known)
        content = self._content(known=known)
        self.fields(known=known)
        if self._raw[self._at :].strip(b"\0"):
            raise _Misfit
        return fields, content

    def fields(self, *, known: bool) -> Fields:
        if self.at_end:
            return ()
        if not known:
            return self._open_fields()
        inner = _Reader(self.take(self.number()))
        lines = []
        while not inner.at_end:
            lines.append((inner.name(inner.number()), inner.value()))
        return tuple(lines)

    def _open_fields(self) -> Fields:
        lines = []
        while length := self.number():
            lines.append((self.name(length), self.value()))
        return tuple(lines)

    def _content(self, *, known: bool) -> bytes:
        if self.at_end:
            return b""
        if known:
            return self.take(self.number())
        chunks = []
        while length := self.number():
            chunks.append(self.take(length))
        return b"".join(chunks)

    def name(self, length: int) -> str:
        return _fitting(_NAME, self.take(length))

    def value(self) -> str:
        return _fitting(_VALUE, self.take(self.number()))
