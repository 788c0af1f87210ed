"""What the user's phone shows: the witness's word."""

from enum import StrEnum


class Symptom(StrEnum):
    """The choices a person can give, on the command line or when asked."""

    SOS = "sos"
    NO_SERVICE = "no-service"
    CALLS_FAIL = "calls-fail"
    CANNOT_REACH = "cannot-reach"
    TEXTS_FAIL = "texts-fail"
    DATA_ONLY = "data-only"
    SLOW = "slow"
    FINE = "fine"
