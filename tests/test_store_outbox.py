"""The outbox: bounded, counted, each report once; and the log of what went out."""

import os
from dataclasses import replace

import pytest

from netcheck.store import StoreUnavailable, consent, device_secret, outbox, sent_log
from netcheck.store.outbox import Waiting

NOW_S = 1_708_593_300.0
DAY_S = 86_400


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """A state folder of this test's own."""
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(tmp_path))
    return tmp_path


def report(number, *, at_s=NOW_S, due_s=None):
    return Waiting(f"{number:032x}", at_s + number, due_s or at_s, 0, f'{{"number":{number}}}')


def ids():
    return [int(one.id, 16) for one in outbox.waiting()]


def test_what_is_put_waits_oldest_first():
    assert [outbox.put(report(number)) for number in (2, 1, 3)] == [True] * 3
    assert ids() == [1, 2, 3]
    assert outbox.waiting()[0] == report(1)


def test_a_report_is_put_once_while_it_waits_and_once_it_is_done():
    assert outbox.put(report(1))
    assert not outbox.put(report(1))
    outbox.settle(report(1), NOW_S, accepted=True)
    assert not outbox.put(report(1))
    assert (ids(), outbox.state().sent, outbox.state().sent_s) == ([], 1, NOW_S)


def test_too_many_lose_the_oldest_and_are_counted():
    for number in range(outbox.MOST_REPORTS + 3):
        outbox.put(report(number))
    assert ids() == list(range(3, outbox.MOST_REPORTS + 3))
    assert outbox.state().dropped_full == 3


def test_what_is_a_week_old_is_dropped_and_counted():
    outbox.put(report(1))
    outbox.put(report(2, at_s=NOW_S + 6 * DAY_S))
    outbox.drop_old(NOW_S + 7 * DAY_S + 60)
    assert (ids(), outbox.state().dropped_old) == ([2], 1)


def test_a_clock_set_back_drops_nothing_and_holds_nothing_for_years():
    one = report(1, due_s=NOW_S + 3 * 365 * DAY_S)
    outbox.put(one)
    outbox.drop_old(NOW_S - 400 * DAY_S)
    assert ids() == [1]
    assert one.is_due(NOW_S)
    assert not report(1, due_s=NOW_S + 60).is_due(NOW_S)
    assert report(1, due_s=NOW_S + 60).is_due(NOW_S + 61)


def test_a_try_in_vain_is_counted_and_waits():
    outbox.put(report(1))
    outbox.put_off(report(1), NOW_S + 90)
    assert outbox.waiting() == (replace(report(1), tries=1, due_s=NOW_S + 90),)


def test_what_was_thrown_away_does_not_come_back_by_a_try_in_vain():
    outbox.put(report(1))
    assert outbox.empty() == 1
    outbox.put_off(report(1), NOW_S + 90)
    assert outbox.waiting() == ()


@pytest.mark.parametrize("moment", ["1e999", "NaN", "-1", "9" * 400, "true", '"now"'])
def test_a_moment_that_no_clock_tells_is_none(state, moment):
    """Else it is never old, or breaks what shows it."""
    outbox.put(report(1))
    file = state / "outbox" / f"{2:032x}.report"
    for name in ("queued_s", "due_s"):
        times = {"queued_s": "1.0", "due_s": "1.0", name: moment}
        told = ", ".join(f'"{key}": {value}' for key, value in times.items())
        file.write_text(f'{{"id": "{2:032x}", {told}, "tries": 0, "body": "x"}}')
        assert ids() == [1]
    (state / "outbox" / "state").write_text(f'{{"sent": 3, "sent_s": {moment}}}')
    assert (outbox.state().sent, outbox.state().sent_s) == (3, 0.0)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "", "{}", "[]", "null", "{", '{"id": 1}', "\x00", '{"id":"x","body":"y"}'],
)
def test_a_file_that_holds_something_else_is_passed_over(state, text):
    outbox.put(report(1))
    (state / "outbox" / f"{2:032x}.report").write_text(text)
    (state / "outbox" / "state").write_text(text)
    assert ids() == [1]
    assert outbox.state() == outbox.State()


