"""Planted identifiers never come out: not in a report, not in what is said about one."""

import json
import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netcheck.agent import configuration
from netcheck.cli.dispatch import perform
from netcheck.cli.door import Door
from netcheck.cli.reporting import known
from netcheck.model.finding import Finding
from netcheck.model.observation import Observation, RecordedFacts, Role, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.result import CarrierChoice, StageView
from netcheck.model.stage import Stage, StageState
from netcheck.model.verdict import Companion, Severity, Side, Worded
from netcheck.render import json as as_json
from netcheck.report.build import About, build
from netcheck.report.form import encode
from netcheck.store import consent, last
from netcheck.text import words
from tests import canaries
from tests.canaries import ALL, planted_in
from tests.loopback import closed_port
from tests.render_samples import SOS

KNOWN = known()
ABOUT = About("linux", "6.1", "US")
PLANTED = st.sampled_from(sorted(ALL.values()))


@pytest.mark.parametrize("name", ALL)
def test_the_search_finds_each_canary_in_whatever_notation(name):
    value = ALL[name]
    for told in (
        value.encode(),
        json.dumps({"x": value}).encode(),
        f"before {value} after".encode(),
        value.upper().encode(),
    ):
        assert name in planted_in(told), told


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("7ADEADBEEF41", "MAC"),
        ("7A-DE-AD-BE-EF-41", "MAC"),
        ("7ade.adbe.ef41", "MAC"),
        ("61.217.83.10.in-addr.arpa", "private address"),
        ("::ffff:10.83.217.61", "private address"),
        ("host-10-83-217-61.isp.example", "private address"),
        ("173267261", "private address"),
        ("0xa.0x53.0xd9.0x3d", "private address"),
        ("012.0123.0331.075", "private address"),
        ("64:ff9b::a53:d93d", "private address"),
        ("2002:a53:d93d::1", "private address"),
        ("7a_de_ad_be_ef_41", "MAC"),
        ("et6tvu9B", "MAC"),
        ("wlx7adeadbeef41", "MAC"),
        ("135096816299841", "MAC"),
        ("2001:0db8:6f6f:0007:78de:adff:febe:ef41", "EUI-64 address"),
        ("w4VsaWNlJ3MgImhvbWUiIPCfkJkgbmV0", "SSID"),
    ],
)
def test_the_search_knows_other_notations(told, name):
    assert name in planted_in(told.encode())


def test_the_search_finds_nothing_where_nothing_is():
    made = build(SOS, ABOUT, KNOWN, os.urandom(32))
    assert planted_in(encode(made)) == []


# --- any result whatever ---

VALUES = st.recursive(
    PLANTED | st.integers() | st.floats() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PLANTED, inner, max_size=3),
    max_leaves=5,
)
FACTS = (
    "kind made_up signal_dbm band_ghz security kinds address_class asn country network service"
    " delay_ms ports servers address name source"
).split()


@st.composite
def observations(draw):
    check = draw(st.sampled_from(sorted(KNOWN.checks)) | PLANTED)
    target = Target(
        draw(PLANTED), draw(st.sampled_from(Role)), draw(PLANTED), draw(PLANTED), via=draw(PLANTED)
    )
    outcome = draw(st.sampled_from(Outcome))
    failure = draw(st.sampled_from(Failure)) if outcome is Outcome.FAILED else None
    facts = draw(st.dictionaries(st.sampled_from(FACTS) | PLANTED, VALUES, max_size=6))
    return Observation(
        check, target, outcome, failure, RecordedFacts(facts), 0.0, 1.0, draw(PLANTED),
        draw(PLANTED), draw(PLANTED),
    )  # fmt: skip


