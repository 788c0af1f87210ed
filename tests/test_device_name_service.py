"""What the name service of a device says of itself: systemd-resolved on a real bus, stubby's file.

The properties are written as a systemd 252 has them (org.freedesktop.resolve1(5)); the lab asks
the real program (tests/lab/scenarios/resolved.py).
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from netcheck.device import name_service
from netcheck.device.name_service import NotMeasured, look_up, read, stubby
from netcheck.model.names import Insistence, NameServer, NameService
from tests.mocked_modem import bus, serve

MANAGER = "org.freedesktop.resolve1.Manager"
V4, V6 = 2, 10
ROUTER = bytes((192, 168, 1, 1))
QUAD9 = bytes.fromhex("262000fe0000000000000000000000fe")
GLOBAL = {
    "DNSEx": ("a(iiayqs)", [(0, V6, QUAD9, 0, "me.dns.example"), (3, V4, ROUTER, 5353, "")]),
    "CurrentDNSServer": ("(iiay)", (0, 0, b"")),
    "DNSOverTLS": ("s", "yes"),
    "DNSSEC": ("s", "allow-downgrade"),
    "DNSSECSupported": ("b", False),
    "LLMNR": ("s", "resolve"),
    "MulticastDNS": ("s", "no"),
}
LINK = {
    "DNSOverTLS": ("s", "opportunistic"),
    "DNSSEC": ("s", "yes"),
    "DNSSECSupported": ("b", True),
    "CurrentDNSServer": ("(iay)", (V4, ROUTER)),
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A device on which systemd-resolved is said to run, and which has no bus."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")
    socket = tmp_path / name_service.RESOLVED_SOCKET
    socket.parent.mkdir(parents=True)
    socket.touch()
    return str(tmp_path)


@pytest.fixture
def address(root: str) -> Iterator[str]:
    if shutil.which("dbus-daemon") is None:
        pytest.skip("needs dbus-daemon")
    with bus(Path(root)) as address:
        yield address


def resolved(address: str, *, manager=GLOBAL, link=LINK, error: str | None = None) -> None:
    """Answers on the bus like systemd-resolved, until the bus ends."""
    from jeepney import HeaderFields, new_error, new_method_return

    def answer(message):
        member, body = message.header.fields[HeaderFields.member], message.body
        if member == "GetAll":
            return new_method_return(message, "a{sv}", (manager if body[0] == MANAGER else link,))
        if member == "GetLink" and link is not None:
            return new_method_return(message, "o", ("/org/freedesktop/resolve1/link/_33",))
        if member == "ResolveHostname" and (error is None or body[3] & 1 << 10):
            found = ([(0, V4, ROUTER)], body[1], 0)
            return new_method_return(message, "a(iiay)st", found)
        return new_error(message, f"org.freedesktop.resolve1.{error or 'NoSuchLink'}", "s", ("",))

    serve(address, "org.freedesktop.resolve1", answer)


def test_each_server_is_asked_by_the_rules_of_its_link(address, root):
    resolved(address)
    assert read(root) == NameService(
        program="systemd-resolved",
        servers=(
            NameServer("2620:fe::fe", Insistence.STRICT, None, False, "me.dns.example"),
            NameServer("192.168.1.1", Insistence.TOLERANT, 5353, True, None),
        ),
        current="192.168.1.1",
        signatures=Insistence.STRICT,
        signatures_pass=True,
        llmnr=True,
        multicast=False,
    )


def test_an_older_one_without_names_and_ports_is_read_too(address, root):
    old = {"DNS": ("a(iiay)", [(0, V4, ROUTER)]), "DNSSEC": ("s", "no")}
    resolved(address, manager=old)
    assert read(root) == NameService(
        "systemd-resolved", (NameServer("192.168.1.1"),), signatures=Insistence.OFF
    )


def test_a_link_that_has_gone_leaves_the_rules_of_all(address, root):
    resolved(address, link=None)
    found = read(root)
    assert found is not None
    assert [server.encryption for server in found.servers] == [Insistence.STRICT] * 2
    assert (found.current, found.signatures) == (None, Insistence.TOLERANT)


def test_the_account_in_a_server_s_name_is_not_shown(address, root):
    resolved(address)
    assert "me.dns.example" not in repr(read(root))


@pytest.mark.parametrize(
    ("error", "checked", "said"),
    [
        (None, True, None),
        ("DnssecFailed", True, "DnssecFailed"),
        ("DnssecFailed", False, None),
        ("DnsError.NXDOMAIN", True, "NXDOMAIN"),
    ],
)
def test_a_name_is_looked_up_with_and_without_the_rule(address, error, checked, said):
    resolved(address, error=error)
    assert look_up("www.example.org", checked=checked, timeout_s=2) == said


def test_without_a_bus_or_a_service_nothing_is_measured(root):
    with pytest.raises(NotMeasured, match="NoBus"):
        read(root)


def test_a_service_that_is_not_there_is_not_measured(address, root):
    with pytest.raises(NotMeasured, match="NoService"):
        read(root)


STUBBY = """\
resolution_type: GETDNS_RESOLUTION_STUB
dns_transport_list:
  - GETDNS_TRANSPORT_TLS
{fallback}tls_authentication: GETDNS_AUTHENTICATION_REQUIRED
listen_addresses:
  - 127.0.0.1
upstream_recursive_servers:
# Quad 9
  - address_data: 9.9.9.9
    tls_auth_name: "dns.quad9.net"
#  - address_data: 1.1.1.1
  - address_data: 2620:fe::fe
    tls_port: 8853
"""


@pytest.mark.parametrize(
    ("fallback", "wanted"),
    [("", Insistence.STRICT), ("  - GETDNS_TRANSPORT_UDP\n", Insistence.TOLERANT)],
)
def test_stubby_s_servers_and_whether_it_insists(tmp_path, fallback, wanted):
    file = tmp_path / "stubby.yml"
    file.write_text(STUBBY.format(fallback=fallback))
    assert stubby(file) == NameService(
        "stubby",
        (
            NameServer("9.9.9.9", wanted, None, own_name="dns.quad9.net"),
            NameServer("2620:fe::fe", wanted, 8853),
        ),
    )


@pytest.mark.parametrize("text", ["", "upstream_recursive_servers:\n", "\0\xff: [", "- a\n- b\n"])
def test_a_file_that_names_no_server_says_nothing(tmp_path, text):
    file = tmp_path / "stubby.yml"
    file.write_text(text)
    assert stubby(file) is None
    assert stubby(tmp_path / "none.yml") is None
