"""Two devices side by side: the first difference, and what one is worth to the other."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from netcheck.agent.replaying import replayed
from netcheck.checks import ALL
from netcheck.cli import compare
from netcheck.cli.door import Door
from netcheck.cli.options import Given
from netcheck.desk.comparing import Silent, compared
from netcheck.model.finding import Finding
from netcheck.model.result import CarrierChoice
from netcheck.model.stage import Stage
from netcheck.model.verdict import Severity, Side
from netcheck.render import json as as_json
from netcheck.render.read import read
from netcheck.text import words

RECORDED = Path(__file__).parent / "lab" / "recorded"
STAGE_OF = {check.spec.id: check.spec.stage for check in ALL}


def recorded(name: str):
    """At one time: each was recorded at its own."""
    told = json.loads((RECORDED / f"{name}.json").read_text())["result"]
    return replace(read(json.dumps(told)), started_at="2026-11-25T12:00:00Z")


def without(result, *things: str):
    return replace(
        result, findings=tuple(one for one in result.findings if one.thing not in things)
    )


SOS = without(recorded("sos-but-another-phone-on-the-carrier-beside-it-has-service"), "beside-me")
FINE = recorded("everything-works-and-the-phone-is-said-to-be-fine")
SILENT = recorded("everything-works")


def side_by_side(one, other):
    return compared(one, other, stage_of=STAGE_OF, judge=replayed, within_minutes=30)


def test_a_phone_that_is_fine_beside_one_that_says_sos_is_evidence():
    found = side_by_side(SOS, FINE)
    word = found.words[0]
    assert word.finding == Finding("beside-me.works", ("others-here-have-service",))
    assert found.words[1].silent is Silent.WELL


def test_it_is_weighed_as_the_user_s_own_word_is():
    told = replayed(replace(SOS, findings=(*SOS.findings, Finding("beside-me.works"))))
    judged = side_by_side(SOS, FINE).words[0].judged
    assert judged.verdict == told.verdict
    assert _share(judged, Side.CARRIER) < _share(replayed(SOS), Side.CARRIER)


def _share(result, side: Side) -> float:
    """What the tables give that side, as far as it is told."""
    verdict = result.verdict
    named = {one.fault: one.probability for one in verdict.alternatives if one.side is side}
    return sum(named.values()) + (verdict.confidence if verdict.side is side else 0)


def test_two_phones_without_service_bear_each_other_out():
    found = side_by_side(SOS, replace(SOS, duration_ms=500.0))
    assert [word.finding.id for word in found.words] == ["beside-me.fails", "beside-me.fails"]
    before, after = _share(replayed(SOS), Side.CARRIER), _share(found.words[0].judged, Side.CARRIER)
    assert after > before


def test_the_first_place_where_they_differ_is_named_with_what_was_found_there():
    difference = side_by_side(SOS, FINE).difference
    assert difference.stage is Stage.CARRIER
    assert [finding.id for finding in difference.findings] == ["symptom.sos", "symptom.fine"]


def test_a_broken_link_is_the_first_difference_whatever_follows_from_it():
    gone = recorded("the-access-point-is-gone")
    assert side_by_side(gone, SILENT).difference.stage is Stage.LINK


def test_two_that_are_alike_do_not_differ():
    assert side_by_side(SILENT, SILENT).difference is None


ABROAD = CarrierChoice("vodacom_za", "Vodacom", None, "ZA")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (replace(FINE, carrier=ABROAD), Silent.OTHER_CARRIER),
        (replace(FINE, carrier=None), Silent.NO_CARRIER),
        (replace(FINE, started_at="2026-11-25T12:31:00Z"), Silent.OTHER_TIME),
        (replace(FINE, started_at="soon"), Silent.OTHER_TIME),
        (SILENT, Silent.NO_WORD),
    ],
)
def test_one_says_nothing_of_the_other_where_it_cannot(other, why):
    word = side_by_side(SOS, other).words[0]
    assert (word.finding, word.judged, word.silent) == (None, None, why)


def test_a_run_is_no_evidence_for_itself_whatever_its_number():
    again = replace(SOS, run_id="0" * 16)
    assert [word.silent for word in side_by_side(SOS, again).words] == [Silent.SAME_RUN] * 2


def test_what_the_user_said_already_is_not_counted_twice():
    told = replace(SOS, findings=(*SOS.findings, Finding("beside-me.works")))
    assert side_by_side(told, FINE).words[0].silent is Silent.KNOWN


def test_a_phone_that_contradicts_its_user_says_nothing():
    both = replace(FINE, findings=(*FINE.findings, Finding("phone-service.none")))
    assert side_by_side(SOS, both).words[0].silent is Silent.NO_WORD


# --- as it is told ---


def told(tmp_path, capsys, *, json_wanted: bool = False) -> str:
    files = []
    for name, result in (("a.json", SOS), ("b.json", FINE)):
        (tmp_path / name).write_text(as_json.render(result, words()))
        files.append(str(tmp_path / name))
    given = Given(files=files, json=json_wanted, key=None)
    assert compare.perform(given, Door()) == 0
    return capsys.readouterr().out


def test_a_person_reads_who_differs_where_and_what_follows(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    said = told(tmp_path, capsys)
    for line in (
        "They differ first at: Carrier",
        "A: your phone says SOS",
        "B has service on the same carrier, beside A.",
        "Nothing is wrong on B, so there is nothing to explain.",
    ):
        assert line in said


def test_a_script_reads_the_same(tmp_path, capsys):
    document = json.loads(told(tmp_path, capsys, json_wanted=True))
    assert document["same_carrier"] is True
    assert document["difference"]["findings"] == ["symptom.sos", "symptom.fine"]
    assert [device["adds"] for device in document["devices"]] == ["beside-me.works", None]
    assert document["devices"][1]["adds_nothing"] == "well"
    assert replayed(FINE).verdict.severity is Severity.OK
