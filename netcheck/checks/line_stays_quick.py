"""router: does the line stay quick while it is full?

A queue that is too deep fills before it drops anything, and all that waits in it waits long
(bufferbloat, RFC 8290 1): calls break up whenever somebody uploads. The line is filled for three
seconds up and then down, by HTTPS to a server that is run for measuring speed, and the delay to a
public resolver, and to the router, is held against what it was a moment before. Runs alone, and
only where depth was asked for: it costs up to `most_mb` of the catalogue's `load`, which can be
set; without a server in that table no line is filled.

The queue that fills upwards stands where the line is narrowest on the way out, mostly in the box
at home; the one that fills downwards stands at the provider's end. Which of them it is cannot be
seen from here beyond that, and a router with smart queues (RFC 8290's, `SQM`) cures both, being
set a little below the line. A line that takes all the bytes in less than a second and a half was
not full, and nothing is said of it. Three seconds do not fill the deepest queues of fast lines:
what is found slow is slow, while a quick one may get slower in a longer load. Other devices'
traffic in those seconds counts with ours.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netcheck.catalog.measuring import LoadServer
from netcheck.checks.contract import Check, Situation
from netcheck.checks.loss_counts import GatewayFacts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Role, Target, error, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.load import Filling, fill
from netcheck.probe.train import Train, dns_train, tcp_train
from netcheck.probe.trust import EmptyTrust, context

if TYPE_CHECKING:
    import ssl

_IDLE_PROBES = 10
_IDLE_INTERVAL_MS = 50.0
_LEAST_ANSWERS = 5
_BEYOND_WAIT_MS = 2500.0  # the deepest queues hold some seconds
_ROUTER_WAIT_MS = 800.0  # below what the system repeats by itself
_CONNECTS_WITHIN_S = 2.0
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class FilledFacts(Facts):
    """One direction (`up` or `down`). Delays are medians; `increase_ms` is beyond the router's and
    the line's own, `router_increase_ms` the router's alone; None: not measured, or the line was
    not full. `grade` is DSLReports' letter."""

    direction: str
    moved_bytes: int
    filled_ms: float
    mbps: float | None
    sent: int
    lost: int
    increase_ms: float | None
    router_increase_ms: float | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class BloatFacts(Facts):
    """`most_bytes` were announced. `idle_ms` and `router_idle_ms`: delays before, medians."""

    most_bytes: int
    idle_ms: float | None
    router_idle_ms: float | None
    filled: tuple[FilledFacts, ...]


def grade(increase_ms: float, situation: Situation) -> str:
    """DSLReports' letter for an increase of delay under load."""
    limits = situation.catalog.thresholds
    steps = (("A+", limits.bloat_a_plus_ms), ("A", limits.bloat_a_ms), ("B", limits.bloat_b_ms),
             ("C", limits.bloat_c_ms), ("D", limits.bloat_d_ms))  # fmt: skip
    return next((letter for letter, below_ms in steps if increase_ms < below_ms), "F")


def targets(situation: Situation) -> Iterable[Target]:
    for server in situation.catalog.load[:1]:
        yield Target(server.host, Role.CONTROL, server.operator, port=443)


def observe(target: Target, situation: Situation) -> Observed:
    server = next(one for one in situation.catalog.load if one.host == target.name)
    try:
        trust = context()
    except EmptyTrust:
        return error(Failure.NOT_PERMITTED, "this device's certificate store is empty")
    names = situation.resolver.by_system(server.host)
    if not names.addresses:
        return failed(names.failure or Failure.NO_DATA)
    situation.net.allowed.resolved(server.host, names.addresses)
    ways = _Ways(situation)
    if ways.idle is None:
        return skipped("public-resolver-answers")
    filled = tuple(
        _filled(direction, situation, server, names.addresses, trust, ways)
        for direction in ("up", "down")
    )
    router_idle_ms = ways.router_idle.median_ms if ways.router_idle else None
    facts = BloatFacts(server.most_mb * MEGABYTE, ways.idle.median_ms, router_idle_ms, filled)
    if all(one.increase_ms is None for one in filled):
        return (
            ok(facts) if any(one.moved_bytes for one in filled) else failed(Failure.TIMEOUT, facts)
        )
    worst = max(one.increase_ms or 0.0 for one in filled)
    bad = worst >= situation.catalog.thresholds.bloat_c_ms
    return failed(Failure.TIMEOUT, facts) if bad else ok(facts)  # late, not lost


