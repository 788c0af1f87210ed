"""What a watch makes of a library that fails, and of a defect of ours."""

import time
from collections.abc import Iterator

import pytest

from netcheck.device import nl80211, wifi_air, wifi_linux, wifi_managers
from netcheck.device.wifi_watch import LinuxWifiWatch
from netcheck.model.wifi import ChannelUse, Surroundings
from netcheck.model.wifi_link import WifiLink

WITHHELD = [
    nl80211.Unanswered("no such device"),
    wifi_linux.NotMeasured("no driver"),
    wifi_linux.NotPermitted("not for you"),
]
Readings = dict[str, object]


def raising(problem: Exception):
    def fail(*_: object) -> None:
        raise problem

    return fail


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Begins a watch over these readings; what is not given answers."""
    begun: list[LinuxWifiWatch] = []

    def begin(problem: Exception | None, *rooms: str) -> LinuxWifiWatch:
        readings: Readings = {
            "read": lambda _: WifiLink(associated=True),
            "survey": lambda *_: ChannelUse(-95, 100, 10),
            "scan": lambda *_: Surroundings(),
            "points": lambda _: [],
        }
        for name in rooms:
            if problem is not None and name in readings:
                readings[name] = raising(problem)
        for name in ("survey", "scan", "points"):
            monkeypatch.setattr(wifi_air, name, readings[name])
        monkeypatch.setattr(wifi_linux, "read", readings["read"])
        listener = problem if problem and "listener" in rooms else nl80211.Unanswered("none")
        monkeypatch.setattr(nl80211, "listener", raising(listener))
        monkeypatch.setattr(wifi_managers, "read", lambda _: ())
        found = LinuxWifiWatch("wlan0", 7)
        begun.append(found)
        time.sleep(0.1)  # its two threads have begun and ended by now
        return found

    yield begin
    for one in begun:
        one.stop()


@pytest.mark.parametrize("withheld", WITHHELD)
def test_what_is_withheld_is_not_measured(watch, withheld):
    here = watch(withheld, "read", "survey", "scan", "listener")
    assert (here.link(), here.surroundings(), here.first_use(), here.use()) == (None,) * 4
    assert here.events() is None


def test_what_answers_is_told(watch):
    here = watch(None)
    assert here.link() == WifiLink(associated=True)
    assert here.surroundings() == Surroundings()
    assert here.use() == here.first_use() == ChannelUse(-95, 100, 10)


@pytest.mark.parametrize(("room", "method"), [("read", "link"), ("scan", "surroundings")])
def test_a_defect_of_ours_is_not_taken_for_a_silent_driver(watch, room, method):
    here = watch(TypeError("a defect"), room)
    with pytest.raises(TypeError, match="a defect"):
        getattr(here, method)()


@pytest.mark.parametrize("method", ["first_use", "use", "events"])
@pytest.mark.parametrize("room", ["survey", "listener"])
def test_a_defect_in_a_thread_comes_out_with_the_next_question(watch, room, method):
    here = watch(TypeError("a defect"), room)
    with pytest.raises(RuntimeError, match="broke"):
        getattr(here, method)()


def test_what_the_library_raises_is_one_error_of_ours():
    """Nobody has an interface of this number, if there is nl80211 at all."""
    with pytest.raises(nl80211.Unanswered):
        nl80211.dump(32, 0x7FFFFFFF)
