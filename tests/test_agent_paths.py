"""Several ways out, and what their verdicts say together."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from netcheck.agent.paths import (
    Way,
    alone,
    compared,
    names_over,
    told_of_others,
    ways,
)
from netcheck.agent.portion import portion
from netcheck.catalog import load
from netcheck.checks.another_way_works import OtherWayFacts
from netcheck.device import lease
from netcheck.device.lease import Lease
from netcheck.diagnosis.weighing import log_likelihood
from netcheck.model.device import Address, Device, Interface, LinkKind, Route
from netcheck.model.finding import Finding
from netcheck.model.observation import Family
from netcheck.model.verdict import Severity, Side
from netcheck.probe.network import AllowList, Network
from netcheck.render import paths
from netcheck.render.sheet import Sheet
from netcheck.text import words
from tests.command import netcheck
from tests.render_samples import HEALTHY, INCONCLUSIVE, ROUTER_BLOCKS, SOS

SCHEMAS = Path(paths.__file__).parent / "schema"


def validator() -> Draft202012Validator:
    read = [
        json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
        for name in ("paths-1.json", "result-1.json")
    ]
    for one in read:
        Draft202012Validator.check_schema(one)
    known = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in read)
    return Draft202012Validator(read[0], registry=known)


WIRED = Way("eth0", LinkKind.ETHERNET, True)
WIFI = Way("wlan0", LinkKind.WIFI, False)
WELL, BLOCKED, OPEN = HEALTHY, ROUTER_BLOCKS, INCONCLUSIVE


@pytest.mark.parametrize(
    ("wired", "wifi", "said", "works", "fails"),
    [
        (WELL, WELL, "all-work", ("eth0", "wlan0"), ()),
        (BLOCKED, WELL, "some-work", ("wlan0",), ("eth0",)),
        (WELL, BLOCKED, "some-work", ("eth0",), ("wlan0",)),
        (BLOCKED, BLOCKED, "none-works-alike", (), ("eth0", "wlan0")),
        (BLOCKED, SOS, "none-works", (), ("eth0", "wlan0")),
        (WELL, OPEN, "unclear", ("eth0",), ()),
        (OPEN, BLOCKED, "unclear", (), ("wlan0",)),
    ],
)
def test_what_two_paths_say_together(wired, wifi, said, works, fails):
    told = compared([(WIRED, wired), (WIFI, wifi)])
    assert (told.said, told.works, told.fails) == (said, works, fails)


def test_a_tunnel_that_fails_over_a_way_that_works_is_the_tunnels_trouble():
    tunnel = Way("tun0", LinkKind.TUNNEL, True)
    told = compared([(tunnel, BLOCKED), (replace(WIRED, in_use=False), WELL)])
    assert (told.said, told.works, told.fails) == ("outside-works", ("eth0",), ("tun0",))


def test_one_path_is_alone():
    assert compared([(WIRED, WELL)]).said == "alone"


def interface(name: str, kind: LinkKind, address: str | None, **more: object) -> Interface:
    addresses = (Address(address, 24, Family.IPV4, False),) if address else ()
    return Interface(name, kind, True, True, addresses, **more)  # type: ignore[arg-type]


class Kernel:
    """Sends by the tunnel."""

    def route_to(self, address: str) -> Route:
        return Route(address, Family.IPV4, "tun0", None, None)


def test_the_ways_out_are_those_that_can_carry_something_the_one_in_use_first():
    device = Device(
        system="linux",
        interfaces=(
            interface("eth0", LinkKind.ETHERNET, "192.168.1.5"),
            interface("wlan0", LinkKind.WIFI, None),
            replace(interface("eth1", LinkKind.ETHERNET, "10.0.0.2"), carrier=False),
            interface("docker0", LinkKind.OTHER, "172.17.0.1"),
            interface("tun0", LinkKind.TUNNEL, "10.8.0.2"),
            interface("eth2", LinkKind.ETHERNET, "10.9.0.2"),  # leads nowhere
        ),
        nameservers=(),
        default_routes=(
            Route("0.0.0.0/0", Family.IPV4, "eth0", "192.168.1.1", None),
            Route("0.0.0.0/0", Family.IPV4, "docker0", None, None),
            Route("0.0.0.0/0", Family.IPV4, "tun0", None, None),
        ),
    )
    found = ways(device, Kernel())  # type: ignore[arg-type]
    assert found == (
        Way("tun0", LinkKind.TUNNEL, True),
        Way("eth0", LinkKind.ETHERNET, False),
    )


def test_a_bridge_is_a_way_out_where_it_is_the_one_in_use():
    device = Device(
        system="linux",
        interfaces=(
            interface("br0", LinkKind.OTHER, "192.168.1.5"),
            interface("wlan0", LinkKind.WIFI, "10.0.0.2"),
        ),
        nameservers=(),
        default_routes=(
            Route("0.0.0.0/0", Family.IPV4, "br0", "192.168.1.1", None),
            Route("0.0.0.0/0", Family.IPV4, "wlan0", "10.0.0.1", None),
        ),
    )
    by_bridge = SimpleNamespace(
        route_to=lambda address: Route(address, Family.IPV4, "br0", None, None)
    )
    assert ways(device, by_bridge) == (  # type: ignore[arg-type]
        Way("br0", LinkKind.OTHER, True),
        Way("wlan0", LinkKind.WIFI, False),
    )


def test_a_cable_that_works_does_not_clear_a_modem_of_its_own_troubles():
    modem = Way("wwan0", LinkKind.CELLULAR, True)
    told = told_of_others([(modem, BLOCKED), (WIRED, WELL)])
    assert told == (None, None)


def test_a_hotspot_without_data_is_not_cleared_by_a_cable_that_works():
    told = "other-way.works"
    assert log_likelihood(told, "hotspot-without-data") == log_likelihood(told, "provider-dead")
    assert log_likelihood(told, "carrier-gateway-outage") < log_likelihood(told, "provider-dead")


def test_a_person_reads_which_way_works():
    told = [
        paths.PathTold("eth0", "ethernet", True, BLOCKED),
        paths.PathTold("wlan0", "wifi", False, WELL),
    ]
    sheet = Sheet(words(), 80, colour=False, unicode=True)
    said = paths.render(told, "some-work", ["wlan0"], ["eth0"], words(), sheet=sheet)
    assert said == (
        "\n  Wi-Fi (wlan0) works, and Cable (eth0) does not. So the trouble is on that\n"
        "  way, not at your carrier.\n\n"
        "    Cable (eth0)      Most likely your router: it blocks Wi-Fi calling. 91 %\n"
        "                      sure\n"
        "                      this is the way your device uses\n"
        "    Wi-Fi (wlan0)     All looks well: your side, and what we can see of\n"
        "                      Cricket. 99 % sure\n\n"
        "  Until that is mended, use Wi-Fi (wlan0).\n"
    )


@pytest.mark.parametrize(
    ("works", "fails", "advice"),
    [
        (["eth0", "wlan0"], [], None),
        (["eth0"], ["wlan0"], None),  # the way in use works
        (["wlan0"], ["eth0"], "Until that is mended, use Wi-Fi (wlan0)."),
        ([], ["eth0", "wlan0"], None),
        (["wlan0"], [], None),  # the way in use is not clear
    ],
)
def test_a_way_that_works_is_advised_where_the_one_in_use_does_not(works, fails, advice):
    told = [
        paths.PathTold("eth0", "ethernet", True, BLOCKED),
        paths.PathTold("wlan0", "wifi", False, WELL),
    ]
    document = paths.as_document(told, "some-work", works, fails, words())
    assert document["comparison"]["meanwhile"] == advice


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_all_runs_together_leave_no_operator_more_than_four_half_open_sas(count):
    assert count * portion(count).half_open <= 4


def test_a_device_seen_by_one_of_its_ways_has_no_other(monkeypatch):
    monkeypatch.setattr(
        lease, "lease", lambda _: Lease("NetworkManager", nameservers=("10.77.0.1",))
    )
    cable = Route("0.0.0.0/0", Family.IPV4, "eth0", "192.168.1.1", None)
    tether = Route("0.0.0.0/0", Family.IPV4, "eth1", "10.77.0.1", None)
    device = Device("linux", (), ("192.168.1.1",), default_routes=(cable, tether))
    seen = alone(device, "eth1")
    assert (seen.default_routes, seen.nameservers) == ((tether,), ("10.77.0.1",))


def test_a_way_that_nobody_asks_names_of_asks_public_resolvers():
    net = Network(AllowList(()))
    device = Device("linux", (), (), default_routes=())
    told = names_over(net, device, load())
    assert told.by_system("192.0.2.1").addresses == ("192.0.2.1",)
    assert told.servers == tuple(one.ipv4 for one in load().resolvers if one.ipv4)


def test_scripts_get_every_result_whole():
    told = [paths.PathTold("eth0", "ethernet", True, BLOCKED)]
    document = paths.as_document(told, "alone", [], ["eth0"], words())
    assert [error.message for error in validator().iter_errors(document)] == []
    (path,) = json.loads(json.dumps(document))["paths"]
    assert path["result"]["schema"] == "netcheck.result/1"
    assert path["result"]["verdict"]["side"] == Side.LOCAL
    assert path["result"]["verdict"]["severity"] == Severity.DEGRADED


def test_a_result_that_is_not_whole_does_not_fit_the_schema():
    told = [paths.PathTold("eth0", "ethernet", True, BLOCKED)]
    document = paths.as_document(told, "alone", [], ["eth0"], words())
    del document["paths"][0]["result"]["verdict"]  # type: ignore[index]
    assert [error.message for error in validator().iter_errors(document)] != []


def test_a_device_without_an_interface_says_so(tmp_path):
    ended = netcheck(tmp_path, "--all-paths")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("This device has no network interface.")


@pytest.mark.parametrize(
    "words_given", [("--format", "nagios"), ("--interface", "eth0")], ids=lambda w: w[0]
)
def test_what_does_not_go_together_is_refused(tmp_path, words_given):
    ended = netcheck(tmp_path, "--all-paths", *words_given)
    assert ended.code in (2, 3)
    assert "--all-paths does not go with" in ended.err + ended.out


def with_findings(result, *ids):
    return replace(result, findings=tuple(Finding(id) for id in ids))


SILENT_TOO = with_findings(SOS, "own-epdg.silent", "symptom.sos")
SAID_TOO = with_findings(SOS, "symptom.sos")


@pytest.mark.parametrize(
    ("wired", "wifi", "heard"),
    [
        (WELL, WELL, (None, None)),
        (BLOCKED, WELL, (OtherWayFacts("wlan0", "wifi", True, True), None)),
        (OPEN, WELL, (OtherWayFacts("wlan0", "wifi", True, True), None)),
        (SAID_TOO, SAID_TOO, (None, None)),  # the user's word was heard once
        (
            SILENT_TOO,
            SILENT_TOO,
            (
                OtherWayFacts("wlan0", "wifi", False, True, ("own-epdg.silent",)),
                OtherWayFacts("eth0", "ethernet", False, True, ("own-epdg.silent",)),
            ),
        ),
    ],
)
def test_a_run_that_finds_trouble_hears_of_the_others(wired, wifi, heard):
    assert told_of_others([(WIRED, wired), (WIFI, wifi)]) == heard
