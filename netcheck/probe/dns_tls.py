"""One question to one name server over TLS (RFC 7858): does the encrypted way to it work?

Two profiles, as a device has them (RFC 8310): the strict one checks the certificate against the
server's name, or against its address where no name is known; the tolerant one takes any.
"""

import os
import time
from dataclasses import dataclass, replace
from io import BufferedReader
from typing import TYPE_CHECKING

from netcheck.model.outcome import Failure
from netcheck.probe.dns import DnsAnswer, answer_in, question_of
from netcheck.probe.https import VerifyError, failure_in, verify_error_of
from netcheck.probe.network import Deadline, Network
from netcheck.probe.tcp import connect, finish
from netcheck.probe.tls import TlsStream

if TYPE_CHECKING:
    import ssl

PORT = 853


@dataclass(frozen=True, slots=True)
class EncryptedAnswer:
    """What came of it. `failed_phase` is tcp, tls or dns; each `*_ms` is one phase that ended
    well. `verify_error` says why the certificate did not do."""

    answer: DnsAnswer
    failed_phase: str | None = None
    tcp_ms: float | None = None
    tls_ms: float | None = None
    verify_error: VerifyError | None = None


def ask_over_tls(
    net: Network,
    server: str,
    name: str,
    *,
    port: int = PORT,
    own_name: str | None = None,
    deadline_ms: float = 2500,
    trust: "ssl.SSLContext",
) -> EncryptedAnswer:
    """What does `server` answer over TLS to an A question for `name`, within `deadline_ms`?"""
    deadline = Deadline.in_ms(deadline_ms)
    connected = connect(net, server, port, deadline)
    if connected.socket is None:
        failure = connected.failure or Failure.TIMEOUT
        return EncryptedAnswer(DnsAnswer(failure=failure, attempts=1), "tcp")
    known = EncryptedAnswer(DnsAnswer(attempts=1), tcp_ms=connected.delay_ms)
    try:
        stream = TlsStream(net, connected.socket, trust, own_name or _bare(server), deadline)
        return _inside(stream, name, known)
    finally:
        finish(net, connected.socket)


def _inside(stream: TlsStream, name: str, known: EncryptedAnswer) -> EncryptedAnswer:
    started = time.monotonic()
    try:
        stream.handshake()
    except OSError as error:
        failed = DnsAnswer(failure=failure_in(error), attempts=1)
        reason = verify_error_of(error)
        return replace(known, answer=failed, failed_phase="tls", verify_error=reason)
    known = replace(known, tls_ms=(time.monotonic() - started) * 1000)
    question = question_of(name, "A")
    message_id = int.from_bytes(os.urandom(2), "big")
    wire = question.wire(message_id)
    started = time.monotonic()
    try:
        stream.send(len(wire).to_bytes(2, "big") + wire)
        reader = BufferedReader(stream)
        reply = reader.read(int.from_bytes(reader.read(2), "big"))
    except OSError as error:
        failed = DnsAnswer(failure=failure_in(error), attempts=1)
        return replace(known, answer=failed, failed_phase="dns")
    read = question.read(reply, {message_id})
    if read is None:
        failure = Failure.WRONG_ANSWER if reply else Failure.RESET
        return replace(known, answer=DnsAnswer(failure=failure, attempts=1), failed_phase="dns")
    delay_ms = (time.monotonic() - started) * 1000
    answer = replace(answer_in(read[0], len(reply)), delay_ms=delay_ms, attempts=1, over_tcp=True)
    return replace(known, answer=answer, failed_phase="dns" if answer.failure else None)


def _bare(server: str) -> str:
    return server.partition("%")[0]


__all__ = ["PORT", "EncryptedAnswer", "ask_over_tls"]
