"""A device that is full of identifiers wherever netcheck reads, and the proof that it was read.

One network namespace, one mount namespace: its files, interfaces and programs hold canaries, and a
message bus beside it holds a NetworkManager and a ModemManager full of them.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jeepney import DBusAddress, new_method_call

from tests import canaries, mocked_modem
from tests.android_dumps import CANARIES
from tests.command import Ended, isolation, netcheck
from tests.fake_phone import FakePhone

INTERFACE = "wlx" + canaries.MAC.replace(":", "")
"""As systemd names a card on USB: by its hardware address."""
OTHER_INTERFACE = "enx" + canaries.BSSID.replace(":", "")
_NM, _NM_ROOT = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
_NM_LEASE = f"{_NM_ROOT}/DHCP4Config/1"
_LEASE = f"""ADDRESS={canaries.PRIVATE_IPV4}
SERVER_ADDRESS={canaries.GATEWAY_IPV4}
LIFETIME=1h
DNS={canaries.PUBLIC_IPV4}
DOMAINNAME={canaries.SEARCH_DOMAIN}
HOSTNAME={canaries.HOST}
CLIENTID=01{canaries.MAC.replace(":", "")}
"""
_LINK = f"CAPTIVE_PORTAL=https://{canaries.SEARCH_DOMAIN}/{canaries.USER}\n"
_WORLD = f"""
set -e
hostname {canaries.HOST} 2>/dev/null || true
mount --bind "$PLANTED/resolv.conf" /etc/resolv.conf
mount --bind "$PLANTED/hosts" /etc/hosts
mount -t tmpfs none /run
mkdir -p /run/systemd/netif
if [ "$NETWORKD" ]; then mount --bind "$PLANTED/netif" /run/systemd/netif; fi
for name in null zero random urandom tty; do
    touch "$PLANTED/dev/$name"; mount --bind /dev/$name "$PLANTED/dev/$name"
done
if [ "$MODEM" ]; then touch "$PLANTED/dev/ttyUSB0"; fi
mount --rbind "$PLANTED/dev" /dev
ip link set lo up
ip link add {INTERFACE} address {canaries.MAC} type veth \
    peer name {OTHER_INTERFACE} address {canaries.BSSID}
ip address add {canaries.PRIVATE_IPV4}/24 dev {INTERFACE}
ip address add {canaries.PUBLIC_IPV4}/32 dev {INTERFACE}
ip -6 address add {canaries.EUI64}/64 dev {INTERFACE} nodad
ip -6 address add {canaries.GLOBAL_IPV6}/64 dev {INTERFACE} nodad
ip link set {INTERFACE} up
ip link set {OTHER_INTERFACE} up
ip route add default via {canaries.GATEWAY_IPV4}
for folder in leases links; do
    cp "$PLANTED/netif/$folder/any" \
        "$PLANTED/netif/$folder/$(ip -o link show {INTERFACE} | cut -d: -f1)"
done
exec "$@"
"""


@dataclass
class PlantedDevice:
    """`home` is its user's; `files` are those whose reading can be told from their time stamps."""

    home: Path
    folder: Path
    variables: dict[str, str]

    def ask(self, *typed: str, networkd: bool = False, modem: bool = False) -> Ended:
        """Type a command on it."""
        more = {"NETWORKD": "1" if networkd else "", "MODEM": "1" if modem else ""}
        before = [*isolation(), "-m", "-u", "sh", "-c", _WORLD, "sh"]
        return netcheck(
            self.home, *typed, alone=False, within=before, env={**self.variables, **more}
        )

    @property
    def state(self) -> Path:
        return self.home / ".local/state/netcheck"

    def never_read(self) -> list[str]:
        """Which of the planted files nobody has read. A file's time of reading was set to 1970."""
        return [
            str(file.relative_to(self.folder))
            for file in self._watched()
            if file.stat().st_atime == 0
        ]

    def forget_reading(self) -> None:
        for file in self._watched():
            os.utime(file, (0, file.stat().st_mtime))

    def _watched(self) -> list[Path]:
        names = ("resolv.conf", "hosts", "phone/registry", "phone/siminfo")
        programs = ("bin/termux-telephony-deviceinfo", "bin/termux-telephony-cellinfo")
        return [self.folder / name for name in (*names, *programs)]


