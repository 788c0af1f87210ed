"""Which of a phone's lines is looked at: shared by the checks on a phone's own word."""

from collections.abc import Iterable
from typing import NamedTuple

from netcheck.checks.contract import Situation
from netcheck.model.carrier import Carrier
from netcheck.model.device import LinkKind
from netcheck.model.observation import Role, Target
from netcheck.model.phone import Phone, PhoneLine, ServiceState, SimState, Source
from netcheck.phone.contract import Unread

AFTER = ("phone-answers",)
"""The check that waits for the phone; the others look once it has ended."""

THE_USERS_OWN = frozenset({Source.ADB, Source.TERMUX})
"""Sources that are the phone of which the user speaks; a modem in this device is another."""

_TELLING = (
    ServiceState.HOME,
    ServiceState.ROAMING,
    ServiceState.DENIED,
    ServiceState.EMERGENCY_ONLY,
    ServiceState.SEARCHING,
    ServiceState.OUT_OF_SERVICE,
    ServiceState.RADIO_OFF,
)
_EMPTY = (None, SimState.ABSENT, SimState.NO_PROFILE)


class Heard(NamedTuple):
    """A phone that was read. `own` is the line this run is about, None where there is none, such as
    where each is on another carrier; `others` are the lines beside it that have a SIM."""

    phone: Phone
    own: PhoneLine | None
    others: tuple[PhoneLine, ...]


def heard(situation: Situation) -> Heard | None:
    """What the phone said, if it has spoken."""
    said = situation.phone.wait(0) if situation.phone else None
    if said is None or isinstance(said, Unread):
        return None
    own = _own_line(said, situation)
    others = [line for line in said.lines if line is not own and line.sim not in _EMPTY]
    return Heard(said, own, tuple(others))


def target_of(phone: Phone) -> Target:
    """The phone as the target of a check: by who told of it, never by a name of its own."""
    return Target(f"the phone's word ({phone.source.value})", Role.OWN)


def when_told(situation: Situation, *values: str) -> Iterable[Target]:
    """One target where the own line tells at least one of these fields."""
    said = heard(situation)
    if said is None or said.own is None:
        return
    if any(getattr(said.own, value) is not None for value in values):
        yield target_of(said.phone)


def service(line: PhoneLine) -> ServiceState | None:
    """Where the line stands: served for voice or data counts as served, a refusal tells more than
    a search. None: not measured."""
    if line.voice is None and line.roaming is not None:  # a data modem on its network, without data
        return ServiceState.ROAMING if line.roaming else ServiceState.HOME
    states = [state for state in (line.voice, line.data) if state is not None]
    state = min(states, key=_TELLING.index) if states else None
    if line.emergency_only and state in (ServiceState.SEARCHING, ServiceState.OUT_OF_SERVICE, None):
        return ServiceState.EMERGENCY_ONLY
    return state


def carrier_of(line: PhoneLine, situation: Situation) -> Carrier | None:
    """Whose SIM it is, as far as its network's number tells: an operator, not a brand on it."""
    return situation.catalog.by_plmn(line.sim_plmn) if line.sim_plmn else None


def same_network(one: Carrier, other: Carrier) -> bool:
    """Whether two carriers' phones stand and fall with the same network."""
    return (one.owner or one.host_network) == (other.owner or other.host_network)


def _own_line(phone: Phone, situation: Situation) -> PhoneLine | None:
    """The line this run is about. A modem that this device has and does not use is none unless its
    SIM is this carrier's: many have no SIM, an old one, or are switched off, and all is well."""
    line = _line_of_the_carrier(phone, situation)
    if line is None or phone.source in THE_USERS_OWN or _goes_out_by_modem(situation):
        return line
    carrier = carrier_of(line, situation)
    is_known = carrier and situation.own and same_network(situation.own, carrier)
    return line if is_known and service(line) is not ServiceState.RADIO_OFF else None


def _goes_out_by_modem(situation: Situation) -> bool:
    return situation.interface is not None and situation.interface.kind is LinkKind.CELLULAR


def _line_of_the_carrier(phone: Phone, situation: Situation) -> PhoneLine | None:
    """The line on this run's carrier; the preferred one where none was chosen or the SIMs do not
    tell whose they are."""
    own = situation.own
    if own is None:
        return phone.line
    owners = [(line, carrier_of(line, situation)) for line in phone.lines]
    matching = [line for line, owner in owners if owner is not None and same_network(own, owner)]
    open_ones = [line for line, owner in owners if owner is None]
    for among in (matching, open_ones):
        if phone.line in among:
            return phone.line
        if among:
            return among[0]
    return None
