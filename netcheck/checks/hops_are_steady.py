"""isp: hop by hop, from where on is data lost, and where does it take its time?

Rounds of one DNS question a hop on the ways to unrelated public resolvers, in each family, beside
one that goes all the way. A router may answer few expired datagrams or none (RFC 1812 4.3.2.8, RFC
4443 2.4 f), so loss at a hop counts only if everything that answers behind it loses too, and a hop
that loses far more than the end of its way is a router that limits its errors. Ways beside each
other tell one target's trouble from what lies behind a hop that all of them pass. Sixteen rounds
see a fifth of loss almost surely, a tenth every other time, less by luck. Loss on the way back
looks the same as loss on the way there.
"""

import math
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from netcheck.catalog.thresholds import Thresholds
from netcheck.checks.contract import Check, Situation
from netcheck.checks.gateway_answers import is_home
from netcheck.checks.loss_grade import by_luck, loss_state
from netcheck.checks.stun_answers import class_of
from netcheck.checks.way_out import home_hops, path_facts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Role, Target, error, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.hop_trains import HopTrain, Way, hop_trains
from netcheck.probe.path import trace
from netcheck.probe.train import Train, question_for

_ROUNDS = 16  # one a second: a home router on Linux sends an asker no more errors than that
_INTERVAL_MS = 1000.0
_WAIT_MS = 800.0
_LENGTH_DEADLINE_MS = 1500.0
_WAYS_A_FAMILY = 2


@dataclass(frozen=True, slots=True)
class HopLossFacts(Facts):
    """One hop of a way; `ttl` None: its end. `place`: home, private, shared or public; None: it
    never spoke. Delays are medians."""

    ttl: int | None
    place: str | None
    sent: int
    lost: int
    delay_ms: float | None
    jitter_ms: float | None


@dataclass(frozen=True, slots=True)
class WayLossFacts(Facts):
    """`lossy`: its end loses. `starts_at`: the first hop from which on everything loses; None:
    none, or no hop spoke that could tell. `slows_at`: the hop that adds most to the delay, and
    `slows_ms` how much. `taken`: somebody on the way answers in the server's name. `shared_until`:
    the last hop that another way passed as well; None: none is known."""

    operator: str
    family: str
    hops: tuple[HopLossFacts, ...]
    arrives: bool
    lossy: bool
    starts_at: int | None
    slows_at: int | None
    slows_ms: float | None
    taken: bool
    shared_until: int | None


@dataclass(frozen=True, slots=True)
class HopsFacts(Facts):
    """`loses`: none, at-home, at-provider, beyond, one-target, one-family or unseen; None: no way
    arrives at all. `hop`: where the loss of all begins; `loss_percent` at the ends that lose."""

    ways: tuple[WayLossFacts, ...]
    loses: str | None
    hop: int | None
    loss_percent: int | None


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("hops of several ways", Role.CONTROL)


def _ways(situation: Situation) -> list[tuple[str, str, str]]:
    """(address, operator, family) of unrelated resolvers, in each family this device can send."""
    found: list[tuple[str, str, str]] = []
    resolvers = situation.catalog.resolvers
    if situation.has_ipv4:
        four = [(r.ipv4, r.operator, "ipv4") for r in resolvers if r.ipv4]
        found += four[:_WAYS_A_FAMILY]
    if situation.has_ipv6:
        six = [(r.ipv6, r.operator, "ipv6") for r in resolvers if r.ipv6]
        found += six[:_WAYS_A_FAMILY]
    return found


def observe(target: Target, situation: Situation) -> Observed:
    ways = _ways(situation)
    if not ways:
        return skipped("route-exists")
    name = situation.catalog.anchors[0].host
    lengths = _lengths([address for address, _, _ in ways], name, situation)
    if not lengths:
        return error(Failure.NOT_PERMITTED, "this system does not pass on expired datagrams")
    trains = hop_trains(
        situation.net,
        _in_turns(ways, lengths),
        name,
        rounds=_ROUNDS,
        interval_ms=_INTERVAL_MS,
        wait_ms=_WAIT_MS,
    )
    told = [(family, operator, trains[address]) for address, operator, family in ways]
    facts = compared(
        [
            way_facts(
                operator,
                family,
                pooled(own, _of_family(told, family)),
                situation,
                last_shared_hop(own, _of_family(told, family)),
            )
            for family, operator, own in told
            if own
        ],
        situation.catalog.thresholds,
        home_hops(situation),
    )
    if facts.loses is None:
        return failed(Failure.TIMEOUT, facts)
    return ok(facts) if facts.loses == "none" else failed(Failure.LOSS, facts)


