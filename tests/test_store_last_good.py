"""What differs from the last good run, told from fingerprints that name nobody."""

import json
from dataclasses import replace

import pytest

from netcheck.model.device import Address, Device, Interface, LinkKind, Route
from netcheck.model.observation import Family
from netcheck.store import StoreUnavailable, device_secret, last_good
from netcheck.store.device_secret import OF_NETWORKS
from netcheck.store.last_good import LastGood, Line, changes, line_of

V4, V6 = Family.IPV4, Family.IPV6
AT = "2026-03-01T21:10:00Z"


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    folder = tmp_path / "netcheck"
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(folder))
    return folder


def interface(name="eth0", kind=LinkKind.ETHERNET, address="192.168.1.20"):
    return Interface(name, kind, True, True, (Address(address, 24, V4, False),))


def route(gateway="192.168.1.1", name="eth0", family=V4):
    return Route("0.0.0.0/0", family, name, gateway, None)


CABLE = interface()


def device(*routes, interfaces=(CABLE,), servers=("192.168.1.1",)):
    return Device("linux", interfaces, tuple(servers), default_routes=routes or (route(),))


HOME = device()
TUNNEL = Interface("wg0", LinkKind.TUNNEL, True, True, (Address("10.8.0.2", 32, V4, False),))


def differ(then, now, **facts):
    return changes(line_of(then), line_of(now, **facts))


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (HOME, ()),
        (device(route("192.168.1.254")), ("router",)),
        (device(servers=("9.9.9.9",)), ("resolver",)),
        (device(servers=("9.9.9.9", "192.168.1.1")), ("resolver",)),
        (device(servers=("127.0.0.53", "192.168.1.1")), ()),
        (device(servers=("127.0.0.53", "9.9.9.9")), ("resolver",)),
        (device(servers=()), ()),
        (device(route(), route("fe80::1%eth0", family=V6)), ()),
        (device(route(None, "wg0"), route(), interfaces=(TUNNEL, interface())), ()),
        (device(interfaces=(interface(address="192.168.1.99"),)), ()),
        (
            device(
                route("10.0.0.1"),
                interfaces=(interface(address="10.0.0.7"),),
                servers=("10.0.0.1",),
            ),
            ("network",),
        ),
        (device(interfaces=(interface(kind=LinkKind.WIFI),)), ("network",)),
        (Device("linux", (), ()), ()),
    ],
    ids=[
        "nothing", "another router", "another server for names", "another one is asked first",
        "a stub before the same server", "a stub before another one", "servers not known",
        "IPv6 has come as well", "a tunnel before the same line", "another lease of that router",
        "another network, with all that is its own", "Wi-Fi for a cable", "no line at all",
    ],
)  # fmt: skip
def test_what_differs_is_told_and_what_was_not_measured_is_not(now, told):
    assert told == differ(HOME, now)


def test_with_several_servers_then_one_that_moved_up_is_no_other():
    then = device(servers=("192.168.1.1", "192.168.1.2"))
    assert differ(then, device(servers=("192.168.1.2",))) == ()
    assert differ(then, device(servers=("192.168.1.2", "192.168.1.1"))) == ()


def test_without_ipv4_the_router_of_ipv6_is_known_by_its_address_alone():
    then = device(route("fe80::1%eth0", family=V6))
    assert differ(then, device(route("fe80::1%eth1", "eth1", V6))) == ()
    assert "router" in differ(then, device(route("fe80::2%eth0", family=V6)))


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        ({"vpn": False}, {"vpn": True}, ("vpn-on",)),
        ({"vpn": True}, {"vpn": False}, ("vpn-off",)),
        ({"vpn": None}, {"vpn": True}, ()),
        ({"vpn": True}, {"vpn": None}, ()),
        ({"provider": 7018}, {"provider": 701}, ("network",)),
        ({"provider": 7018}, {"provider": None}, ()),
        ({"carrier": "att_us"}, {"carrier": "verizon_us"}, ("carrier",)),
        ({"carrier": "att_us"}, {"carrier": None}, ()),
    ],
)
def test_facts_of_a_run_count_where_both_have_them(then, now, told):
    line = line_of(HOME)
    assert told == changes(replace(line, **then), replace(line, **now))


def test_it_comes_back_as_it_was_kept():
    good = LastGood(AT, line_of(HOME, vpn=False, provider=7018, carrier="att_us"))
    last_good.save(good)
    assert last_good.load() == good


def test_no_address_and_no_name_is_in_the_file_and_no_mark_that_two_devices_share(state):
    last_good.save(LastGood(AT, line_of(HOME)))
    text = (state / last_good.FILE).read_text()
    kept = json.loads(text)["line"]
    assert {name for name, value in kept.items() if value} == {
        *("link", "network", "router", "servers"),
    }
    assert [found for found in ("192.168", "eth0", "3232235777") if found in text] == []
    # The router is the server too, and even that cannot be seen.
    assert kept["router"] not in kept["servers"]
    (state / OF_NETWORKS).unlink()
    assert line_of(HOME).router != kept["router"]


def test_only_the_user_may_read_the_secret_and_the_fingerprints(state):
    last_good.save(LastGood(AT, line_of(HOME)))
    modes = {path.name: path.stat().st_mode & 0o777 for path in state.iterdir()}
    assert {modes[last_good.FILE], modes[OF_NETWORKS]} == {0o600}


def test_a_secret_is_made_once_and_one_that_is_damaged_is_made_anew(state):
    made = device_secret.secret("x")
    assert (len(made), device_secret.secret("x")) == (32, made)
    (state / "x").write_text("no secret")
    assert device_secret.secret("x") != made


def test_a_secret_that_cannot_be_kept_is_said(state):
    state.write_text("a file where the folder should be")
    with pytest.raises(StoreUnavailable):
        device_secret.secret("x")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"at": 1, "line": {}}', '{"at": "x"}', "[" * 9999]
)
def test_a_file_that_holds_something_else_is_as_good_as_none(state, text):
    state.mkdir()
    (state / last_good.FILE).write_text(text)
    assert last_good.load() is None


def test_without_msgspec_nothing_is_kept_and_nothing_told(state, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "msgspec", None)
    last_good.save(LastGood(AT, Line()))
    assert last_good.load() is None
    assert not (state / last_good.FILE).exists()
