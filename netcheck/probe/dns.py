"""One question to one name server, asked by ourselves: what does this server say?

dnspython builds and reads the messages; the sockets, the clock and the judgement are ours. A
datagram counts only if it comes from the server asked (connected socket), carries one of our IDs
and repeats our question. Anything else is remembered and waited past.
"""

import errno
import os
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from netcheck.model.outcome import Failure
from netcheck.probe.network import (
    Deadline,
    Network,
    failure_of,
    failure_of_icmp,
    next_error,
    send_datagram,
)
from netcheck.probe.tcp import connect, finish, segments
from netcheck.wire.icmp import IcmpKind

if TYPE_CHECKING:
    from dns.message import Message, QueryMessage
    from dns.rdata import Rdata

LARGEST_DATAGRAM = 65535
EDNS_PAYLOAD = 1232  # what fits the smallest IPv6 path without fragments
PADDING_OPTION = 12  # RFC 7830
FAILURE_OF_RCODE = {
    "NXDOMAIN": Failure.NXDOMAIN,
    "REFUSED": Failure.REFUSED,
}  # every other error code is a server that cannot answer: SERVFAIL
UNREACHABLE_TWICE = 2  # one such ICMP error may be a route in motion, two are a state
# Setting "do not fragment" and ignoring what the system knows of the path: (level, option, value).
# Numbers because Python names few of them: Linux ip(7), ipv6(7); macOS and Windows ip headers.
WHOLE_PACKETS_ONLY: dict[str, dict[int, tuple[int, int, int]]] = {
    "linux": {socket.AF_INET: (0, 10, 3), socket.AF_INET6: (41, 23, 3)},
    "darwin": {socket.AF_INET: (0, 28, 1), socket.AF_INET6: (41, 62, 1)},
    "win32": {socket.AF_INET: (0, 14, 1), socket.AF_INET6: (41, 14, 1)},
}


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """What one server said to one question.

    `delay_ms` runs from the attempt that was answered (over TCP: from its SYN). `rcode` with a
    failure means that somebody answered and the answer is a failure; `size` is the last matching
    message's. `records` are the answers as text, `addresses` those that are addresses.
    `authentic` is the AD bit: the server's claim, not a proof. `icmp` names the ICMP error that
    ended it, `rejected_by` its sender, both None where the system does not tell.
    `whole_packets` says whether fragmenting was forbidden; None: not asked for.
    """

    rcode: str | None = None
    addresses: tuple[str, ...] = ()
    failure: Failure | None = None
    delay_ms: float | None = None
    attempts: int = 0
    size: int | None = None
    authentic: bool | None = None
    ttl_s: int | None = None
    records: tuple[str, ...] = ()
    over_tcp: bool = False
    icmp: str | None = None
    rejected_by: str | None = None
    whole_packets: bool | None = None


def ask(
    net: Network,
    server: str,
    name: str,
    rdtype: str = "A",
    *,
    deadline_ms: float = 2500,
    retries_at_ms: Sequence[float] = (400, 1000),
    padding_bytes: int = 0,
    rdclass: str = "IN",
    tcp: bool = False,
    port: int = 53,
) -> DnsAnswer:
    """What does `server` answer to this question, within `deadline_ms`?

    Sent at once and again `retries_at_ms` after the start, each time with a new random ID. A
    truncated answer is asked for again over TCP in the time that is left. `padding_bytes` of
    EDNS padding (RFC 7830) make a large question that must not be fragmented on the way.
    """
    question = _Question(name, rdtype, rdclass, padding_bytes)
    deadline = Deadline.in_ms(deadline_ms)
    if tcp:
        return _over_tcp(net, server, port, question, deadline)
    exchange = _Exchange(net, question, deadline, retries_at_ms)
    try:
        sock = net.udp(server, port, errors=True)
    except OSError as error:
        return DnsAnswer(failure=failure_of(error))
    with sock:
        return exchange.run(sock, server, port)


def question_of(name: str, rdtype: str) -> "_Question":
    """A question for another transport than those here, with its reader."""
    return _Question(name, rdtype, "IN", 0)


