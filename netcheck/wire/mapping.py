"""The question "answer me later" and its answer, between netcheck and its own helper.

Not a standard: one's own helper is the only one that speaks it. A question is longer than its
answer, so that a helper which is asked in somebody else's name never sends that person more than
the asker sent. Neither begins with four zero bytes, which on port 4500 would mean IKE (RFC 3948
2.2), nor is it one byte long, which would be a keepalive.
"""

import struct
from dataclasses import dataclass

NONCE_BYTES = 16
QUESTION_BYTES = 48
LONGEST_DELAY_MS = 300_000

_QUESTION, _ANSWER = b"ncQ1", b"ncA1"
_BODY = struct.Struct(f"!4sI{NONCE_BYTES}s")


@dataclass(frozen=True, slots=True)
class LateQuestion:
    """Answer with this nonce after so many milliseconds."""

    nonce: bytes
    delay_ms: int


def question(nonce: bytes, delay_ms: int) -> bytes:
    """A question. Raises ValueError for a nonce or a delay that no helper would take."""
    if len(nonce) != NONCE_BYTES or not 0 <= delay_ms <= LONGEST_DELAY_MS:
        raise ValueError("a nonce has 16 bytes, and a delay is five minutes at most")
    return _BODY.pack(_QUESTION, delay_ms, nonce).ljust(QUESTION_BYTES, b"\0")


def read_question(datagram: bytes) -> LateQuestion | None:
    """The question in a datagram; None for anything else, whatever it is."""
    if len(datagram) != QUESTION_BYTES:
        return None
    kind, delay_ms, nonce = _BODY.unpack_from(datagram)
    if kind != _QUESTION or delay_ms > LONGEST_DELAY_MS or any(datagram[_BODY.size :]):
        return None
    return LateQuestion(nonce, delay_ms)


def answer(asked: LateQuestion) -> bytes:
    """The answer, half as long as the question."""
    return _BODY.pack(_ANSWER, asked.delay_ms, asked.nonce)


def is_answer(datagram: bytes, nonce: bytes) -> bool:
    """Whether this is the answer to the question with that nonce."""
    if len(datagram) != _BODY.size:
        return False
    kind, _, theirs = _BODY.unpack(datagram)
    return bool(kind == _ANSWER and theirs == nonce)
