"""link: does the Wi-Fi hold, or is this device thrown off and moved about?

The kernel's messages about the association (nl80211, group `mlme`) over the run; the deep check
watches longer. A few seconds in which nothing happened are no proof: a link that drops every ten
minutes looks steady here. Who walks through the house with the device moves rightly.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.wifi_story import Holding, holding
from netcheck.model.check import CheckSpec
from netcheck.model.device import Interface, LinkKind
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Target, error, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class HoldFacts(Facts):
    """Since the run began. `returns` are moves back to an access point just left; `last_code` is
    what the last unwanted end was given for, `by_point` whether the access point ended it."""

    watched_ms: int
    drops: int
    moves: int
    returns: int
    beacons_lost: int
    last_code: str | None
    who_acts: str | None
    by_point: bool | None


def targets(situation: Situation) -> Iterable[Target]:
    interface = situation.interface
    if interface is not None and interface.kind == LinkKind.WIFI and situation.wifi is not None:
        yield Target(interface.name)


def observe(target: Target, situation: Situation) -> Observed:
    return _observed(situation, 0.0)


def observe_longer(target: Target, situation: Situation) -> Observed:
    return _observed(situation, situation.catalog.thresholds.wifi_stay_watch_ms)


def _observed(situation: Situation, longer_ms: float) -> Observed:
    watch, interface = situation.wifi, situation.interface
    if watch is None or interface is None:
        return error(Failure.NOT_PERMITTED, "this system does not tell of its Wi-Fi")
    watch.wait(lambda _: False, longer_ms)
    events = watch.events()
    if events is None:
        return error(Failure.NOT_PERMITTED, "nobody here tells what happens to the Wi-Fi")
    codes = situation.catalog.wifi_codes
    held = holding(events, codes, began_settled=_is_settled(interface))
    if not held.joined:
        return skipped("link-is-connected")
    facts = _facts(held, watch.watched_ms())
    return ok(facts) if _state(facts) == "steady" else failed(Failure.LOSS, facts)


def _is_settled(interface: Interface) -> bool:
    wifi = interface.wifi
    return wifi is not None and wifi.associated is True and wifi.authorized is not False


def _facts(held: Holding, watched_ms: float) -> HoldFacts:
    code = held.code
    return HoldFacts(
        watched_ms=round(watched_ms),
        drops=held.drops,
        moves=held.moves,
        returns=held.returns,
        beacons_lost=held.beacons_lost,
        last_code=code.label if code else None,
        who_acts=code.who.value if code else None,
        by_point=held.by_point,
    )


def _state(facts: HoldFacts) -> str:
    """One end may be a person's doing, and one move is where they walk; two ends, or a move back,
    within seconds are not."""
    if facts.drops:
        return "thrown-off" if facts.drops > 1 else "dropped"
    return "wandering" if facts.returns else "steady"


def read(situation: Situation) -> Iterable[Finding]:
    checks = (LONGER.id, CHECK.id)
    for check in checks:  # the longer watch holds what the shorter one saw
        for _, facts in situation.seen.facts(check, HoldFacts):
            shown: dict[str, Parameter] = {"count": facts.drops or facts.moves}
            if facts.last_code:
                shown["code"] = facts.last_code
            yield Finding(f"wifi-hold.{_state(facts)}", (check,), shown)
            return


CHECK = Check(
    CheckSpec(
        id="wifi-stays-joined",
        stage=Stage.LINK,
        question="Does the Wi-Fi hold while this runs?",
        control="An end that this device chose for itself, and a move to a better place, are none.",
        packets=0,
        deadline_ms=500,
        tells=("wifi-hold",),
        needs=("interface-is-up",),
        after=("wifi-joins", "gateway-answers", "internet-is-steady"),
    ),
    targets,
    observe,
    read,
)

LONGER = Check(
    CheckSpec(
        id="wifi-keeps-joined",
        stage=Stage.LINK,
        question="Does the Wi-Fi hold for a few seconds more?",
        control="As for the shorter watch, whose events it holds too.",
        packets=0,
        deadline_ms=6000,
        needs=("interface-is-up",),
        after=("wifi-joins",),
        deep=True,
    ),
    targets,
    observe_longer,
    lambda situation: (),
)