def _in_turns(ways: Sequence[tuple[str, str, str]], lengths: dict[str, int]) -> list[Way]:
    """The ways of one family sound their hops in turn, since they share the first of them."""
    counts = Counter(family for _, _, family in ways)
    turns: Counter[str] = Counter()
    found = []
    for address, _, family in ways:
        found.append(Way(address, lengths.get(address, 0), turns[family], counts[family]))
        turns[family] += 1
    return found


def _of_family(
    told: Sequence[tuple[str, str, tuple[HopTrain, ...]]], family: str
) -> list[tuple[HopTrain, ...]]:
    return [trains for other, _, trains in told if other == family]


def pooled(own: Sequence[HopTrain], ways: Sequence[Sequence[HopTrain]]) -> list[HopTrain]:
    """One way's hops, each with what other ways heard of the same router at the same distance."""
    found = []
    for hop in own:
        train = hop.train
        for way in ways:
            for other in way:
                same = (other.ttl, other.address) == (hop.ttl, hop.address)
                if same and other is not hop and hop.ttl is not None and hop.address is not None:
                    train = train.joined(other.train)
        found.append(replace(hop, train=train))
    return found


def last_shared_hop(own: Sequence[HopTrain], ways: Sequence[Sequence[HopTrain]]) -> int | None:
    """The last hop of one way whose router others heard of at the same distance."""
    others = {(hop.ttl, hop.address) for way in ways for hop in way if hop not in own}
    same = [hop.ttl for hop in own if hop.ttl and hop.address and (hop.ttl, hop.address) in others]
    return max(same, default=None)


def _lengths(addresses: Sequence[str], name: str, situation: Situation) -> dict[str, int]:
    """How many hops are worth sounding on each way: all before the server, or all that spoke."""
    found: dict[str, int] = {}

    def measure(address: str) -> None:
        path = trace(situation.net, address, 53, b"\0\7" + question_for(name),
                     deadline_ms=_LENGTH_DEADLINE_MS)  # fmt: skip
        if path is not None:
            last = path_facts(path).last_ttl or 0
            found[address] = last - 1 if path.reached else last

    walking = [threading.Thread(target=measure, args=(one,), daemon=True) for one in addresses]
    for thread in walking:
        thread.start()
    for thread in walking:
        thread.join(_LENGTH_DEADLINE_MS / 1000 + 0.2)
    return dict(found)


def way_facts(
    operator: str,
    family: str,
    trains: Sequence[HopTrain],
    situation: Situation,
    shared_until: int | None = None,
) -> WayLossFacts:
    """One way, from the trains to its hops and, last, to its end."""
    hops, end = trains[:-1], trains[-1].train
    arrives = end.lost < end.sent
    lossy = arrives and loss_state(end.lost, end.sent, situation.catalog.thresholds) != "none"
    slows_at, slows_ms = _slows(trains)
    return WayLossFacts(
        operator=operator,
        family=family,
        hops=tuple(_hop(one, situation) for one in trains),
        arrives=arrives,
        lossy=lossy,
        starts_at=_starts_at(hops, end, situation) if lossy else None,
        slows_at=slows_at,
        slows_ms=slows_ms,
        taken=any(hop.answered_for for hop in hops) or not hops,
        shared_until=shared_until,
    )


def _hop(hop: HopTrain, situation: Situation) -> HopLossFacts:
    place = None
    if hop.address is not None:
        place = "home" if is_home(hop.address, situation) else class_of(hop.address)
    train = hop.train
    return HopLossFacts(hop.ttl, place, train.sent, train.lost, train.median_ms, train.jitter_ms)


def _starts_at(hops: Sequence[HopTrain], end: Train, situation: Situation) -> int | None:
    """The hop at which the loss most likely begins, by all hops that speak together: those before
    it lose next to nothing, or errors of their own; those from it on as much as the end. Behind
    the last where none of them loses; None where none spoke, or where all lose but hops before
    them are silent, which may be to blame as well."""
    limits = situation.catalog.thresholds
    share = end.loss or 0.0
    spoke = [
        hop
        for hop in hops
        if hop.train.sent
        and hop.train.lost < hop.train.sent
        and (hop.train.loss or 0.0) <= limits.hop_loss_of_end * share
    ]
    if not spoke:
        return None
    before = [_before_it(hop.train, limits) for hop in spoke]
    behind = [_log_chance(hop.train, share) for hop in spoke]
    start = max(range(len(spoke) + 1), key=lambda at: sum(before[:at]) + sum(behind[at:]))
    if start == len(spoke):
        return (spoke[-1].ttl or 0) + 1
    return spoke[start].ttl if start or spoke[0].ttl == 1 else None


def _log_chance(train: Train, share: float) -> float:
    """The logarithm of how likely these losses are on a line that loses that share."""
    return train.lost * math.log(share) + (train.sent - train.lost) * math.log(1 - share)


