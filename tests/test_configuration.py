"""What a run was asked for: who outranks whom, and what is refused with which words."""

import os
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

import netcheck.agent
from netcheck.agent import configuration
from netcheck.agent.configuration import ConfigurationError, read


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The user's folder of configuration, empty; the administrator is whoever runs the tests."""
    monkeypatch.setenv("NETCHECK_CONFIG_DIR", str(tmp_path))
    monkeypatch.delenv("NETCHECK_CONFIG", raising=False)
    monkeypatch.setattr(configuration, "ADMINISTRATOR", os.getuid())
    return tmp_path


@pytest.fixture
def policy(tmp_path):
    """Where a policy may be put; nothing is there yet."""
    return tmp_path / "etc" / "policy.toml"


def put(path, text):
    path.parent.mkdir(exist_ok=True, mode=0o755)
    path.write_text(text)
    path.chmod(0o644)
    return path


def asked(flags=None, environment=None, **more):
    """What `read` says without the environment of the tests."""
    more.setdefault("policy", Path("/nonexistent/policy.toml"))
    return read(flags or {}, environment=environment or {}, **more)


def refused(*arguments, **more):
    with pytest.raises(ConfigurationError) as told:
        asked(*arguments, **more)
    return str(told.value)


def test_without_anything_nothing_is_set():
    found = asked()
    assert (found.carrier, found.country, found.interface, found.budget_ms) == (None,) * 4
    assert (found.no_input, found.labels, found.overrides) == (False, {}, {})
    assert (found.notices, found.origins) == ((), {})


def test_it_is_frozen():
    found = asked({"labels": {"site": "berlin"}})
    with pytest.raises(FrozenInstanceError):
        found.carrier = "x"
    with pytest.raises(TypeError):
        found.labels["site"] = "paris"


EVERYTHING = """
carrier = "cricket"
country = "US"
interface = "eth0"
budget_ms = 4000
no_input = true

[labels]
site = "berlin"
floor = "2"
"""


def test_a_file_sets_everything(folder):
    put(folder / "config.toml", EVERYTHING)
    found = asked()
    assert (found.carrier, found.country, found.interface) == ("cricket", "US", "eth0")
    assert (found.budget_ms, found.no_input) == (4000, True)
    assert found.labels == {"site": "berlin", "floor": "2"}
    assert found.origins["carrier"] == str(folder / "config.toml")


def test_the_environment_sets_everything():
    found = asked(
        environment={
            "NETCHECK_CARRIER": "mint",
            "NETCHECK_COUNTRY": "GB",
            "NETCHECK_INTERFACE": "wlan0",
            "NETCHECK_BUDGET_MS": "2500",
            "NETCHECK_NO_INPUT": "1",
            "NETCHECK_LABELS": "site=berlin, floor = 2,note=a=b",
        }
    )
    assert (found.carrier, found.country, found.interface) == ("mint", "GB", "wlan0")
    assert (found.budget_ms, found.no_input) == (2500, True)
    assert found.labels == {"site": "berlin", "floor": "2", "note": "a=b"}
    assert found.origins["budget_ms"] == "NETCHECK_BUDGET_MS"
    assert found.notices == ()


def test_policy_outranks_flags_outrank_environment_outranks_file(folder, policy):
    put(folder / "config.toml", 'carrier = "a"\ncountry = "AA"\ninterface = "a"\nbudget_ms = 1000')
    environment = {
        "NETCHECK_COUNTRY": "BB",
        "NETCHECK_INTERFACE": "b",
        "NETCHECK_BUDGET_MS": "2000",
    }
    flags = {"interface": "c", "budget_ms": 3000}
    put(policy, "budget_ms = 4000")
    found = asked(flags, environment, policy=policy)
    assert (found.carrier, found.country, found.interface) == ("a", "BB", "c")
    assert found.budget_ms == 4000
    assert found.origins == {
        "carrier": str(folder / "config.toml"),
        "country": "NETCHECK_COUNTRY",
        "interface": "--interface",
        "budget_ms": str(policy),
    }