@st.composite
def results(draw):
    """A result with a canary in every place that takes a text."""
    spoken = Worded(draw(PLANTED), {draw(PLANTED): draw(PLANTED)})
    verdict = replace(
        SOS.verdict,
        fault=draw(PLANTED),
        headline=spoken,
        next_steps=(spoken,),
        would_settle=spoken,
        also=(Companion(draw(PLANTED), Side.LOCAL, Severity.DOWN, 0.5),),
    )
    name = draw(PLANTED)
    return replace(
        SOS,
        run_id=draw(PLANTED),
        started_at=draw(PLANTED | st.just(SOS.started_at)),
        netcheck_version=draw(PLANTED | st.just("0.1.0")),
        carrier=CarrierChoice(name, draw(PLANTED), draw(PLANTED), draw(PLANTED)),
        verdict=verdict,
        stages=(StageView(Stage.ROUTER, StageState.OK, {draw(PLANTED): draw(PLANTED)}),),
        findings=(Finding(draw(PLANTED), (draw(PLANTED),), {draw(PLANTED): draw(PLANTED)}),),
        observations=tuple(draw(st.lists(observations(), max_size=4))),
        labels={draw(PLANTED): draw(PLANTED)},
        symptom=draw(PLANTED),
    )


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(result=results(), system=PLANTED, version=PLANTED, region=PLANTED)
def test_no_result_whatever_brings_a_canary_into_its_report(result, system, version, region):
    made = build(result, About(system, version, region), KNOWN, b"\x01" * 32)
    body = encode(made)
    assert planted_in(body) == []


@pytest.mark.parametrize("check", sorted(KNOWN.checks))
def test_no_fact_of_any_check_brings_a_canary_into_a_report(check):
    """Each field that a report reads holds a canary: as a text, in a list, as a key of a table."""
    for value in ALL.values():
        for told in (value, [value, "private"], [{"answer": value, "delay_ms": value}]):
            seen = Observation(
                check, Target(value, Role.OWN, value, value), Outcome.OK, None,
                RecordedFacts(dict.fromkeys(FACTS, told)), 0.0, 1.0,
            )  # fmt: skip
            made = build(replace(SOS, observations=(seen,)), ABOUT, KNOWN, b"\x01" * 32)
            assert planted_in(encode(made)) == []


# --- what is said about a report ---


def test_nothing_said_or_kept_of_reports_holds_a_canary(tmp_path, monkeypatch, capsys):
    state = tmp_path / "state"
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(state))
    monkeypatch.setenv("NETCHECK_CONFIG_DIR", str(tmp_path))
    monkeypatch.setattr(configuration, "policy_path", lambda: tmp_path / "policy.toml")
    (tmp_path / "config.toml").write_text(
        f'[report]\ncollector = "https://localhost:{closed_port()}/"\n'
        f"[labels]\nowner = {json.dumps(canaries.LABEL)}\n"
    )
    seen = Observation(
        "nameserver-answers",
        Target(canaries.PRIVATE_IPV4, Role.OWN, canaries.HOST, canaries.PRIVATE_IPV4),
        Outcome.FAILED,
        Failure.TIMEOUT,
        RecordedFacts({"addresses": list(ALL.values())}),
        0.0,
        1.0,
        detail=canaries.SSID,
    )
    planted = replace(SOS, observations=(seen,), labels={"owner": canaries.LABEL})
    last.save(as_json.render(planted, words("en")))
    assert "private address" in planted_in((state / "last.json").read_bytes())
    consent.keep(True)
    said = []
    for typed in (
        ["preview"],
        ["why"],
        ["status"],
        ["send"],
        ["log"],
        ["--json"],
        ["forget"],
        ["nonsense"],
    ):
        perform(["report", *typed], Door())
        told = capsys.readouterr()
        said.append(told.out + told.err)
    assert "no way to it" in said[3]
    assert planted_in("".join(said).encode()) == []
    kept = [path for path in state.rglob("*") if path.is_file() and path.name != "last.json"]
    assert {"sent", "outbox"} <= {path.parent.name for path in kept}
    assert {str(path): planted_in(path.read_bytes()) for path in kept} == {
        str(path): [] for path in kept
    }