def _before_it(train: Train, limits: Thresholds) -> float:
    """The same for a hop before the loss: next to none, or, at a router that limits or drops its
    own errors, any share alike (whose mean likelihood is the beta function's)."""
    clean = math.exp(_log_chance(train, limits.loss_harmless_percent / 100))
    any_share = 1 / ((train.sent + 1) * math.comb(train.sent, train.lost))
    limited: float = limits.hop_limits_errors
    return math.log((1 - limited) * clean + limited * any_share)


def _slows(trains: Sequence[HopTrain]) -> tuple[int | None, float | None]:
    """The hop whose median rises most above the ones before, where all behind it stay as slow: a
    router that is slow to speak of expired datagrams forwards as quickly as any."""
    known = [(hop.ttl, hop.train.median_ms) for hop in trains if hop.train.median_ms is not None]
    best: tuple[int | None, float | None] = (None, None)
    before_ms = 0.0
    for place, (ttl, _) in enumerate(known):
        lasting_ms = min(delay_ms for _, delay_ms in known[place:] if delay_ms is not None)
        rise_ms = lasting_ms - before_ms
        if rise_ms > (best[1] or 0.0):
            hops = [hop.ttl for hop in trains if hop.ttl is not None]
            best = (ttl if ttl is not None else max(hops, default=0) + 1, round(rise_ms, 1))
        before_ms = max(before_ms, lasting_ms)
    return best


def compared(ways: Sequence[WayLossFacts], limits: Thresholds, home: int = 1) -> HopsFacts:
    """What these ways say beside each other, the first `home` hops being the home's. A way that
    does not arrive at all says nothing of loss: whether it is dead is asked elsewhere. Of a loss
    that all share, a way of few packets may show too little: those that seem clean are counted
    together before it is laid to the others' ends."""
    kept = tuple(ways)
    alive = [way for way in ways if way.arrives]
    if not alive:
        return HopsFacts(kept, None, None, None)
    lossy = [way for way in alive if way.lossy]
    if not lossy:
        return HopsFacts(kept, "none", None, None)
    lost, sent = _counted(lossy)
    percent = round(100 * lost / sent)
    clean = [way for way in alive if not way.lossy]
    if clean and not _lose_together(clean, limits) and not _clean_by_luck(lossy, clean, limits):
        families = {way.family for way in lossy}
        whole = all(way.lossy for way in alive if way.family in families)
        several = len(families) == 1 and whole and len(lossy) > 1
        return HopsFacts(kept, "one-family" if several else "one-target", None, percent)
    starts = Counter(way.starts_at for way in lossy if way.starts_at is not None)
    if not starts:
        return HopsFacts(kept, "unseen", None, percent)
    most = max(starts.values())
    hop = min(start for start, times in starts.items() if times == most)
    theirs = hop < home + limits.provider_hops
    place = "at-home" if hop <= home else "at-provider" if theirs else "beyond"
    return HopsFacts(kept, place, hop, percent)


def _lose_together(ways: Sequence[WayLossFacts], limits: Thresholds) -> bool:
    return loss_state(*_counted(ways), limits) != "none"


def _clean_by_luck(
    lossy: Sequence[WayLossFacts], clean: Sequence[WayLossFacts], limits: Thresholds
) -> bool:
    """Whether ways seem clean only because few of their packets met a loss that all share: it
    begins where they pass too, and the counts do not rule that out. A router there that loses its
    own errors as often as one end loses data would be taken for the place."""
    if not all(way.starts_at and way.starts_at <= (way.shared_until or 0) for way in lossy):
        return False
    return bool(by_luck(_counted(clean), _counted(lossy)) > limits.loss_apart_by_luck)


def _counted(ways: Sequence[WayLossFacts]) -> tuple[int, int]:
    """(lost, sent) at the ends of these ways."""
    ends = [way.hops[-1] for way in ways]
    return sum(end.lost for end in ends), sum(end.sent for end in ends)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, HopsFacts):
        if facts.loses is None:
            continue
        shown: dict[str, Parameter] = {}
        if facts.loss_percent is not None:
            shown["loss_percent"] = facts.loss_percent
        if facts.hop is not None:
            shown["hop"] = facts.hop
        yield Finding(f"hop-loss.{facts.loses}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="hops-are-steady",
        stage=Stage.ISP,
        question="From which hop on is data lost, and which one adds most delay?",
        control="Ways to unrelated operators in both families, and whatever answers further out.",
        packets=560,
        deadline_ms=19500,
        tells=("hop-loss",),
        needs=("route-exists",),
        after=("path-continues", "ways-arrive", "internet-is-steady"),
        deep=True,
        bears_lag_ms=500,  # half of what a hop has to answer in; in 17 s some lag is sure to come
    ),
    targets,
    observe,
    read,
)
