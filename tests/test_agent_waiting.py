"""The pause between two looks of a watch: what ends it early, and what does not."""

import random
from dataclasses import dataclass, field, replace

import pytest

from netcheck.agent.waiting import Waiting, network_of, service_of
from netcheck.agent.watching import Clocks, Rhythm
from netcheck.model.device import Device, Interface, LinkKind, Route
from netcheck.model.observation import Family
from netcheck.model.phone import Generation, Phone, PhoneLine, ServiceState, SignalLevel, Source


def interface(name: str, kind: LinkKind, *, up: bool = True) -> Interface:
    return Interface(name, kind, up=up, carrier=up, addresses=())


HOME = Device(
    system="linux",
    interfaces=(interface("eth0", LinkKind.ETHERNET),),
    nameservers=("192.168.1.1",),
    default_routes=(Route("0.0.0.0/0", Family.IPV4, "eth0", "192.168.1.1", None),),
)
CONTAINER = interface("veth1", LinkKind.OTHER)


@dataclass
class Machine:
    """A device whose clock moves only while somebody sleeps."""

    device: Device = HOME
    now_s: float = 1000.0
    changes: dict[float, Device] = field(default_factory=dict)
    heard_at_s: list[float] = field(default_factory=list)
    waiting: Waiting | None = None

    def read(self) -> Device:
        return self.device

    def clocks(self) -> Clocks:
        return Clocks(self.now_s, self.now_s, self.now_s)

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        for at_s in [at_s for at_s in self.changes if at_s <= self.now_s]:
            self.device = self.changes.pop(at_s)
        while self.heard_at_s and self.heard_at_s[0] <= self.now_s:
            self.heard_at_s.pop(0)
            assert self.waiting is not None
            self.waiting.heard()


def waited(machine: Machine, look_lasts_s: float = 2.0) -> tuple[float, list[str]]:
    """(seconds from the end of a look to the next one, what happened meanwhile)."""
    made = Waiting(
        machine,  # type: ignore[arg-type]
        Rhythm(random.Random(1)),
        clocks=machine.clocks,
        sleep=machine.sleep,
    )
    machine.waiting = made
    machine.now_s += look_lasts_s
    began_s = machine.now_s
    events = made.until_next(in_doubt=False)
    return machine.now_s - began_s, [event.kind.value for event in events]


def test_the_container_of_a_program_that_starts_is_no_other_network():
    with_container = replace(HOME, interfaces=(*HOME.interfaces, CONTAINER))
    seconds, events = waited(Machine(changes={1010.0: with_container, 1030.0: HOME}))
    assert (seconds > 50, events) == (True, [])


@pytest.mark.parametrize(
    "other",
    [
        replace(HOME, nameservers=("10.0.0.1",)),
        replace(HOME, default_routes=()),
        replace(HOME, interfaces=(interface("eth0", LinkKind.ETHERNET, up=False),)),
    ],
)
def test_another_network_is_looked_at_soon(other):
    assert network_of(other) != network_of(HOME)
    seconds, events = waited(Machine(changes={1020.0: other}))
    assert (18 <= seconds <= 24, events) == (True, ["network"])


@pytest.mark.parametrize("look_lasts_s", [1.0, 20.0])
def test_some_seconds_pass_after_a_look_although_something_changes_at_once(look_lasts_s):
    machine = Machine(heard_at_s=[1000.0 + look_lasts_s + more for more in (0.5, 1.5, 2.5)])
    seconds, events = waited(machine, look_lasts_s)
    assert (8 <= seconds < 10, set(events)) == (True, {"phone"})


LINE = PhoneLine(
    slot=1,
    voice=ServiceState.HOME,
    generation=Generation.FOUR,
    signal_level=SignalLevel.GOOD,
    signal_dbm=-95,
)


@pytest.mark.parametrize(
    ("line", "same"),
    [
        (replace(LINE, signal_level=SignalLevel.POOR, signal_dbm=-115), True),
        (replace(LINE, generation=Generation.FIVE), True),
        (replace(LINE, voice=ServiceState.EMERGENCY_ONLY), False),
        (replace(LINE, wifi_calling_tunnel=True), False),
    ],
)
def test_bars_and_generations_come_and_go_and_are_no_change_of_service(line, same):
    now, before = Phone(Source.MODEM, (line,)), Phone(Source.MODEM, (LINE,))
    assert (service_of(now) == service_of(before)) is same
