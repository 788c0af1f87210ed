"""The JSON contract: what is written fits its schema and is read back whole."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from render_samples import (
    HEALTHY,
    HEALTHY_WITHOUT_CARRIER,
    INCONCLUSIVE,
    ROUTER_BLOCKS,
    SOS,
)

import netcheck.render
from netcheck.model.observation import RecordedFacts
from netcheck.model.result import Result
from netcheck.model.verdict import Worded
from netcheck.render import json as render_json
from netcheck.render.read import UnreadableResult, read
from netcheck.text import words

RESULTS = (SOS, HEALTHY, HEALTHY_WITHOUT_CARRIER, INCONCLUSIVE, ROUTER_BLOCKS)


@cache
def validator() -> Draft202012Validator:
    path = Path(netcheck.render.__file__).parent / "schema" / "result-1.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def document(result: Result = SOS) -> dict:
    return json.loads(render_json.render(result, words()))


def changed(path: str, value: object) -> str:
    """The SOS result as JSON, with one field set."""
    whole = document()
    place: object = whole
    *steps, last = (int(key) if key.isdigit() else key for key in path.split("."))
    for key in steps:
        place = place[key]  # type: ignore[index]
    place[last] = value  # type: ignore[index]
    return json.dumps(whole)


# --- JSON ---


@pytest.mark.parametrize("result", RESULTS)
def test_every_result_fits_the_committed_schema(result: Result) -> None:
    assert [error.message for error in validator().iter_errors(document(result))] == []


@pytest.mark.parametrize("result", RESULTS)
def test_the_schema_names_every_field_that_is_written(result: Result) -> None:
    root = validator().schema
    assert _undeclared(document(result), root, root, "$") == []


def _undeclared(value: object, schema: dict, root: dict, path: str) -> list[str]:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        items = schema.get("items", {})
        return [
            name
            for index, item in enumerate(value)
            for name in _undeclared(item, items, root, f"{path}[{index}]")
        ]
    if not isinstance(value, dict) or path.endswith((".facts", ".params")):
        return []
    known = dict(schema.get("properties", {}))
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ())):
        while "$ref" in part:
            part = root["$defs"][part["$ref"].rpartition("/")[2]]
        known |= part.get("properties", {})
    if not known and "additionalProperties" in schema:
        return []
    missing = [f"{path}.{name}" for name in value if name not in known]
    for name in value.keys() & known.keys():
        missing += _undeclared(value[name], known[name], root, f"{path}.{name}")
    return missing


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("schema", "netcheck.result/2"),
        ("verdict.side", "aliens"),
        ("verdict.confidence", 1.5),
        ("verdict.fault", "Not An Id"),
        ("observations.0.outcome", "maybe"),
        ("observations.0.failure", "timeout"),
        ("findings.0.id", "no-point"),
        ("carrier.country", "usa"),
    ],
)
def test_the_schema_refuses_what_the_contract_forbids(path: str, value: object) -> None:
    assert not validator().is_valid(json.loads(changed(path, value)))


def test_the_schema_refuses_side_none_with_anything_but_ok() -> None:
    whole = document(HEALTHY)
    whole["verdict"]["severity"] = "degraded"
    assert not validator().is_valid(whole)


def test_the_verdict_is_written_in_the_contracts_order() -> None:
    assert list(document()) == [
        "schema",
        "run_id",
        "started_at",
        "netcheck_version",
        "rules_version",
        "carrier",
        "labels",
        "interrupted",
        "duration_ms",
        "symptom",
        "packets_sent",
        "verdict",
        "changed",
        "wifi_calling",
        "stages",
        "findings",
        "observations",
    ]
    assert document()["verdict"]["headline"] == {
        "id": "fault.carrier-registration-outage.headline",
        "params": {},
        "text": "Most likely Cricket (AT&T's network), not you.",
    }
    assert document()["verdict"]["because"][1] == {
        "finding": "anchors.answer",
        "weight": 120,
        "id": "finding.anchors.answer",
        "params": {"count": 6, "total": 6},
        "text": "6 of 6 internet checks answer",
    }


def test_an_observation_is_written_with_its_typed_facts() -> None:
    assert document()["observations"][0] == {
        "check": "gateway-answers",
        "target": {
            "name": "192.168.1.1",
            "role": "path",
            "operator": None,
            "address": "192.168.1.1",
            "port": 53,
            "family": "ipv4",
            "via": None,
        },
        "outcome": "ok",
        "failure": None,
        "facts": {
            "family": "ipv4",
            "rounds": [{"delay_ms": 2.25, "lost": None}, {"delay_ms": 2.5, "lost": 0}],
            "nonce": "01ff",
            "jitter_ms": None,
        },
        "start_ms": 12.5,
        "duration_ms": 40.25,
        "interface": "wlan0",
        "unmet": None,
        "detail": None,
        "age_s": None,
    }


def test_an_observation_that_was_taken_over_shows_its_age() -> None:
    aged = tuple(replace(seen, age_s=61.5) for seen in SOS.observations)
    written = document(replace(SOS, observations=aged))["observations"]
    assert [seen["age_s"] for seen in written] == [61.5] * len(aged)


def test_without_a_carrier_the_headline_of_the_json_says_so_too() -> None:
    verdict = document(HEALTHY_WITHOUT_CARRIER)["verdict"]
    assert verdict["headline"]["text"] == "All looks well on your side. No carrier was checked."
    assert document(HEALTHY_WITHOUT_CARRIER)["wifi_calling"]["ready"] is None


def test_one_line_is_one_line() -> None:
    line = render_json.render(SOS, words(), indent=None)
    assert line.count("\n") == 1
    assert json.loads(line) == document()


# --- and back ---


def recorded(result: Result) -> Result:
    """The result as it must come back: the same, with its facts as plain values."""
    return replace(
        result,
        observations=tuple(
            replace(seen, facts=None if seen.facts is None else RecordedFacts(facts))
            for seen, facts in zip(
                result.observations,
                [written["facts"] for written in document(result)["observations"]],
                strict=True,
            )
        ),
    )


CHANGED = Worded("changed.since", {"at": "2026-07-07T21:10:00Z", "what": "router,vpn-on"})


def test_what_changed_since_the_last_good_run_is_worded_in_english_and_utc() -> None:
    result = replace(SOS, changed=CHANGED)
    assert document(result)["changed"] == {
        "id": "changed.since",
        "params": {"at": "2026-07-07T21:10:00Z", "what": "router,vpn-on"},
        "text": "since it last worked (2026-07-07 21:10 UTC): "
        "another router is in use; a VPN is on",
    }
    assert [error.message for error in validator().iter_errors(document(result))] == []
    assert read(render_json.render(result, words())) == recorded(result)


def test_a_result_of_before_there_was_such_a_note_is_read_too() -> None:
    whole = document()
    del whole["changed"]
    assert validator().is_valid(whole)
    assert read(json.dumps(whole)).changed is None


@pytest.mark.parametrize("result", RESULTS)
def test_what_was_written_is_read_back_whole(result: Result) -> None:
    assert read(render_json.render(result, words())) == recorded(result)


@pytest.mark.parametrize("result", RESULTS)
def test_writing_what_was_read_changes_nothing(result: Result) -> None:
    text = render_json.render(result, words())
    assert render_json.render(read(text), words()) == text


@pytest.mark.parametrize(
    ("path", "value", "where", "why"),
    [
        ("schema", "netcheck.result/2", "$.schema", "is not netcheck.result/1"),
        (
            "verdict.side",
            "aliens",
            "$.verdict.side",
            "invalid enum value 'aliens'",
        ),
        ("verdict.confidence", 7, "$.verdict.confidence", "is not between 0 and 1"),
        ("duration_ms", -1, "$.duration_ms", "is negative"),
        ("findings.2.id", "anchors", "$.findings[2].id", "is not thing.state"),
        (
            "verdict.alternatives.1.probability",
            -0.1,
            "$.verdict.alternatives[1].probability",
            "is not between 0 and 1",
        ),
        (
            "verdict.because.0.weight",
            "heavy",
            "$.verdict.because[0].weight",
            "expected `int`, got `str`",
        ),
    ],
)
def test_an_unreadable_field_is_named(path: str, value: object, where: str, why: str) -> None:
    with pytest.raises(UnreadableResult) as caught:
        read(changed(path, value))
    assert (caught.value.path, caught.value.reason) == (where, why)


def test_a_param_that_is_no_plain_value_is_named_by_its_stage() -> None:
    with pytest.raises(UnreadableResult) as caught:
        read(changed("stages.1.params", {"deep": {}}))
    assert caught.value.path == "$.stages[1].params[...]"


def test_a_missing_field_is_named() -> None:
    whole = document()
    del whole["verdict"]["headline"]
    with pytest.raises(UnreadableResult) as caught:
        read(json.dumps(whole))
    assert str(caught.value) == "$.verdict.headline: is missing"


def test_side_none_with_a_severity_is_refused() -> None:
    whole = document(HEALTHY)
    whole["verdict"]["severity"] = "down"
    with pytest.raises(UnreadableResult) as caught:
        read(json.dumps(whole))
    assert caught.value.path == "$.verdict.severity"


@pytest.mark.parametrize("text", ["", "[]", "null", '"x"', "{", "[" * 100_000, '{"schema": NaN}'])
def test_what_is_no_result_is_refused_at_its_root(text: str) -> None:
    with pytest.raises(UnreadableResult) as caught:
        read(text)
    assert caught.value.path == "$"


@given(st.text())
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    with pytest.raises(UnreadableResult):
        read(text)


def test_what_a_newer_netcheck_may_add_is_set_aside() -> None:
    whole = document()
    whole["colour"] = "blue"
    whole["verdict"]["fault"] = "moon-outage"
    whole["stages"].append({"stage": "moon", "state": "down", "params": {}})
    whole["observations"][1]["failure"] = "eclipse"
    whole["observations"][1]["target"]["family"] = "ipv9"
    result = read(json.dumps(whole))
    assert result.verdict.fault == "moon-outage"
    assert result.stages == SOS.stages
    assert result.observations[1].failure is None
    assert result.observations[1].detail == "failure eclipse"
    assert result.observations[1].target.family is None
