"""What limits netcheck on a machine: a table of machines, and this one."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from netcheck.agent.limits import ROWS, examine
from netcheck.agent.own_facts import OwnFacts
from netcheck.device.contract import Fact
from netcheck.device.host import Host
from netcheck.model.device import Device, Interface, LinkKind, Route
from netcheck.model.limit import Examination, Limit, Weight
from netcheck.model.observation import Family
from netcheck.probe.openable import Openable
from netcheck.render import limits
from netcheck.render.sheet import Sheet
from netcheck.text import Words
from netcheck.text.typed import TYPED
from tests.command import environment, isolation, netcheck

WORDS = Words("en", strict=True)
SYSTEMS = ("linux", "macos", "windows", "android")
WIFI = Interface("wlan0", LinkKind.WIFI, True, True)
TUNNEL = Interface("tun0", LinkKind.TUNNEL, True, True)
DEVICE = Device("linux", (Interface("eth0", LinkKind.ETHERNET, True, True),), ("192.0.2.1",))
GOOD = OwnFacts(
    device=DEVICE,
    host=None,
    opens=Openable(udp=True, tcp=True, ping=True, raw=False),
    python=(3, 13),
    today=date(2026, 6, 1),
    lag_ms=3.0,
    parts={"secure": True, "raw": False, "msgspec": True, "jeepney": True, "fleet": None},
    bus=True,
    trust_trouble="",
    state_folder="/home/a/.local/state/netcheck",
    state_writable=True,
    policy=None,
    policy_trouble="",
    setting_trouble="",
)


def on(device: Device = DEVICE, **changed: object) -> OwnFacts:
    return replace(GOOD, device=replace(device, **changed))


VPN_ROUTE = (Route("0.0.0.0/0", Family.IPV4, "tun0", None, None),)
MACHINES: list[tuple[str, OwnFacts, set[str]]] = [
    ("a good one", GOOD, {"no-raw"}),
    (
        "a sandbox that forbids sockets",
        replace(GOOD, opens=Openable(False, False, False, False)),
        {"sockets-blocked", "ping-closed", "no-raw"},
    ),
    (
        "Debian as it comes",
        replace(GOOD, opens=Openable(True, True, False, False)),
        {"ping-closed", "no-raw"},
    ),
    (
        "an image without certificates",
        replace(GOOD, trust_trouble="no store", bus=False),
        {"no-trust", "no-bus", "no-raw"},
    ),
    (
        "a Python cut to fit a router",
        replace(GOOD, python_lacks=("ssl",), trust_trouble=None),
        {"python-cut", "no-raw"},
    ),
    ("a clock at the epoch", replace(GOOD, today=date(1970, 1, 1)), {"clock-behind", "no-raw"}),
    ("a busy machine", replace(GOOD, lag_ms=100.1), {"timer-late", "no-raw"}),
    ("one just not too busy", replace(GOOD, lag_ms=100.0), {"no-raw"}),
    ("a full disk", replace(GOOD, state_writable=False), {"folder-closed", "no-raw"}),
    (
        "a policy that anyone may write",
        replace(GOOD, policy="/etc/xdg/netcheck/policy.toml", policy_trouble="others may write"),
        {"policy-ignored", "no-raw"},
    ),
    (
        "a policy in order",
        replace(GOOD, policy="/etc/xdg/netcheck/policy.toml"),
        {"no-raw"},
    ),
    ("a slip in the settings", replace(GOOD, setting_trouble="x"), {"settings-wrong", "no-raw"}),
    ("WSL", replace(GOOD, host=Host.WSL2), {"inside-windows", "no-raw"}),
    ("mirrored WSL", replace(GOOD, host=Host.WSL2_MIRRORED), {"inside-windows", "no-raw"}),
    ("a container", replace(GOOD, host=Host.CONTAINER), {"container", "no-raw"}),
    ("a snap", on(not_permitted=("interfaces", "gateways")), {"kernel-shut", "no-raw"}),
    (
        "a VPN",
        on(interfaces=(TUNNEL,), default_routes=VPN_ROUTE),
        {"vpn-on", "no-raw"},
    ),
    ("a proxy", replace(GOOD, proxy="https_proxy"), {"proxy-set", "no-raw"}),
    (
        "Wi-Fi without pyroute2",
        on(interfaces=(WIFI,), not_measured=("wifi",)),
        {"wifi-unread", "no-raw"},
    ),
    (
        "Windows with the location switched off",
        replace(
            on(system="windows", interfaces=(WIFI,), not_permitted=("wifi",)),
            bus=None,
            opens=Openable(True, True, None, False),
        ),
        {"wifi-withheld", "no-raw"},
    ),
    (
        "a Mac without that permission",
        replace(on(system="macos", interfaces=(WIFI,), not_permitted=("wifi-name",)), bus=None),
        {"wifi-name-withheld", "no-raw"},
    ),
    (
        "a phone in Termux",
        replace(
            on(
                system="android",
                interfaces=(WIFI,),
                not_permitted=("gateways", "neighbours", "default-routes"),
                not_measured=("wifi",),
            ),
            bus=None,
            parts={"secure": False, "raw": False, "msgspec": False, "jeepney": False},
        ),
        {"wifi-unread", "no-msgspec", "no-secure", "no-raw"},
    ),
    (
        "a router's Python",
        replace(GOOD, bus=None, parts={"jeepney": False, "msgspec": True, "secure": True}),
        {"no-jeepney"},
    ),
    (
        "raw without the right to it",
        replace(GOOD, parts=dict(GOOD.parts) | {"raw": True}),
        {"raw-closed"},
    ),
    (
        "raw and the right to it",
        replace(
            GOOD, parts=dict(GOOD.parts) | {"raw": True}, opens=Openable(True, True, True, True)
        ),
        set(),
    ),
    (
        "an old Python",
        replace(GOOD, python=(3, 11), today=date(2027, 11, 1)),
        {"python-ended", "no-raw"},
    ),
    (
        "the fleet's extra half installed",
        replace(GOOD, parts=dict(GOOD.parts) | {"fleet": False}),
        {"no-fleet", "no-raw"},
    ),
]


@pytest.mark.parametrize(("what", "facts", "expected"), MACHINES, ids=[m[0] for m in MACHINES])
def test_what_limits_a_machine(what: str, facts: OwnFacts, expected: set[str]) -> None:
    assert {limit.id for limit in examine(facts).limits} == expected


def test_every_row_is_met_by_some_machine() -> None:
    met = {limit.id for _, facts, _ in MACHINES for limit in examine(facts).limits}
    assert met == {row.id for row in ROWS}


def test_what_is_not_measured_is_neither_fine_nor_a_limit() -> None:
    found = examine(replace(GOOD, lag_ms=None, bus=None, opens=Openable(None, None, None, None)))
    unknown = {"timer-late", "no-bus", "sockets-blocked", "ping-closed"}
    assert unknown <= set(found.not_measured)
    assert unknown & {*found.fine, *(limit.id for limit in found.limits)} == set()


def test_every_limit_has_words_for_what_it_costs_and_how_it_is_lifted() -> None:
    for row in ROWS:
        limit = Limit(row.id, row.weight, row.params(GOOD))
        for system in SYSTEMS:
            lifted = limits.steps(limit, system, WORDS)
            assert WORDS.say(f"doctor.{row.id}.fine")
            assert WORDS.say(f"doctor.{row.id}.what", dict.fromkeys(("path",), "a") | limit.params)
            if row.weight is not Weight.OPTIONAL:
                assert lifted != ()
                assert WORDS.say(f"doctor.{row.id}.cost")


def test_what_is_to_be_typed_has_a_step_that_says_so() -> None:
    ids = {
        id.removeprefix("doctor.") for id in WORDS.ids() if "{name}" in (WORDS.template(id) or "")
    }
    steps = {id for id in ids if ".step-" in id}
    assert set(TYPED) == steps


def test_no_words_are_left_of_limits_that_are_gone() -> None:
    frame = set("nothing one many small cost fine optional unsent again untold fact".split())
    ids = {id.split(".")[1] for id in WORDS.ids() if id.startswith("doctor.")}
    assert ids - frame == {row.id for row in ROWS}


@pytest.mark.parametrize("language", ["es", "fr"])
def test_the_other_languages_lack_no_word_and_no_place_for_what_is_typed(language: str) -> None:
    other = Words(language, strict=True)
    ids = [id for id in WORDS.ids() if id.startswith("doctor.")]
    same = {id for id in ids if other.template(id) == WORDS.template(id)}
    assert [id for id in ids if sorted(other.places(id)) != sorted(WORDS.places(id))] == []
    names = {"jeepney", "msgspec", "Python", "ping", "Wi-Fi"}  # the same in every language
    assert {WORDS.template(id) for id in same} == names


def test_every_fact_that_a_system_may_keep_back_has_words() -> None:
    assert [fact for fact in Fact if f"doctor.fact.{fact}" not in WORDS] == []


def drawn(facts: OwnFacts, width: int = 80) -> str:
    sheet = Sheet(WORDS, width, colour=False, unicode=True)
    limits.write(examine(facts), WORDS, sheet)
    return sheet.text


def test_it_reads_like_this() -> None:
    facts = replace(
        GOOD,
        host=Host.WSL2,
        opens=Openable(True, True, False, False),
        parts=dict(GOOD.parts) | {"secure": False},
    )
    assert drawn(facts) == (
        "\n"
        "  One thing keeps netcheck from its full view.\n"
        "\n"
        "  ✗ You run netcheck in the Linux that is a part of Windows (WSL).\n"
        "    cost  The Wi-Fi, the cable and any VPN are on the side of Windows.\n"
        "          netcheck can't see them from here.\n"
        "    1  In Windows, open: PowerShell\n"
        "    2  Type: pip install netcheck-agent\n"
        "    3  Then type: netcheck\n"
        "\n"
        "  · You may not ping on this machine.\n"
        "    cost  netcheck looks in other ways, and sees lost data less well.\n"
        '    1  Type: sudo sysctl -w net.ipv4.ping_group_range="0 2147483647"\n'
        "    2  To keep it, write the part behind -w in a file in /etc/sysctl.d\n"
        "\n"
        "  · A part is missing: the extra named secure.\n"
        "    cost  netcheck can't seal a bundle or a report, and can't sign.\n"
        "    1  Type: pip install 'netcheck-agent[secure]'\n"
        "\n"
        "  Few people need these\n"
        "    - The extra named raw is missing: it looks for a second router or a\n"
        "      stranger at home.\n"
        "\n"
        "  ✓ fine: a whole Python · use of the network · list of trust · clock · timer\n"
        "  settings · own folder · view of the network · not in a container · no VPN\n"
        "  no proxy · system bus · jeepney · msgspec · Python\n"
        "  Nothing was sent to find this out.\n"
        "  Then look again: netcheck doctor\n"
    )


def test_a_machine_without_limits_is_told_so_in_one_line() -> None:
    facts = replace(
        GOOD, parts=dict(GOOD.parts) | {"raw": True}, opens=Openable(True, True, True, True)
    )
    lines = drawn(facts).splitlines()
    assert lines[1] == "  Nothing limits netcheck on this machine."
    assert "Then look again" not in drawn(facts)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_it_fits_every_terminal(width: int) -> None:
    for _, facts, _ in MACHINES:
        assert [line for line in drawn(facts, width).splitlines() if len(line) > width] == []


def test_programs_are_told_the_same() -> None:
    found = Examination(
        "linux",
        (Limit("timer-late", Weight.MATTERS, {"count": 140}),),
        ("no-bus",),
        (),
        ("gateways",),
    )
    assert limits.as_json(found, WORDS) == {
        "schema": "netcheck.doctor/1",
        "system": "linux",
        "limits": [
            {
                "id": "timer-late",
                "weight": "matters",
                "params": {"count": 140},
                "text": "This machine stood still for 140 ms while netcheck watched.",
                "cost": "Times that are measured now are wrong, and some checks give up.",
                "steps": [
                    "Close what keeps this machine busy.",
                    "If it is a virtual machine, give it more of the processor.",
                ],
            }
        ],
        "fine": ["no-bus"],
        "not_measured": [],
        "untold": ["gateways"],
    }


# --- and the command itself, in a network of its own ---


def told(tmp_path: Path, **env: str) -> tuple[int, set[str], dict[str, object]]:
    ended = netcheck(tmp_path, "doctor", "--json", env=env)
    assert ended.err == ""
    answer = json.loads(ended.out)
    return ended.code, {limit["id"] for limit in answer["limits"]}, answer


def test_on_this_machine_it_ends_by_what_it_found(tmp_path: Path) -> None:
    code, _, answer = told(tmp_path)
    weights = {limit["weight"] for limit in answer["limits"]}
    assert code == (3 if "matters" in weights else 0)
    assert "no-trust" in {*answer["fine"], *(one["id"] for one in answer["limits"])}


def test_what_is_wrong_here_is_found(tmp_path: Path) -> None:
    empty = tmp_path / "none.pem"
    empty.write_text("no certificate in here\n")
    closed = tmp_path / "file"
    closed.write_text("a file where a folder should be\n")
    (tmp_path / "config.toml").write_text('carier = "att"\n')
    code, ids, _ = told(
        tmp_path,
        SSL_CERT_FILE=str(empty),
        NETCHECK_STATE_DIR=str(closed / "state"),
        NETCHECK_CONFIG=str(tmp_path / "config.toml"),
        https_proxy="http://proxy.example:3128",
    )
    assert code == 3
    assert {"no-trust", "folder-closed", "settings-wrong", "proxy-set"} <= ids


def test_it_sends_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    """Traced by the interpreter itself: no connection, no datagram to an address, no file."""
    program = (
        "import sys\n"
        "def note(event, args):\n"
        "    if event in ('socket.sendto', 'socket.sendmsg', 'socket.getaddrinfo'):\n"
        "        if not (event == 'socket.sendto' and args[0].family == 16):\n"
        "            print('sent', event, file=sys.stderr)\n"
        "    if event == 'socket.connect' and args[0].family in (2, 10) and args[0].type != 2:\n"
        "        print('connected', args[1], file=sys.stderr)\n"
        "sys.addaudithook(note)\n"
        "from netcheck.cli import main\nmain()\n"
    )
    done = subprocess.run(
        [*isolation(), sys.executable, "-c", program, "doctor"],
        capture_output=True, text=True, env=environment(tmp_path), check=False, timeout=60,
    )  # fmt: skip
    assert (done.stderr, list(tmp_path.iterdir())) == ("", [])
    assert "Nothing was sent" in done.stdout
