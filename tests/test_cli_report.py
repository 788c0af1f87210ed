"""`netcheck report`: what is shown, what is kept, what goes out, and who decides."""

import base64
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from netcheck.agent import configuration
from netcheck.cli import reporting
from netcheck.cli.dispatch import perform
from netcheck.cli.door import Door
from netcheck.render import json as as_json
from netcheck.report.form import FIELDS, encode
from netcheck.report.outgoing import send_waiting
from netcheck.store import consent, last, outbox
from netcheck.text import words
from netcheck.wire.ohttp import encode_key_config
from tests.collector import Collector, Gateway, serving
from tests.command import netcheck, unplugged
from tests.loopback import authority, closed_port
from tests.render_samples import HEALTHY, SOS

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


def test_before_the_first_run_there_is_nothing_to_preview(ask):
    code, out, err = ask("preview")
    assert (code, out) == (2, "")
    assert err == "There is nothing to report yet. Run netcheck first.\n"


def test_a_preview_is_exactly_the_bytes_that_go_out(ask, here, collector):
    ran(SOS)
    settings(here, f'[report]\ncollector = "{collector.url}"')
    code, shown, err = ask("preview")
    assert code == 0
    assert "Reports are off" in err
    assert collector.seen == []
    ask("on")
    assert ask("send")[:2] == (0, "Sent: 1.\n")
    (request,) = collector.seen
    assert request.body == shown.rstrip("\n").encode()


def test_consent_is_off_and_nothing_goes_out_without_it(ask, here, collector):
    ran(SOS)
    settings(here, f'[report]\ncollector = "{collector.url}"')
    code, out, err = ask("send")
    assert (code, out) == (3, "")
    assert err == "Reports are off: nothing goes out. To help others: netcheck report on\n"
    assert (collector.seen, outbox.waiting()) == ([], ())


def test_without_a_collector_it_is_kept_and_not_sent(ask):
    ran(SOS)
    ask("on")
    code, out, _ = ask("send")
    assert code == 3
    assert out == (
        "Not sent. 1 wait here for the next try. Nobody is set to get them."
        " (report.collector in the settings)\n"
    )
    assert len(outbox.waiting()) == 1


def test_without_a_network_it_waits_and_goes_out_later(ask, here, collector):
    ran(SOS)
    ask("on")
    settings(here, f'[report]\ncollector = "https://localhost:{closed_port()}/"')
    code, out, _ = ask("send")
    assert (code, out) == (
        3,
        "Not sent. 1 wait here for the next try. There is no way to it from here just now.\n",
    )
    assert outbox.waiting()[0].tries == 1
    settings(here, f'[report]\ncollector = "{collector.url}"')
    assert ask("send")[:2] == (0, "Sent: 1.\n")
    assert ask("send")[:2] == (
        0,
        "The last run was sent before, or forgotten. There is nothing new.\n",
    )
    assert len(collector.seen) == 1


def test_what_the_collector_will_never_take_is_thrown_away_and_counted(ask, here, collector):
    ran(SOS)
    ask("on")
    settings(here, f'[report]\ncollector = "{collector.url}"')
    collector.answers = [(400, {}, b"")]
    assert ask("send")[:2] == (3, "Not taken, and thrown away: 1.\n")
    assert "1 were not taken." in ask("status")[1]


def test_the_log_holds_every_try_byte_for_byte(ask, here, collector):
    ran(SOS)
    ask("on")
    settings(here, f'[report]\ncollector = "{collector.url}"')
    collector.answers = [(503, {}, b""), (202, {}, b"")]
    ask("send")
    ask("send")
    rows = json.loads(ask("log", "--json")[1])
    assert [row["outcome"] for row in rows] == ["busy", "accepted"]
    assert [row["to"] for row in rows] == [collector.url] * 2
    assert [row["body"].encode() for row in rows] == [seen.body for seen in collector.seen]
    assert collector.seen[1].body.decode() in ask("log")[1]


def test_off_throws_away_what_waits(ask):
    ran(SOS)
    ask("on")
    ask("send")
    assert ask("off")[:2] == (0, "Reports are off. 1 that waited were thrown away.\n")
    assert (consent.given(), outbox.waiting()) == (False, ())


def test_forgetting_makes_the_next_report_a_strangers(ask):
    ran(SOS)
    before = json.loads(ask("preview")[1])
    assert ask("forget")[0] == 0
    after = json.loads(ask("preview")[1])
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"report_id", "device_token"}


