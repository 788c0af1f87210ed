"""router: does the router keep a way for calls open while nobody speaks?

A phone that waits for a call over Wi-Fi sends a keepalive every so often (RFC 3948 4; its carrier
says how often), and a router that forgets the way sooner lets calls in no more: Wi-Fi calling
works when one calls and fails when one is called. RFC 4787 REQ-5 asks for two minutes at least.
A gateway answers nothing unasked, so this is measured only against a helper of one's own that
answers late (`netcheck mapping-helper`, set as `mapping_helpers`); without one it is not measured.

Where a second translation was seen on the way, datagrams that die at the first router keep only
that one awake: if a mapping lives with them that dies without, the first router is the forgetful
one. Routers may treat port 4500 unlike others: the helper should listen there.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.address_is_routed import TranslationFacts
from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.mapping import lifetimes

_LADDER_S = (5.0, 10.0, 15.0, 20.0, 30.0, 45.0)
_MARGIN_S = 1.0
_NO_HELPER = "mapping_helpers"
_SETTING_UP_S = 9.0  # two exchanges with their repetitions, and the pause between them


@dataclass(frozen=True, slots=True)
class MappingFacts(Facts):
    """A mapping lives `lives_s` at least (None: not even the shortest time asked for) and less
    than `dies_by_s` (None: it outlived the longest). `keepalive_s` is the carrier's, or a handset's
    usual one. `kept_awake`: it lives when only the first router is reminded of it."""

    keepalive_s: float
    lives_s: float | None
    dies_by_s: float | None
    kept_awake: bool | None
    translated_again: bool | None


def targets(situation: Situation) -> Iterable[Target]:
    helper = next(iter(situation.catalog.mapping_helpers), None)
    if helper is None:
        yield Target("a helper that answers late", Role.CONTROL)
    else:
        yield Target(helper.host, Role.CONTROL, helper.operator, port=helper.port)


def observe(target: Target, situation: Situation) -> Observed:
    if target.port is None:
        return skipped(_NO_HELPER)
    names = situation.resolver.by_system(target.name)
    addresses = [one for one in names.addresses if _can_send(one, situation)]
    if not addresses:
        return skipped(_NO_HELPER)
    situation.net.allowed.resolved(target.name, addresses[:1])
    keepalive_s, delays_s = delays(situation)
    deadline_ms = 1000 * (max(delays_s) + _SETTING_UP_S)
    found = lifetimes(situation.net, addresses[0], target.port, delays_s, deadline_ms=deadline_ms)
    if found is None or not found.helper_answers or not found.answered:
        return skipped(_NO_HELPER)  # a dead helper says nothing of a router
    lives_s = max((delay for delay, heard in found.answered.items() if heard), default=None)
    later = [delay for delay, heard in found.answered.items() if not heard]
    dies_by_s = min((delay for delay in later if delay > (lives_s or 0.0)), default=None)
    again = [facts for _, facts in situation.seen.facts("address-is-routed", TranslationFacts)]
    facts = MappingFacts(
        keepalive_s,
        lives_s,
        dies_by_s,
        found.kept_awake,
        bool(again[0].second_router or again[0].provider_shares) if again else None,
    )
    return failed(Failure.TIMEOUT, facts) if _is_too_short(facts) else ok(facts)


def delays(situation: Situation) -> tuple[float, tuple[float, ...]]:
    """(keepalive, delays to ask for) in seconds: up to just beyond the carrier's keepalive, as
    far as a run waits."""
    limits = situation.catalog.thresholds
    own = situation.own.natt_keepalive_s if situation.own else None
    keepalive_s = float(own or limits.natt_keepalive_s)
    longest_s = min(keepalive_s + _MARGIN_S, float(limits.mapping_longest_s))
    return keepalive_s, (*(one for one in _LADDER_S if one < longest_s - _MARGIN_S), longest_s)


def _can_send(address: str, situation: Situation) -> bool:
    six = ipaddress.ip_address(address).version == 6
    return situation.has_ipv6 if six else situation.has_ipv4


def _is_too_short(facts: MappingFacts) -> bool:
    return facts.dies_by_s is not None and facts.dies_by_s <= facts.keepalive_s + _MARGIN_S


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, MappingFacts):
        shown: dict[str, Parameter] = {"seconds": round(facts.keepalive_s)}
        if _is_too_short(facts):
            near = facts.kept_awake or facts.translated_again is False
            if not near and facts.translated_again is None:
                continue  # it is not known whether there is a second one that can forget
            yield Finding(f"mapping.too-short-{'at-router' if near else 'beyond'}", (CHECK.id,),
                          shown)  # fmt: skip
        elif facts.lives_s is not None and facts.lives_s >= facts.keepalive_s:
            yield Finding("mapping.outlasts", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="mapping-outlives-silence",
        stage=Stage.ROUTER,
        question="Does the router keep a way for calls open while nobody speaks?",
        control="The helper answers at once before and after, and each time is asked for twice.",
        packets=120,
        deadline_ms=75000,
        needs=("route-exists",),
        tells=("mapping",),
        after=("address-is-routed",),
        deep=True,
        bears_lag_ms=1000,  # answers wait in their sockets, and seconds are what counts
    ),
    targets,
    observe,
    read,
)
