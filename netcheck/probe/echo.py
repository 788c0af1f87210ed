"""ICMP echo, where this system lets an ordinary user have it."""

import os
import selectors
import sys
import time

from netcheck.probe.network import (
    Network,
    failure_of,
    family_of,
    next_error,
    send_datagram,
)
from netcheck.probe.train import Probe, Run, Train, drive
from netcheck.wire.icmp import echo_request, parse_echo_reply, without_ip_header


def echo(
    net: Network,
    address: str,
    *,
    count: int = 20,
    interval_ms: float = 20,
    wait_ms: float = 800,
) -> Train | None:
    """A train of echo requests. None: users may not ping here (Debian's `ping_group_range`).
    Where there are no ping sockets, by the service that Windows has instead.

    The system writes its own identifier into what leaves a ping socket, so replies are told apart
    by sequence and by a payload nobody else knows.
    """
    try:
        opened = net.ping(address)
    except OSError:
        from netcheck.probe import windows_icmp

        return windows_icmp.echo(
            net, address, count=count, interval_ms=interval_ms, wait_ms=wait_ms
        )
    v6 = family_of(address).name == "AF_INET6"
    secret = os.urandom(16)
    run = Run()

    def read() -> None:
        while True:
            while next_error(opened) is not None:
                pass
            try:
                packet = opened.recv(2048)
            except OSError:
                return
            if sys.platform == "darwin" and not v6:
                packet = without_ip_header(packet)
            reply = parse_echo_reply(packet, v6=v6)
            if reply and reply.payload == secret and reply.sequence < len(run.probes):
                run.probes[reply.sequence].answered()

    def send(number: int) -> bool:
        probe = Probe(time.monotonic())
        try:
            send_datagram(opened, echo_request(os.getpid() & 0xFFFF, number, secret, v6=v6))
        except OSError as error:
            run.failure = failure_of(error)
            return False
        net.count(1)
        run.probes.append(probe)
        return True

    with opened, selectors.DefaultSelector() as selector:
        selector.register(opened, selectors.EVENT_READ, read)
        drive(
            selector,
            count=count,
            interval_ms=interval_ms,
            wait_ms=wait_ms,
            send=send,
            all_answered=lambda: all(probe.delay_ms is not None for probe in run.probes),
        )
    return run.train()
