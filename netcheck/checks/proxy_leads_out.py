"""internet: where sites do not open directly, do they open through this device's proxy?

Offices and schools let the web out by a proxy alone; programs that obey it work, and nothing is
wrong. netcheck's own probes never use a proxy, so this asks it for three sites (RFC 9110 9.3.6,
CONNECT) when most of them did not open directly, and verifies each as if it were direct. A healthy
direct way costs nothing. A proxy that wants a name and a password is not given one, and nothing is
concluded from its refusal; what a program is told by its own settings is not seen.
"""

from collections.abc import Iterable

from netcheck.checks.anchor_answers import facts_of
from netcheck.checks.by_proxy import BY_PROXY
from netcheck.checks.contract import Check, Situation
from netcheck.device.settings import proxy
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Observed, Role, Target, error, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.target import LearnedFrom
from netcheck.probe.proxied import fetch_through
from netcheck.probe.trust import EmptyTrust, context

_DEADLINE_MS = 3000
_MOST_SITES = 3


def targets(situation: Situation) -> Iterable[Target]:
    """Three sites, if there is a proxy that answers and most sites did not open without it."""
    named = proxy()
    answers = any(one.target.via for one in situation.seen.ok("proxy-answers"))
    sites = situation.seen.of("anchor-answers")
    shut = [one for one in sites if one.failure is not None]
    if named is None or not named.speaks_http or not answers or 2 * len(shut) <= len(sites):
        return
    for site in sites[:_MOST_SITES]:
        yield Target(site.target.name, Role.CONTROL, site.target.operator, port=443,
                     via=named.variable)  # fmt: skip


def observe(target: Target, situation: Situation) -> Observed:
    named = proxy()
    found = situation.resolver.by_system(named.host).addresses if named else ()
    if named is None or not found:
        return skipped("proxy-answers")
    situation.net.allowed.learned(LearnedFrom.PROXY, found[0])
    try:
        trust = context()
    except EmptyTrust:
        return error(Failure.NOT_PERMITTED, "this device's certificate store is empty")
    phases = fetch_through(
        situation.net, found[0], named.port, target.name, deadline_ms=_DEADLINE_MS, trust=trust
    )
    if phases.failure == Failure.NOT_PERMITTED:
        return error(Failure.NOT_PERMITTED, "the proxy wants a name and a password first")
    facts = facts_of(phases)
    return ok(facts) if phases.failure is None else failed(phases.failure, facts)


def read(situation: Situation) -> Iterable[Finding]:
    """What opens is read by `anchor-answers`, a proxy that opens none by `proxy-answers`."""
    return ()


CHECK = Check(
    CheckSpec(
        id=BY_PROXY,
        stage=Stage.INTERNET,
        question="Where sites do not open directly, do they open through this device's proxy?",
        control="The same sites without the proxy, in the same run.",
        packets=8,
        deadline_ms=_DEADLINE_MS + 300,
        needs=("route-exists",),
        tells=("anchors", "proxy"),
        after=("anchor-answers", "proxy-answers"),
    ),
    targets,
    observe,
    read,
)
