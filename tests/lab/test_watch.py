"""A watch lives through an outage: it tells when it is over, and leaves carriers in peace."""

import json
import threading
import time
from collections import Counter

import pytest

from tests.lab.names import operator
from tests.lab.runner import Run, run_agent
from tests.lab.scenarios import named

pytestmark = pytest.mark.lab
DARK_S = 9.0  # the watch's first look, and half of the pause after it
IKE_PORTS = (500, 4500)


def asked_of_carriers(run: Run) -> Counter[str]:
    """Datagrams to each gateway of the user's own carrier."""
    own = {one.ipv4 for one in operator("att").epdg_addresses}
    return Counter(
        address
        for packet in run.sent
        for address, port, _ in (packet.contact,)
        if address in own and port in IKE_PORTS
    )


def test_a_watch_tells_when_the_providers_line_is_back(world):
    words = ("watch", "--every", "6", "--json", "--until", "ok", "--carrier", "att")
    runs: list[Run] = []
    watching = threading.Thread(
        target=lambda: runs.append(run_agent(world, verb=words, within_s=150))
    )
    with named("the provider is dead behind a living router").given.in_world(world):
        watching.start()
        time.sleep(DARK_S)
    watching.join(160)
    (run,) = runs
    events = [json.loads(line) for line in run.stdout.splitlines()]
    told = [event["event"] for event in events if event["event"] != "cycle"]
    assert run.exit_code == 0, run.stderr
    assert (told[0], told[-1]) == ("started", "over")
    assert (events[0]["side"], events[0]["fault"]) == ("isp", "provider-dead")
    over = next(event for event in events if event["event"] == "over")
    assert over["side"] == "none"
    assert over["since"] == events[0]["at"]


def test_a_watch_asks_carriers_once_in_all_its_looks(world):
    words = ("watch", "--every", "5", "--looks", "4", "--json", "--carrier", "att")
    watched = run_agent(world, verb=words, within_s=60)
    once = run_agent(world, "--carrier", "att")
    looks = [json.loads(line) for line in watched.stdout.splitlines()]
    assert [look["side"] for look in looks if look["event"] == "cycle"] == ["none"] * 4
    assert sum(asked_of_carriers(watched).values()) <= sum(asked_of_carriers(once).values())
    assert asked_of_carriers(watched)
