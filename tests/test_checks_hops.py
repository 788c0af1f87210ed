"""From which hop on is data lost: what is made of trains to hops and to ends."""

from types import SimpleNamespace

import pytest

from netcheck.catalog import load
from netcheck.checks import hops_are_steady
from netcheck.checks.contract import Seen
from netcheck.checks.hops_are_steady import HopsFacts, compared, last_shared_hop, pooled, way_facts
from netcheck.model.observation import Observation, Target
from netcheck.model.outcome import Outcome
from netcheck.probe.hop_trains import HopTrain
from netcheck.probe.train import Train

DEVICE = SimpleNamespace(default_routes=(SimpleNamespace(gateway="192.168.1.1"),), interfaces=())
HERE = SimpleNamespace(catalog=load(), device=DEVICE, seen=Seen())
ADDRESSES = ("192.168.1.1", "100.64.3.1", "77.68.0.2", "62.115.0.2")
SENT = 16


def train(lost, delay_ms=1.0):
    return Train(SENT, lost, (delay_ms,) * (SENT - lost))


def hops(*lost, end, delays=()):
    """Hops that lost so many of sixteen (None: never spoke), and the end of their way."""
    made = []
    for place, count in enumerate(lost):
        silent = count is None
        delay_ms = delays[place] if delays else 1.0
        made.append(
            HopTrain(
                place + 1,
                None if silent else ADDRESSES[place],
                train(SENT if silent else count, delay_ms),
            )
        )
    return [*made, HopTrain(None, None, train(end, delays[-1] if delays else 1.0))]


def way(*lost, end, family="ipv4", operator="One", shared_until=None):
    return way_facts(operator, family, hops(*lost, end=end), HERE, shared_until)


@pytest.mark.parametrize(
    ("lost", "end", "starts_at"),
    [
        ((0, 0, 5, 5), 5, 3),
        ((0, 5, 5, 5), 5, 2),
        ((5, 5, 5, 5), 5, 1),
        ((0, 0, 0, 0), 5, 5),  # behind the last hop that spoke
        ((0, 0, None, 5), 5, 4),  # what never spoke cannot be cleared, nor blamed
        ((0, None, None, None), 5, 2),
        ((0, 5, 0, 5), 5, 4),  # loss that does not go on behind is no loss
        ((0, 12, 5, 5), 4, 3),  # a router that limits its errors loses far more than the end
        ((12, 12, 12, 12), 3, None),
        ((None, None, None, None), 5, None),
        ((None, 5, 5, 5), 5, None),  # the silent first hop may be to blame as well
        ((12, 12, 12, 12), 0, None),  # and where the end loses nothing, nothing is lost
        ((1, 1, 1, 1), 1, None),  # one of sixteen is none
    ],
)
def test_where_the_loss_of_one_way_begins(lost, end, starts_at):
    assert way(*lost, end=end).starts_at == starts_at


def test_hops_are_kept_by_the_kind_of_their_address_alone():
    kept = way(0, 0, 0, None, end=0).hops
    assert [(hop.ttl, hop.place) for hop in kept] == [
        (1, "home"),
        (2, "shared"),
        (3, "public"),
        (4, None),
        (None, None),
    ]
    assert "192.168" not in str(kept)


@pytest.mark.parametrize(
    ("delays", "slows"),
    [
        ((1.0, 20.0, 21.0, 22.0, 23.0), (2, 19.0)),
        ((1.0, 80.0, 9.0, 9.0, 10.0), (2, 8.0)),  # slow to speak, quick to forward
        ((1.0, 2.0, 3.0, 4.0, 90.0), (5, 86.0)),
        ((30.0, 31.0, 31.0, 32.0, 33.0), (1, 30.0)),
    ],
)
def test_which_hop_adds_most_of_the_delay(delays, slows):
    facts = way_facts("One", "ipv4", hops(0, 0, 0, 0, end=0, delays=delays), HERE)
    assert (facts.slows_at, facts.slows_ms) == slows