def plant(tmp_path: Path) -> PlantedDevice:
    """Write it all out."""
    folder, home = tmp_path / "planted", tmp_path / canaries.USER
    for name in ("dev", "netif/leases", "netif/links", "bin"):
        (folder / name).mkdir(parents=True)
    home.mkdir()
    (folder / "resolv.conf").write_text(
        f"search {canaries.SEARCH_DOMAIN}\nnameserver {canaries.GATEWAY_IPV4}\n"
        f"nameserver {canaries.GLOBAL_IPV6}\n"
    )
    (folder / "hosts").write_text(
        f"127.0.0.1 localhost {canaries.HOST}\n{canaries.PUBLIC_IPV4} epdg.epc.att.net\n"
    )
    (folder / "netif/leases/any").write_text(_LEASE)
    (folder / "netif/links/any").write_text(_LINK)
    _plant_termux(folder / "bin")
    adb = FakePhone().plug(folder / "phone")
    settings = home / "settings.toml"
    settings.write_text(
        f'country = "US"\n[labels]\nowner = {json.dumps(canaries.LABEL)}\n'
        f"wifi = {json.dumps(canaries.SSID, ensure_ascii=False)}\n"
    )
    variables = {
        "PLANTED": str(folder),
        "NETCHECK_CONFIG": str(settings),
        "USER": canaries.USER,
        "LOGNAME": canaries.USER,
        "HOSTNAME": canaries.HOST,
        "http_proxy": f"http://{canaries.USER}:{canaries.PASSWORD}@{canaries.GATEWAY_IPV4}:3128",
        "PATH": f"{adb.parent}:{folder / 'bin'}:{os.environ['PATH']}",
    }
    return PlantedDevice(home, folder, variables)


def _plant_termux(folder: Path) -> None:
    about = {
        "data_state": "connected",
        "device_id": CANARIES["IMEI"],
        "network_operator": "310410",
        "network_operator_name": canaries.SSID,
        "network_type": "lte",
        "network_roaming": True,
        "phone_type": "gsm",
        "sim_operator": "310410",
        "sim_operator_name": canaries.LABEL,
        "sim_serial_number": CANARIES["ICCID"],
        "sim_subscriber_id": CANARIES["IMSI"],
        "sim_state": "ready",
    }
    cell = {
        "type": "lte",
        "registered": True,
        "dbm": -97,
        "level": 2,
        "ci": int(CANARIES["cell id"]),
        "tac": int(CANARIES["tracking area"]),
    }
    for name, told in (("deviceinfo", about), ("cellinfo", [cell])):
        program = folder / f"termux-telephony-{name}"
        program.write_text(f"#!/bin/sh\ncat <<'E'\n{json.dumps(told)}\nE\n")
        program.chmod(0o755)


def reading_is_told(folder: Path) -> bool:
    """Whether this file system keeps when a file was read (not where it is mounted noatime)."""
    tried = folder / "tried"
    tried.write_text("x")
    os.utime(tried, (0, tried.stat().st_mtime))
    tried.read_text()
    return tried.stat().st_atime > 0


@contextmanager
def planted_bus(folder: Path) -> Iterator[str]:
    """A system bus with a NetworkManager and a ModemManager that know every identifier."""
    owns = (_NM, _NM_ROOT)
    folder.mkdir()
    with (
        mocked_modem.bus(folder) as address,
        mocked_modem.template(folder, address, "networkmanager", owns=owns) as (manager, _),
        mocked_modem.modem_manager(folder, address) as modem,
    ):

        def call(path: str, method: str, signature: str, body: object) -> None:
            where = DBusAddress(path, bus_name=_NM, interface="org.freedesktop.DBus.Mock")
            reply = manager.send_and_get_reply(
                new_method_call(where, method, signature, body), timeout=5
            )
            assert reply.header.message_type.name == "method_return", reply.body

        options = {
            "dhcp_lease_time": "7200",
            "expiry": "4102444800",
            "domain_name": canaries.SEARCH_DOMAIN,
            "host_name": canaries.HOST,
            "domain_name_servers": canaries.PUBLIC_IPV4,
            "default_url": f"https://{canaries.SEARCH_DOMAIN}/{canaries.USER}",
        }
        told = {"Options": ("a{sv}", {name: ("s", value) for name, value in options.items()})}
        call(_NM_ROOT, "AddEthernetDevice", "ssu", ("cable", INTERFACE, 100))
        call(_NM_ROOT, "AddObject", "ssa{sv}a(ssss)", (_NM_LEASE, f"{_NM}.DHCP4Config", told, []))
        config = {"Dhcp4Config": ("o", _NM_LEASE), "HwAddress": ("s", canaries.MAC)}
        cable = f"{_NM_ROOT}/Devices/cable"
        call(cable, "AddProperties", "sa{sv}", (f"{_NM}.Device", config))
        _plant_modem(modem)
        yield address


def _plant_modem(modem: mocked_modem.MockedModem) -> None:
    modem.add("Modem.Modem3gpp", RegistrationState=("u", 5), PacketServiceState=("u", 2))
    modem.add(
        "Modem",
        EquipmentIdentifier=("s", CANARIES["IMEI"]),
        OwnNumbers=("as", [CANARIES["phone number"]]),
    )
    modem.set("Modem", State=("i", 8), Sim=("s", mocked_modem.SIM))  # registered
    modem.set("Modem.Modem3gpp", OperatorCode=("s", "310410"))
    modem.set("Modem.Modem3gpp", Imei=("s", CANARIES["IMEI"]), OperatorName=("s", canaries.LABEL))
    modem.set("Sim", mocked_modem.SIM, Imsi=("s", CANARIES["IMSI"]))
    modem.add(
        "Sim",
        mocked_modem.SIM,
        OperatorIdentifier=("s", "310410"),
        SimIdentifier=("s", CANARIES["ICCID"]),
        OperatorName=("s", canaries.SSID),
    )
