"""A resolver that lies about names that do not exist: they get an advertiser's address.

usage: liar.py READY_FILE ADDRESS PORT UPSTREAM UPSTREAM_PORT
"""

import socket
import sys
import threading
from pathlib import Path

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

ADVERTISER = "69.16.143.110"


def twist(wire: bytes) -> bytes:
    """The answer as the liar passes it on."""
    answer = dns.message.from_wire(wire)
    if answer.rcode() != dns.rcode.NXDOMAIN:
        return wire
    question = answer.question[0]
    lie = dns.message.make_response(dns.message.make_query(question.name, question.rdtype))
    lie.id = answer.id
    lie.flags = answer.flags
    lie.set_rcode(dns.rcode.NOERROR)
    if question.rdtype == dns.rdatatype.A:
        lie.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", ADVERTISER))
    return lie.to_wire()


def pass_on(ear: socket.socket, wire: bytes, sender: object, upstream: tuple[str, int]) -> None:
    """Ask upstream for one client."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talk:
        talk.settimeout(5)
        talk.connect(upstream)
        try:
            talk.send(wire)
            ear.sendto(twist(talk.recv(65535)), sender)
        except OSError:
            return


def main() -> None:
    """Listen and answer for ever, each question in a thread."""
    ready, address, port, upstream, upstream_port = sys.argv[1:]
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.bind((address, int(port)))
    Path(ready).touch()
    while True:
        wire, sender = ear.recvfrom(65535)
        told = (ear, wire, sender, (upstream, int(upstream_port)))
        threading.Thread(target=pass_on, args=told, daemon=True).start()


main()