def test_a_flag_that_was_not_given_and_an_empty_variable_do_not_count(folder):
    put(folder / "config.toml", 'carrier = "a"')
    assert asked({"carrier": None}, {"NETCHECK_CARRIER": ""}).carrier == "a"


def test_a_file_can_be_named_by_flag_or_variable(folder, tmp_path):
    put(folder / "config.toml", 'carrier = "usual"')
    one, two = put(tmp_path / "1.toml", 'carrier = "1"'), put(tmp_path / "2.toml", 'carrier = "2"')
    assert asked(environment={"NETCHECK_CONFIG": str(one)}).carrier == "1"
    assert asked(environment={"NETCHECK_CONFIG": str(one)}, file=two).carrier == "2"


def test_a_named_file_that_is_not_there_is_an_error(tmp_path):
    assert refused(file=tmp_path / "none.toml") == f"{tmp_path}/none.toml: no such file"


def test_a_named_folder_is_no_file(tmp_path):
    assert refused(file=tmp_path) == f"{tmp_path}: is a directory"


def test_a_mark_that_windows_editors_write_is_no_error(folder):
    (folder / "config.toml").write_bytes(b'\xef\xbb\xbfcarrier = "mint"\r\n')
    assert asked().carrier == "mint"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('carier = "x"', "carier: no such key, did you mean `carrier`?"),
        ("budget = 5", "budget: no such key, did you mean `budget_ms`?"),
        ("zzz = 1", "zzz: no such key"),
        ("carrier = 7", "carrier: is text, not 7"),
        ('carrier = ""', "carrier: is empty"),
        ('country = "usa"', "country: is two capital letters, not 'usa'"),
        ('budget_ms = "5000"', "budget_ms: is a whole number, not '5000'"),
        ("budget_ms = true", "budget_ms: is a whole number, not True"),
        ("budget_ms = 5.0", "budget_ms: is a whole number, not 5.0"),
        ("budget_ms = 5", "budget_ms: is between 100 and 600000, not 5"),
        ("no_input = 1", "no_input: is true or false, not 1"),
        ("labels = []", "labels: is a table of names and texts"),
        ("[labels]\nfloor = 2", "labels.floor: is text, not 2"),
        ('[[anchors]]\nid = "x"', "anchors[0]: needs `host`"),
        ('[[anchor]]\nid = "x"', "anchor: no such key, did you mean `anchors`?"),
        (
            '[carriers.att_us]\nepdg_host = ["x"]',
            "carriers.att_us.epdg_host: no such key, did you mean `epdg_hosts`?",
        ),
        ('[controls]\nUS = ["nobody"]', "controls.US[0]: no carrier has the id 'nobody'"),
        ("carrier = 1979-05-27", "carrier: is text, not datetime.date(1979, 5, 27)"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_path(folder, text, expected):
    put(folder / "config.toml", text)
    assert refused() == f"{folder}/config.toml: {expected}"


def test_a_syntax_error_says_where(folder):
    put(folder / "config.toml", 'carrier = "x"\nbudget_ms = = 5\n')
    assert refused() == f"{folder}/config.toml: Invalid value (at line 2, column 13)"


def test_a_syntax_error_at_the_end_says_which_line_that_is(folder):
    put(folder / "config.toml", 'carrier = "x"\n\nlabels = [\n\n')
    assert refused() == f"{folder}/config.toml: Invalid value (at line 3, the last)"


def test_a_file_in_another_encoding_says_where(folder):
    (folder / "config.toml").write_bytes(b'country = "DE"\ncarrier = "\xfcbel"\n')
    assert refused() == f"{folder}/config.toml: line 2 is not UTF-8"


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("NETCHECK_BUDGET_MS", "5s", "is a whole number, not '5s'"),
        ("NETCHECK_BUDGET_MS", "-5", "is a whole number, not '-5'"),
        ("NETCHECK_BUDGET_MS", "٥٠٠", "is a whole number, not '٥٠٠'"),
        ("NETCHECK_BUDGET_MS", "7", "is between 100 and 600000, not 7"),
        ("NETCHECK_NO_INPUT", "maybe", "is 1 or 0, not 'maybe'"),
        ("NETCHECK_LABELS", "berlin", "is NAME=VALUE,NAME=VALUE, not 'berlin'"),
        ("NETCHECK_LABELS", "=x", "is NAME=VALUE,NAME=VALUE, not '=x'"),
        ("NETCHECK_LABELS", "site=", "site: is empty"),
        ("NETCHECK_COUNTRY", "de", "is two capital letters, not 'de'"),
    ],
)
def test_a_variable_that_does_not_fit_is_refused_by_name(variable, value, reason):
    assert refused({}, {variable: value}) == f"{variable}: {reason}"


