"""The score of a call against values reckoned by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.checks.voice_score import VoiceScore, score


@pytest.mark.parametrize(
    ("rtt_ms", "jitter_ms", "loss_percent", "expected"),
    [
        (20, 0, 0, VoiceScore(92.7, 4.4)),  # eff 20: 93.2 - 0.5
        (40, 5, 0, VoiceScore(92.2, 4.39)),  # eff 40: 93.2 - 1
        (299.9, 0, 0, VoiceScore(89.2, 4.32)),  # just under 160: 93.2 - 4
        (300, 0, 0, VoiceScore(89.2, 4.32)),  # eff 160: both branches meet
        (600, 30, 0, VoiceScore(68.2, 3.51)),  # eff 370: 93.2 - 25
        (40, 5, 5, VoiceScore(79.7, 4.01)),  # 92.2 - 12.5
        (40, 5, 20, VoiceScore(42.2, 2.17)),  # 92.2 - 50
        (40, 5, 60, VoiceScore(0.0, 1.0)),  # never below
        (4000, 0, 0, VoiceScore(0.0, 1.0)),
    ],
)
def test_a_path_is_scored_as_the_formula_says(rtt_ms, jitter_ms, loss_percent, expected):
    assert score(rtt_ms, jitter_ms, loss_percent) == expected


@given(st.floats(0, 5000), st.floats(0, 1000), st.floats(0, 100))
def test_no_score_leaves_its_scale(rtt_ms, jitter_ms, loss_percent):
    scored = score(rtt_ms, jitter_ms, loss_percent)
    assert 0 <= scored.r <= 93.2
    assert 1 <= scored.mos <= 4.5


@given(st.floats(0, 2000), st.floats(0, 500), st.floats(0, 90), st.floats(0.1, 10))
def test_more_loss_never_sounds_better(rtt_ms, jitter_ms, loss_percent, more):
    worse = score(rtt_ms, jitter_ms, loss_percent + more)
    assert worse.r <= score(rtt_ms, jitter_ms, loss_percent).r
