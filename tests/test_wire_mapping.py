"""The question to answer late and its answer, byte by byte, and whatever else may come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.wire.mapping import (
    LONGEST_DELAY_MS,
    QUESTION_BYTES,
    LateQuestion,
    answer,
    is_answer,
    question,
    read_question,
)

NONCE = bytes(range(16))


def test_a_question_byte_by_byte():
    assert question(NONCE, 30_000) == b"ncQ1" + b"\x00\x00\x75\x30" + NONCE + bytes(24)
    assert read_question(question(NONCE, 30_000)) == LateQuestion(NONCE, 30_000)


def test_an_answer_byte_by_byte_is_half_as_long_as_its_question():
    said = answer(LateQuestion(NONCE, 30_000))
    assert said == b"ncA1" + b"\x00\x00\x75\x30" + NONCE
    assert 2 * len(said) <= QUESTION_BYTES
    assert is_answer(said, NONCE)
    assert not is_answer(said, bytes(16))


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\xff",
        question(NONCE, 5)[:-1],
        question(NONCE, 5) + b"\0",
        question(NONCE, 5)[:-1] + b"x",
        b"ncA1" + question(NONCE, 5)[4:],
        b"ncQ1" + (LONGEST_DELAY_MS + 1).to_bytes(4, "big") + bytes(40),
    ],
)
def test_what_is_no_question_is_none(datagram):
    assert read_question(datagram) is None


@pytest.mark.parametrize(("nonce", "delay_ms"), [(b"short", 1), (NONCE, -1), (NONCE, 300_001)])
def test_a_question_that_no_helper_would_take_is_not_made(nonce, delay_ms):
    with pytest.raises(ValueError, match="five minutes"):
        question(nonce, delay_ms)


@given(st.binary(max_size=64))
def test_nothing_foreign_raises(datagram):
    read_question(datagram)
    assert not is_answer(datagram, NONCE) or datagram[:4] == b"ncA1"
