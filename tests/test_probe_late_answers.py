"""The helper that answers late: when it answers, whom it refuses; and how long mappings live,
measured against it over loopback."""

import threading

import pytest

from netcheck.model.target import AllowedTarget, Protocol
from netcheck.probe.late_answers import LateAnswers, open_ear, serve
from netcheck.probe.mapping import lifetimes
from netcheck.probe.network import AllowList, Network
from netcheck.wire.mapping import LateQuestion, answer, question

NONCE, SENDER, OTHER = bytes(16), ("192.0.2.9", 5000), ("192.0.2.10", 5000)


def test_an_answer_is_due_when_its_time_has_come_and_goes_where_the_question_came_from():
    answers = LateAnswers()
    answers.hear(question(NONCE, 2000), SENDER, 100.0)
    answers.hear(question(NONCE, 0), OTHER, 100.5)
    assert answers.due(100.5) == [(answer(LateQuestion(NONCE, 0)), OTHER)]
    assert answers.next_s(100.5) == 1.5
    assert answers.due(101.9) == []
    assert answers.due(102.0) == [(answer(LateQuestion(NONCE, 2000)), SENDER)]


def test_what_is_no_question_is_passed_over_in_silence():
    answers = LateAnswers()
    answers.hear(b"hello", SENDER, 1.0)
    assert (answers.due(2.0), answers.counts.strange, answers.counts.asked) == ([], 1, 0)


def test_one_address_gets_no_more_than_its_share_a_minute_and_another_still_gets_its_own():
    answers = LateAnswers(most_a_minute=3)
    for _ in range(5):
        answers.hear(question(NONCE, 0), SENDER, 10.0)
    answers.hear(question(NONCE, 0), OTHER, 10.0)
    assert [sender for _, sender in answers.due(10.0)] == [SENDER, SENDER, SENDER, OTHER]
    assert answers.counts.refused == 2
    answers.hear(question(NONCE, 0), SENDER, 70.1)
    assert len(answers.due(70.1)) == 1


def test_no_more_answers_are_kept_than_it_has_room_for():
    answers = LateAnswers(most_waiting=2)
    for _ in range(3):
        answers.hear(question(NONCE, 60_000), SENDER, 0.0)
    assert (len(answers.due(60.0)), answers.counts.refused) == (2, 1)


def allowing(port):
    return Network(AllowList([AllowedTarget("127.0.0.1", port, Protocol.UDP, "test")]))


def test_mappings_that_nobody_forgets_outlive_every_delay():
    ear = open_ear("127.0.0.1", 0)
    port = ear.getsockname()[1]
    threading.Thread(target=serve, args=(ear, LateAnswers()), daemon=True).start()
    found = lifetimes(allowing(port), "127.0.0.1", port, (0.2, 0.5), deadline_ms=8000)
    assert found is not None
    assert found.answered == {0.2: True, 0.5: True}
    assert (found.kept_awake, found.helper_answers) == (True, True)


def test_a_helper_that_does_not_answer_measures_nothing():
    with open_ear("127.0.0.1", 0) as deaf:
        port = deaf.getsockname()[1]
        assert lifetimes(allowing(port), "127.0.0.1", port, (0.1,), deadline_ms=4000) is None


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "0:0:0:0:0:0:0:0", "::ffff:0.0.0.0"])
def test_every_address_at_once_is_none_to_answer_from(address):
    with pytest.raises(ValueError, match="one address"):
        open_ear(address, 0)