CLEAN4, CLEAN6 = way(0, 0, 0, 0, end=0), way(0, 0, 0, 0, end=0, family="ipv6")
FROM3, FROM3_6 = way(0, 0, 5, 5, end=5), way(0, 0, 5, 5, end=5, family="ipv6")
FROM1, FROM4 = way(5, 5, 5, 5, end=5), way(0, 0, 0, 5, end=5)
LITTLE = way(0, 0, 1, 1, end=1)  # by itself one of sixteen is none
DEAD = way(0, 0, None, None, end=SENT)
LUCKY = way(0, 0, 5, 5, end=1, shared_until=4)
UNLUCKY = way(0, 0, 5, 5, end=5, shared_until=4)
FAR_APART = way(0, 0, 11, 11, end=12, shared_until=4)
AT_ITS_END = way(0, 0, 0, 0, end=5, shared_until=4)
HIDDEN = way(None, None, None, None, end=5)


@pytest.mark.parametrize(
    ("ways", "loses", "hop"),
    [
        ([CLEAN4, CLEAN4, CLEAN6], "none", None),
        ([FROM3, FROM3, FROM3_6, FROM3_6], "at-provider", 3),
        ([FROM1, FROM1], "at-home", 1),
        ([FROM4, FROM4, FROM3], "beyond", 4),
        ([FROM3, CLEAN4], "one-target", None),
        ([FROM3, LITTLE, LITTLE, LITTLE], "at-provider", 3),
        ([UNLUCKY, LUCKY], "at-provider", 3),  # both pass the hop where it begins
        ([FAR_APART, LUCKY], "one-target", None),  # no luck is as good as that
        ([AT_ITS_END, CLEAN4], "one-target", None),
        ([CLEAN4, CLEAN4, FROM3_6, FROM3_6], "one-family", None),
        ([CLEAN4, CLEAN4, FROM3_6, CLEAN6], "one-target", None),
        ([HIDDEN, HIDDEN], "unseen", None),
        ([DEAD, CLEAN4], "none", None),
        ([DEAD, FROM3, FROM3], "at-provider", 3),
        ([DEAD, DEAD], None, None),
        ([], None, None),
    ],
)
def test_what_ways_say_beside_each_other(ways, loses, hop):
    found = compared(ways, HERE.catalog.thresholds)
    assert (found.loses, found.hop) == (loses, hop)


def test_what_several_ways_heard_of_one_router_counts_together():
    one, other = hops(0, 2, end=0), hops(0, 4, end=4)
    together = pooled(one, [one, other])
    assert [(hop.train.sent, hop.train.lost) for hop in together] == [(32, 0), (32, 6), (16, 0)]


def test_the_hops_that_ways_share_end_where_their_routers_differ():
    one, other = hops(0, 0, 0, 0, end=0), hops(0, 1, 0, None, end=0)
    other[2] = HopTrain(3, "203.0.113.9", train(0))
    assert last_shared_hop(one, [one, other]) == 2
    assert last_shared_hop(one, [one]) is None


def test_a_router_at_the_same_distance_on_another_way_is_another_router():
    elsewhere = HopTrain(2, "203.0.113.9", train(9))
    together = pooled(hops(0, 2, end=0), [[elsewhere]])
    assert [hop.train.lost for hop in together] == [0, 2, 0]


def test_the_finding_tells_where_and_how_much():
    facts = HopsFacts((), "at-provider", 3, 31)
    seen = Seen(
        [Observation("hops-are-steady", Target("there"), Outcome.OK, None, facts, 0.0, 1.0)]
    )
    found = list(hops_are_steady.CHECK.read(SimpleNamespace(seen=seen)))
    assert [(one.id, one.params) for one in found] == [
        ("hop-loss.at-provider", {"loss_percent": 31, "hop": 3})
    ]
