"""`netcheck bundle` and its readers, as a person and a help-desk use them."""

import io
import json
import os
import stat
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from netcheck.model.finding import Finding
from netcheck.model.observation import Observation, RecordedFacts, Role, Target
from netcheck.model.outcome import Outcome
from netcheck.model.result import CarrierChoice
from netcheck.model.verdict import Worded
from netcheck.render import json as as_json
from netcheck.render.read import read
from netcheck.text import words
from tests import canaries
from tests.canaries import ALL, planted_in
from tests.command import isolation, netcheck, unplugged

RECORDED = Path(__file__).parent / "lab" / "recorded"
NAME = "the-home-router-drops-ike-everything-else-works"


def recorded(name: str = NAME) -> str:
    return json.dumps(json.loads((RECORDED / f"{name}.json").read_text())["result"])


def keep(home: Path, text: str, trouble: str | None = None, history: str = "") -> dict[str, str]:
    """A device that has run before; the environment that a command needs there."""
    state = home / "state"
    state.mkdir(exist_ok=True)
    (state / "last.json").write_text(text)
    if trouble is not None:
        (state / "last-trouble.json").write_text(trouble)
    if history:
        (state / "history.ndjson").write_text(history)
    return {"NETCHECK_STATE_DIR": str(state), "NETCHECK_CONFIG_DIR": str(home)}


def made(home: Path, *more: str, env: dict[str, str], name: str = "a.zip") -> dict[str, bytes]:
    """The files of a bundle of the last run."""
    path = str(home / name)
    ended = netcheck(home, "bundle", "--last", "-o", path, *more, alone=False, env=env)
    assert (ended.code, ended.err) == (0, ended.err), ended.err
    with zipfile.ZipFile(path) as file:
        return {one: file.read(one) for one in file.namelist()}


# --- made ---


def test_it_holds_what_a_help_desk_needs(tmp_path):
    files = made(tmp_path, "--ticket", "T-1", env=keep(tmp_path, recorded()))
    assert {
        "manifest.json",
        "result.json",
        "index.html",
        "summary.txt",
        "report.json",
        "collect/status.json",
        "redaction.json",
    } <= set(files)
    manifest = json.loads(files["manifest.json"])
    path = Path(__file__).parent.parent / "netcheck" / "desk" / "schema" / "manifest-1.json"
    jsonschema.validate(manifest, json.loads(path.read_text()))
    assert manifest["ticket"] == "T-1"
    assert {one["name"] for one in manifest["files"]} == set(files) - {"manifest.json"}


def test_its_file_is_for_its_owner_alone_and_so_is_the_table(tmp_path):
    env = keep(tmp_path, recorded())
    made(tmp_path, env=env)
    (table,) = (tmp_path / "state" / "bundle-names").glob("*.json")
    assert [stat.S_IMODE(os.stat(one).st_mode) for one in (tmp_path / "a.zip", table)] == [
        0o600,
        0o600,
    ]


def test_two_bundles_of_one_ticket_use_the_same_stand_ins(tmp_path):
    env = keep(tmp_path, recorded())
    one = made(tmp_path, "--ticket", "T-1", env=env)["result.json"]
    again = made(tmp_path, "--ticket", "T-1", env=env, name="b.zip")["result.json"]
    other = made(tmp_path, "--ticket", "T-2", env=env, name="c.zip")["result.json"]
    assert one == again
    assert one != other


def test_the_last_run_that_saw_trouble_is_in_it_beside_a_good_one(tmp_path):
    good = recorded("everything-works")
    files = made(tmp_path, env=keep(tmp_path, good, recorded()))
    assert json.loads(files["result.json"])["verdict"]["side"] == "none"
    assert json.loads(files["failing.json"])["verdict"]["side"] == "local"
    assert json.loads(files["manifest.json"])["replays"].keys() == {"result.json", "failing.json"}


def test_a_run_that_sees_trouble_is_kept_for_a_later_bundle(tmp_path):
    env = {"NETCHECK_STATE_DIR": str(tmp_path / "state")}
    assert netcheck(tmp_path, within=unplugged(), env=env).code == 10
    kept = json.loads((tmp_path / "state" / "last-trouble.json").read_text())
    assert kept["verdict"]["side"] == "local"


