"""The grid's own arithmetic: which worlds are drawn, what is true in them, what the figures say."""

import importlib
import random
from dataclasses import replace

import pytest

from tests.grid import Job, asked, played
from tests.lab import parts
from tests.lab.composed import compatible, compose, drawn, seed_of_the_tables, unknown_faults
from tests.lab.confusion import page
from tests.lab.outcomes import Outcome, figures, keep, kept, upper_bound, with_twins, wrong_ones
from tests.lab.scenarios import HEALTHY
from tests.lab.twins import candidates, twins

EVERY_PART = [
    one
    for axis in (*parts.FAULTS.values(), *parts.BACKGROUNDS.values(), parts.TRAPS)
    for one in axis
]


def named(words):
    return next(one for one in EVERY_PART if one.words == words)


def truth_of(*words, asked="att"):
    return compose([named(one) for one in words], asked, ipv6=False).scenario.then.all


# The draw


def test_the_same_tables_draw_the_same_worlds_and_others_draw_others():
    sentences = [[one.scenario.sentence for one in drawn(40, seed)] for seed in ("a", "a", "b")]
    assert sentences[0] == sentences[1]
    assert sentences[0] != sentences[2]


def test_a_longer_draw_begins_with_the_shorter_one():
    short = [one.scenario.sentence for one in drawn(20)]
    assert [one.scenario.sentence for one in drawn(60)][: len(short)] == short


def test_the_seed_follows_from_a_prior(monkeypatch):
    from tests.lab import composed

    before = seed_of_the_tables()
    first, *rest = composed.FAULTS
    monkeypatch.setattr(composed, "FAULTS", (replace(first, prior=first.prior + 1), *rest))
    assert seed_of_the_tables() != before


def test_every_world_is_there_once_and_can_be():
    worlds = drawn(300)
    assert len({one.scenario.slug for one in worlds}) == len(worlds)
    assert all(compatible(one.parts) for one in worlds)
    assert not [one for one in worlds if one.scenario.ipv6 and not all(p.both for p in one.parts)]


def test_every_trap_is_alone_once_and_nothing_is_broken_there():
    alone = [one for one in drawn(0) if one.trap]
    assert [one.parts for one in alone] == [(trap,) for trap in parts.TRAPS]
    assert {one.scenario.then.all for one in alone} == {(("none", "all-well"),)}


def test_every_fault_of_a_part_is_in_the_tables_on_the_same_side():
    assert unknown_faults() == []


def test_every_part_is_drawn_sooner_or_later():
    seen = {part.words for one in drawn(1500) for part in one.parts}
    assert {one.words for one in EVERY_PART} - seen == set()


# What is true where two things are wrong


def test_both_of_two_faults_that_show_are_true():
    assert truth_of("the router drops IKE", "the phone shows SOS") == (
        ("local", "lan-blocks-ike"),
        ("carrier", "carrier-registration-outage"),
    )


@pytest.mark.parametrize(
    ("nearer", "hidden", "true"),
    [
        ("the provider is dead", "the own gateway is silent", ("isp", "provider-dead")),
        ("the router drops IKE", "the own gateway is silent", ("local", "lan-blocks-ike")),
        ("the router hangs", "the provider is dead", ("local", "router-dead")),
        ("the router hangs", "the router's DNS hangs", ("local", "router-dead")),
        # What shows by silence alone cannot be told from the silence of all that lies behind it.
        ("the provider is dead", "the router drops IKE", ("isp", "provider-dead")),
        ("a box at home opens secure connections", "three unrelated sites are silent",
         ("local", "tls-intercepted")),
    ],
)  # fmt: skip
def test_what_lies_behind_a_wall_is_no_truth_of_its_world(nearer, hidden, true):
    assert truth_of(nearer, hidden) == (true,)
    assert truth_of(hidden, nearer) == (true,)


def test_a_refusal_is_seen_where_all_behind_it_is_silent():
    assert truth_of("the router rejects IKE", "the provider is dead") == (
        ("local", "lan-blocks-ike"),
        ("isp", "provider-dead"),
    )