def test_what_was_forgotten_is_not_sent_again_as_a_strangers(ask, here, collector):
    """The same run under a new token would tell that both tokens are one device's."""
    ran(SOS)
    settings(here, f'[report]\ncollector = "{collector.url}"')
    ask("on")
    ask("send")
    ask("forget")
    assert ask("send")[:2] == (
        0,
        "The last run was sent before, or forgotten. There is nothing new.\n",
    )
    ran(replace(SOS, run_id="the next one"))
    assert ask("send")[:2] == (0, "Sent: 1.\n")
    first, second = (json.loads(seen.body) for seen in collector.seen)
    assert first["device_token"] != second["device_token"]
    assert first["report_id"] != second["report_id"]


def test_what_was_changed_on_the_disk_does_not_go_out(ask, here, collector):
    """Whoever writes into the outbox cannot make netcheck send it."""
    ran(SOS)
    ask("on")
    ask("send")
    (kept,) = (here / "state" / "outbox").glob("*.report")
    told = json.loads(kept.read_text())
    for body in (
        told["body"].replace('"symptom":"sos"', '"symptom":"356938035643809"'),
        told["body"].replace('"pad":"000000000000000', '"pad":"356938035643809'),
        told["body"] + "Ålice",
        "356938035643809",
    ):
        assert body != told["body"]
        settings(here, "")
        kept.write_text(json.dumps({**told, "body": body}))
        settings(here, f'[report]\ncollector = "{collector.url}"')
        ran(replace(SOS, run_id=f"run {body}"))
        assert ask("send")[:2] == (3, "Sent: 1.\nThrown away, too old or damaged: 1.\n")
    assert len(collector.seen) == 4
    assert not any(b"356938035643809" in seen.body for seen in collector.seen)
    assert "4 were thrown away because they were damaged." in ask("status")[1]


def test_what_grew_too_old_to_send_is_said(ask, here, collector):
    ran(SOS)
    ask("on")
    ask("send")
    (kept,) = (here / "state" / "outbox").glob("*.report")
    told = json.loads(kept.read_text())
    kept.write_text(json.dumps({**told, "queued_s": time.time() - 8 * 86_400}))
    settings(here, f'[report]\ncollector = "{collector.url}"')
    assert ask("send")[:2] == (3, "Thrown away, too old or damaged: 1.\n")
    assert collector.seen == []


def test_why_tells_of_each_field_and_what_is_in_it(ask):
    ran(SOS)
    out = ask("why", "wifi_signal")[1]
    assert "How strong your Wi-Fi is" in out
    assert list(json.loads(ask("why", "--json")[1])) == list(FIELDS)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (["prevew"], "There is no such thing as netcheck report prevew. Did you mean preview?"),
        (["why", "resolvr"], "There is no field resolvr in a report. Did you mean resolver?"),
        (["on", "now"], "The word now has no place here."),
    ],
)
def test_a_word_mistyped(ask, typed, sentence):
    code, out, err = ask(*typed)
    assert (code, out) == (2, "")
    assert err.startswith(sentence)


def test_the_status_for_scripts(ask, here):
    settings(here, '[report]\ncollector = "https://collector.example/in"')
    assert json.loads(ask("--json")[1]) == {
        "sends": False,
        "previews": True,
        "ruled_by_policy": None,
        "collector": "https://collector.example/in",
        "collector_named_by": str(here / "config" / "config.toml"),
        "way_ruled_by_policy": False,
        "relay": None,
        "oblivious": False,
        "lacking": None,
        "waiting": 0,
        "sent": 0,
        "last_sent_at": None,
        "dropped_full": 0,
        "dropped_old": 0,
        "dropped_broken": 0,
        "refused": 0,
    }


# --- through a relay ---


def test_through_a_relay_and_never_plain_without_one(ask, here, collector):
    ran(SOS)
    ask("on")
    gateway = Gateway()
    key = base64.b64encode(encode_key_config(gateway.config)).decode()
    settings(here, f'[report]\ncollector = "{collector.url}"\nkey = "{key}"')
    code, out, _ = ask("send")
    assert code == 3
    assert "No one is set to pass them on." in out
    assert collector.seen == []
    collector.answers = [(200, {}, gateway)]
    settings(
        here,
        f'[report]\ncollector = "https://collector.example/in"\nrelay = "{collector.url}"\n'
        f'key = "{key}"',
    )
    assert "If one firm runs both, it can see both." in ask("preview")[2]
    assert ask("send")[:2] == (0, "Sent: 1.\n")
    assert gateway.opened[0].content == json.loads(ask("log", "--json")[1])[0]["body"].encode()


# --- an administrator's policy ---


def test_a_policy_forces_off(ask, here):
    ran(SOS)
    policy(here, '[report]\nconsent = "off"')
    sentence = "The owner of this device has switched reports off. You can't change that here.\n"
    for typed in ("preview", "on", "send"):
        assert ask(typed) == (3, "", sentence)
    assert ask("status")[1].startswith(sentence)


