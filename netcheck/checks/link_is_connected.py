"""link: is the cable in, or the Wi-Fi joined?"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.device import Interface, LinkKind
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class LinkFacts(Facts):
    """The interface in use. `signal_dbm` only on Wi-Fi, and only where the system tells it.
    `made_up`: whether its hardware address is no maker's."""

    kind: str
    connected: bool | None
    signal_dbm: int | None
    speed_mbps: int | None
    made_up: bool | None = None


def targets(situation: Situation) -> Iterable[Target]:
    interface = situation.interface
    yield Target(interface.name if interface else "no interface")


def observe(target: Target, situation: Situation) -> Observed:
    interface = situation.interface
    if interface is None:
        return skipped("interface-is-up")
    wifi = interface.wifi
    facts = LinkFacts(
        kind=interface.kind.value,
        connected=_connected(interface),
        signal_dbm=wifi.signal_dbm if wifi else None,
        speed_mbps=interface.speed_mbps,
        made_up=interface.made_up,
    )
    return failed(Failure.ABSENT, facts) if facts.connected is False else ok(facts)


def _connected(interface: Interface) -> bool | None:
    """Joined is more than linked: until it has its keys, a link lets nothing through."""
    wifi = interface.wifi
    if wifi is not None and wifi.associated is not None:
        return wifi.associated and wifi.authorized is not False
    return interface.carrier


def read(situation: Situation) -> Iterable[Finding]:
    limits = situation.catalog.thresholds
    for _, facts in situation.seen.facts(CHECK.id, LinkFacts):
        wireless = facts.kind == LinkKind.WIFI
        yield Finding(f"link-kind.{'wireless' if wireless else 'wired'}", (CHECK.id,))
        shown = {"kind": facts.kind}
        if facts.connected is False:
            state = "not-associated" if wireless else "no-carrier"
            yield Finding(f"link.{state}", (CHECK.id,), shown)
        elif facts.connected:
            yield Finding("link.connected", (CHECK.id,), shown)
        if facts.signal_dbm is not None:
            if facts.signal_dbm <= limits.signal_weak_dbm:
                state = "weak"
            else:
                state = "strong" if facts.signal_dbm >= limits.signal_strong_dbm else "fair"
            yield Finding(f"signal.{state}", (CHECK.id,), {"signal_dbm": facts.signal_dbm})


CHECK = Check(
    CheckSpec(
        id="link-is-connected",
        stage=Stage.LINK,
        question="Is the cable plugged in at both ends, or the Wi-Fi joined?",
        control="The lower layer's own word (IFF_LOWER_UP, nl80211 association).",
        packets=0,
        deadline_ms=500,
        tells=("link", "link-kind", "signal"),
        needs=("interface-is-up",),
    ),
    targets,
    observe,
    read,
)
