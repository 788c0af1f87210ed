"""Stand-ins for the objects of SystemConfiguration and CoreWLAN, and a Mac's way of handing over a
ping. No Mac was there to run it on."""

import socket
import struct
import sys
from types import SimpleNamespace

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.device import lease, macos_configuration, macos_wifi, settings
from netcheck.device.lease import Lease
from netcheck.device.resolvers import Resolvers
from netcheck.device.settings import Proxy, Radio
from netcheck.model.device import LinkKind
from netcheck.model.wifi_link import NamePermission, WifiLink
from netcheck.probe import echo
from netcheck.wire.icmp import checksum

STORE = {
    "State:/Network/Global/IPv4": {"PrimaryInterface": "lo", "PrimaryService": "S"},
}

# --- SystemConfiguration ---


class Data(bytes):
    """As NSData: bytes() of it gives what it holds."""


class Date:
    def __init__(self, seconds):
        self.seconds = seconds

    def timeIntervalSince1970(self):  # noqa: N802
        return self.seconds


def framework(monkeypatch, store, dhcp=None, proxies=None):
    options = dhcp or {}
    module = SimpleNamespace(
        SCDynamicStoreCopyValue=lambda session, key: store.get(key),
        SCDynamicStoreCopyDHCPInfo=lambda session, service: dhcp if service == "S" else None,
        DHCPInfoGetOptionData=lambda info, code: info.get(code),
        DHCPInfoGetLeaseStartTime=lambda info: options.get("start"),
        SCDynamicStoreCopyProxies=lambda session: proxies,
        SCNetworkInterfaceCopyAll=lambda: [("en0", "IEEE80211"), ("en5", "Ethernet"), ("x", "?")],
        SCNetworkInterfaceGetBSDName=lambda one: one[0],
        SCNetworkInterfaceGetInterfaceType=lambda one: one[1],
    )
    monkeypatch.setitem(sys.modules, "SystemConfiguration", module)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("time.time", lambda: 1_000_000.0)


def test_interfaces_have_the_kind_that_macos_gives_them(monkeypatch):
    framework(monkeypatch, {})
    assert macos_configuration.kinds() == {
        "en0": LinkKind.WIFI,
        "en5": LinkKind.ETHERNET,
        "x": LinkKind.OTHER,
    }


def test_a_lease_is_what_dhcp_gave_less_what_has_passed(monkeypatch):
    framework(
        monkeypatch, STORE, {51: Data((3600).to_bytes(4, "big")), "start": Date(1_000_000.0 - 600)}
    )
    assert lease.lease("lo") == Lease("macOS", 3000.0, 3600.0)
    assert lease.lease("en5") is None


def test_the_sign_in_server_is_told_where_dhcp_named_one(monkeypatch):
    from netcheck.device.portal_uri import portal_uri

    framework(monkeypatch, STORE, {114: Data(b"https://portal.example/api")})
    assert portal_uri("lo") == "https://portal.example/api"
    framework(monkeypatch, STORE, {})
    assert portal_uri("lo") is None


def test_what_a_stub_on_this_mac_was_given_follows_it():
    said = STORE | {
        "State:/Network/Global/DNS": {
            "ServerAddresses": ["127.0.0.1"],
            "SearchDomains": ["a", "b"],
        },
        "State:/Network/Service/S/DNS": {"ServerAddresses": ["192.0.2.1"]},
    }
    assert macos_configuration.resolvers(said.get) == Resolvers(("127.0.0.1", "192.0.2.1"), 2)


PROXIES = [
    ("none", {}, None),
    ("switched off", {"HTTPSEnable": 0, "HTTPSProxy": "proxy.example", "HTTPSPort": 3128}, None),
    (
        "for HTTPS",
        {"HTTPSEnable": 1, "HTTPSProxy": "proxy.example", "HTTPSPort": 3128},
        Proxy("system settings", "proxy.example", 3128, True),
    ),
    (
        "SOCKS without a port",
        {"SOCKSEnable": 1, "SOCKSProxy": "proxy.example"},
        Proxy("system settings", "proxy.example", 1080, False),
    ),
    ("a script", {"ProxyAutoConfigEnable": 1, "ProxyAutoConfigURLString": "http://a/"}, None),
]


@pytest.mark.parametrize(("what", "said", "expected"), PROXIES, ids=[row[0] for row in PROXIES])
def test_proxies(monkeypatch, what, said, expected):
    framework(monkeypatch, {}, proxies=said)
    for variable in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy"):
        monkeypatch.delenv(variable, raising=False)
    assert settings.proxy() == expected


ODD = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just([1, None, "::"])
KEYS = st.sampled_from(
    "ServerAddresses SearchDomains DomainName PrimaryService PrimaryInterface Router Active "
    "HTTPSEnable HTTPSProxy HTTPSPort".split()
)


