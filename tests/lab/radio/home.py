"""The home with Wi-Fi: the other lab's small internet, and before it a radio in the machine."""

import sys
import time
from pathlib import Path

from tests.lab.daemons import wait_until
from tests.lab.home import LEASE_SCRIPT, REPOSITORY, WITHOUT_RIGHTS
from tests.lab.namespaces import LabError
from tests.lab.radio.machine import Machine
from tests.lab.world import World

AP, STATION = "wlan1", "wlan0"
NETWORK, PASSPHRASE = "labnet", "a long enough phrase"
GOOD_DBM = -50
VIEW = Path(__file__).parents[1] / "servers" / "view.py"
DEVICE = "device"  # the network namespace inside the machine
PATIENCE_S = 60.0
HOSTAPD = """interface={ap}
bridge=br0
driver=nl80211
ssid={network}
country_code=US
hw_mode=g
channel=1
ctrl_interface=/run/hostapd
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase={passphrase}
wmm_enabled=1
ieee80211n=1
"""
SUPPLICANT = """ctrl_interface=/run/supplicant
update_config=0
network={{
  ssid="{network}"
  psk="{passphrase}"
  scan_freq=2412
}}
"""


class RadioHome:
    """A `World` whose device is on Wi-Fi, inside the emulated machine. What deviates behind the
    access point is the world's; what deviates in the air is done through `machine`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.folder = world.folder / "radio"
        self.folder.mkdir()
        self.resolv = self.folder / "resolv.conf"
        self.resolv.write_text("")
        switch = world.places["device"]
        # The wired device's place becomes the cable between access point and router.
        world.device.keeper.kill()
        switch.ip(
            "addr flush dev eth0",
            "link add br0 type bridge",
            "tuntap add tap0 mode tap",
            "link set eth0 master br0",
            "link set tap0 master br0 up",
            "link set br0 up",
        )
        self.machine = Machine(self.folder, prefix=switch.prefix(), tap="tap0")
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def _build(self) -> None:
        script = self.folder / "lease.sh"
        script.write_text(LEASE_SCRIPT.format(resolv=self.resolv))
        script.chmod(0o755)
        root = self.folder / "root.pem"
        root.write_bytes(self.world.web.authority.root_file.read_bytes())
        # The machine's clock is this one's, as near as a second: certificates are seconds old.
        self.machine.shell(
            f"date -s @{time.time() + 1:.0f}\n"
            "modprobe mac80211_hwsim radios=3\nmodprobe virtio_net\nmodprobe bridge\n"
            "for one in /sys/class/net/e*; do ip link set $(basename $one) name uplink0; done\n"
            "ip link add br0 type bridge\nip link set uplink0 master br0 up\nip link set br0 up\n"
            f"ip netns add {DEVICE}\n"
            f"iw phy phy0 set netns name {DEVICE}\n"
            f"ip -n {DEVICE} link set lo up\n"
            f"ip netns exec {DEVICE} sysctl -q -w net.ipv4.ping_group_range='1 0'\n"
        )
        needed = [sys.base_prefix, sys.prefix, str(REPOSITORY)]
        ready = self.folder / "view.ready"
        view = (sys.executable, "-E", "-s", str(VIEW), str(ready), str(self.resolv), *needed)
        # Not `ip netns exec`: its own /sys would stand in the way of the view's.
        inside = ("nsenter", f"--net=/run/netns/{DEVICE}", "unshare", "--mount")
        self.view_pid = self.machine.start("view", *inside, *view)
        wait_until(ready.exists, "the device's view of files", 30)
        self.air_on()
        self.join()
        self.lease()
        self.machine.shell(
            f"iw dev {AP} set txpower fixed 0\n"
            f"ip netns exec {DEVICE} iw dev {STATION} set txpower fixed 0\n"
        )
        self.signal(GOOD_DBM)

    def air_on(self, **change: str) -> None:
        """The access point serves, with its usual settings or changed ones."""
        words = {"ap": AP, "network": NETWORK, "passphrase": PASSPHRASE, **change}
        conf = self.folder / "hostapd.conf"
        conf.write_text(HOSTAPD.format(**words) + change.get("extra", ""))
        self.machine.start("hostapd", "hostapd", str(conf))

    def air_off(self) -> None:
        """The access point is switched off."""
        self.machine.stop("hostapd")

    def join(self, **change: str) -> None:
        """The device looks for the network."""
        words = {"network": NETWORK, "passphrase": PASSPHRASE, **change}
        conf = self.folder / "supplicant.conf"
        conf.write_text(SUPPLICANT.format(**words))
        command = ("wpa_supplicant", "-i", STATION, "-D", "nl80211", "-c", str(conf))
        self.machine.start("supplicant", "ip", "netns", "exec", DEVICE, *command)

    def leave(self) -> None:
        """The device stops looking."""
        self.machine.stop("supplicant")

    def state(self) -> str:
        """What the supplicant says of its connection."""
        told = self.machine.run(
            "wpa_cli", "-p", "/run/supplicant", "-i", STATION, "status", check=False
        )
        lines = dict(line.partition("=")[::2] for line in told.out.splitlines())
        return lines.get("wpa_state", "")

    def lease(self) -> None:
        """Joined, and then an address."""
        wait_until(lambda: self.state() == "COMPLETED", "the device joins", 30)
        client = ("udhcpc", "-f", "-q", "-n", "-t", "10", "-T", "1", "-i", STATION)
        told = self.on_device(
            *client, "-s", str(self.folder / "lease.sh"), as_user=False, check=False
        )
        if "nameserver" not in self.resolv.read_text():
            raise LabError(f"no lease over Wi-Fi: {told}")

    def signal(self, dbm: int) -> None:
        """What both ends hear of each other, -100 to -1. The kernel's file takes no minus sign: a
        negative number is told as 64 bits without one. It is for a sender of 0 dBm."""
        for phy in (0, 1):
            told = dbm % (1 << 64)
            self.machine.write(f"/sys/kernel/debug/ieee80211/phy{phy}/hwsim/rx_rssi", str(told))

    def enter(self, *command: str, as_user: bool = True, under: tuple[str, ...] = ()) -> list[str]:
        """A command as it must be started inside to run on the device."""
        inside = ["nsenter", f"--target={self.view_pid}", "--mount", "--net"]
        return [*inside, *under, *(WITHOUT_RIGHTS if as_user else ()), *command]

    def on_device(self, *command: str, as_user: bool = True, check: bool = True) -> str:
        """Run a command on the device; what it printed."""
        return self.machine.run(*self.enter(*command, as_user=as_user), check=check).out

    def close(self) -> None:
        """Switch everything off. The world remains."""
        self.machine.close()

    def __enter__(self) -> "RadioHome":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
