"""The spoken code: a verdict a person can read out over the phone. It identifies nobody.

Ten letters and digits (Crockford's base 32: no I, L, O, U), shown as three-three-four: side,
fault, confidence band, severity, rules version, and a check of 15 bits that catches every
single mistyped letter and every swapped neighbour.
"""

from dataclasses import dataclass

from netcheck.diagnosis.faults import BY_ID, BY_NUMBER
from netcheck.model.verdict import Severity, Side, Verdict

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": ""})
_SIDES = tuple(Side)
_SEVERITIES = tuple(Severity)
_PRIME = 32749  # the largest prime below 2**15: weights 32**i never vanish modulo it
_MASK = 0x155AA55AA  # spreads neighbouring verdicts over the alphabet, nothing more


class BadCode(ValueError):
    """Not a code: a wrong length, a wrong letter, or a check that does not fit."""


class NewerCode(BadCode):
    """Well formed, and about something that only a newer netcheck knows."""


@dataclass(frozen=True, slots=True)
class SpokenCode:
    """What a code says. `band` is the tenth of confidence: 8 means 80 to 89 %."""

    side: Side
    fault: str | None
    band: int
    severity: Severity
    rules_version: int


def encode(verdict: Verdict, rules_version: int) -> str:
    """The code of a verdict, as `KD7-M2Q-4XH9`."""
    number = BY_ID[verdict.fault].number if verdict.fault else 0
    band = min(int(verdict.confidence * 10 + 1e-9), 9)
    payload = _SIDES.index(verdict.side)
    for value, bits in (
        (number, 10),
        (band, 4),
        (_SEVERITIES.index(verdict.severity), 2),
        (rules_version, 16),
    ):
        payload = (payload << bits) | value
    payload ^= _MASK
    whole = (payload << 15) | (payload % _PRIME)
    letters = "".join(_ALPHABET[(whole >> shift) & 31] for shift in range(45, -1, -5))
    return f"{letters[:3]}-{letters[3:6]}-{letters[6:]}"


def decode(code: str) -> SpokenCode:
    """What the code says. Raises BadCode with a sentence when it is not one."""
    letters = code.upper().translate(_MISREAD)
    if len(letters) != 10 or any(letter not in _ALPHABET for letter in letters):
        raise BadCode("a code has ten letters and digits, like KD7-M2Q-4XH9")
    whole = 0
    for letter in letters:
        whole = (whole << 5) | _ALPHABET.index(letter)
    payload, check = whole >> 15, whole & 0x7FFF
    if payload % _PRIME != check:
        raise BadCode("one of its letters was misheard or mistyped")
    payload ^= _MASK
    rules, payload = payload & 0xFFFF, payload >> 16
    severity, payload = payload & 3, payload >> 2
    band, payload = payload & 15, payload >> 4
    number, side = payload & 0x3FF, payload >> 10
    if side >= len(_SIDES) or severity >= len(_SEVERITIES) or (number and number not in BY_NUMBER):
        raise NewerCode("it was made by a newer netcheck")
    fault = BY_NUMBER[number].id if number else None
    return SpokenCode(_SIDES[side], fault, band, _SEVERITIES[severity], rules)