def test_what_is_no_report_is_thrown_away_and_counted(state):
    """Junk would else lie on the disk for ever, past every bound."""
    outbox.put(report(1))
    (state / "outbox" / f"{2:032x}.report").write_text("{" + "x" * 100_000)
    (state / "outbox" / "keep.txt").write_text("somebody's own")
    outbox.drop_old(NOW_S)
    assert (ids(), outbox.state().dropped_broken) == ([1], 1)
    left = sorted(path.name for path in (state / "outbox").iterdir())
    assert left == [f"{1:032x}.report", "keep.txt", "state", "state.lock"]


def test_all_that_waits_is_thrown_away_whatever_is_in_it(state):
    outbox.put(report(1))
    (state / "outbox" / f"{2:032x}.report").write_text("half of a rep")
    assert outbox.empty() == 1
    assert list((state / "outbox").glob("*.report")) == []


def test_what_is_passed_over_is_never_taken():
    outbox.put(report(1))
    outbox.pass_over(report(1).id)
    outbox.pass_over(report(2).id)
    assert (outbox.put(report(1)), outbox.put(report(2)), ids()) == (False, False, [])


def test_a_report_under_another_ones_name_is_passed_over(state):
    outbox.put(report(1))
    (state / "outbox" / f"{1:032x}.report").rename(state / "outbox" / f"{2:032x}.report")
    assert ids() == []


def test_two_cannot_send_at_once():
    with outbox.sending(), pytest.raises(StoreUnavailable), outbox.sending():
        pass


def test_only_the_user_may_read_what_waits_and_what_was_sent(state):
    outbox.put(report(1))
    sent_log.begin(sent_log.Sent("a", NOW_S, "https://c/", "{}"))
    device_secret.secret()
    consent.keep(True)
    modes = {path.name: path.stat().st_mode & 0o077 for path in state.rglob("*") if path.is_file()}
    assert set(modes.values()) == {0}, modes


def test_the_secret_stays_until_it_is_forgotten(state):
    first = device_secret.secret()
    assert (len(first), device_secret.secret()) == (32, first)
    device_secret.forget()
    second = device_secret.secret()
    assert second != first
    (state / "report-secret").write_text("not hex")
    assert device_secret.secret() not in (first, second)


@pytest.mark.parametrize(
    ("text", "given"), [("on\n", True), ("off\n", False), ("on", False), ("yes\n", False)]
)
def test_only_the_exact_word_is_a_yes(state, text, given):
    assert consent.given() is None
    (state / "report-consent").write_text(text)
    assert consent.given() is given


# --- the log ---


def test_a_try_is_written_before_and_its_end_after():
    first = sent_log.Sent("a", NOW_S, "https://c/", '{"number":1}')
    sent_log.begin(first)
    assert sent_log.read() == (replace(first, outcome="unknown"),)
    sent_log.end(first, "accepted")
    again = sent_log.Sent("a", NOW_S + 60, "https://c/", '{"number":1}')
    sent_log.begin(again)
    assert sent_log.read() == (replace(first, outcome="accepted"), again)


def test_months_are_files_and_all_of_them_are_read(state):
    for month in range(3):
        sent_log.begin(sent_log.Sent(str(month), NOW_S + month * 31 * DAY_S, "https://c/", "{}"))
    assert [path.name for path in sorted((state / "sent").glob("*.ndjson"))] == [
        "2024-02.ndjson",
        "2024-03.ndjson",
        "2024-04.ndjson",
    ]
    assert [sent.id for sent in sent_log.read()] == ["0", "1", "2"]


def test_a_damaged_line_of_the_log_is_left_out(state):
    sent_log.begin(sent_log.Sent("a", NOW_S, "https://c/", "{}"))
    with (state / "sent" / "2024-02.ndjson").open("a") as file:
        file.write('{"id":\n[]\n{"id":"b","at_s":"x","body":1}\n')
        file.write('{"id":"c","at_s":1e999,"to":"","body":"","outcome":""}\n')
        file.write('{"id":"d","at_s":NaN,"to":"","body":"","outcome":""}\n')
        file.write('{"id":"e","at_s":' + "9" * 400 + ',"to":"","body":"","outcome":""}\n')
        file.write("[" * 100_000 + "\n")
    assert [sent.id for sent in sent_log.read()] == ["a"]


def test_a_state_that_cannot_be_written_is_said(state):
    (state / "outbox").write_text("in the way")
    with pytest.raises(StoreUnavailable):
        outbox.put(report(1))
    if os.getuid():  # root may read everything
        (state / "outbox").chmod(0)
        with pytest.raises(StoreUnavailable):
            outbox.waiting()
