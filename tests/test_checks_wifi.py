"""What the Wi-Fi checks make of counters, events and programs' words, at the boundary of objects.

Repeats and channel load cannot come from simulated radios, so they are written here as a driver
would tell them; real ones were never measured.
"""

from types import SimpleNamespace

import pytest

from netcheck.catalog import load
from netcheck.checks import wifi_air_carries, wifi_joins, wifi_stays_joined
from netcheck.checks.contract import Seen
from netcheck.checks.wifi_story import told_by
from netcheck.model.device import Interface, LinkKind
from netcheck.model.observation import Observation, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.wifi import (
    ChannelUse,
    JoinTrouble,
    ManagerWord,
    Security,
    Surroundings,
    WifiEvent,
    WifiEventKind,
)
from netcheck.model.wifi_link import FrameCounts, NamePermission, WifiLink

CATALOG = load()
BEFORE = FrameCounts(sent=1000, retried=90, given_up=1, received=5000, beacons_lost=2)


def link(counts: FrameCounts = BEFORE, **more: object) -> WifiLink:
    facts: dict[str, object] = {
        "signal_dbm": -52, "frequency_mhz": 5180, "rate_mbps": 866.7, "receive_rate_mbps": 780.0,
        "width_mhz": 80, "authorized": True, "joined_s": 600,
        "name_permission": NamePermission.PERMITTED,
    }  # fmt: skip
    return WifiLink(True, counts=counts, **(facts | more))  # type: ignore[arg-type]


class Watch:
    """What a watch would tell, without a radio."""

    def __init__(self, now=None, *, uses=(None, None), around=None, events=(), words=()):
        self.now, self.uses, self.around, self.told, self.words = now, uses, around, events, words
        self.waited_ms = 0.0

    def link(self):
        return self.now

    def first_use(self):
        return self.uses[0]

    def use(self):
        return self.uses[1]

    def surroundings(self):
        return self.around

    def events(self):
        return self.told

    def managers(self):
        return self.words

    def watched_ms(self):
        return 640.0

    def wait(self, enough, deadline_ms):
        if not enough(self.told or ()):
            self.waited_ms += deadline_ms


def situation(watch, wifi=None, *seen, kind=LinkKind.WIFI):
    interface = Interface("wlan0", kind, True, True, wifi=wifi or link())
    return SimpleNamespace(wifi=watch, interface=interface, catalog=CATALOG, seen=Seen(seen))


def observed(check, watch, wifi=None):
    return check.observe(Target("wlan0"), situation(watch, wifi))


def told(check, watch, wifi=None):
    found = observed(check, watch, wifi)
    seen = Observation(check.id, Target("wlan0"), found.outcome, found.failure, found.facts, 0, 1)
    return [finding.id for finding in check.read(situation(watch, wifi, seen))]


def spent(sent: int, retried: int, given_up: int = 0) -> FrameCounts:
    """The counters at the end of a run that took so many."""
    return FrameCounts(1000 + sent, 90 + retried, 1 + given_up, 5100, 2)


AIR = wifi_air_carries.CHECK


@pytest.mark.parametrize(
    ("counts", "busy_ms", "state"),
    [
        (spent(150, 15), 200, ["wifi-air.clean"]),
        (spent(150, 36), 200, ["wifi-air.clean"]),  # 36 of 186 sendings: 19 %
        (spent(150, 60), 200, ["wifi-air.retried"]),
        (spent(150, 60), 700, ["wifi-air.crowded"]),
        (spent(150, 15), 700, ["wifi-air.busy"]),
        (spent(150, 60, given_up=3), 200, ["wifi-air.failing"]),
        (spent(150, 15, given_up=1), 200, ["wifi-air.clean"]),
        (spent(39, 30), 200, []),
        (spent(39, 30), 700, ["wifi-air.busy"]),
    ],
)
def test_how_the_air_carries(counts, busy_ms, state):
    uses = (ChannelUse(-95, 5000, 800), ChannelUse(-95, 6000, 800 + busy_ms))
    assert told(AIR, Watch(link(counts), uses=uses)) == state


