"""What a specialist sees beneath the verdict: one stage in figures, and where the time went."""

from netcheck.model.check import CheckSpec
from netcheck.model.observation import Observation, RecordedFacts, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.stage import Stage
from netcheck.render.sheet import Sheet
from netcheck.render.stage import write_stage
from netcheck.render.waterfall import critical_path, waterfall
from netcheck.text import words


def seen(check, start_ms, duration_ms, outcome=Outcome.OK, failure=None, facts=None, name="there"):
    return Observation(check, Target(name), outcome, failure, facts, start_ms, duration_ms)


RUN = [
    seen("cable-is-in", 0, 1),
    seen("router-answers", 1, 400),
    seen("name-resolves", 1, 50),
    seen("site-answers", 51, 150, Outcome.FAILED, Failure.TIMEOUT),
    seen("never-tried", 60, 0, Outcome.SKIPPED),
    seen("page-loads", 201, 599, Outcome.ERROR, Failure.STARVED),
]


def spec(id, **more):
    return CheckSpec(id, Stage.DNS, "?", "none.", 0, 100, **more)


SPECS = [
    spec("cable-is-in"),
    spec("router-answers", needs=("cable-is-in",)),
    spec("name-resolves", needs=("cable-is-in",)),
    spec("site-answers", follows="name-resolves", needs=("cable-is-in",)),
    spec("page-loads", after=("site-answers",)),
]


def test_the_waterfall_draws_when_each_began_and_how_long_it_took():
    assert waterfall(RUN, 58) == [
        "cable-is-in                     1 ms =",
        "name-resolves                  50 ms =",
        "router-answers                400 ms ==========",
        "site-answers                  150 ms  xxxx",
        "never-tried                     0 ms  -",
        "page-loads                    599 ms      ???????????????",
    ]


def test_the_critical_path_is_the_chain_that_the_end_hung_on():
    assert [one.check for one in critical_path(RUN, SPECS)] == [
        "cable-is-in",
        "name-resolves",
        "site-answers",
        "page-loads",
    ]


def test_a_run_without_observations_has_no_path_and_no_bars():
    assert critical_path([], SPECS) == ()
    assert waterfall([], 80) == []


def test_one_stage_in_figures_leaves_out_what_was_not_measured():
    facts = RecordedFacts({"delay_ms": 4.25, "alive": True, "size": None, "hops": [1, 2]})
    page = Sheet(words("en"), 60, colour=False, unicode=True)
    write_stage(
        [seen("name-resolves", 1, 50, facts=facts, name="1.1.1.1")], ["name-resolves"], page
    )
    assert page.text == (
        "\n"
        "  name-resolves\n"
        "    ok          1.1.1.1, 50 ms\n"
        "                delay_ms=4.2, alive=True, hops=[1 2]\n"
    )
