"""What of a machine limits netcheck, as a table: each row asks one thing of the facts.

A row answers True (it limits), False (it is fine) or None (not measured, or no such thing here).
Its words are `doctor.<id>.*`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from netcheck.agent.own_facts import OwnFacts
from netcheck.device.contract import Fact
from netcheck.device.host import Host
from netcheck.model.device import LinkKind
from netcheck.model.finding import Parameter
from netcheck.model.limit import Examination, Limit, Weight

STARVED_MS = 100.0
"""From here on a check counts as starved of time, and not as failed."""
WRITTEN = date(2026, 1, 1)
"""No clock that is right shows an earlier day: this version was not written yet."""
_SUPPORTED_UNTIL = {
    (3, 11): date(2027, 10, 31),  # PEP 664
    (3, 12): date(2028, 10, 31),  # PEP 693
    (3, 13): date(2029, 10, 31),  # PEP 719
    (3, 14): date(2030, 10, 31),  # PEP 745
}
_OF_KERNEL = frozenset({Fact.INTERFACES, Fact.DEFAULT_ROUTES, Fact.GATEWAYS})
_WSL = (Host.WSL1, Host.WSL2, Host.WSL2_MIRRORED)


class Row(NamedTuple):
    """One thing that may limit."""

    id: str
    weight: Weight
    limits: Callable[[OwnFacts], bool | None]
    params: Callable[[OwnFacts], Mapping[str, Parameter]] = lambda facts: {}


def examine(facts: OwnFacts, rows: tuple[Row, ...] | None = None) -> Examination:
    """The table's answers."""
    answers = [(row, row.limits(facts)) for row in (ROWS if rows is None else rows)]
    return Examination(
        system=facts.device.system,
        limits=tuple(
            Limit(row.id, row.weight, row.params(facts)) for row, limits in answers if limits
        ),
        fine=tuple(row.id for row, limits in answers if limits is False),
        not_measured=tuple(row.id for row, limits in answers if limits is None),
        untold=(*facts.device.not_permitted, *facts.device.not_measured),
    )


def _sockets(facts: OwnFacts) -> bool | None:
    told = (facts.opens.udp, facts.opens.tcp)
    return None if None in told else False in told


def _kernel(facts: OwnFacts) -> bool | None:
    """Android is built that way, and macOS and Windows hand out other facts."""
    if facts.device.system != "linux":
        return None
    return bool(_OF_KERNEL & set(facts.device.not_permitted))


def _in_wsl(facts: OwnFacts) -> bool | None:
    return facts.host in _WSL if facts.device.system == "linux" else None


def _in_container(facts: OwnFacts) -> bool | None:
    return facts.host is Host.CONTAINER if facts.device.system == "linux" else None


def _lacks(part: str) -> Callable[[OwnFacts], bool | None]:
    def limits(facts: OwnFacts) -> bool | None:
        installed = facts.parts.get(part)
        return None if installed is None else not installed

    return limits


def _raw_closed(facts: OwnFacts) -> bool | None:
    """Of use only where the part is installed that makes use of it."""
    if not facts.parts.get("raw") or facts.opens.raw is None:
        return None
    return not facts.opens.raw


def _lacks_jeepney(facts: OwnFacts) -> bool | None:
    return _lacks("jeepney")(facts) if facts.device.system == "linux" else None


def _has_wifi(facts: OwnFacts) -> bool:
    return any(one.kind is LinkKind.WIFI for one in facts.device.interfaces)


def _wifi_unread(facts: OwnFacts) -> bool | None:
    if not _has_wifi(facts) or Fact.WIFI in facts.device.not_permitted:
        return None
    return Fact.WIFI in facts.device.not_measured


def _withheld(fact: Fact) -> Callable[[OwnFacts], bool | None]:
    def limits(facts: OwnFacts) -> bool | None:
        return fact in facts.device.not_permitted if _has_wifi(facts) else None

    return limits


def _vpn(facts: OwnFacts) -> str | None:
    """The tunnel that the first way out goes through."""
    first = next(iter(facts.device.default_routes), None)
    way = facts.device.interface(first.interface) if first else None
    return way.name if way is not None and way.kind is LinkKind.TUNNEL else None


def _python_ended(facts: OwnFacts) -> bool | None:
    until = _SUPPORTED_UNTIL.get(facts.python)
    return None if until is None else facts.today > until


def _python(facts: OwnFacts) -> Mapping[str, Parameter]:
    return {"name": ".".join(map(str, facts.python))}


ROWS: tuple[Row, ...] = (
    Row("python-cut", Weight.MATTERS, lambda f: bool(f.python_lacks),
        lambda f: {"name": ", ".join(f.python_lacks)}),
    Row("sockets-blocked", Weight.MATTERS, _sockets),
    Row(
        "no-trust",
        Weight.MATTERS,
        lambda f: None if f.trust_trouble is None else bool(f.trust_trouble),
    ),
    Row("clock-behind", Weight.MATTERS, lambda f: f.today < WRITTEN,
        lambda f: {"time": f.today.isoformat()}),
    Row("timer-late", Weight.MATTERS,
        lambda f: None if f.lag_ms is None else f.lag_ms > STARVED_MS,
        lambda f: {"count": round(f.lag_ms or 0)}),
    Row("settings-wrong", Weight.MATTERS,
        lambda f: None if f.setting_trouble is None else bool(f.setting_trouble),
        lambda f: {"reason": f.setting_trouble or ""}),
    Row("policy-ignored", Weight.MATTERS,
        lambda f: bool(f.policy_trouble) if f.policy else None,
        lambda f: {"path": f.policy or ""}),
    Row("folder-closed", Weight.MATTERS,
        lambda f: None if f.state_writable is None else not f.state_writable,
        lambda f: {"path": f.state_folder}),
    Row("kernel-shut", Weight.MATTERS, _kernel),
    Row("inside-windows", Weight.MATTERS, _in_wsl),
    Row("container", Weight.SMALL, _in_container),
    Row("ping-closed", Weight.SMALL,
        lambda f: None if f.opens.ping is None else not f.opens.ping),
    Row("vpn-on", Weight.SMALL, lambda f: _vpn(f) is not None, lambda f: {"name": _vpn(f)}),
    Row("proxy-set", Weight.SMALL, lambda f: f.proxy is not None, lambda f: {"name": f.proxy}),
    Row("wifi-unread", Weight.SMALL, _wifi_unread),
    Row("wifi-withheld", Weight.SMALL, _withheld(Fact.WIFI)),
    Row("no-bus", Weight.SMALL, lambda f: None if f.bus is None else not f.bus),
    Row("no-jeepney", Weight.SMALL, _lacks_jeepney),
    Row("no-msgspec", Weight.SMALL, _lacks("msgspec")),
    Row("no-secure", Weight.SMALL, _lacks("secure")),
    Row("python-ended", Weight.SMALL, _python_ended, _python),
    Row("wifi-name-withheld", Weight.OPTIONAL, _withheld(Fact.WIFI_NAME)),
    Row("no-raw", Weight.OPTIONAL, _lacks("raw")),
    Row("raw-closed", Weight.OPTIONAL, _raw_closed),
    Row("no-fleet", Weight.OPTIONAL, _lacks("fleet")),
)  # fmt: skip
