"""What is remembered of a line's provider: by network, for a while, and without its addresses."""

import time

import pytest

from netcheck.model.device import Device, Route
from netcheck.model.observation import Family
from netcheck.store import provider
from netcheck.store.provider import FILE, KeptProvider

AT_HOME = KeptProvider(7018, "ATT-INTERNET4", "US")


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    folder = tmp_path / "netcheck"
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(folder))
    return folder


def device(gateway="192.168.1.254", *nameservers):
    route = Route("0.0.0.0/0", Family.IPV4, "eth0", gateway, None)
    return Device("linux", (), nameservers or (gateway,), default_routes=(route,))


def test_nothing_is_known_before_the_first_run():
    assert provider.kept(device()) is None


def test_a_line_is_known_again_and_another_is_not():
    provider.keep(AT_HOME, device())
    assert provider.kept(device()) == AT_HOME
    assert provider.kept(device("10.0.0.1")) is None
    assert provider.kept(device("192.168.1.254", "1.1.1.1")) is None


def test_the_latest_word_counts(monkeypatch):
    provider.keep(AT_HOME, device())
    provider.keep(KeptProvider(701, None, None), device())
    assert provider.kept(device()) == KeptProvider(701, None, None)


def test_after_thirty_days_it_is_forgotten(monkeypatch):
    provider.keep(AT_HOME, device())
    later = time.time() + provider.GOOD_FOR_S + 60
    monkeypatch.setattr(provider.time, "time", lambda: later)
    assert provider.kept(device()) is None


def test_no_address_is_in_the_file_and_not_even_a_hash_that_two_devices_share(state):
    provider.keep(AT_HOME, device())
    first = (state / FILE).read_text()
    assert "192.168" not in first
    (state / FILE).unlink()
    provider.keep(AT_HOME, device())
    assert set(_keys(first)).isdisjoint(_keys((state / FILE).read_text()))


def _keys(text):
    import json

    return json.loads(text)["networks"]


def test_few_networks_are_kept_and_the_oldest_go(monkeypatch):
    now = time.time()
    for number in range(provider.MOST_NETWORKS + 5):
        monkeypatch.setattr(provider.time, "time", lambda at=now + number: at)
        provider.keep(AT_HOME, device(f"10.0.{number}.1"))
    assert provider.kept(device("10.0.4.1")) is None
    assert provider.kept(device("10.0.5.1")) == AT_HOME


@pytest.mark.parametrize("text", ["", "{", "[]", '{"salt": 1, "networks": {}}', '{"salt": "a"'])
def test_a_file_that_holds_something_else_is_as_good_as_none(state, text):
    state.mkdir()
    (state / FILE).write_text(text)
    assert provider.kept(device()) is None
    provider.keep(AT_HOME, device())
    assert provider.kept(device()) == AT_HOME