def test_what_the_phone_says_is_seen_behind_any_wall():
    assert len(truth_of("the provider is dead", "the phone shows SOS")) == 2


def test_a_vpn_is_not_put_where_it_would_hide_the_fault():
    vpn = named("a VPN takes every route")
    assert not compatible([vpn, named("the router drops IKE")])
    assert compatible([vpn, named("the own gateway is silent")])


# The figures


@pytest.mark.parametrize(
    ("errors", "runs", "bound"),
    [(0, 598, 0.005), (0, 60, 0.0487), (1, 100, 0.0466), (5, 100, 0.1023), (3, 3, 1.0)],
)
def test_the_bound_is_clopper_and_pearsons(errors, runs, bound):
    assert upper_bound(errors, runs) == pytest.approx(bound, abs=5e-5)


def test_the_bound_holds_for_worlds_whose_rate_is_known():
    dice = random.Random(1)
    held = sum(
        upper_bound(sum(dice.random() < 0.1 for _ in range(80)), 80) >= 0.1 for _ in range(400)
    )
    assert held / 400 >= 0.93


def ran(*truths, said="inconclusive unknown", sure=0.95, **more):
    side, fault = said.split()
    return Outcome(
        "a world", True, False, tuple(tuple(t.split()) for t in truths), side, fault, sure, **more
    )


RIGHT = ran("local router-dead", said="local router-dead")


def line(outcomes, name):
    table = figures(outcomes).splitlines()
    return next(row.split(" | ")[2] for row in table if row.startswith(f"| {name}"))


def test_only_runs_that_could_make_an_error_count_against_it():
    outcomes = [
        RIGHT,
        ran("isp provider-dead", said="carrier carrier-gateway-outage"),
        ran("carrier carrier-gateway-outage", said="local lan-blocks-ike"),
        ran("local router-dead", "carrier carrier-gateway-outage", said="local router-dead"),
        ran("none all-well", said="none all-well"),
    ]
    assert line(outcomes, "carrier blamed") == "1 of 2 (50.0%)"
    assert line(outcomes, "user blamed") == "1 of 1 (100.0%)"
    assert line(outcomes, "side wrong, one") == "2 of 3 (66.7%)"
    assert line(outcomes, "side wrong, two") == "0 of 1 (0.0%)"
    assert line(outcomes, "not every fault named") == "1 of 1 (100.0%)"


def test_either_of_two_sides_is_right_and_the_other_is_to_stand_beside_it():
    both = ran(
        "local router-dns-dead", "carrier carrier-gateway-outage",
        said="carrier carrier-gateway-outage", also=("router-dns-dead",),
    )  # fmt: skip
    assert (both.side_right, both.fault_right, both.all_named) == (True, True, True)
    assert not both.blames_wrongly


def test_inconclusive_is_wrong_until_a_twin_was_found():
    left_open = ran("carrier carrier-gateway-outage")
    assert line([left_open], "inconclusive") == "1 of 1 (100.0%)"
    (settled,) = with_twins([left_open], {"a world": "another"})
    assert settled.side_right
    assert line([settled], "inconclusive") == "0 of 1 (0.0%)"


def test_a_twin_excuses_no_wrong_side():
    wrong = ran("carrier carrier-gateway-outage", said="local lan-blocks-ike")
    assert with_twins([wrong], {"a world": "another"}) == [wrong]


def test_a_scenario_that_nobody_can_tell_counts_in_no_figure_of_sides():
    assert line([ran("inconclusive unknown")], "inconclusive") == "not measured"


def test_wrong_runs_are_told_with_what_they_found():
    wrong = ran("isp provider-dead", said="carrier carrier-gateway-outage", findings=("a.b",))
    assert wrong_ones([RIGHT, wrong], in_full=True) == [
        "- a world: truly isp provider-dead; said carrier carrier-gateway-outage (0.95)"
        " WRONGLY BLAMED",
        "    a.b",
    ]


