"""The small internet with a device on Wi-Fi: built like the other one, then the radio before it."""

import compileall
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.daemons import wait_until
from tests.lab.home import LEASE_SCRIPT, REPOSITORY, WITHOUT_RIGHTS
from tests.lab.namespaces import Namespace
from tests.lab.radio.machine import Machine
from tests.lab.world import World

DEVICE = "device"  # the network namespace inside the machine
STATION, ACCESS_POINT, STRANGER = "wlan0", "wlan1", "wlan2"
BRIDGE = "br0"
WPA_CLI = ("wpa_cli", "-p", "/run/supplicant", "-i", STATION)
NETWORK, PASSPHRASE = "labnet", "a long enough phrase"
GOOD_DBM = -50
SERVERS = Path(__file__).parent
VIEW = SERVERS.parent / "servers" / "view.py"
# 802.11g: of frames sent in bundles (802.11n and later) the simulator tells no tries.
HOSTAPD = """interface={interface}
bridge={bridge}
driver=nl80211
ssid={network}
country_code=US
hw_mode=g
channel=1
ieee80211n=0
wmm_enabled=1
ctrl_interface=/run/hostapd
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase={passphrase}
"""
SUPPLICANT = """ctrl_interface=/run/supplicant
update_config=0
network={{
  ssid="{network}"
  psk="{passphrase}"
  scan_freq=2412
}}
"""


class RadioDevice:
    """The device inside the machine, to be used as the other lab's. `place` is where its traffic
    leaves the machine."""

    def __init__(self, place: Namespace, folder: Path, machine: Machine) -> None:
        self.place, self.folder, self.machine = place, folder, machine
        self.resolv = folder / "resolv.conf"
        self.resolv.write_text("")
        self.script = folder / "lease.sh"
        self.script.write_text(LEASE_SCRIPT.format(resolv=self.resolv))
        self.script.chmod(0o755)
        ready = folder / "view.ready"
        needed = (sys.base_prefix, sys.prefix, str(REPOSITORY))
        view = (sys.executable, "-E", "-s", str(VIEW), str(ready), str(self.resolv), *needed)
        # Not `ip netns exec`: its own /sys would stand in the way of the view's.
        inside = ("nsenter", f"--net=/run/netns/{DEVICE}", "unshare", "--mount")
        self._view_pid = machine.start("view", *inside, *view)
        wait_until(ready.exists, "the device's view of files", 30)

    def enter(self, *command: str, as_user: bool = True, under: tuple[str, ...] = ()) -> list[str]:
        """A command as it must be started inside the machine to run on the device."""
        inside = ["nsenter", f"--target={self._view_pid}", "--mount", "--net"]
        return [*inside, *under, *(WITHOUT_RIGHTS if as_user else ()), *command]

    def run(self, *command: str, within_s: float = 30, check: bool = True) -> str:
        """Run a command on the device as root; what it printed."""
        entered = self.enter(*command, as_user=False)
        return self.machine.run(*entered, within_s=within_s, check=check).out

    def join(self, *, passphrase: str = PASSPHRASE) -> None:
        """Look for the network, and go on looking."""
        conf = self.folder / "supplicant.conf"
        conf.write_text(SUPPLICANT.format(network=NETWORK, passphrase=passphrase))
        command = ("wpa_supplicant", "-i", STATION, "-D", "nl80211", "-c", str(conf))
        self.machine.start("supplicant", *self.enter(*command, as_user=False))

    def leave(self) -> None:
        """Look no longer."""
        self.machine.stop("supplicant")

    @contextmanager
    def asked_again(self, *, every_s: float) -> Iterator[None]:
        """Somebody picks the network again and again in the device's settings, as people do when
        it does not work. Left alone, the supplicant pauses for ten seconds and then for longer."""
        pick = " ".join((*WPA_CLI, "select_network", "0"))
        loop = self.enter("sh", "-c", f"while {pick}; do sleep {every_s}; done", as_user=False)
        self.machine.start("person", *loop)
        try:
            yield
        finally:
            self.machine.stop("person")

    def wait_joined(self, within_s: float = 60) -> None:
        """Return when the network has taken the device in."""
        wait_until(lambda: self.state() == "COMPLETED", "the device joins", within_s)

    def state(self) -> str:
        """What the supplicant says of its connection."""
        told = self.tell_supplicant("status")
        return dict(line.partition("=")[::2] for line in told.splitlines()).get("wpa_state", "")

    def tell_supplicant(self, *words: str) -> str:
        """Speak to the supplicant; what it answers."""
        return self.run(*WPA_CLI, *words, check=False)

    def lease(self, within_s: float = 5) -> None:
        """Ask for a lease as any device does, and take what comes with it."""
        client = ("udhcpc", "-f", "-q", "-n", "-t", "10", "-T", "1", "-i", STATION)
        self.run(*client, "-s", str(self.script))
        wait_until(lambda: "nameserver" in self.resolv.read_text(), "a lease", within_s)

    def lose_lease(self) -> None:
        """No address, no resolver: as after a lease that ran out."""
        self.run("ip", "addr", "flush", "dev", STATION)
        self.resolv.write_text("")

    def forget_neighbours(self) -> None:
        """As a device that has just joined: no neighbour is known."""
        self.run("ip", "neigh", "flush", "all")