def test_without_last_it_looks_anew_and_takes_no_more_than_five_seconds_beyond(tmp_path):
    env = {"NETCHECK_STATE_DIR": str(tmp_path / "state")}
    path = str(tmp_path / "a.zip")
    began_s = time.monotonic()
    ended = netcheck(tmp_path, "bundle", "-o", path, "--json", within=unplugged(), env=env)
    lasted_s = time.monotonic() - began_s
    told = json.loads(ended.out)
    assert ended.code == 0
    assert told["replays"] == {"result.json": True}
    with zipfile.ZipFile(path) as file:
        run_s = json.loads(file.read("result.json"))["duration_ms"] / 1000
    assert lasted_s - run_s < 5


def test_what_the_phone_shows_can_be_said_to_the_run_of_a_bundle(tmp_path):
    env = {"NETCHECK_STATE_DIR": str(tmp_path / "state")}
    given = ("bundle", "-o", str(tmp_path / "a.zip"), "--symptom", "sos", "--quiet")
    assert netcheck(tmp_path, *given, within=unplugged(), env=env).code == 0
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        assert json.loads(file.read("result.json"))["symptom"] == "sos"


def test_show_lists_what_it_would_hold_and_makes_nothing(tmp_path):
    env = keep(tmp_path, recorded())
    before = sorted(tmp_path.rglob("*"))
    ended = netcheck(tmp_path, "bundle", "--show", alone=False, env=env)
    assert ended.code == 0
    for line in ("result.json", "collect/status.json", "raw/linux/ip-route.json", "Nothing was"):
        assert line in ended.out
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--ticket", "a b"], 2, "The name of a case"),
        (["-o", "/no/such/folder/x.zip"], 2, "there is no such folder"),
        (["-o", "/"], 2, "it is a folder"),
        (["--to", "/no/such/key"], 2, "can't be read"),
        (["-o"], 2, "--output"),
    ],
)
def test_wrong_usage_is_one_sentence(tmp_path, options, code, said):
    ended = netcheck(
        tmp_path,
        "bundle",
        "--last",
        "--quiet",
        *options,
        alone=False,
        env=keep(tmp_path, recorded()),
    )
    assert (ended.code, ended.out, len(ended.err.splitlines())) == (code, "", 1)
    assert said in ended.err


def test_without_any_run_there_is_nothing_to_bundle(tmp_path):
    env = {"NETCHECK_STATE_DIR": str(tmp_path / "state")}
    ended = netcheck(tmp_path, "bundle", "--last", "--quiet", alone=False, env=env)
    assert (ended.code, ended.err) == (2, "There is no result yet. Run netcheck first.\n")


def test_it_refuses_to_write_where_an_original_is_left(tmp_path):
    """The ticket is the one text that goes in as it was typed: here it is the user's own name."""
    env = {**keep(tmp_path, recorded()), "LOGNAME": "alice.canary"}
    path = tmp_path / "a.zip"
    ended = netcheck(
        tmp_path,
        *("bundle", "--last", "--quiet", "-o", str(path), "--ticket", "of.alice.canary"),
        alone=False,
        env=env,
    )
    assert ended.code == 1
    assert ended.err.startswith("No bundle was written: something that identifies you")
    assert not path.exists()


# --- read again ---


def test_a_bundle_is_shown_with_its_verdict_judged_anew(tmp_path):
    made(tmp_path, "--ticket", "T-1", env=keep(tmp_path, replayed_text()))
    ended = netcheck(tmp_path, "show", str(tmp_path / "a.zip"), alone=False)
    assert ended.code == 10
    assert "Bundle of the case T-1" in ended.out
    assert "Judged anew from what is in it: the same verdict." in " ".join(ended.out.split())


def replayed_text() -> str:
    from netcheck.agent.replaying import replayed

    return as_json.render(replayed(read(recorded())), words())


