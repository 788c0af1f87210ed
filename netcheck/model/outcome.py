"""What can come of a check: the closed outcomes, and the failures all checks share."""

from enum import StrEnum


class Outcome(StrEnum):
    """What became of one check. `skipped` and `error` never count as `failed`.

    ok: the assertion held. failed: the network broke. skipped: a need was not met.
    error: netcheck itself broke, was forbidden, or was starved of time.
    """

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"


class Failure(StrEnum):
    """How the network broke, in one vocabulary for every check. May grow; ids never change."""

    TIMEOUT = "timeout"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    PROHIBITED = "prohibited"  # ICMP administratively prohibited
    RESET = "reset"
    NXDOMAIN = "nxdomain"
    SERVFAIL = "servfail"
    NO_DATA = "no-data"  # the name exists, without an address of this kind
    TLS = "tls"
    CERTIFICATE = "certificate"  # a certificate that does not verify
    WRONG_ANSWER = "wrong-answer"  # somebody answered, with something it must not be
    NOT_PERMITTED = "not-permitted"  # this device refused to send
    LOSS = "loss"
    BUSY = "busy"  # nothing is lost, but this device itself is using what is to be measured
    ABSENT = "absent"  # the thing asked for is not there: no interface, no address, no route
    STARVED = "starved"  # only with outcome error: this machine was too slow to measure
    BROKEN = "broken"  # only with outcome error: a defect of netcheck
