"""What is sealed for one key is opened by its holder alone, and only unaltered."""

import pytest

from netcheck.seal import envelope
from netcheck.seal.envelope import PUBLIC_WORD, SECRET_WORD

SECRET, PUBLIC = envelope.new_pair()
SEALED = envelope.sealed(PUBLIC, b"a bundle")


def test_the_holder_of_the_key_opens_it():
    assert envelope.opened(SECRET, SEALED) == b"a bundle"
    assert b"a bundle" not in SEALED


def test_no_two_look_alike():
    assert envelope.sealed(PUBLIC, b"a bundle") != SEALED


def test_another_key_is_told():
    other, _ = envelope.new_pair()
    with pytest.raises(envelope.NotForThisKey):
        envelope.opened(other, SEALED)


@pytest.mark.parametrize("at", [*range(26, len(SEALED), 7), len(SEALED) - 1])
def test_every_altered_byte_is_noticed(at):
    altered = bytearray(SEALED)
    altered[at] ^= 1
    with pytest.raises(envelope.Damaged):
        envelope.opened(SECRET, bytes(altered))


@pytest.mark.parametrize("length", [0, 18, 26, 57, 58, len(SEALED) - 1])
def test_what_is_cut_is_noticed(length):
    with pytest.raises(envelope.Damaged):
        envelope.opened(SECRET, SEALED[:length])


def test_a_key_is_a_line_of_text_that_says_which_it_is():
    line = envelope.written(PUBLIC_WORD, PUBLIC)
    assert line.startswith("netcheck-desk-key/1 ")
    assert envelope.read(PUBLIC_WORD, line) == PUBLIC


@pytest.mark.parametrize(
    "text", ["", "x", PUBLIC_WORD, f"{PUBLIC_WORD} !!!", f"{PUBLIC_WORD} AAAA"]
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(envelope.BadKey):
        envelope.read(PUBLIC_WORD, text)


def test_a_private_key_is_not_taken_for_a_public_one():
    with pytest.raises(envelope.BadKey):
        envelope.read(PUBLIC_WORD, envelope.written(SECRET_WORD, SECRET))
