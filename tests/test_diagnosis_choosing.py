"""Which question is put to a person: the one whose answer would settle the verdict, or none."""

import math

import pytest

from netcheck.agent.concluding import About, case_of, question_for
from netcheck.diagnosis.choosing import bits, changes, expected
from netcheck.diagnosis.likelihoods import THINGS
from netcheck.diagnosis.weighing import weigh
from netcheck.model.testimony import ANSWERS, Question, said
from tests.test_diagnosis_verdict import CRICKET, CUT_OFF, NO_PACE, WORLDS, but

ABOUT = About(CRICKET)
DEAD = (
    "path.ends-at-router beyond-gateway.silent system-resolver.silent "
    "nameserver.forwards-nothing public-resolver.silent anchors.unresolved"
)


def asked(changes_: str, without: str = "") -> str | None:
    findings = but(changes_, without)
    open_ones = [one for one in Question if one not in {f.thing for f in findings}]
    return question_for(open_ones, findings, ABOUT)


ASKED = [
    ("all that can be seen is well", "", "", "symptom"),
    ("SOS", "symptom.sos", "", "beside-me"),
    ("no service", "symptom.no-service", "", "beside-me"),
    ("the phone itself says SOS", "phone-service.emergency-only", "", "beside-me"),
    ("the phone looks fine", "symptom.fine", "", None),
    ("the phone is slow", "symptom.slow", "", None),
    ("the phone itself is on its network", "phone-service.home", "", "symptom"),
    ("SOS, and the phone beside it too", "symptom.sos beside-me.fails", "", None),
    ("the provider is dead", DEAD, CUT_OFF, None),
    (
        "the router blocks Wi-Fi calling",
        "own-epdg.silent control-epdg.silent ike-stops.at-router",
        NO_PACE,
        None,
    ),
    ("airplane mode is on", "phone-service.off airplane.on", "", None),
    ("several sites are dead", "anchors.several-dead", "", "symptom"),
]


@pytest.mark.parametrize(
    ("given", "without", "question"), [one[1:] for one in ASKED], ids=[one[0] for one in ASKED]
)
def test_the_question(given: str, without: str, question: str | None) -> None:
    assert asked(given, without) == question


@pytest.mark.parametrize("world", [w for w in WORLDS if w[3] == "local"], ids=lambda w: w[0])
def test_nobody_is_asked_about_a_fault_of_their_own_side(world) -> None:
    assert asked(world[1], world[2]) is None


@pytest.mark.parametrize("question", Question)
def test_the_answers_expected_sum_to_one_and_tell_something(question: Question) -> None:
    posterior = weigh(but(""))
    chances = [expected(question, answer, posterior) for answer in ANSWERS[question]]
    assert math.isclose(math.fsum(chances), 1, abs_tol=0.01)  # scores are in hundredths
    assert bits(question, posterior) > 0


def test_what_everybody_would_answer_alike_tells_and_changes_nothing() -> None:
    findings = but("symptom.fine phone-service.home airplane.off")
    assert bits("airplane-told", weigh(findings)) < 0.01
    assert changes("airplane-told", findings, case_of(findings, ABOUT)) == 0


def test_every_answer_is_a_state_of_the_thing_it_finds() -> None:
    for question, answers in ANSWERS.items():
        assert set(THINGS[question].states) == set(answers)


def test_a_testimony_takes_one_answer_more_and_no_other_word() -> None:
    told = said("sos").with_answer(Question.BESIDE_ME, "fails")
    assert told == said("sos", beside_me="fails")
    assert [told.answer_to(one) for one in Question] == ["sos", None, "fails", None]
    with pytest.raises(ValueError, match="maybe"):
        told.with_answer(Question.AIRPLANE, "maybe")
