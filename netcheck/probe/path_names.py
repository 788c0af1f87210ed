"""Names over one path: asked by us over that interface, because the system's own resolver asks by
the way the system prefers, and that one may be dead."""

import threading
from collections.abc import Sequence

from netcheck.model.outcome import Failure
from netcheck.probe.dns import DnsAnswer, ask
from netcheck.probe.network import Network
from netcheck.probe.resolve import NO_NAME, Resolver, SystemAnswer, is_literal, may_be_asked

_PATIENCE_MS = 1200
_TYPES = ("A", "AAAA")


class PathResolver(Resolver):
    """As `Resolver`, but asks these servers in turn: the path's own, or public ones where nobody
    knows the path's own. Every name is asked for once a run."""

    def __init__(self, net: Network, servers: Sequence[str]) -> None:
        super().__init__(net)
        self._over = net
        self.servers = tuple(servers)
        self._answers: dict[str, SystemAnswer] = {}
        self._locks: dict[str, threading.Lock] = {}

    def by_system(self, host: str, *, deadline_ms: float = 2500) -> SystemAnswer:
        """Which addresses do they give for `host`, within `deadline_ms`?"""
        if is_literal(host):
            return SystemAnswer((host,), None, 0.0)
        if not may_be_asked(host):
            return NO_NAME
        with self._lock:
            one_at_a_time = self._locks.setdefault(host, threading.Lock())
        with one_at_a_time:
            if host not in self._answers:
                self._answers[host] = self._ask(host, deadline_ms)
            return self._answers[host]

    def _ask(self, host: str, deadline_ms: float) -> SystemAnswer:
        most = max(1, int(deadline_ms // _PATIENCE_MS))
        found = SystemAnswer((), Failure.ABSENT, None)  # nobody to ask
        for server in self.servers[:most]:
            found = self._of(server, host)
            if found.delay_ms is not None:
                break
        return found

    def _of(self, server: str, host: str) -> SystemAnswer:
        answers: dict[str, DnsAnswer] = {}

        def one(kind: str) -> None:
            answers[kind] = ask(
                self._over, server, host, kind, deadline_ms=_PATIENCE_MS, retries_at_ms=(400,)
            )

        aside = threading.Thread(target=one, args=(_TYPES[1],), daemon=True)
        aside.start()
        one(_TYPES[0])
        aside.join(_PATIENCE_MS / 1000 + 0.1)
        told = [answers[kind] for kind in _TYPES if kind in answers]
        addresses = tuple(dict.fromkeys(a for answer in told for a in answer.addresses))
        answered = [answer.delay_ms for answer in told if answer.delay_ms is not None]
        failure = None if addresses else told[0].failure
        return SystemAnswer(addresses, failure, min(answered, default=None))
