"""Loss hop by hop, in worlds where it is known where the loss is: `--stage isp` tells it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.lab.acts import ignores_probes, loses
from tests.lab.runner import run_agent
from tests.lab.words import NOTHING, Act, Place, home, internet, provider
from tests.lab.world import World

pytestmark = pytest.mark.lab


def limits_its_errors() -> Act:
    """Sends one ICMP error a second at most, as Linux does unless it is told otherwise."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        before = {"ipv4/icmp_ratelimit": 200, "ipv6/icmp/ratelimit": 200}
        place.namespace.setting(dict.fromkeys(before, 1000))
        try:
            yield
        finally:
            place.namespace.setting(before)

    return act


def drops_most_of_its_errors() -> Act:
    """Answers few expired datagrams, at random, and forwards all."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        chance = "numgen random mod 100 < 60 drop"
        chain = (
            "  chain c { type filter hook output priority -10;\n"
            f"    icmp type time-exceeded {chance}\n    icmpv6 type time-exceeded {chance}\n  }}"
        )
        with world.rules(place.namespace, "inet", chain):
            yield

    return act


def hops_of(world):
    run = run_agent(world, "--carrier", "att", "--stage", "isp", within_s=60)
    seen = [one for one in run.result["observations"] if one["check"] == "hops-are-steady"]
    assert len(seen) == 1, run.stderr
    assert seen[0]["outcome"] in ("ok", "failed"), seen[0]
    return seen[0]["facts"]


def mostly(world, right):
    """What a run shows; where chance misled it (sixteen packets a hop), two more must be right."""
    first = hops_of(world)
    if right(first):
        return first
    again = [hops_of(world), hops_of(world)]
    assert all(map(right, again)), [first, *again]
    return again[0]


@pytest.mark.parametrize(
    ("given", "loses_where", "hop"),
    [
        (NOTHING, "none", None),
        (home(router=ignores_probes()), "none", None),
        (provider(access=limits_its_errors()), "none", None),
        (provider(core=drops_most_of_its_errors()), "none", None),
        (home(cable=loses(0.4)), "at-home", 1),
        (home(router=loses(0.4)), "at-provider", 2),
        (provider(access=loses(0.4)), "at-provider", 3),
        (provider(core=loses(0.4)), "beyond", 4),
        (internet(resolvers={"cloudflare": loses(0.5)}), "one-target", None),
        (home(router=ignores_probes()) + home(cable=loses(0.4)), "unseen", None),
    ],
    ids=[
        "healthy", "silent router", "limited errors", "dropped errors", "home link", "router",
        "first hop of the provider", "core", "one resolver", "home link behind a silent router",
    ],
)  # fmt: skip
def test_the_hop_from_which_on_data_is_lost(world, given, loses_where, hop):
    with given.in_world(world):
        facts = mostly(world, lambda told: (told["loses"], told["hop"]) == (loses_where, hop))
    assert "192.168.1.1" not in str(facts) and "77.68." not in str(facts)


def test_both_families_are_sounded_and_one_alone_is_told(dual_world):
    only_six = provider(access=loses_of_ipv6(0.4))
    with only_six.in_world(dual_world):
        facts = mostly(dual_world, lambda told: told["loses"] == "one-family")
    assert [way["family"] for way in facts["ways"]] == ["ipv4", "ipv4", "ipv6", "ipv6"]


def loses_of_ipv6(share: float) -> Act:
    """Loses this share of what passes by IPv6, and nothing of IPv4."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        chain = (
            "  chain c { type filter hook forward priority -10;\n"
            f"    numgen random mod 100 < {round(50 * share)} drop\n  }}"
        )
        with world.rules(place.namespace, "ip6", chain):
            yield

    return act
