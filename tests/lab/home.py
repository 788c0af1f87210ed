"""The home: the router's DHCP and DNS (dnsmasq), and the device as an ordinary user sees it."""

import os
import subprocess
import sys
from pathlib import Path

from tests.lab.daemons import Daemon, wait_until
from tests.lab.namespaces import LabError, Namespace
from tests.lab.queries import ask, warm
from tests.lab.topology import LEASES, PROVIDER_DNS, ROUTER_LAN
from tests.lab.zones import names_in_use

LEASE_SCRIPT = """#!/bin/sh
# What a DHCP client does with its lease.
case "$1" in
deconfig) ip -4 addr flush dev "$interface"; : > {resolv} ;;
bound|renew)
  ip -4 addr flush dev "$interface"
  ip -4 addr add "$ip/$mask" broadcast + dev "$interface"
  for one in $router; do ip -4 route replace default via "$one" dev "$interface" proto dhcp; done
  {{ for one in $dns; do echo "nameserver $one"; done; }} > {resolv} ;;
esac
"""
# An ordinary user of a real machine: nobody's groups, no capabilities, no way to get any.
WITHOUT_RIGHTS = (
    *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
    *("--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"),
)
REPOSITORY = Path(__file__).resolve().parents[2]


class RouterNames:
    """dnsmasq on the home router: leases, and DNS that forwards to the provider's resolver."""

    def __init__(self, place: Namespace, folder: Path, *, ipv6: bool) -> None:
        self.place, self.ipv6 = place, ipv6
        self.conf = folder / "dnsmasq.conf"
        self.leases = folder / "dnsmasq.leases"
        self.daemon = Daemon(
            place,
            # Debug mode keeps it from changing its rights, by which it would outlive the lab.
            ["dnsmasq", "--no-daemon", f"--conf-file={self.conf}"],
            log=folder / "dnsmasq.log",
            ready=lambda: ask(place, ROUTER_LAN, "router.lan", within_s=0.2) is not None,
        )
        self.write()

    def restart(self, **change: object) -> None:
        """Run with this configuration from now on; without words, the usual one."""
        self.daemon.stop()
        self.write(**change)  # type: ignore[arg-type]
        self.daemon.start()

    def write(
        self,
        *,
        upstream: str = PROVIDER_DNS,
        hand_out: str = ROUTER_LAN,
        extra: tuple[str, ...] = (),
    ) -> None:
        """The configuration: where it forwards, which resolver a lease names."""
        lines = [
            "no-resolv",
            "no-hosts",
            "no-ping",
            "user=root",
            "bind-interfaces",
            f"listen-address={ROUTER_LAN}",
            "interface=lan0",
            "cache-size=1000",
            "domain=lan",
            "local=/lan/",
            f"host-record=router.lan,{ROUTER_LAN}",
            f"server={upstream}",
            f"dhcp-range={LEASES[0]},{LEASES[1]},12h",
            f"dhcp-option=option:router,{ROUTER_LAN}",
            f"dhcp-option=option:dns-server,{hand_out}",
            f"dhcp-leasefile={self.leases}",
            "dhcp-authoritative",
            "pid-file=",
            *(("enable-ra", "dhcp-range=::,constructor:lan0,ra-only") if self.ipv6 else ()),
            *extra,
        ]
        self.conf.write_text("\n".join(lines) + "\n")

    def warm(self) -> None:
        """Ask it for everything people use, so that it answers from memory."""
        warm(self.place, ROUTER_LAN, names_in_use())


class Device:
    """The device: its own view of files, an ordinary user, a lease."""

    def __init__(self, place: Namespace, folder: Path) -> None:
        self.place, self.folder = place, folder
        self.resolv = folder / "resolv.conf"
        self.resolv.write_text("")
        self.script = folder / "lease.sh"
        self.script.write_text(LEASE_SCRIPT.format(resolv=self.resolv))
        self.script.chmod(0o755)
        self._settled = folder / "device.settled"
        self.keeper = Daemon(
            place,
            ["unshare", "--mount", "sh", "-e", "-c", self._view(), "sh"],
            log=folder / "device.log",
            ready=self._settled.exists,
        )

    def enter(self, *command: str, as_user: bool = True, under: tuple[str, ...] = ()) -> list[str]:
        """A command as it must be started to run on the device. `under` runs it, with rights."""
        inside = ["nsenter", f"--target={self.keeper.pid}", "--mount", "--net"]
        return [*inside, *under, *(WITHOUT_RIGHTS if as_user else ()), *command]

    def lease(self, within_s: float = 5) -> None:
        """Ask for a lease as any device does, and take what comes with it."""
        client = ["udhcpc", "-f", "-q", "-n", "-t", "10", "-T", "1", "-i", "eth0"]
        command = self.enter(*client, "-s", str(self.script), as_user=False)
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        if done.returncode != 0:
            raise LabError(f"no lease within {within_s} s: {done.stderr}")
        wait_until(lambda: "nameserver" in self.resolv.read_text(), "a lease", within_s)

    def forget_neighbours(self) -> None:
        """As a device that has just joined: no neighbour is known."""
        self.place.ip("neigh flush all")

    def _view(self) -> str:
        """Shell lines that give the device its own /run, /sys, /etc/resolv.conf, and make what
        an installed program needs readable to everyone (an interpreter may live below /root)."""
        real = os.path.realpath("/etc/resolv.conf")
        lines = [
            f"stage={self.folder}/stage; mkdir -p $stage",
            *_readable([Path(sys.base_prefix), Path(sys.prefix), REPOSITORY]),
            "mount -t sysfs none /sys",
            "mount -t tmpfs -o mode=755 none /run",
            f"mkdir -p {os.path.dirname(real)}; [ -e {real} ] || : > {real}",
            f"mount --bind {self.resolv} {real}",
            f": > {self._settled}",
            "exec sleep infinity",
        ]
        return "\n".join(lines)


def _open_to_all(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o001)


def _readable(needed: list[Path]) -> list[str]:
    """Shell lines: over each folder on the way that others may not enter, an empty one with the
    needed subtrees bound back into their places."""
    wanted: list[Path] = []
    for path in needed:
        wanted += [path] if _open_to_all(path) else path.iterdir()
    closed: dict[Path, list[Path]] = {}
    for path in dict.fromkeys(wanted):
        walls = [one for one in path.parents if not _open_to_all(one)]
        if walls:
            closed.setdefault(walls[-1], []).append(path)
    lines, number = [], 0
    for wall, paths in closed.items():
        back = []
        for path in paths:
            number += 1
            stage, make = f"$stage/{number}", "mkdir -p" if path.is_dir() else "touch"
            lines.append(f"{make} {stage}; mount --bind {path} {stage}")
            back.append(f"mkdir -p {path.parent}; {make} {path}; mount --bind {stage} {path}")
        lines += [f"mount -t tmpfs -o mode=755 none {wall}", *back]
    return lines