def test_a_specialist_finds_every_figure_of_the_run():
    uses = (ChannelUse(-95, 5000, 800), ChannelUse(-94, 6000, 1210))
    around = Surroundings(Security.WPA3, 3, 4.2, 35, 9)
    facts = observed(AIR, Watch(link(spent(150, 50, 3)), uses=uses, around=around)).facts
    assert facts == wifi_air_carries.AirFacts(
        signal_dbm=-52,
        noise_dbm=-94,
        snr_db=42,
        band_ghz=5,
        channel=36,
        width_mhz=80,
        send_mbps=866.7,
        receive_mbps=780.0,
        frames_sent=150,
        retried_percent=25.0,
        given_up_percent=2.0,
        beacons_lost=0,
        channel_busy_percent=41,
        point_busy_percent=35,
        point_devices=9,
        neighbours_on_channel=3,
        scan_age_s=4.2,
        security="wpa3",
        joined_s=600,
        name_permission="permitted",
    )


def test_what_no_driver_told_is_none_and_finds_nothing():
    bare = WifiLink(True)
    facts = observed(AIR, Watch(bare), bare).facts
    measured = {name for name in facts.__slots__ if getattr(facts, name) is not None}
    assert measured == {"name_permission"}
    assert told(AIR, Watch(bare), bare) == []


def test_counters_of_another_association_are_not_compared():
    anew = link(FrameCounts(sent=1200, retried=500), joined_s=1)
    facts = observed(AIR, Watch(anew)).facts
    assert (facts.frames_sent, facts.retried_percent) == (None, None)
    wrapped = link(FrameCounts(sent=3, retried=500))
    assert observed(AIR, Watch(wrapped)).facts.frames_sent is None


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (None, ChannelUse(-95, 6000, 1000)),
        (ChannelUse(-95, 6000, 1000), None),
        (ChannelUse(-92, 64, 8), ChannelUse(-92, 64, 8)),  # simulated radios never count
        (ChannelUse(-95, 9000, 1000), ChannelUse(-95, 300, 10)),  # counted from the last reading
        (ChannelUse(-95, 5000, 0), ChannelUse(-95, 5300, 900)),
        (ChannelUse(-95, None, None), ChannelUse(-95, None, None)),
    ],
)
def test_two_surveys_that_give_no_share(first, last):
    assert wifi_air_carries.busy_percent(first, last, CATALOG.thresholds) is None


@pytest.mark.parametrize(
    ("security", "state"),
    [("open", "open"), ("owe", "open"), ("wep", "old"), ("wpa", "old"), ("wpa3", "locked"),
     ("wpa2-psk", "locked"), ("wpa2-wpa3", "locked"), ("enterprise", "locked")],
)  # fmt: skip
def test_how_it_is_locked(security, state):
    around = Surroundings(Security(security))
    assert told(AIR, Watch(link(), around=around)) == [f"wifi-lock.{state}"]


def test_a_link_that_is_gone_at_the_end_is_absent_and_a_mute_system_is_no_failure():
    assert observed(AIR, Watch(WifiLink(False))).failure is Failure.ABSENT
    mute = observed(AIR, Watch(None))
    assert (mute.outcome, mute.failure) == (Outcome.ERROR, Failure.NOT_PERMITTED)


@pytest.mark.parametrize(
    "check",
    [AIR, wifi_stays_joined.CHECK, wifi_stays_joined.LONGER, wifi_joins.CHECK],
    ids=lambda check: check.id,
)
def test_a_wired_run_asks_nothing(check):
    wired = situation(None, kind=LinkKind.ETHERNET)
    assert list(check.targets(wired)) == []
    assert list(check.targets(situation(None))) == []  # a system that offers no watch


# --- holding ---


def event(kind: str, at_ms: float = 0.0, code: int | None = None, **more: object) -> WifiEvent:
    return WifiEvent(WifiEventKind(kind), at_ms, code, **more)  # type: ignore[arg-type]


