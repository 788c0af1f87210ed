"""Runs that follow each other within a minute: who asks the carriers again, and who does not."""

import json

import pytest

from tests.command import at_a_terminal
from tests.lab.acts import goes_dark
from tests.lab.names import operators
from tests.lab.runner import Run, fresh_home, run_agent
from tests.lab.scenario import EXIT_CODES
from tests.lab.words import home

pytestmark = pytest.mark.lab


def asked_gateways(run: Run) -> set[str]:
    gateways = {one.ipv4 for operator in operators() for one in operator.epdg_addresses}
    return {address for address, _, _ in run.contacts if address in gateways}


def ages(run: Run) -> set[str]:
    return {one["check"] for one in run.result["observations"] if one["age_s"] is not None}


@pytest.fixture
def after_a_run(world):
    """A home in which a run has just ended."""
    folder = fresh_home(world)
    first = run_agent(world, "--carrier", "att", home=folder)
    assert (first.exit_code, ages(first)) == (0, set())
    assert asked_gateways(first)
    return folder


def test_an_unattended_run_takes_over_what_the_carriers_said(world, after_a_run):
    second = run_agent(world, "--carrier", "att", home=after_a_run)
    assert asked_gateways(second) == set()
    assert {"epdg-answers-ike", "epdg-resolves", "entitlement-answers"} <= ages(second)
    assert second.exit_code == 0
    assert second.result["verdict"]["fault"] == "all-well"
    assert second.result["wifi_calling"]["ready"] is True


def test_about_another_carrier_it_asks(world, after_a_run):
    second = run_agent(world, "--carrier", "verizon", home=after_a_run)
    assert asked_gateways(second)
    assert ages(second) == set()


def test_a_deep_look_asks(world, after_a_run):
    second = run_agent(world, "--carrier", "att", "--stage", "wifi-calling", home=after_a_run)
    assert asked_gateways(second)
    assert ages(second) == set()


def test_a_person_s_own_run_asks(world, after_a_run):
    entered = world.device.enter()
    env = {"SSL_CERT_FILE": str(world.web.authority.root_file)}
    # What the phone shows is said, so that nothing is left to ask.
    told = ("--carrier", "att", "--symptom", "fine")
    seen = at_a_terminal(after_a_run, *told, within=entered, env=env)
    assert seen.code == 0
    assert "the run before" not in seen.screen
    kept = json.loads((after_a_run / ".local/state/netcheck/last.json").read_text())
    assert {one["age_s"] for one in kept["observations"]} == {None}


def test_a_line_that_has_died_since_is_not_excused_by_what_was_heard_before(world, after_a_run):
    with home(router=goes_dark()).in_world(world):
        second = run_agent(world, "--carrier", "att", home=after_a_run)
    assert ages(second) == set()
    assert second.exit_code == EXIT_CODES["local"]
    assert second.result["wifi_calling"]["ready"] is None
