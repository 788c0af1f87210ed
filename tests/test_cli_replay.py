"""Verdicts from files: a saved result judged anew, and the hours of past outages."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from netcheck.agent.replaying import replayed
from netcheck.agent.seeds import UnreadableSeed, is_as_expected, read_seed, result_of
from netcheck.catalog import load
from netcheck.diagnosis import RULES_VERSION
from netcheck.render import json as as_json
from netcheck.text import words
from tests.command import ROOT, netcheck
from tests.render_samples import SOS

SEEDS = sorted((ROOT / "seeds").glob("*.toml"))
ATT = ROOT / "seeds/att-2024-02-22.toml"
ATT_VIEWS = ["home", "bystander", "modem", "cabled-phone", "phone-alone", "two-phones"]


def seed_of(path: Path):
    return read_seed(path.read_text(encoding="utf-8"))


HOURS = [
    pytest.param(path, view, hour, id=f"{path.stem} {view.id} {hour.at:%d %H:%M}")
    for path in SEEDS
    for view in seed_of(path).views
    for hour in view.hours
]


@pytest.mark.parametrize(("path", "view", "hour"), HOURS)
def test_every_hour_of_every_seed_comes_to_the_verdict_that_was_right(
    path: Path, view, hour
) -> None:
    verdict = result_of(seed_of(path), view, hour).verdict
    assert (verdict.side, verdict.fault) == (hour.side, hour.fault)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_a_seed_is_about_a_carrier_of_the_catalogue_and_has_its_facts_and_sources(
    path: Path,
) -> None:
    seed = seed_of(path)
    assert seed.id == path.stem
    carriers = {carrier.id: carrier.name for carrier in load().carriers}
    for view in seed.views:
        assert view.carrier is None or carriers[view.carrier.id] == view.carrier.name
        assert view.called in (None, *carriers.values())
        assert list(view.hours) == sorted(view.hours, key=lambda hour: hour.at)
    assert seed.known
    assert seed.sources
    assert f"`{seed.id}`" in (ROOT / "seeds/README.md").read_text(encoding="utf-8")


ADVICE = """
  The advice of that day
    1  Switch on Wi-Fi calling: your network lets it through. AT&T may still
       turn it down. (iPhone: Settings > Cellular > Wi-Fi Calling; other
       phones: search Settings for Wi-Fi calling)
    2  Leave the router alone; a reset will not help.
    3  Keep this result: it shows when the trouble was seen.
    4  Wait for AT&T; nothing in your home needs a change.
    5  Emergency (911): try Wi-Fi calling, a landline, or a phone on another
       carrier; or a text to 911, where that is offered. None is certain.
"""


def test_a_person_lives_through_the_day_and_ends_with_its_advice(tmp_path: Path) -> None:
    ended = netcheck(tmp_path, "replay", str(ATT), "--view", "home", alone=False)
    assert (ended.code, ended.err) == (0, "")  # the last hour is well again
    assert ended.out.startswith(
        "\n  AT&T, 22 February 2024: no phone gets on to the network\n"
        "  What the device sees is inferred from what is known of the day. Times: US\n"
    )
    assert ended.out.endswith(ADVICE)
    told = [line for line in ended.out.splitlines() if "> Most likely AT&T, not you." in line]
    assert len(told) == 2  # the hours in which the same happens share a line
    assert "in truth" not in ended.out


ADVICE_WHERE_ONE_COMPANY_HAS_BOTH = """
  The advice of that day
    1  Leave the router alone; a reset will not help.
    2  Tell your internet provider what is shown here. Find the number on your
       bill, not in a web search.
    3  Emergency (911): try a landline, or a phone on another carrier; your
       own Wi-Fi calling looks shut. None is certain.