def test_replay_gives_the_same_verdict_byte_for_byte(tmp_path):
    files = made(tmp_path, env=keep(tmp_path, replayed_text()))
    ended = netcheck(tmp_path, "replay", str(tmp_path / "a.zip"), "--json", alone=False)
    kept = json.loads(files["result.json"])["verdict"]
    assert json.dumps(json.loads(ended.out)["verdict"]) == json.dumps(kept)


def test_the_run_that_saw_trouble_can_be_shown(tmp_path):
    made(tmp_path, env=keep(tmp_path, recorded("everything-works"), recorded()))
    path = str(tmp_path / "a.zip")
    assert netcheck(tmp_path, "show", path, alone=False).code == 0
    assert netcheck(tmp_path, "show", path, "--failing", alone=False).code == 10


def test_what_is_damaged_is_refused_with_2_and_what_was_altered_with_3(tmp_path):
    files = made(tmp_path, env=keep(tmp_path, recorded()))
    raw = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(raw[:-40])
    altered = io.BytesIO()
    with zipfile.ZipFile(altered, "w") as file:
        for name, content in files.items():
            file.writestr(
                name, content.replace(b"local", b"isp") if name == "result.json" else content
            )
    (tmp_path / "altered.zip").write_bytes(altered.getvalue())
    for verb in ("show", "replay"):
        for name, code, said in (("cut.zip", 2, "damaged"), ("altered.zip", 3, "was altered")):
            ended = netcheck(tmp_path, verb, str(tmp_path / name), alone=False)
            assert (ended.code, ended.out, len(ended.err.splitlines())) == (code, "", 1)
            assert said in ended.err


def test_two_bundles_can_be_compared(tmp_path):
    made(tmp_path, env=keep(tmp_path, recorded()))
    made(tmp_path, env=keep(tmp_path, recorded("everything-works")), name="b.zip")
    pair = [str(tmp_path / name) for name in ("a.zip", "b.zip")]
    ended = netcheck(tmp_path, "compare", *pair, "--json", alone=False)
    told = json.loads(ended.out)
    assert (ended.code, told["schema"]) == (0, "netcheck.compare/1")
    assert told["difference"]["stage"] == "router" or told["difference"]["stage"] == "wifi-calling"


@pytest.mark.parametrize("files", [[], ["a"], ["a", "b", "c"]])
def test_compare_needs_two(tmp_path, files):
    ended = netcheck(tmp_path, "compare", *files, alone=False)
    assert (ended.code, ended.err) == (2, "Name two files: netcheck compare A B\n")


# --- sealed ---


def test_a_sealed_bundle_is_opened_by_the_desk_alone(tmp_path):
    env = keep(tmp_path, recorded())
    key = tmp_path / "desk"
    assert netcheck(tmp_path, "bundle", "--new-key", str(key), alone=False).code == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    path = str(tmp_path / "a.sealed")
    words_given = ("bundle", "--last", "--quiet", "-o", path, "--to", f"{key}.pub")
    assert netcheck(tmp_path, *words_given, alone=False, env=env).code == 0
    assert b"result.json" not in Path(path).read_bytes()
    assert netcheck(tmp_path, "show", path, "--key", str(key), alone=False).code == 10
    without = netcheck(tmp_path, "show", path, alone=False)
    assert (without.code, "is sealed" in without.err) == (2, True)
    out = str(tmp_path / "open.zip")
    opening = ("bundle", "--open", path, "--key", str(key), "-o", out)
    assert netcheck(tmp_path, *opening, alone=False).code == 0
    assert netcheck(tmp_path, "show", out, alone=False).code == 10


def test_a_key_that_others_may_read_is_refused(tmp_path):
    key = tmp_path / "desk"
    netcheck(tmp_path, "bundle", "--new-key", str(key), alone=False)
    path = str(tmp_path / "a.sealed")
    words_given = ("bundle", "--last", "--quiet", "-o", path, "--to", f"{key}.pub")
    netcheck(tmp_path, *words_given, alone=False, env=keep(tmp_path, recorded()))
    key.chmod(0o644)
    ended = netcheck(tmp_path, "show", path, "--key", str(key), alone=False)
    assert (ended.code, "can be read by others" in ended.err) == (2, True)


