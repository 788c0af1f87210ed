"""A device whose reports are tried: fixtures, for the modules that take them by name."""

import os

import pytest

from netcheck.agent import configuration
from netcheck.cli.dispatch import perform
from netcheck.cli.door import Door
from netcheck.render import json as as_json
from netcheck.store import last
from netcheck.text import words
from tests.collector import Collector, serving
from tests.loopback import authority

AUTHORITY = authority()


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A device of this test's own: its state, its settings, its policy, whom it trusts."""
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("NETCHECK_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setattr(configuration, "ADMINISTRATOR", os.getuid())
    monkeypatch.setattr(configuration, "policy_path", lambda: tmp_path / "policy.toml")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config").mkdir()
    (tmp_path / "ca.pem").write_bytes(AUTHORITY.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return tmp_path


@pytest.fixture
def collector(here):
    with serving(Collector(), AUTHORITY, here) as ready:
        yield ready


def settings(here, text):
    (here / "config" / "config.toml").write_text(text)


def policy(here, text):
    (here / "policy.toml").write_text(text)
    (here / "policy.toml").chmod(0o644)


def ran(result):
    """Leave a result as a run does."""
    last.save(as_json.render(result, words("en")))


@pytest.fixture
def ask(capsys):
    """Type it; what came out: exit code, stdout, stderr."""

    def asked(*typed):
        code = perform(["report", *typed], Door())
        told = capsys.readouterr()
        return code, told.out, told.err

    return asked