class _Question:
    """The question, and the only reader of answers to it."""

    def __init__(self, name: str, rdtype: str, rdclass: str, padding_bytes: int) -> None:
        import dns.edns
        import dns.flags
        import dns.message

        self.padded = padding_bytes > 0
        padding: list[dns.edns.Option] = [
            dns.edns.GenericOption(dns.edns.OptionType.make(PADDING_OPTION), bytes(padding_bytes))
        ]
        self._query: QueryMessage = dns.message.make_query(
            name,
            rdtype,
            rdclass,
            use_edns=0 if self.padded else False,
            payload=EDNS_PAYLOAD if self.padded else None,
            options=padding if self.padded else None,
            id=0,
        )
        # The AD bit of a question asks for the AD bit of the answer (RFC 6840 5.7).
        self._query.flags |= dns.flags.AD
        self._wire = self._query.to_wire(max_size=LARGEST_DATAGRAM)

    def wire(self, message_id: int) -> bytes:
        return message_id.to_bytes(2, "big") + self._wire[2:]

    def read(self, wire: bytes, ids: set[int]) -> "tuple[Message, bool] | None":
        """The message and whether it was cut short; None if it is no answer to this question."""
        import dns.message

        message_id = int.from_bytes(wire[:2], "big")
        if len(wire) < 12 or message_id not in ids:
            return None
        cut = False
        try:
            message: Message = dns.message.from_wire(wire, raise_on_truncation=True)
        except dns.message.Truncated as truncated:
            message, cut = truncated.kwargs["message"], True
        except Exception:  # foreign bytes: whatever the parser throws, this is no answer
            return None
        self._query.id = message_id
        return (message, cut) if self._query.is_response(message) else None


class _Exchange:
    """One question over UDP: what was sent, what came, what was rejected."""

    def __init__(
        self,
        net: Network,
        question: _Question,
        deadline: Deadline,
        retries_at_ms: Sequence[float],
    ) -> None:
        self._net = net
        self._question = question
        self._deadline = deadline
        self._started = time.monotonic()
        self._due = [self._started + ms / 1000 for ms in (0, *sorted(retries_at_ms))]
        self._sent: dict[int, float] = {}
        self._unreachable = 0
        self._wrong = False
        self._rejection: Rejection | None = None
        self._whole: bool | None = None

    def run(self, sock: socket.socket, server: str, port: int) -> DnsAnswer:
        if self._question.padded:
            self._whole = _forbid_fragments(sock)
        while not self._deadline.over:
            try:
                self._send_if_due(sock)
                datagram = self._receive(sock)
            except TimeoutError:
                continue
            except OSError as error:
                if self._is_final(sock, error):
                    break
                continue
            read = self._question.read(datagram, set(self._sent))
            if read is None:
                self._wrong = True
                continue
            message, cut = read
            if cut:
                return self._again_over_tcp(server, port, message, len(datagram))
            delay_ms = (time.monotonic() - self._sent[message.id]) * 1000
            if message.id != next(iter(self._sent)):
                self._net.answered_a_repetition()
            return replace(
                answer_in(message, len(datagram)),
                delay_ms=delay_ms,
                attempts=len(self._sent),
                whole_packets=self._whole,
            )
        return self._failed()

    def _send_if_due(self, sock: socket.socket) -> None:
        if not self._due or time.monotonic() < self._due[0]:
            return
        self._due.pop(0)
        message_id = int.from_bytes(os.urandom(2), "big")
        while message_id in self._sent:
            message_id = int.from_bytes(os.urandom(2), "big")
        sock.settimeout(max(self._deadline.left_s(), 0.001))
        sent_at = time.monotonic()
        send_datagram(sock, self._question.wire(message_id))
        self._sent[message_id] = sent_at
        self._net.count(1)

    def _receive(self, sock: socket.socket) -> bytes:
        pause_s = self._deadline.left_s()
        if self._due:
            pause_s = min(pause_s, self._due[0] - time.monotonic())
        sock.settimeout(max(pause_s, 0.001))
        return sock.recv(LARGEST_DATAGRAM)

    def _is_final(self, sock: socket.socket, error: OSError) -> bool:
        """Whether this error ends the question: a refusal does, and having no way on this device;
        an "unreachable" from the network only when nothing more is due or it is said twice."""
        self._rejection = rejection_of(sock, error)
        if self._rejection.sender is None or self._rejection.failure is not Failure.UNREACHABLE:
            return True
        self._unreachable += 1
        return self._unreachable >= UNREACHABLE_TWICE or not self._due

    def _again_over_tcp(self, server: str, port: int, message: "Message", size: int) -> DnsAnswer:
        answer = _over_tcp(self._net, server, port, self._question, self._deadline)
        if answer.rcode is None:  # TCP failed: keep that the server did speak over UDP
            heard = answer_in(message, size)
            answer = replace(answer, rcode=heard.rcode, size=size, authentic=heard.authentic)
        attempts = len(self._sent) + answer.attempts
        return replace(answer, attempts=attempts, whole_packets=self._whole)

    def _failed(self) -> DnsAnswer:
        rejection = self._rejection
        if rejection is not None:
            failure = rejection.failure
        else:
            failure = Failure.WRONG_ANSWER if self._wrong else Failure.TIMEOUT
        return DnsAnswer(
            failure=failure,
            attempts=len(self._sent),
            icmp=rejection.icmp if rejection else None,
            rejected_by=rejection.sender if rejection else None,
            whole_packets=self._whole,
        )


