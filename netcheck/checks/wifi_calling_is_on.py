"""phone: is Wi-Fi calling switched on, and is the phone's tunnel to its carrier up?

Android's setting `wfc_ims_enabled`, and its registration over IWLAN (3GPP TS 23.402: untrusted
non-3GPP access by an ePDG). A tunnel that is up proves a carrier that let this SIM in, over the
network the phone is on, which need not be this one. Down is usual where the phone has bars.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.phone_lines import AFTER, heard, when_told
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class CallingFacts(Facts):
    """The switch in the settings, and the tunnel. None: not measured."""

    switched_on: bool | None
    tunnel_up: bool | None


def targets(situation: Situation) -> Iterable[Target]:
    yield from when_told(situation, "wifi_calling_enabled", "wifi_calling_tunnel")


def observe(target: Target, situation: Situation) -> Observed:
    said = heard(situation)
    if said is None or said.own is None:
        return skipped("phone-answers")
    facts = CallingFacts(said.own.wifi_calling_enabled, said.own.wifi_calling_tunnel)
    off = facts.switched_on is False and not facts.tunnel_up
    return failed(Failure.ABSENT, facts) if off else ok(facts)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, CallingFacts):
        if facts.switched_on is not None:
            state = "on" if facts.switched_on else "off"
            yield Finding(f"wifi-calling-switch.{state}", (CHECK.id,))
        if facts.tunnel_up is not None:
            yield Finding(f"wifi-calling-tunnel.{'up' if facts.tunnel_up else 'down'}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="wifi-calling-is-on",
        stage=Stage.PHONE,
        question="Is Wi-Fi calling switched on in the phone, and in use?",
        control="The way to the Wi-Fi-calling gateway, seen from this device.",
        packets=0,
        deadline_ms=500,
        tells=("wifi-calling-switch", "wifi-calling-tunnel"),
        after=AFTER,
    ),
    targets,
    observe,
    read,
)
