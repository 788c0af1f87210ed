"""device: does the proxy that this device's programs are told to use answer?

One TCP connection (RFC 9293) to the proxy that the environment names; nothing is asked of it, and
netcheck's own probes never use it. Silence proves that programs which obey the variable are cut
off, not that the network is: the proxy may be one of another place, left set.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.anchor_answers import AnchorFacts
from netcheck.checks.by_proxy import BY_PROXY
from netcheck.checks.contract import Check, Situation
from netcheck.device.settings import proxy
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.target import LearnedFrom
from netcheck.probe.network import Deadline
from netcheck.probe.tcp import connect, finish

_DEADLINE_MS = 2000


@dataclass(frozen=True, slots=True)
class ProxyFacts(Facts):
    """Which variable names the proxy (None: no variable does), and how long a connection took."""

    variable: str | None
    delay_ms: float | None


def targets(situation: Situation) -> Iterable[Target]:
    named = proxy()
    if named is None:
        yield Target("environment")
    else:
        yield Target(named.host, port=named.port, via=named.variable)


def observe(target: Target, situation: Situation) -> Observed:
    if target.port is None or target.via is None:
        return ok(ProxyFacts(None, None))
    answer = situation.resolver.by_system(target.name)
    if not answer.addresses:
        return failed(answer.failure or Failure.NO_DATA, ProxyFacts(target.via, None))
    address = answer.addresses[0]
    situation.net.allowed.learned(LearnedFrom.PROXY, address)
    tried = connect(situation.net, address, target.port, Deadline.in_ms(_DEADLINE_MS))
    facts = ProxyFacts(target.via, tried.delay_ms)
    if tried.socket is None:
        return failed(tried.failure or Failure.TIMEOUT, facts)
    finish(situation.net, tried.socket)
    return ok(facts)


def read(situation: Situation) -> Iterable[Finding]:
    through = situation.seen.facts(BY_PROXY, AnchorFacts)
    nowhere = through and all(facts.failed_phase == "proxy" for _, facts in through)
    for observation, facts in situation.seen.facts(CHECK.id, ProxyFacts):
        if facts.variable is None:
            yield Finding("proxy.none", (CHECK.id,))
        elif observation.failure is not None:
            yield Finding("proxy.dead", (CHECK.id,))
        elif nowhere:
            yield Finding("proxy.leads-nowhere", (CHECK.id, BY_PROXY))
        else:
            yield Finding("proxy.answers", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="proxy-answers",
        stage=Stage.DEVICE,
        question="Does the proxy that this device was told to use answer?",
        control="Web sites reached without it: they tell a dead proxy from a dead network.",
        packets=3,
        deadline_ms=_DEADLINE_MS + 2700,
        tells=("proxy",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
