"""What changed since the last good run is told as a note, and weighs nothing."""

import json

import pytest

from tests.lab.acts_home import is_in_a_vpn, names_resolvers
from tests.lab.runner import fresh_home, run_agent, run_on_device
from tests.lab.words import home

pytestmark = pytest.mark.lab
NOBODYS = "192.0.2.53"  # RFC 5737: nobody is there
ANOTHER_SERVER = home(device=names_resolvers(NOBODYS))


def state_of(folder):
    return {path.name: path.read_text() for path in (folder / ".local/state/netcheck").iterdir()}


def test_another_server_for_names_is_named_once_that_one_is_dead(world):
    own_home = fresh_home(world)
    well = run_agent(world, "--carrier", "att", home=own_home)
    assert (well.result["verdict"]["side"], well.result["changed"]) == ("none", None)
    with ANOTHER_SERVER.in_world(world):
        without_history = run_agent(world, "--carrier", "att")
        told = run_agent(world, "--carrier", "att", home=own_home)
        said = run_on_device(
            world, "netcheck", "--carrier", "att", "--no-input", home=own_home
        ).stdout
    note = told.result["changed"]
    at = well.result["started_at"]
    assert (note["id"], note["params"]) == ("changed.since", {"at": at, "what": "resolver"})
    assert note["text"].endswith(" UTC): another DNS server is in use")
    assert "changed since it last worked (today " in " ".join(said.split())
    # It weighs nothing: without a history the verdict is the same.
    assert without_history.result["changed"] is None
    with_it, without = (run.result["verdict"] for run in (told, without_history))
    assert (with_it["side"], with_it["fault"]) == (without["side"], without["fault"])
    assert with_it["side"] != "none"


def test_a_vpn_that_came_on_is_named_beside_the_verdict(world):
    own_home = fresh_home(world)
    run_agent(world, "--carrier", "att", home=own_home)
    with home(device=is_in_a_vpn(that_drops_ike=True)).in_world(world):
        told = run_agent(world, "--carrier", "att", home=own_home)
    assert told.result["changed"]["params"]["what"] == "vpn-on"


def test_what_is_kept_for_it_holds_no_address_and_no_name(world):
    own_home = fresh_home(world)
    run = run_agent(world, "--carrier", "att", home=own_home)
    seen = {one["target"]["address"] for one in run.result["observations"]}
    kept = state_of(own_home)["last-good.json"]
    assert {"link": "ethernet", "vpn": False, "carrier": "att_us"}.items() <= json.loads(kept)[
        "line"
    ].items()
    assert [address for address in seen if address and address in kept] == []
