"""What starts when: the plan alone, without threads or network."""

from netcheck.agent.plan import Progress, Ready, chosen, ready, unknown_links
from netcheck.checks import ALL
from netcheck.model.check import CheckSpec
from netcheck.model.stage import Stage


def check(id, **more):
    return CheckSpec(id, Stage.DEVICE, "?", "none", 0, 100, **more)


CABLE = check("cable-is-in")
ROUTER = check("router-answers", needs=("cable-is-in",))
OWN = check("own-answers", needs=("cable-is-in",))
CONTROL = check("control-answers", needs=("cable-is-in",))
SUMMARY = check("summary", after=("own-answers", "control-answers"))
PLAN = (CABLE, ROUTER, OWN, CONTROL, SUMMARY)


def now(started="", good="", ended=""):
    return ready(
        PLAN, set(started.split()), Progress(*(frozenset(x.split()) for x in (good, ended)))
    )


def test_what_needs_nothing_starts_at_once():
    assert now() == Ready(("cable-is-in",), ())


def test_a_check_starts_the_moment_its_need_has_one_good_observation():
    assert now("cable-is-in", good="cable-is-in").start == (
        "router-answers",
        "own-answers",
        "control-answers",
    )


def test_a_failed_need_skips_what_depends_on_it_with_the_reason():
    assert now("cable-is-in", ended="cable-is-in").skip == (
        ("router-answers", "cable-is-in"),
        ("own-answers", "cable-is-in"),
        ("control-answers", "cable-is-in"),
    )


def test_a_failure_of_ones_own_does_not_skip_its_control():
    assert now(
        "cable-is-in router-answers own-answers",
        good="cable-is-in",
        ended="cable-is-in own-answers",
    ) == Ready(("control-answers",), ())


def test_a_summary_waits_for_all_it_sums_up_however_they_ended():
    running = "cable-is-in router-answers own-answers control-answers"
    assert now(running, "cable-is-in", "cable-is-in own-answers").start == ()
    assert now(running, "cable-is-in", "cable-is-in own-answers control-answers").start == (
        "summary",
    )


DEEP = check("flood", deep=True, needs=("cable-is-in",))


def test_costly_checks_run_only_when_wanted():
    assert "flood" not in chosen((*PLAN, DEEP))
    assert chosen((*PLAN, DEEP), deep=True) == {spec.id for spec in (*PLAN, DEEP)}


def test_one_stage_brings_along_what_it_needs_and_no_more():
    elsewhere = CheckSpec(
        "site-answers", Stage.INTERNET, "?", "none", 0, 100, needs=("cable-is-in",)
    )
    assert chosen((*PLAN, elsewhere), stage=Stage.INTERNET) == {"site-answers", "cable-is-in"}


def test_every_name_in_the_shipped_plan_is_a_check():
    assert unknown_links(check.spec for check in ALL) == []


def test_no_shipped_control_depends_on_what_it_controls():
    """Nothing a verdict compares with waits for the user's own resolver, gateway or operator."""
    for check in ALL:
        assert not {"gateway-answers", "nameserver-answers", "system-resolver-answers"} & set(
            check.spec.needs
        ), check.id


def test_every_check_says_what_it_asks_and_what_its_control_is():
    for check in ALL:
        assert check.spec.question.endswith("?"), check.id
        assert check.spec.control.endswith("."), check.id


def test_a_check_that_disturbs_others_waits_for_all_of_them_and_for_those_of_its_kind():
    loud, louder = check("loud", alone=True), check("louder", alone=True)
    plan = (CABLE, loud, ROUTER, louder)

    def starts(good="", ended=""):
        progress = Progress(*(frozenset(x.split()) for x in (good, ended)))
        return ready(plan, set(ended.split()), progress).start

    assert "loud" not in starts()
    assert "loud" not in starts("cable-is-in", "cable-is-in")
    assert starts("cable-is-in", "cable-is-in router-answers") == ("loud",)
    assert starts("cable-is-in", "cable-is-in router-answers loud") == ("louder",)
