"""Asks the kernel's nl80211, by pyroute2: the one place that loads it.

It costs over 100 ms and 24 MB, so it is loaded only for an interface that is wireless; and by one
thread at a time, for its modules import each other in circles. Any user may ask all of this.
"""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

_HEADER_BYTES = 20  # nlmsghdr and genlmsghdr, before the attributes of each message
_NETLINK_GENERIC = 16
_SOL_NETLINK, _ADD_MEMBERSHIP = 270, 1
_loading = threading.Lock()


class Unanswered(Exception):
    """The kernel, a driver or the library did not answer; its own error is the cause."""


@contextmanager
def _asked() -> Iterator[None]:
    """Around the library's calls and nothing of ours: its errors differ by version, and include
    those of parsing what a driver sends."""
    try:
        yield
    except Exception as problem:
        raise Unanswered(f"{type(problem).__name__}: {problem}") from problem


def link_answers(index: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Decoded: the interface, and its stations. Raises Unanswered."""
    with _asked(), _loading:
        from pyroute2.iwutil import IW  # type: ignore[import-untyped, unused-ignore]

    with _asked(), IW() as asking:
        return tuple(asking.get_interface_by_ifindex(index)), tuple(asking.get_stations(index))


def dump(command: int, index: int) -> list[bytes]:
    """The attributes of each message of a dump, as bytes. Raises Unanswered."""
    with _asked(), _loading:
        from pyroute2.netlink import (  # type: ignore[import-untyped, unused-ignore]
            NLM_F_DUMP,
            NLM_F_REQUEST,
        )
        from pyroute2.netlink.nl80211 import (  # type: ignore[import-untyped, unused-ignore]
            NL80211,
            nl80211cmd,
        )

    with _asked(), NL80211() as asking:
        asking.bind()
        request = nl80211cmd()
        request["cmd"] = command
        request["attrs"] = [["NL80211_ATTR_IFINDEX", index]]
        answers: Iterable[Any] = asking.nlm_request(
            request, msg_type=asking.prid, msg_flags=NLM_F_REQUEST | NLM_F_DUMP
        )
        found = list(answers)
    return [_attributes_of(answer) for answer in found]


def _attributes_of(answer: Any) -> bytes:
    """One message out of the datagram that several came in, without its headers."""
    begin, end = answer.offset, answer.offset + answer["header"]["length"]
    return bytes(answer.data[begin + _HEADER_BYTES : end])


def listener(group: str, timeout_s: float) -> socket.socket:
    """A socket that hears what the kernel tells that group. Raises Unanswered."""
    with _asked(), _loading:
        from pyroute2.netlink.nl80211 import NL80211

    with _asked(), NL80211() as asking:
        asking.bind()
        number = asking.mcast_groups[group]
    try:
        heard = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_GENERIC)
        heard.bind((0, 0))  # a socket without a port of its own is passed over by the kernel's news
        heard.setsockopt(_SOL_NETLINK, _ADD_MEMBERSHIP, number)
    except OSError as problem:
        raise Unanswered(str(problem)) from problem
    heard.settimeout(timeout_s)
    return heard
