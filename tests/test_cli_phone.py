"""`netcheck phone`: it says what it asks, asks it, and shows what the phone says."""

import json
import time
from pathlib import Path

import pytest

from netcheck.model.phone import (
    Phone,
    PhoneLine,
    PhoneTest,
    PhoneTestKind,
    PrivateDns,
    ServiceState,
    SignalLevel,
    SimState,
    Source,
)
from netcheck.phone.contract import Fact, Unread
from netcheck.render import phone as phone_sheet
from netcheck.render.layout import cells
from netcheck.render.sheet import Sheet
from netcheck.text import Words
from tests.android_dumps import CANARIES, HEALTHY, ROAMING, SERIAL, SOS_DENIED, dump
from tests.command import Ended, netcheck
from tests.fake_phone import FakePhone

WORDS = Words("en", strict=True)


def ask(folder: Path, *words: str) -> Ended:
    path = f"{folder}:/usr/bin:/bin"
    return netcheck(folder / "home", "phone", *words, alone=False, env={"PATH": path})


def leaks(ended: Ended) -> list[str]:
    return [name for name, value in CANARIES.items() if value in ended.out + ended.err]


def test_a_healthy_phone_is_told_in_plain_words(tmp_path: Path) -> None:
    FakePhone().plug(tmp_path)
    ended = ask(tmp_path, "--adb")
    assert ended.code == 0
    assert ended.out == (
        "\n"
        "  The Android phone on the cable says:\n"
        "    airplane mode    off\n"
        "    mobile data      on\n"
        "    Wi-Fi            on\n"
        "    private DNS      automatic\n"
        "\n"
        "  SIM: Cricket\n"
        "    SIM card         ready\n"
        "    calls            in service\n"
        "    data             in service\n"
        "    network          AT&T (310410)\n"
        "    technology       4G\n"
        "    signal           three bars, -105 dBm\n"
        "    data connected   yes\n"
        "    Wi-Fi calling    on\n"
        "    its tunnel       not up\n"
        "\n"
        "    not measured     tries from the phone itself\n"
        "  For whose fault it is, with this in it: netcheck --adb\n"
    )
    assert leaks(ended) == []


def test_what_is_asked_is_said_first(tmp_path: Path) -> None:
    FakePhone().plug(tmp_path)
    said = ask(tmp_path, "--adb").err.splitlines()
    assert said[0] == "Asking, and changing nothing:"
    assert said[1] == "  adb devices"
    assert [line for line in said if "settings put" in line or "svc " in line] == []


def test_two_sims_and_an_sos_are_told_apart(tmp_path: Path) -> None:
    phone = FakePhone(registry=dump(SOS_DENIED, ROAMING))
    phone.properties |= {
        "gsm.sim.state": "LOADED,LOADED",
        "gsm.sim.operator.numeric": "310410,20810",
        "gsm.sim.operator.alpha": "Cricket,SFR",
        "gsm.operator.numeric": ",20801",
        "gsm.operator.alpha": ",Orange F",
    }
    phone.plug(tmp_path)
    ended = ask(tmp_path, "--adb")
    assert (
        "  SIM 1: Cricket (used first)\n"
        "    SIM card         ready\n"
        "    calls            refused by the network\n"
        "    data             refused by the network\n"
        "    SOS only         yes\n"
        "    refused          number 15: it says that this SIM may not use it here\n"
        "    its own network  310410\n"
    ) in ended.out
    assert (
        "  SIM 2: SFR\n"
        "    SIM card         ready\n"
        "    calls            in service, roaming\n"
        "    data             in service, roaming\n"
        "    network          Orange F (20801)\n"
        "    its own network  20810\n"
    ) in ended.out
    assert leaks(ended) == []


def test_the_json_has_every_fact_and_no_identifier(tmp_path: Path) -> None:
    FakePhone(registry=dump(HEALTHY, SOS_DENIED)).plug(tmp_path)
    ended = ask(tmp_path, "--adb", "--json")
    told = json.loads(ended.out)
    assert (told["schema"], told["read"], told["source"]) == ("netcheck.phone/1", True, "adb")
    assert [line["voice"] for line in told["lines"]] == ["home", "denied"]
    assert told["lines"][1]["reject_cause"] == 15
    assert leaks(ended) == []


@pytest.mark.parametrize(
    ("devices", "why", "says"),
    [
        ("List of devices attached\n\n", "no-phone", "There is no phone on the cable."),
        (f"List of devices attached\n{SERIAL}\tunauthorized\n", "unauthorized", "allow USB debug"),
        (f"List of devices attached\n{SERIAL}\toffline\n", "offline", "does not talk"),
        (
            f"List of devices attached\n{SERIAL}\tdevice\nR2\tdevice\n",
            "several-phones",
            "Say which: netcheck phone --adb --serial NAME",
        ),
    ],
)
def test_why_no_phone_could_be_read_is_one_sentence(
    tmp_path: Path, devices: str, why: str, says: str
) -> None:
    FakePhone(devices=devices).plug(tmp_path)
    ended = ask(tmp_path, "--adb")
    assert (ended.code, ended.out) == (3, "")
    assert says in ended.err.splitlines()[-1]
    assert leaks(ended) == []
    as_json = ask(tmp_path, "--adb", "--json")
    assert as_json.code == 3
    assert json.loads(as_json.out) == {
        "schema": "netcheck.phone/1",
        "source": "adb",
        "read": False,
        "reason": why,
    }