HOLD = wifi_stays_joined.CHECK
NOT_JOINED = WifiLink(False)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((), "steady"),
        ((event("disconnected", 10, 7, by_point=True),), "dropped"),
        ((event("disconnected", 10, 4, by_point=False),), "dropped"),  # beacons stayed away
        ((event("disconnected", 10, 3, by_point=False),), "steady"),  # switched off by hand
        ((event("disconnected", 10, 3, by_point=True),), "dropped"),  # the box went down
        ((event("disconnected", 10, 12, by_point=True),), "steady"),  # sent on to another
        ((event("disconnected", 10, None, by_point=True),), "dropped"),
        (
            (event("disconnected", 10, 7, by_point=True), event("settled", 60),
             event("disconnected", 900, 7, by_point=True)),
            "thrown-off",
        ),
        ((event("roamed", 10, point=2),), "steady"),
        ((event("roamed", 10, point=2), event("roamed", 900, point=1)), "wandering"),
        ((event("disconnected", 1, 1, by_point=False), event("connected", 90, point=2)), "steady"),
        ((event("disconnected", 1, 1, by_point=False), event("connected", 90, point=1)), "dropped"),
        ((event("connected", 5), event("disconnected", 4000, 15, by_point=True)), "dropped"),
    ],
)  # fmt: skip
def test_how_a_link_holds(events, state):
    assert told(HOLD, Watch(events=events)) == [f"wifi-hold.{state}"]


def test_a_join_that_fails_is_no_drop_and_nothing_held():
    joining = link(authorized=False)
    events = (event("disconnected", 4000, 15, by_point=True),)
    found = observed(HOLD, Watch(events=events), joining)
    assert (found.outcome, found.unmet) == (Outcome.SKIPPED, "link-is-connected")
    assert told(HOLD, Watch(), NOT_JOINED) == []


def test_a_link_that_came_and_went_while_it_was_watched_was_dropped():
    events = (event("connected"), event("settled"), event("disconnected", 900, 6, by_point=True))
    assert told(HOLD, Watch(events=events), NOT_JOINED) == ["wifi-hold.dropped"]


def test_a_kernel_that_tells_no_events_is_not_steady():
    assert observed(HOLD, Watch(events=None)).outcome is Outcome.ERROR


def test_the_usual_run_waits_for_nothing_and_the_deep_one_for_five_seconds():
    usual, deep = Watch(), Watch()
    observed(HOLD, usual)
    observed(wifi_stays_joined.LONGER, deep)
    assert (usual.waited_ms, deep.waited_ms) == (0.0, 5000)


# --- joining ---

JOIN = wifi_joins.CHECK


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((), "unseen"),
        ((event("unanswered"),), "silent"),
        ((event("rejected", 0, 17),), "refused"),
        ((event("refused", 0, 17),), "refused"),
        ((event("refused", 0, 30),), "broken-off"),  # asked to come again: nothing is wrong
        ((event("rejected", 0, 1, proof=True),), "wrong-passphrase"),
        ((event("rejected", 0, 15),), "wrong-passphrase"),
        ((event("connected"), event("disconnected", 9, 15, by_point=True)), "wrong-passphrase"),
        ((event("connected"), event("disconnected", 9, 2, by_point=True)), "wrong-passphrase"),
        ((event("connected"), event("disconnected", 9, 23, by_point=True)), "wrong-passphrase"),
        ((event("connected"), event("disconnected", 9, 1, by_point=True)), "refused"),
        ((event("connected"), event("disconnected", 9, 5, by_point=True)), "refused"),
        ((event("connected"), event("disconnected", 9, 3, by_point=False)), "broken-off"),
        ((event("connected"), event("disconnected", 9, 7, by_point=True)), "broken-off"),
        ((event("disconnected", 9, 2, by_point=True),), "unseen"),  # a link that had its keys
        ((event("rejected", 0, 17), event("connected"), event("settled")), None),
        ((event("settled"), event("disconnected", 9, 7, by_point=True)), "unseen"),
    ],
)  # fmt: skip
def test_why_it_was_not_joined(events, state):
    assert told(JOIN, Watch(events=events), NOT_JOINED) == ([f"wifi-join.{state}"] if state else [])


