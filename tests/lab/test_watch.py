"""A watch lives through an outage: it tells when it is over, and leaves carriers in peace."""

import json
import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.lab.daemons import wait_until
from tests.lab.names import operator
from tests.lab.runner import Run, fresh_home, run_agent
from tests.lab.scenarios import named

pytestmark = pytest.mark.lab
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


def has_looked(home: Path) -> bool:
    """Whether a look stands in the history."""
    kept = (home / ".local/state/netcheck").glob("history*.ndjson")
    return any(one.stat().st_size for one in kept)


def test_a_watch_tells_when_the_providers_line_is_back(world):
    words = ("watch", "--every", "6", "--json", "--until", "ok", "--carrier", "att")
    runs: list[Run] = []
    home = fresh_home(world)
    watching = threading.Thread(
        target=lambda: runs.append(run_agent(world, verb=words, home=home, within_s=150))
    )
    with named("the provider is dead behind a living router").given.in_world(world):
        watching.start()
        wait_until(lambda: has_looked(home), "the watch has looked once", 60)
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
