"""Real runs on a device that is full of identifiers: each is shown to have been read, and none is
in what netcheck reports, says or keeps for sending."""

import json
from dataclasses import asdict, replace

import pytest

from netcheck.cli.reporting import known
from netcheck.device import wifi_air
from netcheck.device.netlink import attribute
from netcheck.model.observation import Observation, RecordedFacts, Role, Target
from netcheck.model.outcome import Outcome
from netcheck.model.wifi import Security
from netcheck.report.build import About, build
from netcheck.report.form import encode
from tests import canaries, mocked_modem
from tests.canaries import planted_in
from tests.planted_device import INTERFACE, PlantedDevice, plant, planted_bus, reading_is_told
from tests.render_samples import SOS

RUN = ("run", "--carrier", "att", "--format", "report", "--budget", "8")


@pytest.fixture
def device(tmp_path):
    """Its user has switched reports on, and it has looked before."""
    planted = plant(tmp_path)
    if not reading_is_told(planted.folder):
        pytest.skip("this file system does not tell when a file was read")
    planted.forget_reading()
    assert planted.ask("report", "on").code == 0
    history = planted.state / "history.ndjson"
    history.write_text(json.dumps({"at": canaries.LABEL, "run": canaries.HOST}) + "\n")
    return planted


def looked(device: PlantedDevice, *more: str, **what: bool):
    """The report of a run, and what stays on this device of it: observations by check."""
    ran = device.ask(*RUN, *more, **what)
    assert ran.code in (0, 10, 11, 12, 13, 14), ran.err
    assert leaks(device, ran) == {}
    kept = json.loads((device.state / "last.json").read_text())
    seen = {}
    for one in kept["observations"]:
        seen.setdefault(one["check"], one["facts"])
    return json.loads(ran.out), seen


def leaks(device: PlantedDevice, *told):
    """Which canary came out where: in what was said, or in what waits to be sent."""
    said = {f"{n} out": one.out.encode() for n, one in enumerate(told)}
    # The path of the user's own folder is in sentences about files in it, and goes nowhere.
    said |= {
        f"{n} err": one.err.replace(str(device.home), "").encode() for n, one in enumerate(told)
    }
    said |= {file.name: file.read_bytes() for file in device.state.glob("outbox/*")}
    said |= {file.name: file.read_bytes() for file in device.state.glob("sent/*")}
    return {where: found for where, raw in said.items() if (found := planted_in(raw))}


def kept_in(device: PlantedDevice):
    return set(planted_in((device.state / "last.json").read_bytes()))


def named_without_its_address(device: PlantedDevice) -> bool:
    """Whether the card was seen: what is kept has a word in the place of its name."""
    observations = json.loads((device.state / "last.json").read_text())["observations"]
    return f"{INTERFACE[:3]}…1" in {one["interface"] for one in observations}


def test_a_phone_on_a_cable_and_a_lease_of_networkd(device):
    report, seen = looked(device, "--adb", "--deep", networkd=True)
    # It did look: what it must not tell is in what stays on this device, or has left its trace.
    assert kept_in(device) >= {"SSID", "gateway", "global address", "label", "private address"}
    assert named_without_its_address(device)
    assert seen["lease-holds"]["told_by"] == "systemd-networkd"
    assert seen["hosts-file-leaves-names-alone"]["elsewhere"] == ["epdg.epc.att.net"]
    assert seen["proxy-answers"]["variable"] == "http_proxy"
    never = device.never_read()
    assert [name for name in never if not name.startswith("bin/termux")] == []
    assert (report["phone_service"], report["made_up_address"]) == ("home", True)
    assert report["addresses"] == ["private", "other"]
    told = [device.ask("report", word) for word in ("preview", "why", "send", "log", "status")]
    assert [one.code for one in told] == [0, 0, 3, 0, 0]
    assert leaks(device, *told) == {}
    assert len(list((device.state / "outbox").glob("*.report"))) == 1


def test_the_phone_it_runs_on(device):
    report, _ = looked(device, "--termux")
    assert report["phone_service"] == "roaming"
    assert [name for name in device.never_read() if name.startswith("bin/termux")] == []


@pytest.mark.skipif(mocked_modem.missing() is not None, reason=str(mocked_modem.missing()))
def test_a_modem_a_lease_and_a_portal_that_a_bus_tells_of(device, tmp_path):
    with planted_bus(tmp_path / "bus") as address:
        device.variables["DBUS_SYSTEM_BUS_ADDRESS"] = address
        report, seen = looked(device, "--deep", modem=True)
    assert seen["lease-is-accounted-for"]["told_by"] == "NetworkManager"
    assert seen["portal-lets-us-out"]["named"] == "uri"
    assert seen["phone-answers"]["source"] == "modem"
    assert {"label", "SSID"} <= kept_in(device)
    assert report["phone_service"] == "roaming"


def test_what_came_before_is_no_part_of_a_report(device):
    """The history, and the result of the run before: both are full, both are read by `report`."""
    looked(device)
    assert "label" in planted_in((device.state / "history.ndjson").read_bytes())
    last = device.state / "last.json"
    result = json.loads(last.read_text())
    result["observations"][0]["detail"] = " ".join(canaries.ALL.values())
    last.write_text(json.dumps(result))
    assert kept_in(device) >= set(canaries.ALL)
    told = [device.ask("report", word) for word in ("preview", "why", "send", "log")]
    assert [one.code for one in told] == [0, 0, 3, 0]
    assert leaks(device, *told) == {}


def test_an_interface_that_is_named_by_its_address_is_read_and_not_told(device):
    ran = device.ask(*RUN, "--interface", INTERFACE)
    assert named_without_its_address(device)
    assert leaks(device, ran) == {}


# --- the air: no card here, so what a kernel would say is written down ---

_BSS, _BSSID, _FREQUENCY, _CAPABILITY, _ELEMENTS, _STATUS, _SEEN = 47, 1, 2, 5, 6, 9, 10


def scanned(security: bytes) -> bytes:
    """An answer to NL80211_CMD_GET_SCAN: the network in use, its name and its point's address."""
    name = canaries.SSID.encode()
    announced = bytes([0, len(name)]) + name + security
    inner = (
        (_BSSID, bytes.fromhex(canaries.BSSID.replace(":", ""))),
        (_FREQUENCY, (5180).to_bytes(4, "little")),
        (_CAPABILITY, (0x11).to_bytes(2, "little")),
        (_ELEMENTS, announced),
        (_STATUS, (1).to_bytes(4, "little")),
        (_SEEN, (100).to_bytes(4, "little")),
    )
    return attribute(_BSS, b"".join(attribute(kind, value) for kind, value in inner))


WPA2 = bytes.fromhex("30140100000fac040100000fac040100000fac020000")


def test_what_the_air_says_is_read_and_its_names_are_not_kept():
    raw = scanned(WPA2)
    assert {"SSID", "BSSID"} <= set(planted_in(raw))
    around = wifi_air.surroundings_of([raw], 20)
    assert (around.security, around.name_told) == (Security.WPA2_PSK, True)
    assert planted_in(repr(around).encode()) == []
    facts = RecordedFacts({**asdict(around), "band_ghz": 5.0})
    seen = Observation(
        "wifi-air-carries", Target(canaries.SSID, Role.PATH), Outcome.OK, None, facts, 0.0, 1.0,
        INTERFACE,
    )  # fmt: skip
    made = build(
        replace(SOS, observations=(seen,)), About("linux", "6.1", "US"), known(), bytes(32)
    )
    assert (made.wifi_security, made.wifi_band) == ("wpa2-psk", "5")
    assert planted_in(encode(made)) == []
