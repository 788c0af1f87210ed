"""Where programs here keep a network's sign-in address: networkd's file, the system bus."""

import shutil
import socket
import time

import pytest

from netcheck.device.portal_uri import portal_uri

INTERFACE = socket.if_nameindex()[0][1]
INDEX = socket.if_nameindex()[0][0]
NM = "org.freedesktop.NetworkManager"
URI = "https://portal.example/api"


@pytest.fixture(autouse=True)
def no_bus(tmp_path, monkeypatch):
    """This machine's own bus is none of a test's business."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")


def networkd_says(root, text):
    folder = root / "run/systemd/netif/links"
    folder.mkdir(parents=True)
    (folder / str(INDEX)).write_text(text)


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        (f"ADMIN_STATE=configured\nCAPTIVE_PORTAL={URI}\nDNS=192.168.1.1\n", URI),
        (f'CAPTIVE_PORTAL="{URI}?a=\\"b\\""\n', f'{URI}?a="b"'),
        ("ADMIN_STATE=configured\n", None),
        ("CAPTIVE_PORTAL=\n", None),
        ("", None),
    ],
)
def test_networkd_keeps_it_in_the_state_of_the_link(tmp_path, text, uri):
    networkd_says(tmp_path, text)
    assert portal_uri(INTERFACE, str(tmp_path)) == uri


def test_without_networkd_and_without_a_bus_nothing_is_known(tmp_path):
    assert portal_uri(INTERFACE, str(tmp_path)) is None
    assert portal_uri("no-such-interface", str(tmp_path)) is None


def test_a_bus_by_tcp_is_no_bus_that_we_speak(tmp_path, monkeypatch):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "tcp:host=127.0.0.1,port=1")
    assert portal_uri(INTERFACE, str(tmp_path)) is None


# --- a real bus, and a program on it that speaks as NetworkManager does ---


@pytest.fixture
def bus(tmp_path):
    """A message bus of this test's own, at the place where the system's is looked for."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("needs dbus-daemon")
    from tests import mocked_modem  # jeepney comes with Linux alone

    with mocked_modem.bus(tmp_path) as address:
        yield address


def network_manager(address, options, *, lease="/lease"):
    """Answers on the bus like NetworkManager with one device, until the bus ends. Gives the flags
    of what it was asked."""
    from jeepney import HeaderFields, new_error, new_method_return

    from tests import mocked_modem

    flags = []

    def answer(message):
        flags.append(message.header.flags)
        fields = message.header.fields
        member = fields[HeaderFields.member]
        if member == "GetDeviceByIpIface":
            known = message.body == (INTERFACE,)
            failed = new_error(message, f"{NM}.UnknownDevice", "s", ("no such device",))
            return new_method_return(message, "o", ("/device",)) if known else failed
        if member == "Get" and message.body == (f"{NM}.Device", "Dhcp4Config"):
            return new_method_return(message, "v", (("o", lease),))
        if member == "Get" and message.body == (f"{NM}.DHCP4Config", "Options"):
            return new_method_return(message, "v", (("a{sv}", options),))
        return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")

    mocked_modem.serve(address, NM, answer)
    return flags


@pytest.mark.parametrize(
    ("options", "uri"),
    [
        ({"default_url": ("s", URI), "routers": ("s", "192.168.1.1")}, URI),
        ({"v4_captive_portal": ("s", URI)}, URI),
        ({"routers": ("s", "192.168.1.1")}, None),
    ],
)
def test_network_manager_tells_it_on_the_bus(bus, tmp_path, options, uri):
    network_manager(bus, options)
    assert portal_uri(INTERFACE, str(tmp_path)) == uri


def test_a_device_without_a_lease_or_unknown_to_network_manager(bus, tmp_path):
    network_manager(bus, {"default_url": ("s", URI)}, lease="/")
    assert portal_uri(INTERFACE, str(tmp_path)) is None
    assert portal_uri("no-such-interface", str(tmp_path)) is None


def test_a_bus_without_network_manager_tells_nothing(bus, tmp_path):
    assert portal_uri(INTERFACE, str(tmp_path)) is None


def test_asking_starts_nothing(bus, tmp_path):
    from jeepney import MessageFlag

    flags = network_manager(bus, {"default_url": ("s", URI)})
    assert portal_uri(INTERFACE, str(tmp_path)) == URI
    assert len(flags) == 3
    assert all(one & MessageFlag.no_auto_start for one in flags)


def test_a_bus_that_lets_nobody_in_is_not_waited_for(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(f"{tmp_path}/deaf")
        deaf.listen()
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/deaf")
        started_s = time.monotonic()
        assert portal_uri(INTERFACE, str(tmp_path)) is None
        assert time.monotonic() - started_s < 0.8
