"""What one run may take over from the run just before it: what carriers' servers said.

A fleet's script, a monitor and a person may all run netcheck within the same minute, and a gateway
keeps state for each caller it answers. So an unattended run asks no carrier again within 60 s of
another run: it takes that run's carrier observations over, each with its age. They count as if
seen now, but only on the same network, about the same carriers, and only while something beyond
the router answers in this run as well: what was said a minute ago proves nothing of a line that
is dead now.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from netcheck import __version__
from netcheck.agent.engine import CUT_SHORT
from netcheck.checks.contract import Situation
from netcheck.checks.provider_carries_traffic import heard_from_beyond
from netcheck.diagnosis import RULES_VERSION
from netcheck.model.observation import Facts, Observation, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.stage import Stage

REUSE_WITHIN_S = 60.0
CARRIER_STAGES = (Stage.CARRIER, Stage.WIFI_CALLING)

_MEASURED = (Outcome.OK, Outcome.FAILED)


@dataclass(frozen=True, slots=True)
class Kept:
    """What carriers said to a run: `began_s` is its beginning by the system's clock, `of` what it
    was about, as one word that tells nobody which."""

    began_s: float
    of: str
    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """An observation as text: `facts_are` names the class of its facts."""

    check: str
    target: Target
    outcome: Outcome
    failure: Failure | None
    facts: dict[str, object] | None
    facts_are: str | None
    start_ms: float
    duration_ms: float
    interface: str | None
    unmet: str | None


@dataclass(frozen=True, slots=True)
class _Rows:
    """A `Kept` as text."""

    began_s: float
    of: str
    observations: list[_Row]


def to_keep(situation: Situation, began_s: float) -> Kept | None:
    """The carrier observations of a run that has ended.

    None where they are not worth taking over: nobody was asked, the run ended before them, or
    nothing beyond the router was heard, so that the line and not the carrier is what was seen.
    A check that netcheck itself could not make whole is left out, for the next run to make.
    """
    from netcheck.device.interface_names import told_names, without_addresses

    carriers_own = asks_carriers()
    seen = [o for o in situation.seen.all() if o.check in carriers_own and o.age_s is None]
    broken = {o.check for o in seen if o.outcome is Outcome.ERROR}
    seen = [o for o in seen if o.check not in broken]
    sound = all(o.unmet not in CUT_SHORT for o in seen)
    measured = any(o.outcome in _MEASURED for o in seen)
    if not (sound and measured and heard_from_beyond(situation)):
        return None
    names = told_names(interface.name for interface in situation.device.interfaces)
    told = tuple(without_addresses(o, names) for o in seen)
    return Kept(began_s, _about(situation), told)


def as_text(kept: Kept) -> str | None:
    """For the store. None without msgspec: then only the looks of one process share anything."""
    try:
        import msgspec
    except ImportError:
        return None
    rows = [_row(o) for o in kept.observations]
    return msgspec.json.encode(_Rows(kept.began_s, kept.of, rows)).decode()


def _from_text(text: str) -> Kept | None:
    """None where it is no text of ours, or msgspec is missing."""
    try:
        import msgspec
    except ImportError:
        return None
    try:
        rows = msgspec.json.decode(text.encode(), type=_Rows)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    found = tuple(o for o in map(_observation, rows.observations) if o is not None)
    return Kept(rows.began_s, rows.of, found) if len(found) == len(rows.observations) else None


def taken_over(
    before: Kept | str | None, situation: Situation, now_s: float, within_s: float = REUSE_WITHIN_S
) -> tuple[Observation, ...]:
    """What a run that begins now may take over of what was kept, in this process or as text in the
    store; nothing where it is older than `within_s`, of another network or about others, or no
    text of ours."""
    kept = _from_text(before) if isinstance(before, str) else before
    # A clock that was set back makes an age below zero: nobody knows how old it is.
    if kept is None or not 0 <= now_s - kept.began_s <= within_s or kept.of != _about(situation):
        return ()
    return tuple(_aged(seen, now_s - kept.began_s) for seen in kept.observations)


def _aged(seen: Observation, began_ago_s: float) -> Observation:
    age_s = began_ago_s - (seen.start_ms + seen.duration_ms) / 1000
    return replace(seen, age_s=round(max(0.0, age_s), 1))


def asks_carriers() -> frozenset[str]:
    """The checks that contact a carrier's servers or ask for their names. Those that only sum up
    are made anew."""
    from netcheck.checks import ALL

    return frozenset(
        check.id for check in ALL if check.spec.stage in CARRIER_STAGES and check.spec.packets
    )


def _about(situation: Situation) -> str:
    """The network, the carriers and the rules, as one word that tells nobody which."""
    device = situation.device
    parts: Iterable[object] = (
        __version__,
        RULES_VERSION,
        [(role.value, carrier.id, carrier.epdg_hosts) for role, carrier in situation.operators],
        situation.region,
        situation.interface_wanted,
        device.nameservers,
        [(r.interface, r.gateway, r.source) for r in device.default_routes],
        sorted(a.address for i in device.interfaces for a in i.addresses if not a.link_local),
    )
    return hashlib.sha256(repr(list(parts)).encode()).hexdigest()


def _row(seen: Observation) -> _Row:
    import msgspec

    return _Row(
        check=seen.check,
        target=seen.target,
        outcome=seen.outcome,
        failure=seen.failure,
        facts=None if seen.facts is None else msgspec.to_builtins(seen.facts),
        facts_are=None if seen.facts is None else type(seen.facts).__name__,
        start_ms=seen.start_ms,
        duration_ms=seen.duration_ms,
        interface=seen.interface,
        unmet=seen.unmet,
    )


def _observation(row: _Row) -> Observation | None:
    """The observation again; None where its facts do not fit what the check says."""
    import msgspec

    facts: Facts | None = None
    if row.facts is not None:
        kind = _kinds_of_facts().get(row.facts_are or "")
        if kind is None or row.check not in asks_carriers():
            return None
        try:
            facts = msgspec.convert(row.facts, kind)
        except msgspec.ValidationError:
            return None
    return Observation(
        check=row.check,
        target=row.target,
        outcome=row.outcome,
        failure=row.failure,
        facts=facts,
        start_ms=row.start_ms,
        duration_ms=row.duration_ms,
        interface=row.interface,
        unmet=row.unmet,
    )


@cache
def _kinds_of_facts() -> dict[str, type[Facts]]:
    """The checks' own classes of facts, by name."""
    from netcheck.checks import ALL

    modules = {check.observe.__module__ for check in ALL}
    found: dict[str, type[Facts]] = {}
    todo: list[type[Facts]] = [Facts]
    while todo:
        for kind in todo.pop().__subclasses__():
            todo.append(kind)
            if kind.__module__ in modules:
                found[kind.__name__] = kind
    return found


def with_taken_over(situation: Situation, before: Sequence[Observation]) -> Situation:
    """The situation to judge: with what was taken over, while something beyond answers now."""
    from netcheck.checks.contract import Seen

    if not before or not heard_from_beyond(situation):
        return situation
    return replace(situation, seen=Seen((*situation.seen.all(), *before)))
