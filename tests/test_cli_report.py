"""`netcheck report`: what is shown, what is kept and what goes out."""

import base64
import json
import time
from dataclasses import replace

import pytest

from netcheck.report.form import FIELDS
from netcheck.store import consent, outbox
from netcheck.wire.ohttp import encode_key_config
from tests import report_device
from tests.collector import Gateway
from tests.loopback import closed_port
from tests.render_samples import SOS
from tests.report_device import ran, settings

ask, collector, here = report_device.ask, report_device.collector, report_device.here


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
