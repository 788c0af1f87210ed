"""internet: does the network's own sign-in server say that we may out?

RFC 8910 names the server in the lease or in a router advertisement, RFC 8908 is what it answers.
Better than a page that was swapped: the network says itself whether a sign-in is needed, and for
how long one lasts. Only where a lease names one and this device's own programs kept it, which few
do; no such server is no proof of no sign-in. Its word is the operator's claim: some say "captive"
to everybody, and a server that is silent may be meant for other networks.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.device.portal_uri import portal_uri
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Role, Target, error, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.target import LearnedFrom
from netcheck.probe.portal_api import ask_state
from netcheck.probe.trust import EmptyTrust, context
from netcheck.wire.capport import UNRESTRICTED, parse_uri

_DEADLINE_MS = 2500
_PROGRAMS_MS = 500  # for the programs here that keep leases
_NAME = "this network's sign-in server"  # its own name may tell where this device is


@dataclass(frozen=True, slots=True)
class PortalApiFacts(Facts):
    """`named`: what the lease held, an address to ask (uri), the word that there is no sign-in
    (unrestricted), something else (unreadable) or a host of a private network that is not its
    router, which is not asked (refused). The rest is the server's own claim."""

    named: str
    captive: bool | None
    venue_info: bool | None = None
    can_extend: bool | None = None
    seconds_remaining: int | None = None
    delay_ms: float | None = None
    status: int | None = None
    failed_phase: str | None = None
    verify_error: str | None = None


def targets(situation: Situation) -> Iterable[Target]:
    if situation.interface is not None:
        yield Target(_NAME, Role.PATH)


def observe(target: Target, situation: Situation) -> Observed:
    text = portal_uri(situation.interface.name) if situation.interface else None
    if text is None:
        return skipped("sign-in-server")
    if text.strip() == UNRESTRICTED:
        return ok(PortalApiFacts("unrestricted", captive=False))
    uri = parse_uri(text)
    if uri is None:
        return failed(Failure.WRONG_ANSWER, PortalApiFacts("unreadable", None))
    try:
        trust = context()
    except EmptyTrust:
        return error(Failure.NOT_PERMITTED, "this device's certificate store is empty")
    names = situation.resolver.by_system(uri.host, deadline_ms=_DEADLINE_MS)
    allowed = situation.net.allowed
    for route in situation.device.default_routes:
        if route.gateway is not None:  # the one host of this network that may be asked
            allowed.learned(LearnedFrom.GATEWAY, route.gateway)
    here = [one for one in names.addresses if allowed.learned(LearnedFrom.CAPPORT, one)]
    if names.addresses and not here:
        return failed(Failure.WRONG_ANSWER, PortalApiFacts("refused", None))
    if not here:
        failure = names.failure or Failure.NO_DATA
        return failed(failure, PortalApiFacts("uri", None, failed_phase="dns"))
    answer = ask_state(situation.net, here, uri, deadline_ms=_DEADLINE_MS, trust=trust)
    state = answer.state
    facts = PortalApiFacts(
        named="uri",
        captive=state.captive if state else None,
        venue_info=state.venue_info if state else None,
        can_extend=state.can_extend if state else None,
        seconds_remaining=state.seconds_remaining if state else None,
        delay_ms=answer.delay_ms,
        status=answer.status,
        failed_phase=answer.failed_phase,
        verify_error=answer.verify_error,
    )
    if state is None:
        return failed(answer.failure or Failure.NO_DATA, facts)
    return failed(Failure.WRONG_ANSWER, facts) if state.captive else ok(facts)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, PortalApiFacts):
        if facts.named in ("unreadable", "refused"):
            continue
        if facts.captive is None:
            yield Finding("portal-api.silent", (CHECK.id,))
            continue
        shown: dict[str, Parameter] = {}
        if facts.seconds_remaining is not None and not facts.captive:
            shown["minutes"] = facts.seconds_remaining // 60
        yield Finding(f"portal-api.{'captive' if facts.captive else 'open'}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="portal-lets-us-out",
        stage=Stage.INTERNET,
        question="Does this network's own sign-in server say that we may out?",
        control="Pages with known answers of several operators, asked beside it.",
        packets=8,
        deadline_ms=_PROGRAMS_MS + 2 * _DEADLINE_MS + 300,
        tells=("portal-api",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
