"""The tables hold together: nothing impossible, nothing unreachable, nothing unsaid."""

import hashlib
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.checks import ALL
from netcheck.diagnosis import RULES_VERSION
from netcheck.diagnosis.faults import BY_ID, FAULTS
from netcheck.diagnosis.likelihoods import PROBABILITY, ROWS, THINGS
from netcheck.diagnosis.weighing import log_likelihood, weigh
from netcheck.model.finding import Finding
from netcheck.model.verdict import Severity, Side

EVERY_FINDING = [f"{row.thing}.{state}" for row in ROWS for state in row.states]

some_findings = st.lists(
    st.sampled_from(EVERY_FINDING),
    unique_by=lambda name: name.partition(".")[0],
    max_size=len(ROWS),
)


def test_every_fault_has_its_own_number_and_id():
    assert len({fault.number for fault in FAULTS}) == len(FAULTS)
    assert len(BY_ID) == len(FAULTS)


def test_only_all_well_is_ok_and_only_it_has_side_none():
    assert [f.id for f in FAULTS if f.side == Side.NONE] == ["all-well"]
    assert [f.id for f in FAULTS if f.severity == Severity.OK] == ["all-well"]


def test_every_distribution_sums_to_one_and_holds_nothing_impossible():
    for key, distribution in PROBABILITY.items():
        assert math.isclose(sum(distribution.values()), 1.0, abs_tol=1e-9), key
        assert all(0 < p < 1 for p in distribution.values()), key


def test_every_thing_has_one_row_and_every_row_names_known_faults_and_states():
    assert len(THINGS) == len(ROWS)
    for row in ROWS:
        assert set(row.under) <= set(BY_ID), row.thing
        for stated in (row.usual, *row.under.values()):
            assert set(stated) <= set(row.states), row.thing


def test_every_row_admits_where_it_is_weak():
    assert [row.thing for row in ROWS if not row.why.endswith(".")] == []


def test_every_fault_can_be_reached():
    """For each fault some findings make it the likeliest of all."""
    unreachable = []
    for fault in FAULTS:
        telling = []
        for thing in ROWS:
            best = max(
                thing.states,
                key=lambda state, thing=thing: min(
                    log_likelihood(f"{thing.thing}.{state}", fault.id)
                    - log_likelihood(f"{thing.thing}.{state}", other.id)
                    for other in FAULTS
                    if other.id != fault.id
                ),
            )
            telling.append(Finding(f"{thing.thing}.{best}"))
        everything = _likeliest(telling)
        typical = _likeliest(
            Finding(
                f"{thing.thing}."
                + max(thing.states, key=lambda s, t=thing: PROBABILITY[t.thing, fault.id][s])
            )
            for thing in ROWS
        )
        if fault.id not in (everything, typical):
            unreachable.append(fault.id)
    assert unreachable == []


def _likeliest(findings):
    return weigh(findings).ranked()[0][0].id


@given(some_findings)
def test_the_posterior_sums_to_one(ids):
    assert math.isclose(math.fsum(weigh(map(Finding, ids)).probabilities.values()), 1.0)


@given(some_findings, st.sampled_from(EVERY_FINDING))
def test_a_further_finding_keeps_the_ratio_of_faults_it_treats_alike(ids, further):
    thing = further.partition(".")[0]
    group = next(t.group for t in ROWS if t.thing == thing)
    others = {t.thing for t in ROWS if t.group == group}
    before = [id for id in ids if id.partition(".")[0] not in others]
    first, second = weigh(map(Finding, before)), weigh(map(Finding, [*before, further]))
    alike = [
        f.id for f in FAULTS if log_likelihood(further, f.id) == log_likelihood(further, "all-well")
    ]
    for fault in alike:
        assert (
            second.scores[fault,] - second.scores["all-well",]
            == first.scores[fault,] - first.scores["all-well",]
        )


@given(some_findings)
def test_the_order_of_findings_changes_nothing(ids):
    assert weigh(map(Finding, ids)) == weigh(map(Finding, reversed(ids)))


CLOSES_THE_WEB = ("silent", "refused", "stall", "untrusted")


@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS if fault.id not in ("unknown", "search-domain-misleads")]
)
def test_what_closes_the_way_to_sites_closes_it_to_the_carriers_server_too(fault):
    """The server for switching on Wi-Fi calling is a site like others: a fault that the tables let
    close the web, and not that server, would need a second fault to explain its silence. A search
    domain is not held to it: it is looked at only where there is one, and where nothing was looked
    at, a home without any would have it for an explanation."""
    sites, server = PROBABILITY["anchors", fault.id], PROBABILITY["entitlement", fault.id]
    closed = sum(sites[state] for state in CLOSES_THE_WEB)
    assert closed < 0.3 or server["silent"] + server["untrusted"] >= closed / 2


def test_what_a_row_leaves_out_makes_nothing_rare_likely():
    """States that a row leaves out share what remains evenly: a quarter is no share for one that
    without the fault is seen once in a hundred times or less."""
    likely = [
        (row.thing, fault, state)
        for row in ROWS
        for fault, stated in row.under.items()
        for state in row.states
        if state not in stated
        and row.completed(row.usual)[state] < 0.01
        and row.completed(stated)[state] > 0.25
        and len(row.states) - len(stated) > 1
    ]
    assert likely == []


def test_every_finding_is_made_by_a_check():
    """Each state that the tables weigh stands in the source of some check."""
    import inspect

    sources = "\n".join(inspect.getsource(inspect.getmodule(check.read)) for check in ALL)
    for thing in ROWS:
        assert re.search(rf'["\']{re.escape(thing.thing)}[."\']', sources) or (
            f'"{thing.thing}"' in sources
        ), thing.thing


def test_a_changed_table_raises_the_rules_version():
    """When this fails: raise RULES_VERSION, then write the new hash here."""
    table = repr(sorted((k, sorted(v.items())) for k, v in PROBABILITY.items()))
    table += repr([(f.id, f.number, f.side.value, f.severity.value, f.prior) for f in FAULTS])
    table += repr([(t.thing, t.states, t.group) for t in ROWS])
    assert (RULES_VERSION, hashlib.sha256(table.encode()).hexdigest()[:12]) == (6, "622509c28f95")
