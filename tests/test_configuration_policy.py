"""The administrator's policy: it outranks everything, if nobody else could have written it."""

import os
from pathlib import Path

import pytest

from netcheck.agent import configuration
from netcheck.agent.configuration import ConfigurationError, distrust, policy_path, read


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The user's folder of configuration, empty; the administrator is whoever runs the tests."""
    monkeypatch.setenv("NETCHECK_CONFIG_DIR", str(tmp_path))
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


def asked(policy, flags=None, environment=None):
    """What `read` says under a policy, without the environment of the tests."""
    return read(flags or {}, environment=environment or {}, policy=policy)


def test_labels_are_joined_name_by_name(folder, policy):
    put(folder / "config.toml", '[labels]\nsite = "file"\nfloor = "1"\nrack = "7"')
    put(policy, '[labels]\nsite = "policy"')
    found = asked(policy, {"labels": {"floor": "2"}}, {"NETCHECK_LABELS": "site=x,rack=8"})
    assert found.labels == {"site": "policy", "floor": "2", "rack": "8"}


def test_a_flag_that_the_policy_decides_is_told(policy):
    put(policy, 'carrier = "at&t"\nno_input = true')
    found = asked(policy, {"carrier": "mint", "no_input": True})
    assert found.carrier == "at&t"
    assert found.notices == (f"--carrier is not used: the policy {policy} decides `carrier`.",)


def test_a_policys_rows_join_the_files(folder, policy):
    row = '[carriers.acme_de]\nname = "Acme"\ncountry = "DE"\nplmns = ["26299"]\n'
    put(folder / "config.toml", row + '[controls]\nDE = ["vodafone_de"]')
    put(policy, '[carriers.att_us]\nepdg_hosts = ["x.example"]\n[controls]\nUS = ["att_us"]')
    found = asked(policy)
    assert set(found.overrides["carriers"]) == {"acme_de", "att_us"}
    assert set(found.overrides["controls"]) == {"DE", "US"}
    assert found.catalog().carrier("at&t").epdg_hosts == ("x.example",)


def test_a_policy_that_does_not_fit_is_refused(policy):
    put(policy, 'carier = "x"')
    with pytest.raises(ConfigurationError) as told:
        asked(policy)
    assert str(told.value) == f"{policy}: carier: no such key, did you mean `carrier`?"


def ignored(policy):
    """The notice of a policy that is not believed; its carrier does not count."""
    found = asked(policy)
    assert found.carrier is None
    (notice,) = found.notices
    return notice


def test_a_policy_that_others_may_write_is_ignored_with_a_sentence(policy):
    put(policy, 'carrier = "x"').chmod(0o666)
    assert ignored(policy) == (
        f"The policy {policy} is ignored, because others than the administrator may write {policy}."
    )


def test_a_policy_that_a_group_may_write_is_ignored(policy):
    put(policy, 'carrier = "x"').chmod(0o664)
    assert f"may write {policy}." in ignored(policy)


def test_a_policy_in_a_folder_that_others_may_write_is_ignored(policy):
    put(policy, 'carrier = "x"').parent.chmod(0o777)
    assert f"may write {policy.parent}." in ignored(policy)


def test_a_folder_above_counts_too(policy, folder):
    put(policy, 'carrier = "x"')
    folder.chmod(0o777)
    assert f"may write {folder}." in ignored(policy)


def test_a_policy_that_somebody_else_owns_is_ignored(policy, monkeypatch):
    put(policy, 'carrier = "x"')
    lstat = Path.lstat

    def of_somebody(self):
        facts = lstat(self)
        fields = [*facts[:4], 12345, *facts[5:]] if self == policy else list(facts)
        return os.stat_result(fields)

    monkeypatch.setattr(Path, "lstat", of_somebody)
    assert ignored(policy).endswith(f"because {policy} does not belong to the administrator.")


def test_a_link_is_judged_by_what_it_leads_to(policy, tmp_path):
    real = put(tmp_path / "open" / "real.toml", 'carrier = "x"')
    policy.parent.mkdir()
    policy.symlink_to(real)
    assert distrust(policy) is None
    real.parent.chmod(0o777)
    assert distrust(policy) == f"others than the administrator may write {real.parent}"


def test_a_sticky_folder_above_does_not_harm(policy):
    put(policy, 'carrier = "x"').parent.parent.chmod(0o1777)
    assert distrust(policy) is None
    policy.parent.parent.chmod(0o700)


def test_a_policy_that_may_not_be_read_is_told(policy, monkeypatch):
    put(policy, 'carrier = "x"')
    read_bytes = Path.read_bytes

    def refuse(self):
        if self == policy:
            raise PermissionError(13, "Permission denied")
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert ignored(policy) == f"The policy {policy} cannot be read: permission denied."


def test_the_policys_place_is_not_the_environments_to_choose(monkeypatch, tmp_path):
    before = policy_path()
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert policy_path() == before
    assert before.is_absolute()


def test_the_policys_place_is_the_one_platformdirs_gives(monkeypatch):
    import platformdirs

    monkeypatch.delenv("XDG_CONFIG_DIRS", raising=False)
    assert policy_path().parent == Path(platformdirs.site_config_dir("netcheck", appauthor=False))
