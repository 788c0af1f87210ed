"""How far the first segment of a TCP connection gets: one SYN for each number of hops."""

import selectors
import socket
from dataclasses import dataclass

from netcheck.probe.network import (
    CAN_READ_ERRORS,
    Deadline,
    Network,
    next_error,
    socket_address,
)
from netcheck.probe.tcp import IN_PROGRESS
from netcheck.wire.icmp import IcmpKind


@dataclass(frozen=True, slots=True)
class TcpReach:
    """`last_ttl`: the most hops after which a router said that the segment had run out of them, or
    turned it away (RFC 792); None: none said so, and none needs to. `answered_ttl`: the fewest
    with which somebody answered in the host's name, be it by accepting or by a reset. `heard`:
    every hop that spoke, in order."""

    last_ttl: int | None
    answered_ttl: int | None
    heard: tuple[int, ...] = ()


def tcp_reach(
    net: Network, address: str, port: int, *, max_ttl: int = 5, deadline_ms: float = 800
) -> TcpReach | None:
    """One SYN with each TTL from 1 to `max_ttl`, at once; never one of them twice, as the deadline
    lies below the kernel's first retransmission (1 s, RFC 6298). None: this system tells no hop.

    Packets: `max_ttl`, and what closing an accepted connection costs.
    """
    if not CAN_READ_ERRORS:
        return None
    deadline = Deadline.in_ms(min(deadline_ms, 900))
    waiting: dict[socket.socket, int] = {}
    expired: dict[int, str | None] = {}
    turned_away: dict[int, str | None] = {}
    answered: list[int] = []
    with selectors.DefaultSelector() as selector:
        try:
            for ttl in range(1, max_ttl + 1):
                if net.error_pace.reserve(f"hop {ttl}") is None:
                    continue  # that router was asked often enough this second
                opened = net.tcp(address, port, ttl=ttl, errors=True)
                waiting[opened] = ttl
                if opened.connect_ex(socket_address(address, port)) not in (0, *IN_PROGRESS):
                    continue
                net.count(1)
                selector.register(opened, selectors.EVENT_WRITE)
            while selector.get_map() and not deadline.over:
                for key, _ in selector.select(deadline.left_s()):
                    opened = key.fileobj  # type: ignore[assignment]
                    selector.unregister(opened)
                    ttl, error = waiting[opened], next_error(opened)
                    if error is None:
                        answered.append(ttl)  # accepted, or reset: both come in the host's own name
                    elif error.kind is IcmpKind.TIME_EXCEEDED:
                        expired[ttl] = error.offender
                    else:
                        turned_away[ttl] = error.offender
        except OSError:
            pass  # no way there: what was heard until now stands
        finally:
            for opened in waiting:
                opened.close()
    net.count(len(answered))
    stops = _turns_away_at(expired, turned_away)
    heard = tuple(sorted({*expired, *([] if stops is None else [stops])}))
    return TcpReach(max(heard, default=None), min(answered, default=None), heard)


def _turns_away_at(
    expired: dict[int, str | None], turned_away: dict[int, str | None]
) -> int | None:
    """The hop of the router that turned segments away: the one that said under the same address
    that one had run out of hops, else the one before the fewest hops with which it was met. Which
    of its messages arrive is chance, since routers limit what they send (RFC 1812, 4.3.2.8)."""
    known = {sender: ttl for ttl, sender in sorted(expired.items(), reverse=True) if sender}
    return min(
        (known.get(sender or "", ttl - 1) for ttl, sender in turned_away.items()), default=None
    )