"""


def test_where_line_and_phone_are_of_one_company_neither_is_sent_to_the_other(
    tmp_path: Path,
) -> None:
    rogers = str(ROOT / "seeds/rogers-2022-07-08.toml")
    ended = netcheck(tmp_path, "replay", rogers, "--view", "home-same-company", alone=False)
    assert ended.out.endswith(ADVICE_WHERE_ONE_COMPANY_HAS_BOTH)


def test_a_phone_whose_wifi_calling_is_off_is_told_first_to_switch_it_on(tmp_path: Path) -> None:
    ended = netcheck(tmp_path, "replay", str(ATT), "--view", "cabled-phone", alone=False)
    assert ended.out.endswith(ADVICE)


def test_a_second_phone_that_was_looked_at_is_not_asked_for_again(tmp_path: Path) -> None:
    ended = netcheck(tmp_path, "replay", str(ATT), "--view", "two-phones", alone=False)
    assert "second phone" not in ended.out


def test_a_script_gets_every_hour_with_what_was_expected(tmp_path: Path) -> None:
    document = json.loads(netcheck(tmp_path, "replay", str(ATT), "--json", alone=False).out)
    assert document["schema"] == "netcheck.replay/1"
    assert [view["view"] for view in document["views"]] == ATT_VIEWS
    hours = document["views"][0]["hours"]
    assert len(hours) == 14
    assert hours[1]["at"] == "2024-02-22T03:00:00-06:00"
    assert hours[1]["expected"] == {"side": "carrier", "fault": "carrier-registration-outage"}
    assert {hour["as_expected"] for hour in hours} == {True}
    assert hours[1]["verdict"]["side"] == "carrier"


def test_the_exit_code_is_that_of_the_last_hour(tmp_path: Path) -> None:
    until_noon = tmp_path / "noon.toml"
    text = ATT.read_text(encoding="utf-8")
    hours = text.split("[[view.hour]]")
    until_noon.write_text("[[view.hour]]".join(hours[:4]), encoding="utf-8")
    assert netcheck(tmp_path, "replay", str(until_noon), alone=False).code == 12
    nagios = netcheck(tmp_path, "replay", str(until_noon), "--format", "nagios", alone=False)
    assert (nagios.code, nagios.out[:17]) == (2, "NETCHECK CRITICAL")


def test_an_hour_that_comes_to_another_verdict_is_told(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    text = ATT.read_text(encoding="utf-8")
    wrong.write_text(text.replace('fault = "all-well"', 'fault = "cable-out"', 1), encoding="utf-8")
    said = " ".join(netcheck(tmp_path, "replay", str(wrong), alone=False).out.split())
    assert "% sure [in truth it was the cable is out] 03:00" in said


MISTAKES = [
    ("schema = ", "schema = 1 #", "is not netcheck.seed/2 (at schema)"),
    ('"symptom.sos"', '"symptom.so"', "no finding is called symptom.so (at view[0].hour[1].but)"),
    ("-06:00", "", "has no offset from UTC (at view[0].hour[0].at)"),
    ("until = 2024-02-22", "until = 2023-02-22", "is not within 100 hours after at (at view[0].ho"),
    ('side = "none"', 'side = "nobody"', "no side is called nobody (at view[0].hour[0].side)"),
    ('fault = "all-well"', 'fault = "x"', "no fault is called x (at view[0].hour[0].fault)"),
    ("who = ", 'without = ["vnp"]\nwho = ', "no thing is called vnp (at view[0].without)"),
    ("title = ", "subtitle = ", "is no key of a seed (at subtitle)"),
    ("title = ", "# ", "is missing (at title)"),
    ("what = ", "why = ", "is no key of a seed (at view[0].hour[0].why)"),
    ("known = [", "known = 7 #", "not TOML: "),
    ("carrier = ", "carriers = ", "is no key of a seed (at view[0].carriers)"),
    ("title = ", "title = " + "[" * 10_000, "is nested too deep (at $)"),
    ("title = ", "title = " + "9" * 5_000 + " # ", "not TOML: "),
    ("at = 2024-02-22", "at = 9999-12-31", "is in no year that can be reckoned with (at view[0]."),
    ("at = 2024-02-22", "at = 0001-01-01", "is in no year that can be reckoned with (at view[0]."),
]


@pytest.mark.parametrize(("before", "after", "reason"), MISTAKES)
def test_a_mistake_in_a_seed_is_named_with_its_place(
    tmp_path: Path, before: str, after: str, reason: str
) -> None:
    path = tmp_path / "seed.toml"
    text = ATT.read_text(encoding="utf-8").replace(before, after, 1)
    path.write_text(text, encoding="utf-8")
    ended = netcheck(tmp_path, "replay", str(path), alone=False)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("This is not a seed that can be read: " + reason)


def test_without_a_carrier_no_hour_can_blame_one(tmp_path: Path) -> None:
    path = tmp_path / "seed.toml"
    text = ATT.read_text(encoding="utf-8").replace("carrier = ", "# ", 1)
    path.write_text(text, encoding="utf-8")
    said = " ".join(netcheck(tmp_path, "replay", str(path), alone=False).out.split())
    assert said.count("[in truth it was phones can't get on to your carrier]") == 2


def test_a_view_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    ended = netcheck(tmp_path, "replay", str(ATT), "--view", "hone", alone=False)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        f"The option --view can't be hone. Did you mean home? It may be: {', '.join(ATT_VIEWS)}\n"
    )


def test_a_seed_without_hours_is_none() -> None:
    text = ATT.read_text(encoding="utf-8")
    with pytest.raises(UnreadableSeed, match=r"view\[0\].hour: is missing"):
        read_seed(text.split("[[view.hour]]")[0])


def test_the_truth_of_an_hour_is_side_and_fault() -> None:
    seed = seed_of(ATT)
    view, hour = seed.views[0], seed.views[0].hours[1]
    assert is_as_expected(hour, result_of(seed, view, hour))
    other = replace(hour, fault="coverage-or-account")
    assert not is_as_expected(other, result_of(seed, view, hour))


# --- saved results ---


def saved(tmp_path: Path, result) -> str:
    path = tmp_path / "saved.json"
    path.write_text(as_json.render(result, words()), encoding="utf-8")
    return str(path)


def test_show_tells_the_verdict_as_it_was_and_replay_what_today_s_rules_say(
    tmp_path: Path,
) -> None:
    """The sample's verdict was written by hand, with too few findings to stand on."""
    path = saved(tmp_path, SOS)
    assert netcheck(tmp_path, "show", path, alone=False).code == 12
    anew = netcheck(tmp_path, "replay", path, alone=False)
    assert anew.code == {"carrier": 12, "inconclusive": 14}[replayed(SOS).verdict.side]
    assert f"\n  Judged anew by rules {RULES_VERSION}: " in anew.out


