"""How many lost packets make a lossy line, and when a second look is worth its packets."""

import random
from types import SimpleNamespace

import pytest

from netcheck import catalog
from netcheck.checks import gateway_answers, internet_is_steady, loss_is_rare
from netcheck.checks.contract import Seen
from netcheck.checks.loss_counts import GatewayFacts, LossFacts, SteadyFacts, Ways
from netcheck.checks.loss_grade import by_luck, is_decided, loss_state
from netcheck.model.observation import Observation, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.probe.train import Train

LIMITS = catalog.load().thresholds


def situation(home, beyond, *looks, repeats=0):
    """`home` and `beyond` are (lost, sent) of the first trains."""
    facts = [
        ("gateway-answers", GatewayFacts("reachable", "tcp/80", home[1], home[0], 1.0, 0.1)),
        ("internet-is-steady", SteadyFacts(3, beyond[1], beyond[0], 9.0, 0.2)),
        *(("loss-is-rare", look) for look in looks),
    ]
    seen = [
        Observation(check, Target("there", address="192.168.1.1"), Outcome.OK, None, one, 0.0, 1.0)
        for check, one in facts
    ]
    return SimpleNamespace(
        seen=Seen(seen), catalog=catalog.load(), net=SimpleNamespace(repeats=repeats)
    )


def ways(*words, **more):
    return [target.name for target in loss_is_rare.targets(situation(*words, **more))]


@pytest.mark.parametrize(
    ("lost", "sent", "state"),
    [
        (0, 20, "none"),
        (1, 20, "none"),
        (2, 20, "some"),
        (4, 20, "heavy"),
        (2, 120, "none"),
        (6, 120, "some"),
        (2, 220, "none"),
        (11, 220, "some"),
        (66, 220, "heavy"),
    ],
)
def test_what_a_count_is_called(lost, sent, state):
    assert loss_state(lost, sent, LIMITS) == state


def test_a_healthy_run_looks_no_second_time():
    assert ways((0, 20), (0, 20)) == []


def test_one_lost_packet_anywhere_makes_it_look_at_both_ways():
    assert ways((1, 20), (0, 20)) == ["home", "internet"]
    assert ways((0, 20), (1, 20)) == ["home", "internet"]
    assert ways((0, 20), (0, 20), repeats=1) == ["home", "internet"]


def test_a_link_that_loses_heavily_needs_no_second_look():
    assert ways((6, 20), (6, 20)) == []


def test_where_the_internet_loses_heavily_home_is_looked_at_until_it_is_cleared():
    """One home in six that loses 15 % shows one loss or none in twenty."""
    assert ways((0, 20), (6, 20)) == ["home"]
    assert ways((0, 200), (6, 20)) == []
    assert ways((1, 20), (6, 20)) == ["home"]


def findings(*words):
    here = situation(*words)
    return [
        (finding.id, finding.params["loss_percent"])
        for check in (gateway_answers, internet_is_steady)
        for finding in check.read(here)
        if "loss" in finding.id
    ]


def test_both_trains_count_together_and_the_share_told_is_of_both():
    looks = (LossFacts("home", 100, 5), LossFacts("internet", 180, 9))
    assert findings((1, 20), (1, 20), *looks) == [("home-loss.some", 5), ("internet-loss.some", 5)]


def test_home_is_not_blamed_for_what_got_through_it():
    looks = (LossFacts("home", 100, 3), LossFacts("internet", 200, 1))
    assert findings((1, 20), (0, 20), *looks) == [("home-loss.none", 3), ("internet-loss.none", 0)]


def test_a_router_that_drops_knocks_and_passes_everything_on_is_no_lossy_link():
    assert ways((8, 20), (0, 20)) == ["internet"]
    assert findings((8, 20), (0, 20)) == [("home-loss.none", 40), ("internet-loss.none", 0)]
    assert findings((8, 20), (7, 20)) == [("home-loss.heavy", 40), ("internet-loss.heavy", 35)]


def test_the_link_is_clear_where_the_internet_loses_more_than_luck_could_hide_at_home():
    assert findings((0, 20), (8, 20)) == [("home-loss.clear", 0), ("internet-loss.heavy", 40)]
    assert findings((0, 20), (4, 20)) == [("home-loss.none", 0), ("internet-loss.heavy", 20)]
    assert by_luck((0, 20), (8, 20)) == pytest.approx(0.0016, abs=0.0001)
    assert by_luck((4, 20), (4, 20)) == pytest.approx(0.6526, abs=0.0001)


def test_a_home_is_not_cleared_by_a_few_packets_that_had_luck():
    """A line that loses 15 % passes twenty packets with one loss or none in one run of six."""
    assert ways((5, 20), (1, 20)) == ["internet"]
    assert findings((5, 20), (1, 20)) == [("home-loss.heavy", 25), ("internet-loss.none", 5)]
    assert by_luck((1, 20), (5, 20)) == pytest.approx(0.0908, abs=0.0001)


