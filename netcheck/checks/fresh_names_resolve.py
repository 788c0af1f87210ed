"""dns: does a name that nobody has asked for before get an answer, and how soon?

The name is random, below .com: no cache holds it (RFC 2308 caches the denial of one name only),
so the whole way to the servers of .com and back is timed, in milliseconds from the datagram that
was answered. Any answer counts, a denial most of all. One slow answer proves little: a run judges
the quickest of two, and who is slow is asked once more, because the first questions of a run all
wait where the router's own address is asked for (ARP; a second longer where that got lost);
`--deep` judges the median of five. Silence says nothing about pace.
"""

import secrets
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.epdg_resolves import EpdgNameFacts
from netcheck.checks.nameserver_answers import NameserverFacts, first_nameserver, place_of
from netcheck.checks.unknown_names_stay_unknown import UnknownNameFacts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.dns import DnsAnswer, ask

_TRAIN = 5
_ENOUGH = 3  # of a train; with fewer there is no median to speak of


@dataclass(frozen=True, slots=True)
class FreshNameFacts(Facts):
    """What came back, and after how long; a question that was not answered has no delay."""

    rcode: str | None
    delays_ms: tuple[float, ...]


def targets(situation: Situation) -> Iterable[Target]:
    own = first_nameserver(situation)
    yield from own
    names = {server.name for server in own}
    yield from [one for one in situation.resolvers if one.name not in names][:1]


def observe(target: Target, situation: Situation) -> Observed:
    seen = _time(target, situation, 1)
    delays_ms = seen.facts.delays_ms if isinstance(seen.facts, FreshNameFacts) else ()
    if min(delays_ms, default=0.0) < situation.catalog.thresholds.dns_slow_ms:
        return seen
    again = _ask(target, situation)
    if again.rcode is None or again.delay_ms is None:
        return seen
    return ok(FreshNameFacts(again.rcode, (*delays_ms, again.delay_ms)))


def observe_train(target: Target, situation: Situation) -> Observed:
    return _time(target, situation, _TRAIN)


def _time(target: Target, situation: Situation, count: int) -> Observed:
    answers = []
    for _ in range(count):
        answers.append(_ask(target, situation))
        if answers[-1].rcode is None:
            break  # who does not answer is not asked again and again
    delays_ms = tuple(a.delay_ms for a in answers if a.rcode and a.delay_ms is not None)
    facts = FreshNameFacts(answers[-1].rcode, delays_ms)
    if answers[-1].rcode is None:
        return failed(answers[-1].failure or Failure.TIMEOUT, facts)
    return ok(facts)


def _ask(target: Target, situation: Situation) -> DnsAnswer:
    return ask(situation.net, target.name, f"{secrets.token_hex(9)}.com")


def read(situation: Situation) -> Iterable[Finding]:
    own_ms = _pace_ms(situation, Role.OWN)
    control_ms = _pace_ms(situation, Role.CONTROL)
    if own_ms is None or control_ms is None:
        return
    slow_ms = situation.catalog.thresholds.dns_slow_ms
    prompt = own_ms < slow_ms + _world_ms(own_ms, control_ms, situation)
    state = "prompt" if prompt else f"slow-{_where(situation, slow_ms)}"
    yield Finding(f"dns-pace.{state}", (CHECK.id,), {"delay_ms": round(own_ms)})


def _world_ms(own_ms: float, control_ms: float, situation: Situation) -> float:
    """What a new name may rightly take. A resolver far from the name servers of the world needs
    long for each question of its own, and so may ours need the control's time several times over:
    less often for a second name, since it has just learnt where names of that kind are asked for.
    But who is late with known names as well is not late for the world's sake: the world's part is
    no more than what a new name takes longer than a known one, and the one time that a forwarder
    without a memory takes to ask for that too."""
    limits = situation.catalog.thresholds
    asked_again = len(_delays(situation, CHECK.id, Role.OWN)) > 1
    questions = limits.dns_warm_questions if asked_again else limits.dns_cold_questions
    most_ms: float = questions * control_ms
    known_ms = _known_ms(situation)
    if known_ms is None:
        return most_ms
    return min(most_ms, control_ms + max(0.0, own_ms - known_ms))


def _known_ms(situation: Situation) -> float | None:
    """The quickest answer of our first nameserver for a name that others ask for too, and that it
    need not ask the whole world for. None with fewer than two: one may have met a lost packet, or
    have been forgotten."""
    own = situation.device.nameservers[:1]
    known = [
        facts.delay_ms
        for observation, facts in situation.seen.facts("nameserver-answers", NameserverFacts)
        if observation.target.name in own
    ]
    known += [
        facts.delay_ms
        for observation, facts in situation.seen.facts("epdg-resolves", EpdgNameFacts)
        if observation.target.address in own
    ]
    answered_ms = [delay_ms for delay_ms in known if delay_ms is not None]
    return min(answered_ms) if len(answered_ms) > 1 else None


def _pace_ms(situation: Situation, role: Role) -> float | None:
    """The median of a train where one was sent, else the quicker of single questions."""
    trains = _delays(situation, TRAIN.id, role)
    if len(trains) >= _ENOUGH:
        return statistics.median(trains)
    single = _delays(situation, CHECK.id, role)
    for observation, facts in situation.seen.facts("unknown-names-stay-unknown", UnknownNameFacts):
        if observation.target.role == role and facts.delay_ms is not None:
            single = [*single, facts.delay_ms]
    # Two or three, and the best of them: one lookup may meet a lost packet far away.
    return min(single) if len(single) > 1 else None


def _delays(situation: Situation, check: str, role: Role) -> Sequence[float]:
    return [
        delay_ms
        for observation, facts in situation.seen.facts(check, FreshNameFacts)
        if observation.target.role == role
        for delay_ms in facts.delays_ms
    ]


def _where(situation: Situation, slow_ms: float) -> str:
    """A server at home that is quick about itself waits for somebody behind it. One that passes
    even that question on, or is silent to it, cannot be told."""
    asked = situation.device.nameservers[:1]
    for observation, facts in situation.seen.facts("nameserver-answers", NameserverFacts):
        if observation.target.name not in asked:
            continue
        if place_of(observation.target.name, situation) != "home":
            return "beyond"
        if facts.itself_ms is not None:
            return "at-home" if facts.itself_ms >= slow_ms else "beyond"
    return "unseen"


_QUESTION = "Does a name that nobody has asked for before get an answer, and how soon?"
_CONTROL = "A public resolver is asked for another such name at the same time."

CHECK = Check(
    CheckSpec(
        id="fresh-names-resolve",
        stage=Stage.DNS,
        question=_QUESTION,
        control=_CONTROL,
        packets=6,
        deadline_ms=2 * 2500 + 300,
        tells=("dns-pace",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)

TRAIN = Check(
    CheckSpec(
        id="fresh-names-keep-pace",
        stage=Stage.DNS,
        question="How soon do five names come that nobody has asked for before?",
        control=_CONTROL,
        packets=3 * _TRAIN,
        deadline_ms=_TRAIN * 2500 + 300,
        needs=("route-exists",),
        deep=True,
        after=("nameserver-answers",),
    ),
    targets,
    observe_train,
    lambda _: (),  # read together with the single questions
)
