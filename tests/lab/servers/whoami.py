"""An authoritative name server whose every answer is the address that asked.

usage: whoami.py READY_FILE ADDRESS
"""

import socket
import sys
from pathlib import Path

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset


def answer(wire: bytes, asker: str) -> bytes:
    """TXT with the address among other words, as Google's has it; A with the address alone."""
    question = dns.message.from_wire(wire)
    reply = dns.message.make_response(question)
    reply.flags |= dns.flags.AA
    name, kind = question.question[0].name, question.question[0].rdtype
    if kind == dns.rdatatype.TXT:
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", f'"{asker}"'))
    elif kind == dns.rdatatype.A:
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", "A", asker))
    return reply.to_wire()


def main() -> None:
    """Listen and answer for ever."""
    ready, address = sys.argv[1:]
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.bind((address, 53))
    Path(ready).touch()
    while True:
        wire, sender = ear.recvfrom(65535)
        ear.sendto(answer(wire, sender[0]), sender)


main()
