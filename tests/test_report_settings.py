"""Whatever a configuration or a policy holds is taken, or a sentence names what is wrong."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netcheck.agent import configuration
from netcheck.agent.configuration import SETTINGS, ConfigurationError, read
from netcheck.agent.report_settings import CONSENT, REPORT_KEYS

QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def mine(monkeypatch):
    """Files of this user count as an administrator's, and those folders as safe."""
    monkeypatch.setattr(configuration, "distrust", lambda path: None)


def reads(folder: Path, raw: bytes, what: str) -> ConfigurationError | None:
    """The complaint about these bytes as a configuration or as a policy."""
    (folder / what).write_bytes(raw)
    given = {"file": folder / what} if what == "file" else {"policy": folder / what}
    try:
        read({}, environment={"NETCHECK_CONFIG_DIR": str(folder)}, **given)
    except ConfigurationError as wrong:
        return wrong
    return None


def toml(value: object) -> str:
    """A value as TOML writes it; JSON's texts, numbers and lists are TOML's too."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x7f"), max_size=12
)
VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
URLS = st.builds("https://{}{}".format, TEXTS, TEXTS)


@pytest.mark.parametrize("what", ["file", "policy"])
@QUICK
@given(raw=st.binary(max_size=80) | st.text(max_size=60).map(str.encode))
def test_no_bytes_whatever_end_in_more_than_a_sentence(tmp_path, what, raw):
    wrong = reads(tmp_path, raw, what)
    assert wrong is None or str(tmp_path / what) in str(wrong)


@pytest.mark.parametrize("what", ["file", "policy"])
@QUICK
@given(key=st.sampled_from(sorted(SETTINGS)), value=VALUES)
def test_a_setting_of_any_value_is_taken_or_named(tmp_path, what, key, value):
    wrong = reads(tmp_path, f"{key} = {toml(value)}".encode(), what)
    assert wrong is None or wrong.path.partition(".")[0] == key


@pytest.mark.parametrize("what", ["file", "policy"])
@QUICK
@given(key=st.sampled_from(REPORT_KEYS), value=VALUES | URLS | st.sampled_from(CONSENT))
def test_a_setting_of_reports_is_taken_or_named(tmp_path, what, key, value):
    wrong = reads(tmp_path, f"[report]\n{key} = {toml(value)}".encode(), what)
    assert wrong is None or wrong.path == f"report.{key}"


@pytest.mark.parametrize("what", ["file", "policy"])
@pytest.mark.parametrize("text", ["carrier = " + "[" * 5000, "budget_ms = " + "9" * 5000])
def test_what_the_reader_of_toml_stumbles_over_is_a_sentence_too(tmp_path, what, text):
    wrong = reads(tmp_path, text.encode(), what)
    reason = "holds a number too long, or lists too deep inside each other"
    assert wrong is not None
    assert str(wrong) == f"{tmp_path / what}: {reason}"


def test_a_number_of_thousands_of_digits_in_the_environment_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="NETCHECK_BUDGET_MS: is a whole number"):
        read({}, environment={"NETCHECK_BUDGET_MS": "9" * 5000}, policy=tmp_path / "none")