def test_outcomes_come_back_from_their_file(tmp_path):
    both = ran("local a", "isp b", said="isp b", also=("a",), findings=("x.y",), hidden=("z",))
    keep([RIGHT], tmp_path / "kept")
    keep([both], tmp_path / "kept")
    assert kept([tmp_path / "kept"]) == [RIGHT, both]


# Twins


def world(sentence, truth, said, *findings, ipv6=False):
    outcome = ran(truth, said=said, findings=findings)
    return replace(outcome, sentence=sentence, ipv6=ipv6)


OPEN = world("open", "carrier x", "inconclusive x", "own.silent")
SAME = world("same", "isp y", "isp y", "own.silent")


def test_a_twin_has_another_side_and_no_finding_that_contradicts():
    seen = frozenset({"own.silent", "control.answers"})
    others = [
        SAME,
        world("same side", "carrier z", "carrier z", "own.silent"),
        world("contradicts", "isp y", "isp y", "own.silent", "control.silent"),
        world("another home", "isp y", "isp y", "own.silent", ipv6=True),
        world("healthy", "none all-well", "none all-well", "own.silent"),
    ]
    assert [one.sentence for one in candidates(OPEN, seen, others)] == ["same"]


@pytest.mark.parametrize(("more", "found"), [((), {"open": "same"}), (("control.silent",), {})])
def test_a_twin_gives_the_same_findings_under_the_full_plan(more, found):
    from tests.lab.scenarios import HEALTHY

    looked = []

    def look(scenario):
        looked.append(scenario.args[-1])
        more_here = more if scenario.sentence == "same" else ()
        return frozenset({"own.silent", *more_here})

    scenarios = {name: replace(HEALTHY, sentence=name) for name in ("open", "same")}
    assert twins([OPEN, SAME], scenarios, look) == found
    assert looked == ["--full", "--full"]


# The page


def test_the_page_counts_each_run_once_and_needs_nothing_else():
    wrong = ran("isp provider-dead", said="carrier carrier-gateway-outage")
    text = page([RIGHT, RIGHT, wrong], "2026-01-01")
    assert '<td class="right" title="true router-dead, said router-dead">2</td>' in text
    assert (
        '<td class="wrong" title="true provider-dead, said carrier-gateway-outage">1</td>' in text
    )
    assert '<td class="wrong" title="true isp, said carrier">1</td>' in text
    assert "http" not in text
    assert "src=" not in text


def test_of_a_world_in_two_files_the_last_counts(tmp_path):
    one, other = tmp_path / "1", tmp_path / "2"
    again = replace(RIGHT, side="isp")
    keep([RIGHT, replace(RIGHT, sentence="another world")], one)
    keep([again, again], other)
    assert [(x.sentence, x.side) for x in kept([one, other])] == [
        ("a world", "isp"),
        ("a world", "isp"),
        ("another world", "local"),
    ]


def test_a_side_that_is_named_where_nobody_can_tell_is_counted():
    guessed = ran("inconclusive all-well", said="isp provider-dead")
    assert line([guessed, RIGHT], "a side named where nobody") == "1 of 1 (100.0%)"


def test_what_was_kept_before_counts_as_played(tmp_path):
    job = Job(HEALTHY)
    before = [replace(RIGHT, sentence=HEALTHY.sentence, truths=HEALTHY.then.all)]
    keep([*before, replace(RIGHT, sentence="of another part")], tmp_path / "outcomes")
    assert played([job], record=False, into=tmp_path / "outcomes") == before


def test_parts_of_a_part_are_refused(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["grid", "--beside", "2", "--part", "1/2"])
    with pytest.raises(SystemExit) as ended:
        asked()
    assert ended.value.code == 2
    assert "--beside makes parts of its own, so it takes no --part" in capsys.readouterr().err


def test_the_commands_that_play_the_lab_can_be_imported():
    for name in ("tests.grid", "tests.gain", "tests.bench", "tests.lab.radio.__main__"):
        assert importlib.import_module(name).main
