"""What a run and a watch do with reports, and what an administrator decides about them."""

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
from netcheck.report.form import encode
from netcheck.report.outgoing import send_waiting
from netcheck.store import consent, outbox
from tests import report_device
from tests.command import netcheck, unplugged
from tests.loopback import closed_port
from tests.render_samples import HEALTHY, SOS
from tests.report_device import policy, ran, settings

ask, collector, here = report_device.ask, report_device.collector, report_device.here


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