def _over_tcp(
    net: Network, server: str, port: int, question: _Question, deadline: Deadline
) -> DnsAnswer:
    """The question over TCP (RFC 7766): a length, then the message, both ways."""
    connected = connect(net, server, port, deadline)
    sock = connected.socket
    if sock is None:
        return DnsAnswer(failure=connected.failure, attempts=1, over_tcp=True)
    started = time.monotonic() - (connected.delay_ms or 0.0) / 1000
    message_id = int.from_bytes(os.urandom(2), "big")
    wire = question.wire(message_id)
    try:
        sock.settimeout(max(deadline.left_s(), 0.001))
        sock.sendall(len(wire).to_bytes(2, "big") + wire)
        net.count(segments(len(wire)))
        length = int.from_bytes(_receive_exactly(sock, 2, deadline), "big")
        reply = _receive_exactly(sock, length, deadline)
    except OSError as error:
        return DnsAnswer(failure=_failure_of_stream(error), attempts=1, over_tcp=True)
    finally:
        finish(net, sock)
    read = question.read(reply, {message_id})
    if read is None or read[1]:  # cut short over TCP as well: no server may do that
        return DnsAnswer(failure=Failure.WRONG_ANSWER, attempts=1, over_tcp=True)
    delay_ms = (time.monotonic() - started) * 1000
    return replace(answer_in(read[0], len(reply)), delay_ms=delay_ms, attempts=1, over_tcp=True)


def _receive_exactly(sock: socket.socket, length: int, deadline: Deadline) -> bytes:
    got = b""
    while len(got) < length:
        if deadline.over:
            raise TimeoutError
        sock.settimeout(max(deadline.left_s(), 0.001))
        more = sock.recv(length - len(got))
        if not more:
            raise ConnectionResetError(errno.ECONNRESET, "closed before the answer was whole")
        got += more
    return got


def answer_in(message: "Message", size: int) -> DnsAnswer:
    """What a message that answers our question says, without when it came."""
    import dns.exception
    import dns.flags
    import dns.message
    import dns.rcode
    import dns.rdatatype

    said = DnsAnswer(
        rcode=dns.rcode.to_text(message.rcode()),
        size=size,
        authentic=bool(message.flags & dns.flags.AD),
    )
    if message.rcode() != dns.rcode.NOERROR:
        return replace(said, failure=FAILURE_OF_RCODE.get(said.rcode or "", Failure.SERVFAIL))
    if not isinstance(message, dns.message.QueryMessage):
        return replace(said, failure=Failure.WRONG_ANSWER)
    try:
        chain = message.resolve_chaining()
    except dns.exception.DNSException:  # a loop of aliases, or worse
        return replace(said, failure=Failure.WRONG_ANSWER)
    if chain.answer is None:
        return replace(said, failure=Failure.NO_DATA)
    records = tuple(_text_of(record) for record in chain.answer)
    of_addresses = chain.answer.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA)
    return replace(
        said,
        addresses=records if of_addresses else (),
        records=records,
        ttl_s=chain.minimum_ttl,
    )


def _text_of(record: "Rdata") -> str:
    strings = getattr(record, "strings", None)  # TXT: without the quotes of zone files
    if strings is not None:
        return b"".join(strings).decode("utf-8", "replace")
    return record.to_text()


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a datagram did not arrive. `sender` is None where this device itself said no."""

    failure: Failure
    icmp: str | None = None
    sender: str | None = None


def rejection_of(sock: socket.socket, error: OSError) -> Rejection:
    """What an error on a connected UDP socket means, with the ICMP error behind it if the system
    tells (Linux's error queue; elsewhere only the error number is known)."""
    sock.setblocking(False)  # with a time-out, an empty queue would be waited for
    icmp = next_error(sock)
    while next_error(sock) is not None:  # what stays queued would wake the socket up for nothing
        pass
    if error.errno == errno.EMSGSIZE or (icmp is not None and icmp.kind is IcmpKind.TOO_BIG):
        return Rejection(Failure.LOSS, IcmpKind.TOO_BIG, icmp.offender if icmp else None)
    if icmp is None or icmp.offender is None:
        # Windows reports a closed port as a reset of a connection that UDP does not have.
        refused = isinstance(error, ConnectionError)
        return Rejection(Failure.REFUSED if refused else failure_of(error))
    return Rejection(failure_of_icmp(icmp), icmp.kind, icmp.offender)


def _failure_of_stream(error: OSError) -> Failure:
    return Failure.RESET if isinstance(error, ConnectionError) else failure_of(error)


def _forbid_fragments(sock: socket.socket) -> bool:
    """Make each datagram whole or nothing; False where this system cannot promise it."""
    option = WHOLE_PACKETS_ONLY.get(sys.platform, {}).get(sock.family)
    if option is None:
        return False
    try:
        sock.setsockopt(*option)
    except OSError:
        return False
    return True