def test_a_policy_allows_looking_only(ask, here):
    ran(SOS)
    consent.keep(True)
    policy(here, '[report]\nconsent = "preview"')
    code, out, err = ask("preview")
    assert (code, json.loads(out)["side"]) == (0, "carrier")
    assert "None are sent." in err
    assert ask("send")[0] == 3


def test_a_policy_switches_on_for_devices_its_owner_manages_and_the_user_sees_it(
    ask, here, collector
):
    ran(SOS)
    policy(here, f'[report]\nconsent = "managed"\ncollector = "{collector.url}"')
    sentence = "The owner of this device has switched reports on. You can't change that here."
    assert sentence in ask("preview")[2]
    assert sentence in ask("status")[1]
    assert ask("off")[0] == 3
    assert ask("send")[:2] == (0, "Sent: 1.\n")


def test_a_users_own_settings_cannot_say_managed(ask, here):
    ran(SOS)
    settings(here, '[report]\nconsent = "managed"')
    code, out, err = ask("send")
    assert (code, out) == (2, "")
    assert "report.consent" in err
    assert "only an administrator's policy may set it" in err


def test_a_policy_names_the_collector_over_the_users(ask, here):
    settings(here, '[report]\ncollector = "https://mine.example/"')
    policy(here, '[report]\ncollector = "https://fleet.example/"')
    told = json.loads(ask("status", "--json")[1])
    assert told["collector"] == "https://fleet.example/"
    assert told["collector_named_by"] == str(here / "policy.toml")
    assert told["way_ruled_by_policy"] is True
    ran(SOS)
    sentence = "The owner of this device has set where they go. You can't change that here.\n"
    assert sentence in ask("status")[1]
    assert sentence in ask("preview")[2]
    (here / "policy.toml").unlink()
    assert sentence not in ask("status")[1] + ask("preview")[2]


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ('collecter = "https://x/"', "report.collecter", "did you mean `collector`?"),
        ('collector = "http://x/"', "report.collector", "is an https:// address"),
        ('collector = "https://me:pw@x/"', "report.collector", "is an https:// address"),
        ('collector = "https:///x"', "report.collector", "is an https:// address"),
        ('collector = "https://x/\\n"', "report.collector", "is an https:// address"),
        ('collector = "https://x/ y"', "report.collector", "is an https:// address"),
        ('relay = "x"', "report.relay", "is an https:// address"),
        ('key = "AAAA"', "report.key", "is a key configuration of RFC 9458"),
        ("key = 7", "report.key", "is text, not 7"),
    ],
)
def test_a_setting_that_does_not_fit_is_named_by_its_path(ask, here, text, key, reason):
    settings(here, f"[report]\n{text}")
    code, _, err = ask("status")
    assert code == 2
    assert f"The setting {key} in " in err
    assert reason in err


# --- runs ---


def test_a_run_asks_for_nothing_and_its_report_is_shown_without_sending(tmp_path: Path):
    shown = netcheck(tmp_path, "--carrier", "at&t", "--format", "report", within=unplugged())
    assert (shown.code, shown.err) == (10, "")
    assert json.loads(shown.out)["side"] == "local"
    assert len(shown.out) == 1025
    again = netcheck(tmp_path, "report", "preview", alone=False)
    assert again.out == shown.out
    assert not (tmp_path / ".local/state/netcheck/outbox").exists()


def test_with_consent_a_run_leaves_a_report_and_an_equal_one_soon_after_does_not(tmp_path: Path):
    netcheck(tmp_path, "report", "on", alone=False)
    for _ in range(2):
        netcheck(tmp_path, "--carrier", "at&t", "--json", within=unplugged())
    told = json.loads(netcheck(tmp_path, "report", "--json", alone=False).out)
    assert (told["waiting"], told["sent"]) == (1, 0)


def test_where_reports_go_is_among_the_targets_once_they_are_on(tmp_path: Path):
    file = tmp_path / "c.toml"
    file.write_text('[report]\ncollector = "https://collector.example/in"')

    def hosts():
        env = {"NETCHECK_CONFIG": str(file)}
        told = netcheck(tmp_path, "targets", "--json", alone=False, env=env).out
        return [row["host"] for row in json.loads(told)]

    assert "collector.example" not in hosts()
    netcheck(tmp_path, "report", "on", alone=False)
    assert "collector.example" in hosts()


