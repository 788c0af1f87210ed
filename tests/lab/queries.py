"""Plain DNS questions asked from inside a namespace, by the lab itself."""

import socket

import dns.message
import dns.rcode
import dns.rdatatype

from tests.lab.namespaces import Namespace


def ask(
    place: Namespace, server: str, name: str, kind: str = "A", *, within_s: float = 2.0
) -> dns.message.Message | None:
    """One question over UDP; None when no answer came in time or the port was refused."""
    question = dns.message.make_query(name, kind)

    def inside() -> dns.message.Message | None:
        family = socket.AF_INET6 if ":" in server else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as talk:
            talk.settimeout(within_s)
            try:
                talk.connect((server, 53))
                talk.send(question.to_wire())
                return dns.message.from_wire(talk.recv(65535))
            except OSError:
                return None

    return place.call(inside)


def answers(place: Namespace, server: str, name: str, kind: str = "A") -> bool:
    """Whether the server gives an answer with records."""
    reply = ask(place, server, name, kind, within_s=0.5)
    return reply is not None and reply.rcode() == dns.rcode.NOERROR and bool(reply.answer)


def addresses(place: Namespace, server: str, name: str, kind: str = "A") -> list[str]:
    """The addresses a server gives for a name, sorted; empty when it gives none."""
    reply = ask(place, server, name, kind)
    wanted = dns.rdatatype.from_text(kind)
    sets = [] if reply is None else [one for one in reply.answer if one.rdtype == wanted]
    return sorted(record.address for one in sets for record in one)


def outcome(place: Namespace, server: str, name: str, kind: str = "A") -> str:
    """The answer's code as text, `SILENT` when there was none."""
    reply = ask(place, server, name, kind)
    return "SILENT" if reply is None else dns.rcode.to_text(reply.rcode())


def warm(place: Namespace, server: str, names: list[str]) -> None:
    """Ask for A and AAAA of many names at once, so that the server's cache holds them."""
    questions = [dns.message.make_query(name, kind) for name in names for kind in ("A", "AAAA")]

    family = socket.AF_INET6 if ":" in server else socket.AF_INET

    def inside() -> None:
        with socket.socket(family, socket.SOCK_DGRAM) as talk:
            talk.connect((server, 53))
            left = {question.id: question.to_wire() for question in questions}
            for patience_s in (0.5, 1.0, 2.0, 2.0):
                for wire in left.values():
                    talk.send(wire)
                talk.settimeout(patience_s)
                try:
                    while left:
                        left.pop(int.from_bytes(talk.recv(65535)[:2], "big"), None)
                    return
                except OSError:
                    continue

    place.call(inside)
