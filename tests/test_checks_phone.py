"""What the checks make of a phone's own word, and of its owner's."""

from types import SimpleNamespace

import pytest

from netcheck.catalog import load
from netcheck.checks import (
    airplane_mode_is_off,
    other_line_works,
    packet_service_is_attached,
    phone_answers,
    phone_has_service,
    phone_is_registered,
    phone_signal_is_usable,
    sim_is_ready,
    wifi_calling_is_on,
)
from netcheck.checks.contract import Check, Seen
from netcheck.checks.phone_lines import service
from netcheck.model.device import LinkKind
from netcheck.model.observation import Observation
from netcheck.model.outcome import Outcome
from netcheck.model.phone import Phone, PhoneLine, ServiceState, SignalLevel, SimState, Source
from netcheck.model.testimony import NOTHING_SAID, said
from netcheck.phone.contract import Unread

CATALOG = load()
ATT, TMOBILE = "310410", "310260"
HOME = ServiceState.HOME
SOS = ServiceState.EMERGENCY_ONLY
READY = SimState.READY


class Spoken:
    """A reading that is over."""

    source = Source.ADB

    def __init__(self, answer: Phone | Unread | None) -> None:
        self.answer = answer

    def wait(self, timeout_s: float) -> Phone | Unread | None:
        return self.answer


def a_phone(*lines: PhoneLine, source: Source = Source.ADB, **more: object) -> Phone:
    return Phone(source=source, lines=lines, **more)  # type: ignore[arg-type]


def situation(
    answer: Phone | Unread | None = None, *, own: str | None = "att", told=NOTHING_SAID
) -> SimpleNamespace:
    carrier = CATALOG.carrier(own) if own else None
    spoken = Spoken(answer) if answer is not None else None
    return SimpleNamespace(
        catalog=CATALOG, own=carrier, phone=spoken, told=told, seen=Seen(), interface=None
    )


def found(check: Check, where: SimpleNamespace) -> list[str]:
    """The findings, after the check has looked at all it is aimed at."""
    for target in check.targets(where):  # type: ignore[arg-type]
        seen = check.observe(target, where)  # type: ignore[arg-type]
        where.seen.add(
            Observation(check.id, target, seen.outcome, seen.failure, seen.facts, 0.0, 1.0)
        )
    return [finding.id for finding in check.read(where)]  # type: ignore[arg-type]


SERVICE = [
    ("both at home", PhoneLine(voice=HOME, data=HOME), HOME),
    ("calls without data", PhoneLine(voice=HOME, data=ServiceState.OUT_OF_SERVICE), HOME),
    ("data without calls", PhoneLine(voice=ServiceState.SEARCHING, data=HOME), HOME),
    ("a data modem without packet service", PhoneLine(data=None, roaming=False), HOME),
    ("a guest", PhoneLine(voice=ServiceState.ROAMING, roaming=True), ServiceState.ROAMING),
    (
        "refused, and emergency calls at most",
        PhoneLine(voice=ServiceState.DENIED, emergency_only=True),
        ServiceState.DENIED,
    ),
    (
        "searching, and emergency calls at most",
        PhoneLine(voice=ServiceState.SEARCHING, emergency_only=True),
        SOS,
    ),
    ("nothing told", PhoneLine(), None),
]


@pytest.mark.parametrize(
    ("line", "state"), [one[1:] for one in SERVICE], ids=[one[0] for one in SERVICE]
)
def test_where_a_line_stands(line: PhoneLine, state: ServiceState | None) -> None:
    assert service(line) == state


@pytest.mark.parametrize(
    ("cause", "blames"),
    [(2, "account"), (3, "account"), (6, "handset"), (11, "place"), (15, "place"),
     (17, "network-trouble"), (22, "network-trouble"), (111, "other")],
)  # fmt: skip
def test_what_the_number_of_a_refusal_blames(cause: int, blames: str) -> None:
    line = PhoneLine(voice=ServiceState.DENIED, reject_cause=cause)
    told = found(phone_is_registered.CHECK, situation(a_phone(line)))
    assert told == ["phone-service.denied", f"refusal.{blames}"]


def test_an_old_refusal_of_a_line_that_is_served_is_no_finding() -> None:
    line = PhoneLine(voice=HOME, data=ServiceState.DENIED, reject_cause=7)
    assert found(phone_is_registered.CHECK, situation(a_phone(line))) == ["phone-service.home"]


