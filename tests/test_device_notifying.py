"""A note to the desktop, over a real bus to a desktop of a few lines."""

import shutil
import subprocess
import threading

import pytest

from netcheck.device.notifying import NAME, notify

pytestmark = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="no dbus-daemon")


@pytest.fixture
def session_bus(tmp_path, monkeypatch):
    daemon = subprocess.Popen(
        [
            "dbus-daemon",
            "--session",
            "--nofork",
            "--print-address",
            f"--address=unix:dir={tmp_path}",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert daemon.stdout is not None
    address = daemon.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    yield address
    daemon.terminate()
    daemon.wait(5)


@pytest.fixture
def desktop(session_bus):
    """Whoever owns the name of notifications, and what it was shown."""
    from jeepney import MessageFlag, MessageType, new_method_return
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import open_dbus_connection

    shown: list[tuple] = []
    with open_dbus_connection(session_bus) as connection:
        connection.send_and_get_reply(message_bus.RequestName(NAME))

        def serve() -> None:
            while True:
                try:
                    message = connection.receive(timeout=5)
                except (TimeoutError, OSError):
                    return
                if message.header.message_type is MessageType.method_call:
                    shown.append((*message.body, message.header.flags))
                    if not message.header.flags & MessageFlag.no_reply_expected:
                        connection.send(new_method_return(message, "u", (7,)))

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        yield shown


def test_the_desktop_shows_what_it_is_told(desktop):
    assert notify("netcheck", "Your internet is back.")
    (shown,) = desktop
    assert (shown[0], shown[3], shown[4]) == ("netcheck", "netcheck", "Your internet is back.")


def test_nothing_is_started_by_it(desktop):
    from jeepney import MessageFlag

    assert notify("netcheck", "Your internet is back.")
    (shown,) = desktop
    assert shown[-1] & MessageFlag.no_auto_start


def test_where_no_desktop_listens_it_says_so(session_bus):
    assert not notify("netcheck", "Your internet is back.")


def test_without_a_bus_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    assert not notify("netcheck", "Your internet is back.")