@hypothesis.settings(max_examples=50)
@given(ODD | st.dictionaries(KEYS, ODD))
def test_odd_values_of_the_store_are_told_as_nothing(said):
    def store(key):
        return said

    assert set(macos_configuration.resolvers(store).nameservers) <= {"::"}
    macos_configuration.primary_route(store, "IPv4")
    assert macos_configuration.link_is_active(store, "en0") in (None, True, False)
    proxy = macos_configuration.proxy_in(said if isinstance(said, dict) else {})
    assert proxy is None or 0 < proxy.port < 65536


# --- CoreWLAN ---


def wlan(power=True, mode=1, rssi=-52, rate=866.0, channel=(36, 2, 3), ssid=None, bssid=None):
    number, band, width = channel
    return SimpleNamespace(
        powerOn=lambda: power,
        interfaceMode=lambda: mode,
        rssiValue=lambda: rssi,
        transmitRate=lambda: rate,
        wlanChannel=lambda: SimpleNamespace(
            channelNumber=lambda: number, channelBand=lambda: band, channelWidth=lambda: width
        ),
        ssid=lambda: ssid,
        bssid=lambda: bssid,
    )


DENIED, PERMITTED = NamePermission.NOT_PERMITTED, NamePermission.PERMITTED
LINKS = [
    (
        "the location gate",
        wlan(),
        WifiLink(True, -52, 5180, 866.0, None, 80, name_permission=DENIED),
    ),
    (
        "with the permission",
        wlan(ssid="Cafe"),
        WifiLink(True, -52, 5180, 866.0, None, 80, name_permission=PERMITTED),
    ),
    ("switched off", wlan(power=False), WifiLink(associated=False)),
    ("not joined", wlan(rssi=0, rate=0.0), WifiLink(associated=False)),
    ("an access point itself", wlan(mode=3), WifiLink(associated=None)),
    (
        "2.4 GHz, channel 14",
        wlan(channel=(14, 1, 1)),
        WifiLink(True, -52, 2484, 866.0, None, 20, name_permission=DENIED),
    ),
    (
        "6 GHz",
        wlan(channel=(5, 3, 4)),
        WifiLink(True, -52, 5975, 866.0, None, 160, name_permission=DENIED),
    ),
    (
        "a band that is not known",
        wlan(channel=(5, 9, 9), rssi=12),
        WifiLink(True, None, None, 866.0, None, None, name_permission=DENIED),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "interface", "expected"), LINKS, ids=[row[0] for row in LINKS])
def test_links(what, interface, expected):
    assert macos_wifi.link_of(interface) == expected


@pytest.mark.parametrize(
    ("interfaces", "expected"),
    [
        ([wlan(power=False)], (Radio("wlan", soft=True, hard=False),)),
        ([wlan()], (Radio("wlan", soft=False, hard=False),)),
        ([], ()),
        (None, None),
    ],
)
def test_a_mac_s_wifi_switch_is_a_radio_switch(monkeypatch, interfaces, expected):
    client = SimpleNamespace(interfaces=lambda: interfaces, interfaceWithName_=lambda name: None)
    module = SimpleNamespace(CWWiFiClient=SimpleNamespace(sharedWiFiClient=lambda: client))
    monkeypatch.setitem(sys.modules, "CoreWLAN", None if interfaces is None else module)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert settings.radios() == expected
    with pytest.raises(macos_wifi.NotMeasured):
        macos_wifi.read("en0")


def test_the_name_of_the_network_stays_out_of_what_is_read():
    assert "Cafe" not in repr(macos_wifi.link_of(wlan(ssid="Cafe", bssid="02:00:00:00:00:01")))


def test_a_mac_s_ping_reply_comes_with_its_ip_header(monkeypatch):
    """XNU hands the whole packet to a datagram socket of ICMP; the request has none."""
    asked = []
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.setblocking(False)
    net = SimpleNamespace(count=lambda packets: None, ping=lambda address: ours)

    def send(opened, datagram, to=None):
        asked.append(datagram)
        reply = b"\0\0\0\0" + datagram[4:]
        reply = reply[:2] + struct.pack("!H", checksum(reply)) + reply[4:]
        theirs.send(bytes([0x45]) + bytes(8) + b"\1" + bytes(10) + reply)

    monkeypatch.setattr(echo, "send_datagram", send)
    monkeypatch.setattr(echo, "next_error", lambda opened: None)  # macOS keeps no such queue
    monkeypatch.setattr(sys, "platform", "darwin")
    train = echo.echo(net, "192.0.2.1", count=3, interval_ms=1, wait_ms=200)
    theirs.close()
    assert (len(asked), len(train.delays_ms)) == (3, 3)