def test_the_line_on_this_run_s_carrier_is_looked_at() -> None:
    other = PhoneLine(slot=1, sim=READY, sim_plmn=TMOBILE, voice=HOME, preferred=True)
    own = PhoneLine(slot=2, sim=READY, sim_plmn=ATT, voice=SOS)
    both = a_phone(other, own)
    assert found(phone_is_registered.CHECK, situation(both)) == ["phone-service.emergency-only"]
    assert found(phone_is_registered.CHECK, situation(both, own=None)) == ["phone-service.home"]
    assert found(phone_is_registered.CHECK, situation(both, own="cricket")) == [
        "phone-service.emergency-only"  # a guest's SIM has its host's number
    ]


def test_a_phone_of_another_carrier_says_nothing_of_this_one() -> None:
    foreign = PhoneLine(sim=READY, sim_plmn=TMOBILE, voice=SOS, signal_level=SignalLevel.NONE)
    for check in (phone_is_registered, sim_is_ready, phone_signal_is_usable, other_line_works):
        assert found(check.CHECK, situation(a_phone(foreign))) == []


@pytest.mark.parametrize(
    ("plmn", "state", "finding"),
    [
        (TMOBILE, HOME, "works"),
        (TMOBILE, SOS, "fails"),
        (ATT, HOME, "same-works"),
        (ATT, SOS, "same-fails"),
        (None, HOME, None),
        (TMOBILE, None, None),
    ],
)
def test_the_other_sim_is_a_control_where_its_network_is_known(
    plmn: str | None, state: ServiceState | None, finding: str | None
) -> None:
    own = PhoneLine(slot=1, sim=READY, sim_plmn=ATT, voice=SOS, preferred=True)
    other = PhoneLine(slot=2, sim=READY, sim_plmn=plmn, voice=state)
    told = found(other_line_works.CHECK, situation(a_phone(own, other)))
    assert told == ([f"other-line.{finding}"] if finding else [])


@pytest.mark.parametrize("sim", SimState)
def test_the_slot_is_told(sim: SimState) -> None:
    assert found(sim_is_ready.CHECK, situation(a_phone(PhoneLine(sim=sim)))) == [f"sim.{sim}"]


def test_an_empty_second_slot_is_nobody_s_fault() -> None:
    empty, full = PhoneLine(slot=1, sim=SimState.ABSENT, preferred=True), PhoneLine(2, sim=READY)
    assert found(sim_is_ready.CHECK, situation(a_phone(empty, full), own=None)) == []


@pytest.mark.parametrize(
    ("level", "state"),
    [("none", "none"), ("poor", "weak"), ("moderate", "usable"), ("great", "usable")],
)
def test_bars(level: str, state: str) -> None:
    line = PhoneLine(signal_level=SignalLevel(level))
    told = found(phone_signal_is_usable.CHECK, situation(a_phone(line)))
    assert told == [f"phone-signal.{state}"]


DATA = [
    (PhoneLine(voice=HOME, packet_attached=True), True, "attached"),
    (PhoneLine(voice=HOME, packet_attached=False), True, "detached"),
    (PhoneLine(voice=HOME, packet_attached=True), False, "switched-off"),
    (PhoneLine(voice=HOME), None, None),
    (PhoneLine(voice=SOS, packet_attached=False), True, None),
]


@pytest.mark.parametrize(("line", "on", "state"), DATA)
def test_data_is_looked_for_on_a_phone_that_is_on_its_network(
    line: PhoneLine, on: bool | None, state: str | None
) -> None:
    where = situation(a_phone(line, mobile_data_on=on))
    assert found(packet_service_is_attached.CHECK, where) == (
        [f"phone-data.{state}"] if state else []
    )


def test_the_switch_and_the_tunnel_are_two_things_and_neither_is_made_up() -> None:
    on = PhoneLine(wifi_calling_enabled=True, wifi_calling_tunnel=False)
    assert found(wifi_calling_is_on.CHECK, situation(a_phone(on))) == [
        "wifi-calling-switch.on",
        "wifi-calling-tunnel.down",
    ]
    tunnel = PhoneLine(wifi_calling_tunnel=True)
    assert found(wifi_calling_is_on.CHECK, situation(a_phone(tunnel))) == ["wifi-calling-tunnel.up"]
    assert found(wifi_calling_is_on.CHECK, situation(a_phone(PhoneLine()))) == []


