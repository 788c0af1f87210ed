"""What a look at the router's stage sends, the costliest there is: held against its own list, and
against the bytes that were announced."""

import ipaddress

import pytest

from tests.lab.acts_mappings import CONFIG, HELPER, PORT, knows_a_late_helper
from tests.lab.names import sites
from tests.lab.runner import run_agent
from tests.lab.test_manners import promised
from tests.lab.words import home

pytestmark = pytest.mark.lab
CARRIER = ("--carrier", "tmobile")
ANNOUNCED_BYTES = 20_000_000
OVERHEAD = 1.1  # headers, handshakes, and what is sent again


def load_server():
    return next(site.address.ipv4 for site in sites() if site.kind == "load")


def moved_bytes(run, address):
    """All that went to this address or came from it."""
    packed = ipaddress.ip_address(address).packed
    return sum(len(one.data) for one in run.packets if packed in (one.data[12:16], one.data[16:20]))


def test_a_full_line_and_a_late_helper_are_on_the_list_and_cost_what_was_announced(world):
    load, environment = load_server(), {"NETCHECK_CONFIG": CONFIG}
    with home(device=knows_a_late_helper()).in_world(world):
        run = run_agent(world, *CARRIER, "--stage", "router", environment=environment, within_s=90)
        announced = promised(world, *CARRIER, environment=environment)
    assert {(load, 443, "tcp"), (HELPER, PORT, "udp")} <= run.contacts
    assert run.contacts - announced == set()
    assert 0 < moved_bytes(run, load) <= ANNOUNCED_BYTES * OVERHEAD
    assert "20 MB at most" in run.stderr


def test_a_line_is_never_filled_where_the_settings_leave_it_out(world):
    settings = world.folder / "no-load.toml"
    settings.write_text("load = []\n")
    settings.chmod(0o644)
    run = run_agent(world, "--stage", "router", environment={"NETCHECK_CONFIG": str(settings)})
    assert load_server() not in {address for address, _, _ in run.contacts}
    assert "MB at most" not in run.stderr