def test_a_result_can_come_through_a_pipe(tmp_path: Path) -> None:
    text = as_json.render(SOS, words())
    shown = netcheck(tmp_path, "show", "-", alone=False, given=text)
    assert (shown.code, shown.err) == (12, "")
    again = netcheck(tmp_path, "show", "-", "--json", alone=False, given=text)
    assert json.loads(again.out) == json.loads(text)


def test_a_result_judged_twice_is_the_same_but_for_its_rules() -> None:
    once = replayed(SOS)
    assert replayed(once) == once
    assert once.findings == SOS.findings
    assert once.observations == SOS.observations


def test_only_what_is_down_fails_where_that_is_asked(tmp_path: Path) -> None:
    seed = seed_of(ATT)
    view = seed.views[0]
    degraded = result_of(
        seed,
        view,
        replace(
            view.hours[0],
            findings=tuple(
                replace(f, id="own-epdg-pace.laboured") if f.id == "own-epdg-pace.prompt" else f
                for f in view.hours[0].findings
                if f.thing != "symptom"
            ),
        ),
    )
    assert (degraded.verdict.fault, degraded.verdict.severity) == ("carrier-degraded", "degraded")
    path = saved(tmp_path, degraded)
    assert netcheck(tmp_path, "show", path, alone=False).code == 12
    assert netcheck(tmp_path, "show", path, "--fail-on", "degraded", alone=False).code == 12
    assert netcheck(tmp_path, "show", path, "--fail-on", "down", alone=False).code == 0


def test_who_was_called_and_on_which_phone_is_remembered() -> None:
    params = {"carrier": "Cricket", "called": "Verizon", "phone": "pixel"}
    headline = replace(SOS.verdict.headline, params=params)
    asked = replace(SOS, verdict=replace(SOS.verdict, headline=headline))
    told = replayed(asked).verdict.headline.params
    assert (told["called"], told["phone"]) == ("Verizon", "pixel")


def test_without_msgspec_a_saved_result_cannot_be_read_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from netcheck.cli.problems import Problem
    from netcheck.cli.saved import result_in

    monkeypatch.setitem(sys.modules, "msgspec", None)
    with pytest.raises(Problem) as told:
        result_in("{}")
    assert (told.value.id, told.value.code) == ("error.extra-missing", 1)
    assert told.value.params == {"name": "msgspec"}