@pytest.mark.parametrize(
    ("events", "words", "failure"),
    [
        ((), (), Failure.ABSENT),
        ((event("unanswered"),), (), Failure.TIMEOUT),
        ((event("refused", 0, 17),), (), Failure.REFUSED),
        ((event("rejected", 0, 15),), (), Failure.REFUSED),
        ((event("refused", 0, 30),), (), Failure.RESET),
        ((), (ManagerWord("NetworkManager", "", False, JoinTrouble.NOT_FOUND),), Failure.ABSENT),
        ((), (ManagerWord("NetworkManager", "", False, JoinTrouble.NO_DHCP),), Failure.TIMEOUT),
        ((event("connected"), event("settled")), (), None),
    ],
)
def test_how_a_try_to_join_failed(events, words, failure):
    assert observed(JOIN, Watch(events=events, words=words), NOT_JOINED).failure == failure


def test_a_link_without_keys_when_the_run_began_is_a_try_under_way():
    waiting = link(authorized=False)
    events = (event("disconnected", 3000, 2, by_point=True),)
    found = observed(JOIN, Watch(events=events), waiting)
    assert (found.facts.tries, found.facts.trouble) == (1, "wrong-passphrase")
    assert (found.facts.code, found.facts.by) == ("reason 2 INVALID_AUTHENTICATION", "kernel")


@pytest.mark.parametrize(
    ("word", "state", "waits_ms"),
    [
        (ManagerWord("NetworkManager", "", False, JoinTrouble.WRONG_PASSPHRASE),
         "wrong-passphrase", 0.0),
        (ManagerWord("NetworkManager", "", False), "unseen", 0.0),
        (ManagerWord("NetworkManager", "", True), "unseen", 6000),
        (ManagerWord("wpa_supplicant", "", True, reason=15), "wrong-passphrase", 0.0),
        (ManagerWord("wpa_supplicant", "", False, status=17), "refused", 0.0),
        (ManagerWord("wpa_supplicant", "", False, reason=3), "unseen", 0.0),
    ],
)  # fmt: skip
def test_a_programs_word_counts_where_the_kernel_said_nothing(word, state, waits_ms):
    watch = Watch(words=(word,))
    assert told(JOIN, watch, NOT_JOINED) == [f"wifi-join.{state}"]
    assert watch.waited_ms == waits_ms


def test_what_the_kernel_saw_comes_before_a_programs_word_of_an_earlier_try():
    words = (ManagerWord("NetworkManager", "", True, JoinTrouble.NOT_FOUND),)
    watch = Watch(events=(event("rejected", 0, 17),), words=words)
    assert told(JOIN, watch, NOT_JOINED) == ["wifi-join.refused"]


def test_a_joined_link_without_an_address_waits_for_no_try():
    words = (ManagerWord("NetworkManager", "state 70, reason 0", True),)
    watch = Watch(words=words)
    assert told(JOIN, watch) == ["wifi-join.unseen"]
    assert watch.waited_ms == 0.0
    failed = (ManagerWord("NetworkManager", "state 120, reason 5", False, JoinTrouble.NO_DHCP),)
    assert told(JOIN, Watch(words=failed)) == ["wifi-join.no-dhcp"]


def test_where_nobody_tells_it_is_no_failure_of_the_network():
    found = observed(JOIN, Watch(events=None), NOT_JOINED)
    assert (found.outcome, found.failure) == (Outcome.ERROR, Failure.NOT_PERMITTED)


def test_it_is_asked_only_where_the_link_or_the_address_is_missing():
    def targets(check, failure):
        outcome = Outcome.FAILED if failure else Outcome.OK
        seen = Observation(check, Target("wlan0"), outcome, failure, None, 0.0, 1.0)
        return [t.name for t in JOIN.targets(situation(Watch(), link(), seen))]

    assert targets("link-is-connected", Failure.ABSENT) == ["wlan0"]
    assert targets("device-has-address", Failure.ABSENT) == ["wlan0"]
    assert targets("link-is-connected", None) == []


@pytest.mark.parametrize(
    ("reason", "status", "trouble"),
    [(15, None, "wrong-passphrase"), (3, 17, "refused"), (3, None, None), (None, None, None),
     (9999, 9999, None)],
)  # fmt: skip
def test_codes_that_a_program_passes_on(reason, status, trouble):
    word = ManagerWord("wpa_supplicant", "", reason=reason, status=status)
    found, code = told_by(word, CATALOG.wifi_codes)
    assert found == trouble
    assert (code is None) == (trouble is None)