class RadioWorld(World):
    """A `World` whose device is on Wi-Fi, inside the emulated machine. What deviates behind the
    access point is done as in any world; what deviates in the air is done through `machine`."""

    device: RadioDevice  # type: ignore[assignment]

    def _build(self) -> None:
        super()._build()
        switch = self.places["device"]
        # The wired device's place becomes the cable between access point and router.
        self.device.keeper.kill()  # type: ignore[attr-defined]
        switch.ip(
            "addr flush dev eth0",
            f"link add {BRIDGE} type bridge",
            "tuntap add tap0 mode tap",
            f"link set eth0 master {BRIDGE}",
            f"link set tap0 master {BRIDGE} up",
            f"link set {BRIDGE} up",
        )
        # Nobody inside can keep what an interpreter made of a changed file: it is made here.
        compileall.compile_dir(REPOSITORY / "netcheck", quiet=2)
        self.shared = self.folder / "radio"
        self.shared.mkdir()
        self.machine = Machine(self.shared, prefix=switch.prefix(), tap="tap0")
        self._stack.callback(self.machine.close)
        self._lay_inside()
        self.device = RadioDevice(switch, self.shared, self.machine)
        self.root_file = self.shared / "root.pem"
        self.root_file.write_bytes(self.web.authority.root_file.read_bytes())
        self.serve()
        self.device.join()
        self.device.wait_joined()
        self.machine.shell(
            f"iw dev {ACCESS_POINT} set txpower fixed 0\n"
            f"ip netns exec {DEVICE} iw dev {STATION} set txpower fixed 0\n"
        )
        self.signal(GOOD_DBM)
        self.device.lease()

    def _lay_inside(self) -> None:
        self.set_clock()
        self.machine.shell(
            "modprobe mac80211_hwsim radios=3\nmodprobe virtio_net\nmodprobe bridge\n"
            "for one in /sys/class/net/e*; do ip link set $(basename $one) name uplink0; done\n"
            f"ip link add {BRIDGE} type bridge\nip link set {BRIDGE} up\n"
            f"ip link set uplink0 master {BRIDGE} up\n"
            f"ip netns add {DEVICE}\n"
            f"iw phy phy0 set netns name {DEVICE}\n"
            f"ip -n {DEVICE} link set lo up\n"
            f"ip netns exec {DEVICE} sysctl -q -w net.ipv4.ping_group_range='1 0'\n"
        )

    def set_clock(self) -> None:
        """The machine's clock, which stands back while it is emulated, becomes this one's."""
        self.machine.run("date", "-s", f"@{time.time():.1f}")

    def serve(self) -> None:
        """The access point serves."""
        conf = self.shared / "hostapd.conf"
        words = {"interface": ACCESS_POINT, "bridge": BRIDGE, "network": NETWORK}
        conf.write_text(HOSTAPD.format(**words, passphrase=PASSPHRASE))
        with self.hearing("hostapd", "AP-ENABLED"):
            self.machine.start("hostapd", "hostapd", str(conf))

    def stop_serving(self) -> None:
        """The access point is switched off."""
        self.machine.stop("hostapd")

    def tell_access_point(self, *words: str) -> str:
        """Speak to the access point; what it answers."""
        return self.machine.run("hostapd_cli", "-p", "/run/hostapd", *words).out

    def signal(self, dbm: int) -> None:
        """What both ends hear of each other, -100 to -1. The kernel's file takes no minus sign: a
        negative number is told as 64 bits without one. It is for a sender of 0 dBm."""
        for phy in (0, 1):
            told = str(dbm % (1 << 64))
            self.machine.write(f"/sys/kernel/debug/ieee80211/phy{phy}/hwsim/rx_rssi", told)

    @property
    def interpreter(self) -> tuple[str, ...]:
        """How a program of this folder is started inside."""
        return (sys.executable, "-I", "-S")

    @contextmanager
    def running(self, program: str, *words: str) -> Iterator[None]:
        """A program of this folder inside, for as long as the block lasts. It makes a file when it
        serves."""
        ready = self.shared / f"{program}.ready"
        ready.unlink(missing_ok=True)
        path = str(SERVERS / f"{program}.py")
        self.machine.start(program, *self.interpreter, path, str(ready), *words)
        try:
            wait_until(ready.exists, f"{program} serves", 20)
            yield
        finally:
            self.machine.stop(program)

    @contextmanager
    def hearing(self, program: str, words: str, *, times: int = 1) -> Iterator[None]:
        """The block's doing, and then: return when a program inside has said these words so often
        since the block began."""
        log = self.shared / f"{program}.log"
        before = log.read_text().count(words) if log.exists() else 0
        yield
        wait_until(
            lambda: log.read_text().count(words) >= before + times, f"{program}: {words}", 40
        )

    def rejoin(self, *, passphrase: str = PASSPHRASE) -> None:
        """The device leaves and looks for the network anew."""
        self.device.leave()
        self.device.join(passphrase=passphrase)

    def heal(self) -> None:
        """Joined again and with an address, whatever happened."""
        self.device.tell_supplicant("reassociate")
        self.device.wait_joined()
        self.device.lease()
