"""A line of the carrier's own company: known while it works, remembered when it is dead."""

import pytest

from tests.lab.acts import drops, goes_dark, ignores_probes
from tests.lab.acts_beyond import belongs_to
from tests.lab.acts_home import forgets_names
from tests.lab.runner import fresh_home, run_agent, run_on_device
from tests.lab.words import home, provider

pytestmark = pytest.mark.lab
OF_ATT = provider(core=belongs_to(7018, "ATT-INTERNET4", "US"))
NO_STUN = provider(core=drops(udp=(3478, 19302)))
NOTE = "same company as your mobile service"
# The hardest of dead lines: a router that answers no probe, and nothing behind it.
DEAD = home(router=ignores_probes(), dns=forgets_names()) + provider(access=goes_dark())


def facts_of(run):
    return next(
        one["facts"] for one in run.result["observations"] if one["check"] == "provider-is-known"
    )


def findings_of(run):
    return [one["id"] for one in run.result["findings"]]


def test_a_dead_line_of_the_carriers_company_is_the_providers_fault_and_one_party(world):
    own_home = fresh_home(world)
    with OF_ATT.in_world(world):
        well = run_agent(world, "--carrier", "att", home=own_home)
    assert facts_of(well) == {
        "asn": 7018,
        "name": "ATT-INTERNET4",
        "country": "US",
        "seen_by": "stun",
        "remembered": False,
    }
    with DEAD.in_world(world):
        dead = run_agent(world, "--carrier", "att", "--symptom", "sos", home=own_home)
        said = run_on_device(
            world, "netcheck", "--carrier", "att", "--symptom", "sos", "--no-input", home=own_home
        )
    assert dead.result["verdict"]["side"] == "isp"
    assert facts_of(dead)["remembered"] is True
    assert "provider-is-carrier.yes" in findings_of(dead)
    assert NOTE in " ".join(said.stdout.split())


def test_the_public_address_is_in_no_question_and_in_no_fact_of_this_check(world):
    run = run_agent(world, "--carrier", "att")
    kept = [one for one in run.result["observations"] if one["check"] == "provider-is-known"]
    assert "77.68.20" not in str(kept)
    assert facts_of(run)["asn"] == 64500
    assert "provider-is-carrier.no" in findings_of(run)


def test_another_home_s_provider_is_not_remembered_here(world):
    with DEAD.in_world(world):
        dead = run_agent(world, "--carrier", "att", "--symptom", "sos")
    assert not [one for one in findings_of(dead) if one.startswith("provider-is-carrier")]


@pytest.mark.parametrize(
    ("network", "seen_by"),
    [((7018, "ATT-INTERNET4", "US"), "resolver"), ((15169, "GOOGLE", "US"), None)],
    ids=["the provider's resolver", "a public resolver"],
)
def test_without_stun_the_resolver_s_own_address_stands_in_unless_it_is_a_public_one(
    world, network, seen_by
):
    of_network = provider(core=belongs_to(*network))
    with (of_network + NO_STUN).in_world(world):
        run = run_agent(world, "--carrier", "att")
    assert run.result["verdict"]["side"] == "none"
    facts = facts_of(run)
    assert (facts and facts["seen_by"]) == seen_by
    assert (facts and facts["asn"]) == (7018 if seen_by else None)