def test_a_key_is_never_written_over(tmp_path):
    key = tmp_path / "desk"
    key.write_text("mine")
    ended = netcheck(tmp_path, "bundle", "--new-key", str(key), alone=False)
    assert (ended.code, key.read_text()) == (2, "mine")


# --- canaries ---

IP_ADDRESS = [
    {
        "ifname": f"wlx{canaries.MAC.replace(':', '')}",
        "ifalias": canaries.LABEL,
        "operstate": "UP",
        "address": canaries.MAC,
        "permaddr": canaries.BSSID,
        "addr_info": [
            {"family": "inet", "local": value, "prefixlen": 24, "label": canaries.USER}
            for name, value in canaries.ADDRESSES.items()
        ],
    }
]
IP_ROUTE = [
    {"dst": "default", "gateway": canaries.GATEWAY_IPV4, "dev": canaries.HOST},
    {"dst": f"{canaries.PRIVATE_IPV4}/32", "dev": f"enx{canaries.BSSID.replace(':', '')}"},
]
NFT = {
    "nftables": [
        {"table": {"family": "inet", "name": canaries.USER}},
        {
            "rule": {
                "comment": canaries.HOME,
                "expr": [
                    {
                        "match": {
                            "left": {"payload": {"protocol": "ip", "field": "daddr"}},
                            "right": canaries.PUBLIC_IPV4,
                        }
                    }
                ],
            }
        },
    ]
}
EVERYTHING = "\n".join(f"{name}: {value}" for name, value in ALL.items())
PRINTED = {
    "ip": None,  # by its words
    "nft": json.dumps(NFT),
    "resolvectl": f"Link 2 ({canaries.HOST})\n  DNS Servers: {canaries.PUBLIC_IPV4}"
    f" {canaries.EUI64}\n  DNS Domain: {canaries.SEARCH_DOMAIN}\n{EVERYTHING}",
    "nmcli": f"{canaries.USER}:wifi:connected\n{canaries.SSID}\n{EVERYTHING}",
    "iw": f"Interface {canaries.HOST}\n\taddr {canaries.MAC}\n\tssid {canaries.SSID}\n"
    f"Connected to {canaries.BSSID} (on {canaries.HOST})\n\tSSID: {canaries.SSID}\n{EVERYTHING}",
    "ss": EVERYTHING,
    "ethtool": f"{EVERYTHING}\n{canaries.USER}: 5",
    "timedatectl": EVERYTHING,
}


def programs(folder: Path) -> str:
    """A PATH on which every program prints canaries."""
    folder.mkdir()
    for name, printed in PRINTED.items():
        file = folder / name
        if name == "ip":
            (folder / "addresses").write_text(json.dumps(IP_ADDRESS))
            (folder / "routes").write_text(json.dumps(IP_ROUTE))
            script = (
                f'#!/bin/sh\ncase "$*" in *route*|*neigh*|*rule*) /bin/cat {folder}/routes;;'
                f" *) /bin/cat {folder}/addresses;; esac\n"
            )
        else:
            (folder / f"{name}.txt").write_text(printed or "", encoding="utf-8")
            script = f"#!/bin/sh\n/bin/cat {folder}/{name}.txt\n"
        file.write_text(script)
        file.chmod(0o755)
    return str(folder)


def planted_result(text: str) -> str:
    """A result with every canary in every place that takes a text."""
    result = read(text)
    values = sorted(ALL.values())
    facts = dict.fromkeys(("address", "issuer", "ssid", "servers", "name", *values), values)
    servers = [{"address": value, "operator": value} for value in values]
    seen = [
        Observation(
            check,
            Target(value, Role.PATH, value, value, via=value),
            Outcome.OK,
            None,
            RecordedFacts({**facts, "servers": servers}),
            0.0,
            1.0,
            value,
            value,
            value,
        )
        for check in ("stun-answers", "gateway-answers", canaries.HOST)
        for value in (*values, f"wlx{canaries.MAC.replace(':', '')}")
    ]
    findings = [
        Finding("certificates.one-bad", (value,), {"issuer": value, "name": value, value: value})
        for value in values
    ]
    spoken = tuple(Worded(value, {"name": value}) for value in values)
    return as_json.render(
        replace(
            result,
            labels={canaries.LABEL: canaries.USER},
            carrier=CarrierChoice(canaries.USER, canaries.LABEL, canaries.HOST, "US"),
            symptom=canaries.USER,
            observations=(*result.observations, *seen),
            findings=(*result.findings, *findings),
            verdict=replace(result.verdict, next_steps=spoken),
        ),
        words(),
    )


