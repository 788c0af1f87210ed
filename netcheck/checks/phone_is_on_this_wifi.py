"""phone: is the user's phone on the network that this device tests?

Only then do the home network's troubles reach the phone, and only then does an open way to Wi-Fi
calling help it. Where the phone itself gives this device its network (a hotspot), the access
provider is the mobile carrier.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.testimony import SameWifi


@dataclass(frozen=True, slots=True)
class SameWifiFacts(Facts):
    """What the user says, one of the closed choices."""

    same: str


def targets(situation: Situation) -> Iterable[Target]:
    if situation.told.same_wifi is not None:
        yield Target("the user's word", Role.OWN)


def observe(target: Target, situation: Situation) -> Observed:
    same = situation.told.same_wifi or SameWifi.NO
    facts = SameWifiFacts(same.value)
    return failed(Failure.ABSENT, facts) if same == SameWifi.NO else ok(facts)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, SameWifiFacts):
        yield Finding(f"same-wifi.{facts.same}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="phone-is-on-this-wifi",
        stage=Stage.PHONE,
        question="Is the user's phone on the network that this device tests?",
        control="None: it says whom the findings about this network concern.",
        packets=0,
        deadline_ms=500,
        tells=("same-wifi",),
    ),
    targets,
    observe,
    read,
)