def test_a_home_that_leans_to_lossy_is_not_blamed_where_the_internet_speaks_against_it():
    """A harmless line of 1 % whose luck was bad, behind which less was counted."""
    looks = (LossFacts("home", 100, 3), LossFacts("internet", 40, 0))
    assert findings((1, 20), (0, 20), *looks) == [("home-loss.none", 3), ("internet-loss.none", 0)]


def test_what_home_and_the_internet_leave_open_each_they_may_say_together():
    looks = (LossFacts("home", 67, 3), LossFacts("internet", 240, 8))
    assert findings((2, 20), (0, 20), *looks) == [("home-loss.some", 6), ("internet-loss.some", 3)]
    alone = (LossFacts("home", 100, 0), LossFacts("internet", 240, 8))
    assert findings((0, 20), (0, 20), *alone) == [("home-loss.none", 0), ("internet-loss.none", 3)]


def test_what_a_long_look_to_the_internet_leaves_undecided_is_nobodys_fault():
    undecided = LossFacts("internet", 200, 5)
    assert findings((0, 20), (1, 20), undecided) == [
        ("home-loss.none", 0),
        ("internet-loss.none", 3),
    ]


def test_where_home_loses_so_much_that_no_look_is_made_the_first_train_counts():
    """Else a line at home that loses a third would be cleared by the one packet too few beyond."""
    assert findings((6, 20), (3, 20)) == [("home-loss.heavy", 30), ("internet-loss.some", 15)]


def looked_at(share, first, probes, interval_ms, chance):
    """(lost, sent) of both trains over a line that loses this share, as `probe/train.py` ends
    them: enough has to be known of what is 0.2 s old, and still be if all that is younger
    arrives."""
    lost, sent = first
    young = []
    for _ in range(probes):
        settled_lost, settled = lost - sum(young), sent - len(young)
        if is_decided(settled_lost, settled, LIMITS) and is_decided(settled_lost, sent, LIMITS):
            break
        young = [*young, chance.random() < share][-round(200 / interval_ms) :]
        lost, sent = lost + young[-1], sent + 1
    return lost, sent


@pytest.mark.parametrize(
    ("at_home", "beyond", "called", "least", "most"),
    [
        (0.01, 0.0, {"home", "internet"}, 0.0, 0.01),
        (0.0, 0.01, {"home", "internet"}, 0.0, 0.01),
        (0.05, 0.0, {"home"}, 0.84, 0.95),
        (0.0, 0.05, {"internet"}, 0.84, 0.95),
        (0.0, 0.05, {"home"}, 0.0, 0.0),
        (0.15, 0.0, {"home"}, 0.99, 1.0),
        (0.0, 0.1, {"internet"}, 0.97, 1.0),
        (0.0, 0.2, {"home"}, 0.0, 0.0),
        (0.01, 0.05, {"home"}, 0.0, 0.14),
        (0.01, 0.05, {"internet"}, 0.88, 0.98),
    ],
)
def test_the_errors_of_the_second_look_are_what_the_thresholds_allow(
    at_home, beyond, called, least, most
):
    """Reckoned over 1500 lines of each kind, all of which were looked at twice."""
    chance, hits = random.Random(7), 0
    for _ in range(1500):
        through = 1 - (1 - at_home) * (1 - beyond)
        counts = []
        for share, probes, interval_ms in (
            (at_home, LIMITS.loss_home_look_probes, LIMITS.loss_home_interval_ms),
            (through, LIMITS.loss_look_probes, LIMITS.train_interval_ms),
        ):
            first = (sum(chance.random() < share for _ in range(20)), 20)
            counts.append(looked_at(share, first, probes, interval_ms, chance))
        home, internet = counts
        told = Ways(home, internet, looked=True, limits=LIMITS)
        states = {"home": told.home_state, "internet": told.internet_state}
        hits += any(states[way] in ("some", "heavy") for way in called)
    assert least <= hits / 1500 <= most


@pytest.mark.parametrize(
    ("trains", "failure"),
    [
        ((Train(10, 10), Train(10, 10)), Failure.TIMEOUT),
        ((Train(0, 0, (), Failure.UNREACHABLE), Train(10, 10)), Failure.UNREACHABLE),
        ((Train(0, 0, (), Failure.NOT_PERMITTED),), Failure.NOT_PERMITTED),
        ((Train(10, 10), Train(10, 0, (9.0,) * 10)), None),
        ((Train(20, 10, (9.0,) * 10),), Failure.LOSS),
    ],
)
def test_how_the_internet_fails_to_answer_a_train(monkeypatch, trains, failure):
    by_server = {str(number): train for number, train in enumerate(trains)}
    monkeypatch.setattr(internet_is_steady, "dns_train", lambda *_, **__: by_server)
    world = SimpleNamespace(catalog=catalog.load(), net=None, resolvers=())
    assert internet_is_steady.CHECK.observe(Target("resolvers"), world).failure == failure