def looks() -> str:
    lines = [
        {"at": "2026-11-25T12:00:00Z", "run": "0" * 16, "carrier": value, "fault": value,
         "findings": [value, "gateway.answers"], value: value, "side": value, "severity": value}
        for value in ALL.values()
    ]  # fmt: skip
    return "".join(json.dumps(line) + "\n" for line in lines)


def test_no_canary_comes_out_of_any_source(tmp_path):
    """Every source holds all of them; no byte of any file, name or line may."""
    folder = programs(tmp_path / "bin")
    env = {
        **keep(tmp_path, planted_result(recorded()), planted_result(recorded()), looks()),
        "PATH": folder,
        "LOGNAME": canaries.USER,
        "HOME": canaries.HOME,
    }
    trouble = json.loads((tmp_path / "state" / "last-trouble.json").read_text())
    (tmp_path / "state" / "last-trouble.json").write_text(
        json.dumps({**trouble, "run_id": "0123456789abcdef"})
    )
    path = tmp_path / "a.zip"
    said = [netcheck(tmp_path, "bundle", "--last", "-o", str(path), alone=False, env=env)]
    assert said[0].code == 0, said[0].err
    with zipfile.ZipFile(path) as file:
        names = file.namelist()
        found = {name: planted_in(name.encode() + file.read(name)) for name in names}
        ran = json.loads(file.read("collect/status.json"))["collectors"]
    assert {name: one for name, one in found.items() if one} == {}
    assert {
        "index.html",
        "failing.json",
        "history/looks.ndjson",
        "raw/linux/ip-address.json",
    } <= set(names)
    assert {one["collector"] for one in ran if one["status"] == "ran"} >= {
        "ip-address", "ip-route", "firewall", "resolvectl", "nmcli-devices", "iw-devices",
        "ss-summary", "clock", "result", "failing-run", "report", "history",
    }  # fmt: skip
    for more in (
        ["show", str(path)],
        ["show", str(path), "--failing"],
        ["show", str(path), "--json"],
        ["replay", str(path)],
        ["compare", str(path), str(path)],
    ):
        said.append(netcheck(tmp_path, *more, alone=False))
    assert [planted_in((one.out + one.err).encode()) for one in said] == [[]] * len(said)


def test_a_program_that_hangs_is_left_behind_and_named(tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "ss").write_text("#!/bin/sh\n/bin/sleep 60\n")
    (folder / "timedatectl").write_text("#!/bin/sh\nexit 4\n")
    for one in folder.iterdir():
        one.chmod(0o755)
    env = {**keep(tmp_path, recorded()), "PATH": str(folder)}
    began_s = time.monotonic()
    files = made(tmp_path, env=env)
    assert time.monotonic() - began_s < 20  # a slow machine; the program hangs for sixty
    told = {
        one["collector"]: (one["status"], one["reason"])
        for one in json.loads(files["collect/status.json"])["collectors"]
    }
    assert told["ss-summary"] == ("timed-out", "too-slow")
    assert told["clock"] == ("failed", "error-code")
    assert told["ip-route"] == ("skipped", "not-installed")


def test_no_packet_leaves_while_a_bundle_of_the_last_run_is_made(tmp_path):
    """In a namespace without any network it is the same bundle."""
    env = keep(tmp_path, recorded())
    ended = netcheck(
        tmp_path, "bundle", "--last", "-o", str(tmp_path / "a.zip"), within=isolation(), env=env
    )
    assert ended.code == 0
