"""Which DNS servers a machine's files name, whoever wrote them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.device import resolvers
from netcheck.device.linux import LinuxReader
from netcheck.device.resolvers import Resolvers, parse
from netcheck.model.names import NameOptions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nameserver 192.0.2.1\n", Resolvers(("192.0.2.1",), 0)),
        ("nameserver fe80::1%eth0\n", Resolvers(("fe80::1%eth0",), 0)),
        ("nameserver FE80::0:1%2\n", Resolvers(("fe80::1%2",), 0)),
        ("nameserver 192.0.2.1%eth0\n", Resolvers((), 0)),
        ("nameserver fe80::1%\n", Resolvers((), 0)),
        ("nameserver router.example\nnameserver\n", Resolvers((), 0)),
        ("nameserver 192.0.2.1 # at home\n", Resolvers(("192.0.2.1",), 0)),
        ("#nameserver 192.0.2.1\n; nameserver 192.0.2.2\n", Resolvers((), 0)),
        (" nameserver 192.0.2.1\n", Resolvers((), 0)),
        ("nameserver 192.0.2.1\nnameserver 192.0.2.1\n", Resolvers(("192.0.2.1",), 0)),
        ("search a.example b.example\n", Resolvers((), 2)),
        ("search a.example b.example\ndomain c.example\n", Resolvers((), 1)),
        ("search .\n", Resolvers((), 0)),
        ("nameserver\t2001:db8::53\r\n", Resolvers(("2001:db8::53",), 0)),
        ("", Resolvers((), 0)),
        ("options ndots:5 rotate\noptions use-vc\n", Resolvers((), 0, NameOptions(5, True, True))),
        ("options ndots:99 edns0 trust-ad\n", Resolvers((), 0, NameOptions(15))),
        ("options ndots:-1 ndots: ndots:x\n", Resolvers((), 0)),
    ],
)
def test_a_resolv_conf_is_read_as_the_c_library_reads_it(text: str, expected: Resolvers) -> None:
    assert expected == parse(text)


@given(st.text())
def test_junk_names_no_server_that_is_not_an_address(junk: str) -> None:
    assert all(":" in server or "." in server for server in parse(junk).nameservers)


def _files(tmp_path: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return str(tmp_path)


def test_applications_ask_no_more_than_three(tmp_path: Path) -> None:
    lines = "".join(f"nameserver 192.0.2.{n}\n" for n in range(1, 6))
    root = _files(tmp_path, {"etc/resolv.conf": lines})
    asked = ("192.0.2.1", "192.0.2.2", "192.0.2.3")
    assert Resolvers(asked, 0, NameOptions(ignored=2)) == resolvers.read(root)


def test_behind_the_stub_of_systemd_the_true_servers_follow(tmp_path: Path) -> None:
    files = {
        "etc/resolv.conf": "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch lan\n",
        "run/systemd/resolve/resolv.conf": "nameserver 192.0.2.1\nnameserver fe80::1%wlan0\n",
    }
    expected = Resolvers(("127.0.0.53", "192.0.2.1", "fe80::1%wlan0"), 1)
    assert expected == resolvers.read(_files(tmp_path, files))


def test_behind_a_local_dnsmasq_the_true_servers_follow(tmp_path: Path) -> None:
    files = {
        "etc/resolv.conf": "nameserver 127.0.0.1\n",
        "run/systemd/resolve/resolv.conf": "nameserver 192.0.2.9\n",
        "run/NetworkManager/no-stub-resolv.conf": "nameserver 192.0.2.1\n",
    }
    expected = Resolvers(("127.0.0.1", "192.0.2.1"), 0)
    assert expected == resolvers.read(_files(tmp_path, files))


def test_where_applications_ask_the_router_a_stubs_file_is_not_read(tmp_path: Path) -> None:
    files = {
        "etc/resolv.conf": "nameserver 192.0.2.1\n",
        "run/systemd/resolve/resolv.conf": "nameserver 192.0.2.9\n",
    }
    assert Resolvers(("192.0.2.1",), 0) == resolvers.read(_files(tmp_path, files))


def test_an_empty_file_names_no_server_and_a_missing_one_is_not_measured(tmp_path: Path) -> None:
    assert resolvers.read(str(tmp_path)) is None
    missing = LinuxReader(root=str(tmp_path)).read()
    empty = LinuxReader(root=_files(tmp_path, {"etc/resolv.conf": ""})).read()
    assert (
        missing.nameservers,
        "nameservers" in missing.not_measured,
        missing.search_domains,
    ) == ((), True, None)
    assert (
        empty.nameservers,
        "nameservers" in empty.not_measured,
        empty.search_domains,
    ) == ((), False, 0)


def test_a_resolv_conf_we_may_not_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withheld(root: str) -> Resolvers:
        raise PermissionError(13, "Permission denied", f"{root}/etc/resolv.conf")

    monkeypatch.setattr(resolvers, "read", withheld)
    device = LinuxReader(root=str(tmp_path)).read()
    assert (device.nameservers, "nameservers" in device.not_permitted) == ((), True)


def test_a_directory_in_its_place_is_not_measured(tmp_path: Path) -> None:
    (tmp_path / "etc/resolv.conf").mkdir(parents=True)
    assert resolvers.read(str(tmp_path)) is None
