"""link: why did this device not join the Wi-Fi, or get no address on it?

Asked only when the link or the address is missing. The kernel tells every listener what becomes of
each try (nl80211, group `mlme`): IEEE 802.11 reason and status codes. NetworkManager and
wpa_supplicant are asked too, where they answer this user. A program that failed may wait for a
minute before it tries again, so "no try was seen" proves nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netcheck.catalog.wifi_codes import WifiCode
from netcheck.checks.contract import Check, Situation
from netcheck.checks.wifi_story import Joining, joining, told_by
from netcheck.device.contract import WifiWatch
from netcheck.model.check import CheckSpec
from netcheck.model.device import Interface, LinkKind
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Target, error, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.wifi import JoinTrouble, ManagerWord

_MISSING = ("link-is-connected", "device-has-address")


@dataclass(frozen=True, slots=True)
class JoinFacts(Facts):
    """`tries` that were seen, and what the last failing one ended with: `reason 15 NAME`. `by`
    says who told: the kernel or a program. `managers` are the programs' own numbers."""

    tries: int
    joined: bool
    trouble: str | None
    code: str | None
    who_acts: str | None
    by: str | None
    managers: tuple[str, ...]


def targets(situation: Situation) -> Iterable[Target]:
    interface = situation.interface
    if interface is None or interface.kind != LinkKind.WIFI or situation.wifi is None:
        return
    ended = [o for check in _MISSING for o in situation.seen.of(check)]
    if any(o.failure == Failure.ABSENT for o in ended):
        yield Target(interface.name)


def observe(target: Target, situation: Situation) -> Observed:
    watch, interface = situation.wifi, situation.interface
    if watch is None or interface is None:
        return error(Failure.NOT_PERMITTED, "this system does not tell of its Wi-Fi")
    codes = situation.catalog.wifi_codes
    words = watch.managers()
    told = [told_by(word, codes) for word in words]
    if not any(trouble for trouble, _ in told) and _is_worth_waiting(interface, words):
        _wait(watch, interface, situation)
        words = watch.managers() or words
        told = [told_by(word, codes) for word in words]
    seen = _seen(watch, interface, situation)
    if watch.events() is None and not words:
        return error(Failure.NOT_PERMITTED, "nobody here tells what becomes of a try to join")
    facts = _facts(seen, words, told)
    failure = _failure(facts)
    return ok(facts) if failure is None else failed(failure, facts)


_FAILURES = {
    JoinTrouble.WRONG_PASSPHRASE: Failure.REFUSED,
    JoinTrouble.REFUSED: Failure.REFUSED,
    JoinTrouble.SILENT: Failure.TIMEOUT,
    JoinTrouble.NOT_FOUND: Failure.ABSENT,
    JoinTrouble.NO_DHCP: Failure.TIMEOUT,
}


def _failure(facts: JoinFacts) -> Failure | None:
    """How the tries failed; where none was seen, all that is known is that the link is missing."""
    if facts.trouble is not None:
        return _FAILURES[JoinTrouble(facts.trouble)]
    if facts.joined:
        return None
    return Failure.RESET if facts.tries else Failure.ABSENT


def _is_worth_waiting(interface: Interface, words: Iterable[ManagerWord]) -> bool:
    """Where the link is there and only the address is missing, no try to join will come; nor where
    every program says that it is not at it."""
    if interface.wifi is not None and interface.wifi.associated and not _lacks_keys(interface):
        return False
    tries = [word.trying for word in words]
    return not tries or any(trying is not False for trying in tries)


def _lacks_keys(interface: Interface) -> bool:
    return interface.wifi is not None and interface.wifi.authorized is False


def _wait(watch: WifiWatch, interface: Interface, situation: Situation) -> None:
    def enough(_: object) -> bool:
        seen = _seen(watch, interface, situation)
        return seen.joined or seen.trouble not in (None, JoinTrouble.SILENT)

    watch.wait(enough, situation.catalog.thresholds.wifi_join_watch_ms)


def _seen(watch: WifiWatch, interface: Interface, situation: Situation) -> Joining:
    codes = situation.catalog.wifi_codes
    return joining(watch.events() or (), codes, began_linked=_lacks_keys(interface))


_Told = tuple[JoinTrouble | None, WifiCode | None]


def _facts(seen: Joining, words: Sequence[ManagerWord], told: Sequence[_Told]) -> JoinFacts:
    """What the kernel saw comes first: a program may speak of an earlier try."""
    trouble, code, by = seen.trouble, seen.code, "kernel" if seen.trouble else None
    for word, (meant, passed_on) in zip(words, told, strict=True):
        if trouble is None and not seen.joined and meant is not None:
            trouble, code, by = meant, passed_on, word.manager
    return JoinFacts(
        tries=seen.tries,
        joined=seen.joined,
        trouble=trouble.value if trouble else None,
        code=code.label if code else None,
        who_acts=code.who.value if code else None,
        by=by,
        managers=tuple(f"{word.manager}: {word.raw}" for word in words),
    )


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, JoinFacts):
        if facts.joined and not facts.trouble:
            continue
        shown: dict[str, Parameter] = {"code": facts.code} if facts.code else {}
        without = "broken-off" if facts.tries else "unseen"
        yield Finding(f"wifi-join.{facts.trouble or without}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="wifi-joins",
        stage=Stage.LINK,
        question="Where the Wi-Fi is not joined: what becomes of the tries to join it?",
        control="The kernel's own messages beside the word of the program that does the joining.",
        packets=0,
        deadline_ms=7500,
        tells=("wifi-join",),
        needs=("interface-is-up",),
        after=("link-is-connected", "device-has-address"),
    ),
    targets,
    observe,
    read,
)