@pytest.mark.parametrize(("word", "expected"), [("1", True), ("Yes", True), ("0", False)])
def test_a_variable_may_say_yes_in_some_ways(word, expected):
    assert asked(environment={"NETCHECK_NO_INPUT": word}).no_input is expected


def test_an_unknown_variable_is_told_and_ignored():
    found = asked(environment={"NETCHECK_CARIER": "x", "NETCHECK_ZZ": "y", "OTHER": "z"})
    assert found.carrier is None
    assert found.notices == (
        "NETCHECK_CARIER means nothing to netcheck, did you mean NETCHECK_CARRIER?",
        "NETCHECK_ZZ means nothing to netcheck.",
    )


def test_variables_that_others_read_are_not_remarked_on():
    folders = {"NETCHECK_STATE_DIR": "/x", "NETCHECK_CONFIG_DIR": "/y", "NETCHECK_DEBUG": "1"}
    assert asked(environment=folders).notices == ()


def test_a_flag_that_does_not_fit_is_refused_by_name():
    assert refused({"budget_ms": 1}) == "--budget-ms: is between 100 and 600000, not 1"
    assert refused({"carier": "x"}) == "--carier: no such key, did you mean `carrier`?"


FLEET = """
[[anchors]]
id = "one"
host = "one.example"
operator = "One"
[[anchors]]
id = "two"
host = "two.example"
operator = "Two"

[[resolvers]]
id = "own"
operator = "Acme"
ipv4 = "192.0.2.53"

[carriers.acme_de]
name = "Acme Mobile"
country = "DE"
plmns = ["26299"]

[controls]
DE = ["vodafone_de"]
"""


def test_a_fleet_replaces_rows_of_the_catalogue(folder):
    put(folder / "config.toml", FLEET)
    book = asked().catalog()
    assert [anchor.host for anchor in book.anchors] == ["one.example", "two.example"]
    assert [one.addresses for one in book.resolvers] == [("192.0.2.53",)]
    acme = book.carrier("acme mobile")
    assert acme.epdg_hosts == ("epdg.epc.mnc099.mcc262.pub.3gppnetwork.org",)
    assert [one.id for one in book.controls_for(acme)] == ["vodafone_de", "telekom_de"]


def test_without_overrides_the_catalogue_is_the_shipped_one():
    assert len(asked().catalog().carriers) == 80


def test_a_user_without_a_home_still_gets_a_configuration(monkeypatch):
    import platformdirs

    monkeypatch.delenv("NETCHECK_CONFIG_DIR")
    monkeypatch.setattr(platformdirs, "user_config_dir", lambda *_, **__: "~/.config/netcheck")
    found = asked({"carrier": "mint"})
    assert found.carrier == "mint"
    assert found.notices == ("No configuration file was looked for: this user has no home folder.",)


def test_the_processs_own_environment_is_the_default(monkeypatch):
    monkeypatch.setenv("NETCHECK_CARRIER", "jio")
    assert read(policy=Path("/nonexistent")).carrier == "jio"


def test_with_no_file_present_nothing_heavy_is_imported(folder):
    code = """
import sys
from netcheck.agent import configuration
configuration.read({"carrier": "mint"}).catalog()
heavy = {"msgspec", "tomllib", "difflib", "requests", "rich", "psutil", "dns", "ssl", "ctypes"}
print(sorted(heavy & set(sys.modules)))
"""
    environment = {
        "PYTHONPATH": str(Path(netcheck.agent.__file__).parents[2]),
        "NETCHECK_CONFIG_DIR": str(folder),
        "PATH": os.environ["PATH"],
    }
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"