class _Ways:
    """The two ways whose delay is watched: to the router, and to the resolver that answers best."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._name = situation.catalog.anchors[0].host
        servers = [resolver.name for resolver in situation.resolvers]
        trains = {
            server: self._beyond(server, _IDLE_PROBES, _IDLE_INTERVAL_MS, 800)
            for server in servers[:1]
        }
        if servers[1:] and len(trains[servers[0]].delays_ms) < _LEAST_ANSWERS:
            trains[servers[1]] = self._beyond(servers[1], _IDLE_PROBES, _IDLE_INTERVAL_MS, 800)
        best = max(trains, key=lambda server: len(trains[server].delays_ms), default=None)
        enough = best is not None and len(trains[best].delays_ms) >= _LEAST_ANSWERS
        self.server = best if enough else None
        self.idle = trains[best] if best is not None and enough else None
        self._door = next(
            (
                (observation.target.address, int((facts.by or "").removeprefix("tcp/")))
                for observation, facts in situation.seen.facts("gateway-answers", GatewayFacts)
                if (facts.by or "").startswith("tcp/") and observation.target.address
            ),
            None,
        )
        self.router_idle = self._router(_IDLE_PROBES, lambda *_: False)

    def _beyond(self, server: str, count: int, interval_ms: float, wait_ms: float) -> Train:
        return dns_train(
            self._situation.net, (server,), self._name, count=count, interval_ms=interval_ms,
            wait_ms=wait_ms,
        )[server]  # fmt: skip

    def _router(self, count: int, enough: Callable[[int, int], bool]) -> Train | None:
        if self._door is None or self._door[0] is None:
            return None
        limits = self._situation.catalog.thresholds
        return tcp_train(
            self._situation.net, self._door[0], self._door[1], count=count,
            interval_ms=limits.load_probe_ms, wait_ms=_ROUTER_WAIT_MS, enough=enough,
        )  # fmt: skip

    def under(self, filling: Filling) -> tuple[Train, Train | None]:
        """Both ways' trains while that runs."""
        import threading

        limits = self._situation.catalog.thresholds
        count = round(limits.load_lasts_ms / limits.load_probe_ms)
        aside: list[Train | None] = []

        def over(*_: int) -> bool:
            return filling.over

        watching = threading.Thread(
            target=lambda: aside.append(self._router(count, over)), daemon=True
        )
        watching.start()
        assert self.server is not None
        beyond = dns_train(
            self._situation.net, (self.server,), self._name, count=count,
            interval_ms=limits.load_probe_ms, wait_ms=_BEYOND_WAIT_MS, enough=over,
        )[self.server]  # fmt: skip
        watching.join(_BEYOND_WAIT_MS / 1000)
        return beyond, aside[0] if aside else None


def _filled(
    direction: str, situation: Situation, server: LoadServer, addresses: tuple[str, ...],
    trust: "ssl.SSLContext", ways: _Ways,
) -> FilledFacts:  # fmt: skip
    limits = situation.catalog.thresholds
    upwards = direction == "up"
    filling = fill(
        situation.net,
        addresses,
        server.host,
        server.up if upwards else server.down,
        upwards=upwards,
        budget=situation.load_of(server.host, server.most_mb * MEGABYTE),
        most_bytes=server.most_mb * MEGABYTE // 2,
        deadline_ms=limits.load_lasts_ms + 1000 * _CONNECTS_WITHIN_S,
        trust=trust,
    )
    beyond: Train | None = None
    router: Train | None = None
    try:
        if filling.wait_for_bytes(_CONNECTS_WITHIN_S):
            beyond, router = ways.under(filling)
    finally:
        filling.end()
    full = filling.filled_ms >= limits.load_least_ms
    beyond_ms = increase_ms(beyond, ways.idle) if full else None
    return FilledFacts(
        direction,
        filling.moved,
        round(filling.filled_ms, 1),
        round(filling.moved * 8 / 1000 / filling.filled_ms, 1) if filling.filled_ms else None,
        beyond.sent if beyond else 0,
        beyond.lost if beyond else 0,
        beyond_ms,
        increase_ms(router, ways.router_idle) if full else None,
        grade(beyond_ms, situation) if beyond_ms is not None else None,
    )


def increase_ms(train: Train | None, idle: Train | None) -> float | None:
    """How much later the middle answer came. What the load made the line lose came later than any;
    what it loses as often without load says nothing of its queues."""
    if train is None or idle is None or len(train.delays_ms) < _LEAST_ANSWERS:
        return None
    if idle.median_ms is None:
        return None
    by_load = max(0, round(train.lost - train.sent * idle.lost / idle.sent))
    late = [*sorted(train.delays_ms), *[_BEYOND_WAIT_MS] * by_load]
    return round(max(0.0, late[len(late) // 2] - idle.median_ms), 1)


def read(situation: Situation) -> Iterable[Finding]:
    limits = situation.catalog.thresholds
    for _, facts in situation.seen.facts(CHECK.id, BloatFacts):
        known = [one for one in facts.filled if one.increase_ms is not None]
        if not known:
            continue
        bad = [one for one in known if (one.increase_ms or 0.0) >= limits.bloat_c_ms]
        worst = max(known, key=lambda one: one.increase_ms or 0.0)
        if bad:
            state = "slow-both" if len(bad) > 1 else f"slow-{bad[0].direction}"
            if all(2 * (one.router_increase_ms or 0.0) >= (one.increase_ms or 0.0) for one in bad):
                state = "slow-at-home"
        elif len(known) < len(facts.filled):
            continue  # one direction alone does not say that the line is quick
        else:
            state = "slower" if (worst.increase_ms or 0.0) >= limits.bloat_b_ms else "quick"
        shown: dict[str, Parameter] = {"delay_ms": round(worst.increase_ms or 0.0)}
        yield Finding(f"full-line.{state}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="line-stays-quick",
        stage=Stage.ROUTER,
        question="Does the line stay quick while it is full?",
        control="The same ways a moment before, and the router beside what lies beyond it.",
        packets=9000,
        deadline_ms=20000,
        needs=("route-exists",),
        tells=("full-line",),
        deep=True,
        bears_lag_ms=1000,  # of thirty delays the middle one counts
        alone=True,
    ),
    targets,
    observe,
    read,
)
