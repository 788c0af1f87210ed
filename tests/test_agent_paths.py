"""Several ways out, and what their verdicts say together."""

import json
from dataclasses import replace

import pytest

from netcheck.agent.paths import Way, compared, ways
from netcheck.model.device import Address, Device, Interface, LinkKind, Route
from netcheck.model.observation import Family
from netcheck.model.verdict import Severity, Side
from netcheck.render import paths
from netcheck.render.sheet import Sheet
from netcheck.text import words
from tests.command import netcheck
from tests.render_samples import HEALTHY, INCONCLUSIVE, ROUTER_BLOCKS

WIRED = Way("eth0", LinkKind.ETHERNET, True)
WIFI = Way("wlan0", LinkKind.WIFI, False)
WELL, BLOCKED, OPEN = HEALTHY, ROUTER_BLOCKS, INCONCLUSIVE


@pytest.mark.parametrize(
    ("wired", "wifi", "said", "works", "fails"),
    [
        (WELL, WELL, "all-work", ("eth0", "wlan0"), ()),
        (BLOCKED, WELL, "some-work", ("wlan0",), ("eth0",)),
        (WELL, BLOCKED, "some-work", ("eth0",), ("wlan0",)),
        (BLOCKED, BLOCKED, "none-works", (), ("eth0", "wlan0")),
        (WELL, OPEN, "unclear", ("eth0",), ()),
        (OPEN, BLOCKED, "unclear", (), ("wlan0",)),
    ],
)
def test_what_two_paths_say_together(wired, wifi, said, works, fails):
    told = compared([(WIRED, wired), (WIFI, wifi)])
    assert (told.said, told.works, told.fails) == (said, works, fails)


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
        ),
        nameservers=(),
    )
    found = ways(device, Kernel())  # type: ignore[arg-type]
    assert found == (
        Way("tun0", LinkKind.TUNNEL, True),
        Way("eth0", LinkKind.ETHERNET, False),
    )


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
        "                      Cricket. 99 % sure\n"
    )


def test_scripts_get_every_result_whole():
    told = [paths.PathTold("eth0", "ethernet", True, BLOCKED)]
    document = paths.as_document(told, "alone", [], ["eth0"], words())
    assert document["schema"] == "netcheck.paths/1"
    (path,) = json.loads(json.dumps(document))["paths"]
    assert path["result"]["schema"] == "netcheck.result/1"
    assert path["result"]["verdict"]["side"] == Side.LOCAL
    assert path["result"]["verdict"]["severity"] == Severity.DEGRADED


def test_a_device_without_a_way_out_says_so(tmp_path):
    ended = netcheck(tmp_path, "--all-paths")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("This device has no way out: no interface is up with an address.")


@pytest.mark.parametrize(
    "words_given", [("--format", "nagios"), ("--interface", "eth0")], ids=lambda w: w[0]
)
def test_what_does_not_go_together_is_refused(tmp_path, words_given):
    ended = netcheck(tmp_path, "--all-paths", *words_given)
    assert ended.code in (2, 3)
    assert "--all-paths does not go with" in ended.err + ended.out