def test_one_of_two_phones_is_named_and_its_name_never_shown(tmp_path: Path) -> None:
    devices = f"List of devices attached\n{SERIAL}\tdevice\nR2\tdevice\n"
    FakePhone(devices=devices).plug(tmp_path)
    ended = ask(tmp_path, "--adb", "--serial", SERIAL)
    assert ended.code == 0
    assert leaks(ended) == []


def test_without_adb_it_says_where_to_get_it(tmp_path: Path) -> None:
    ended = netcheck(
        tmp_path, "phone", "--adb", alone=False, env={"PATH": str(tmp_path / "nothing")}
    )
    assert (ended.code, ended.out) == (3, "")
    assert "sudo apt install adb" in ended.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--adb", "--termux"), "One phone at a time: --adb or --termux.\n"),
        (("--termux", "--serial", "x"), "The option --serial names a phone on a cable"),
        (("--abd",), "Did you mean --adb?"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    ended = ask(tmp_path, *words)
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err


def test_the_help_says_that_no_real_phone_was_tried(tmp_path: Path) -> None:
    assert "not on real hardware" in " ".join(ask(tmp_path, "--help").out.split())


FULL = Phone(
    source=Source.ADB,
    lines=(
        PhoneLine(
            slot=1,
            sim=SimState.LOCKED,
            voice=ServiceState.SEARCHING,
            data=ServiceState.RADIO_OFF,
            sim_name="A carrier with a name as long as forty le",
            sim_plmn="310410",
            signal_level=SignalLevel.NONE,
            reject_cause=200,
            emergency_only=True,
            wifi_calling_enabled=False,
            wifi_calling_tunnel=True,
            modem_failed=True,
        ),
    ),
    airplane_mode=True,
    private_dns=PrivateDns.CHOSEN,
    tests=tuple(
        PhoneTest(kind, "www.example.com", 443, passed)
        for kind in PhoneTestKind
        for passed in (True, False, None)
    ),
    not_permitted=(Fact.SERVICE,),
    not_measured=tuple(Fact),
    unknown=3,
)


@pytest.mark.parametrize("width", [40, 80])
def test_it_fits_a_terminal(width: int) -> None:
    page = Sheet(WORDS, width, colour=False, unicode=True)
    phone_sheet.write(FULL, WORDS, page)
    assert [line for line in page.lines if cells(line) > width] == []
    assert "refused" in page.text
    assert "number 200" in page.text


def test_every_word_a_phone_can_say_has_words() -> None:
    ids = [
        *(f"phone.source.{one}" for one in Source),
        *(f"phone.service.{one}" for one in ServiceState),
        *(f"phone.sim.{one}" for one in SimState),
        *(f"phone.level.{one}" for one in SignalLevel),
        *(f"phone.private-dns.{one}" for one in PrivateDns),
        *(f"phone.fact.{one}" for one in Fact),
        *(f"phone.test.{one}{end}" for one in PhoneTestKind for end in ("", "-failed")),
    ]
    assert [id for id in ids if id not in WORDS] == []


def test_every_reason_has_a_sentence_from_every_source_that_has_it() -> None:
    impossible = {
        Source.ADB: {Unread.UNSUPPORTED},
        Source.MODEM: {Unread.UNSUPPORTED},
        Source.TERMUX: {Unread.UNSUPPORTED, Unread.NO_PHONE},
        Source.WINDOWS: {Unread.NO_PROGRAM},
    }
    lacking = [
        (source, why)
        for source in Source
        for why in Unread
        if why not in impossible[source]
        and f"phone.unread.{why}.{source}" not in WORDS
        and f"phone.unread.{why}" not in WORDS
    ]
    assert lacking == []


def test_a_run_says_that_it_asks_a_phone_and_keeps_none_of_its_identifiers(tmp_path: Path) -> None:
    """In a namespace without any network: the phone is the only thing there is to ask."""
    FakePhone(registry=dump(SOS_DENIED)).plug(tmp_path)
    home = tmp_path / "home"
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    ended = netcheck(home, "--adb", "--no-input", "--format", "json", env=env)
    assert ended.err.startswith("Also asking the phone on the cable for its service,")
    kept = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert kept != []
    said = ended.out + ended.err + b"".join(kept).decode("utf-8", "replace")
    assert [name for name, value in CANARIES.items() if value in said] == []


def test_a_run_is_not_held_up_by_a_phone_that_hangs(tmp_path: Path) -> None:
    FakePhone().plug(tmp_path, adb="#!/bin/sh\nsleep 60\n")
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    began_s = time.monotonic()
    netcheck(tmp_path / "home", "--adb", "--quiet", "--json", "--budget", "9", env=env)
    assert time.monotonic() - began_s < 12


def test_nothing_that_was_started_outlives_netcheck(tmp_path: Path) -> None:
    """Nor what that starts in its turn."""
    starts_more = 'sleep 30 &\necho $$ $! > "$PHONE/pids"\nwait\n'
    FakePhone().plug(tmp_path, adb=f"#!/bin/sh\n{starts_more}")
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    netcheck(tmp_path / "home", "--adb", "--quiet", "--json", "--budget", "0.6", env=env)
    pids = (tmp_path / "pids").read_text().split()
    assert len(pids) == 2
    ends_s = time.monotonic() + 5
    while any(map(lives, pids)) and time.monotonic() < ends_s:
        time.sleep(0.02)
    assert [pid for pid in pids if lives(pid)] == []


def lives(pid: str) -> bool:
    """Whether the process is there and not only still unburied: who has to do that is no part of
    netcheck (proc(5): the state follows the name in brackets)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False