def test_airplane_mode_by_the_phone_and_by_its_owner_are_two_voices() -> None:
    where = situation(a_phone(PhoneLine(), airplane_mode=False), told=said(airplane="on"))
    assert found(airplane_mode_is_off.CHECK, where) == ["airplane-told.on", "airplane.off"]
    assert found(airplane_mode_is_off.CHECK, situation()) == []


@pytest.mark.parametrize(
    ("source", "state", "symptom", "weighed"),
    [
        (Source.ADB, SOS, "sos", False),  # one voice: the owner reads the phone's own screen
        (Source.ADB, SOS, "no-service", False),
        (Source.ADB, SOS, "calls-fail", True),  # says more than the phone did
        (Source.ADB, HOME, "sos", True),  # says otherwise than the phone did
        (Source.MODEM, SOS, "sos", True),  # another device than the phone
    ],
)
def test_who_reads_a_phone_s_own_word_out_is_no_second_voice(
    source: Source, state: ServiceState, symptom: str, weighed: bool
) -> None:
    line = PhoneLine(voice=state, sim_plmn=ATT)
    where = situation(a_phone(line, source=source), told=said(symptom))
    found(phone_is_registered.CHECK, where)
    assert found(phone_has_service.CHECK, where) == ([f"symptom.{symptom}"] if weighed else [])
    assert len(where.seen.of("phone-has-service")) == 1  # it is kept in any case


UNREAD = [
    (Unread.NO_PHONE, Outcome.SKIPPED),
    (Unread.NO_PROGRAM, Outcome.SKIPPED),
    (Unread.UNSUPPORTED, Outcome.SKIPPED),
    (Unread.UNAUTHORIZED, Outcome.ERROR),
    (Unread.TIMEOUT, Outcome.ERROR),
    (Unread.NOT_UNDERSTOOD, Outcome.ERROR),
]


@pytest.mark.parametrize(("why", "outcome"), UNREAD)
def test_a_phone_that_cannot_be_read_says_nothing_of_the_network(
    why: Unread, outcome: Outcome
) -> None:
    where = situation(why)
    assert found(phone_answers.CHECK, where) == []
    assert [one.outcome for one in where.seen.all()] == [outcome]
    for check in (phone_is_registered, sim_is_ready, airplane_mode_is_off, wifi_calling_is_on):
        assert found(check.CHECK, where) == []
    assert len(where.seen.all()) == 1


def by_modem(line: PhoneLine, kind: LinkKind = LinkKind.ETHERNET) -> SimpleNamespace:
    where = situation(a_phone(line, source=Source.MODEM))
    where.interface = SimpleNamespace(kind=kind)
    return where


UNUSED = [
    ("without a SIM", PhoneLine(sim=SimState.ABSENT, voice=ServiceState.OUT_OF_SERVICE)),
    ("with a SIM that tells nothing", PhoneLine(sim=READY, voice=ServiceState.DENIED)),
    (
        "switched off",
        PhoneLine(sim=READY, sim_plmn=ATT, voice=ServiceState.RADIO_OFF),
    ),
]


@pytest.mark.parametrize("line", [one[1] for one in UNUSED], ids=[one[0] for one in UNUSED])
def test_a_modem_that_is_there_and_not_used_says_nothing(line: PhoneLine) -> None:
    assert found(phone_is_registered.CHECK, by_modem(line)) == []
    assert found(sim_is_ready.CHECK, by_modem(line)) == []


@pytest.mark.parametrize("line", [one[1] for one in UNUSED], ids=[one[0] for one in UNUSED])
def test_a_modem_that_is_this_device_s_way_out_is_heard(line: PhoneLine) -> None:
    assert found(phone_is_registered.CHECK, by_modem(line, LinkKind.CELLULAR)) != []
    assert found(sim_is_ready.CHECK, by_modem(line, LinkKind.CELLULAR)) != []


def test_a_modem_with_a_sim_of_this_carrier_is_a_second_phone_on_it() -> None:
    line = PhoneLine(sim=READY, sim_plmn=ATT, voice=SOS)
    assert found(phone_is_registered.CHECK, by_modem(line)) == ["phone-service.emergency-only"]


def test_a_modem_that_does_not_work_is_seen_and_blames_nobody() -> None:
    where = situation(a_phone(PhoneLine(modem_failed=True), source=Source.MODEM))
    where.interface = None
    assert found(phone_answers.CHECK, where) == []
    assert [one.outcome for one in where.seen.all()] == [Outcome.FAILED]