def test_what_is_due_goes_out_beside_a_watch_and_what_is_not_waits(here, collector):
    settings(here, f'[report]\ncollector = "{collector.url}"')
    chosen = configuration.read({}, environment={})
    bodies = []
    for number, due_s in ((1, 0.0), (2, time.time() + 40)):
        one = reporting.report_of(replace(SOS, run_id=f"{number}"), chosen)
        bodies.append(encode(one).decode())
        outbox.put(outbox.Waiting(one.report_id, time.time(), due_s, 0, bodies[-1]))
    reporting.send_aside(chosen)
    assert len(outbox.waiting()) == 2  # nobody has switched reports on
    consent.keep(True)
    reporting.send_aside(chosen)
    ends = time.monotonic() + 20
    while len(outbox.waiting()) == 2 and time.monotonic() < ends:
        time.sleep(0.02)
    assert [seen.body.decode() for seen in collector.seen] == bodies[:1]
    assert [one.body for one in outbox.waiting()] == bodies[1:]


def test_what_waited_for_days_does_not_come_in_one_row(here, collector):
    """Who takes them would see that they are one device's. The next look sends the next."""
    consent.keep(True)
    settings(here, f'[report]\ncollector = "{collector.url}"')
    chosen = configuration.read({}, environment={})
    for day in range(3):
        result = replace(SOS, run_id=f"{day}", started_at=f"2024-02-2{day}T09:18:59Z")
        one = reporting.report_of(result, chosen)
        queued_s = time.time() - (4 - day) * 86_400
        body = encode(one).decode()
        outbox.put(outbox.Waiting(one.report_id, queued_s, queued_s, 0, body))
    way = reporting.way_of(chosen)
    assert [send_waiting(way, only_due=True).left for _ in range(3)] == [2, 1, 0]
    days = [json.loads(seen.body)["time"][:10] for seen in collector.seen]
    assert days == ["2024-02-20", "2024-02-21", "2024-02-22"]
    assert len({json.loads(seen.body)["device_token"] for seen in collector.seen}) == 3


def test_two_that_send_at_once_send_it_once(tmp_path: Path, here, collector):
    """Four processes and one report. Who finds another one sending leaves it to them."""
    ran(SOS)
    consent.keep(True)
    settings(here, f'[report]\ncollector = "{collector.url}"')
    folders = {name: os.environ[f"NETCHECK_{name}_DIR"] for name in ("STATE", "CONFIG")}
    env = {f"NETCHECK_{name}_DIR": folder for name, folder in folders.items()}
    env["SSL_CERT_FILE"] = os.environ["SSL_CERT_FILE"]
    with ThreadPoolExecutor(4) as pool:
        each = [
            pool.submit(netcheck, tmp_path, "report", "send", alone=False, env=env)
            for _ in range(4)
        ]
    ended = [one.result() for one in each]
    assert len(collector.seen) == 1
    assert "Traceback" not in "".join(one.err for one in ended)
    assert [one.out for one in ended].count("Sent: 1.\n") == 1
    assert (outbox.state().sent, outbox.waiting()) == (1, ())


def test_a_watch_leaves_and_sends_by_itself(tmp_path: Path):
    """In an empty network nothing can be sent: it waits, and no look waits for it."""
    file = tmp_path / "c.toml"
    file.write_text(f'[report]\ncollector = "https://localhost:{closed_port()}/"')
    env = {"NETCHECK_CONFIG": str(file)}
    netcheck(tmp_path, "report", "on", alone=False)
    netcheck(tmp_path, "watch", "--looks", "2", "--every", "5", within=unplugged(), env=env)
    told = json.loads(netcheck(tmp_path, "report", "--json", alone=False, env=env).out)
    assert (told["waiting"], told["sent"]) == (1, 0)


@pytest.mark.skipif(os.getuid() != 0, reason="a policy is believed where root has written it")
@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ('consent = "managed"', 10, "The owner of this device has switched reports on."),
        ('consent = "preview"', 10, "The owner of this device lets you look at reports."),
        ('collector = "https://fleet.example/"', 10, "The owner of this device has set where"),
        ('consent = "off"', 3, "The owner of this device has switched reports off."),
    ],
)
def test_a_run_that_prints_its_report_tells_what_the_policy_decided(
    tmp_path: Path, text, code, sentence
):
    policy = tmp_path / "netcheck"
    policy.mkdir(mode=0o755)
    (policy / "policy.toml").write_text(f"[report]\n{text}")
    over = f'mkdir -p /etc/xdg && mount -t tmpfs none /etc/xdg && cp -r "{policy}" /etc/xdg'
    within = ["unshare", "-m", "sh", "-c", f'{over} && exec "$@"', "sh", *unplugged()]
    ran = netcheck(tmp_path, "--carrier", "at&t", "--format", "report", within=within)
    assert (ran.code, bool(ran.out)) == (code, code != 3)
    assert sentence in ran.err


def test_a_healthy_run_names_no_preview_and_a_troubled_one_does(capsys):
    for result, named in ((HEALTHY, False), (SOS, True)):
        ran(result)
        perform(["show"], Door())
        assert ("netcheck report preview" in capsys.readouterr().out) is named
