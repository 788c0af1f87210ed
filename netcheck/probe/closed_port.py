"""A knock on a UDP port where nobody listens: the refusal proves that somebody is there."""

import selectors
import socket
import time
from dataclasses import dataclass

from netcheck.model.outcome import Failure
from netcheck.probe.network import (
    Deadline,
    Network,
    failure_of,
    failure_of_icmp,
    next_error,
    same_address,
    send_datagram,
)
from netcheck.wire.icmp import IcmpError, IcmpKind

CLOSED_PORT = 33434  # traceroute's first, since 1988; nothing listens there
_SECOND_TRY_AFTER_S = 0.3
_PAYLOAD = b"netcheck"


@dataclass(frozen=True, slots=True)
class UdpKnock:
    """What came back. `answered`: the address itself spoke, if only to refuse.

    `icmp` and `offender` are of the first error heard, whoever sent it; `offender` is None where
    the system does not tell. `delay_ms` runs from the knock before it.
    """

    answered: bool
    icmp: str | None = None
    offender: str | None = None
    delay_ms: float | None = None
    failure: Failure | None = None


def knock_udp(
    net: Network,
    address: str,
    port: int = CLOSED_PORT,
    *,
    deadline_ms: float = 800,
    hop: int | None = None,
) -> UdpKnock:
    """Is somebody at `address`? Knocks, and once more after 0.3 s of silence.

    `hop` is its distance where known, so that its errors and those asked of it by traces count
    together: five a second at most. Silence proves nothing: many routers refuse without a word.
    """
    deadline = Deadline.in_ms(deadline_ms)
    router = f"hop {hop}" if hop is not None else address
    try:
        opened = net.udp(address, port, errors=True)
    except OSError as error:
        return UdpKnock(False, failure=failure_of(error))
    with opened, selectors.DefaultSelector() as selector:
        selector.register(opened, selectors.EVENT_READ)
        for wait_s in (_SECOND_TRY_AFTER_S, deadline_ms / 1000):
            asked_in_s = net.error_pace.reserve(router, within_s=deadline.left_s())
            if asked_in_s is None:
                break
            time.sleep(asked_in_s)
            sent_s = time.monotonic()
            try:
                send_datagram(opened, _PAYLOAD)
            except OSError as error:
                return UdpKnock(False, failure=failure_of(error))
            net.count(1)
            answer = _answer(opened, selector, address, min(wait_s, deadline.left_s()), sent_s)
            if answer is not None:
                return answer
    return UdpKnock(False, failure=Failure.TIMEOUT)


def _answer(
    opened: socket.socket,
    selector: selectors.BaseSelector,
    address: str,
    wait_s: float,
    sent_s: float,
) -> UdpKnock | None:
    """What comes within `wait_s`; None for silence."""
    if not selector.select(wait_s):
        return None
    delay_ms = (time.monotonic() - sent_s) * 1000
    error = next_error(opened)
    if error is not None:
        return _told(error, address, delay_ms)
    try:
        opened.recv(2048)
    except BlockingIOError:
        return None  # what woke us was not for us
    except OSError as refusal:
        # No error queue: a connected socket still hears the refusal, though not from whom.
        failure = failure_of(refusal)
        refused = failure in (Failure.REFUSED, Failure.RESET)
        kind = IcmpKind.PORT_UNREACHABLE.value if refused else None
        return UdpKnock(refused, kind, None, delay_ms, Failure.REFUSED if refused else failure)
    return UdpKnock(True, delay_ms=delay_ms)


def _told(error: IcmpError, address: str, delay_ms: float) -> UdpKnock:
    return UdpKnock(
        answered=same_address(error.offender, address),
        icmp=error.kind.value,
        offender=error.offender,
        delay_ms=delay_ms,
        failure=failure_of_icmp(error),
    )
