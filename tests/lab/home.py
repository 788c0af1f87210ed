"""The home: the router's DHCP and DNS (dnsmasq), and the device as an ordinary user sees it."""

import subprocess
import sys
from pathlib import Path

from tests.lab.daemons import Daemon, Programs, wait_until
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
  {{ for one in $dns; do echo "nameserver $one"; done; }} > {resolv}
  # And what systemd-networkd keeps of option 114, in its own state file (udhcpc gives it in hex).
  links=/run/systemd/netif/links; mkdir -p "$links"
  state="$links/$(cat "/sys/class/net/$interface/ifindex")"; rm -f "$state"
  if [ -n "$opt114" ]; then
    uri=$(/usr/bin/printf '%b' "$(echo "$opt114" | sed 's/../\\\\x&/g')")
    echo "CAPTIVE_PORTAL=$uri" > "$state"
  fi ;;
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
            ["dnsmasq", "--keep-in-foreground", f"--conf-file={self.conf}"],
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
            "group=root",  # whoever changes groups loses the order to die with the lab
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

    def __init__(self, place: Namespace, folder: Path, programs: Programs) -> None:
        self.place = place
        self.resolv = folder / "resolv.conf"
        self.resolv.write_text("")
        self.script = folder / "lease.sh"
        self.script.write_text(LEASE_SCRIPT.format(resolv=self.resolv))
        self.script.chmod(0o755)
        needed = (sys.base_prefix, sys.prefix, str(REPOSITORY))
        self.keeper = programs.make("view", place, str(self.resolv), *needed, own_mounts=True)

    def enter(self, *command: str, as_user: bool = True, under: tuple[str, ...] = ()) -> list[str]:
        """A command as it must be started to run on the device. `under` runs it, with rights."""
        inside = ["nsenter", f"--target={self.keeper.pid}", "--mount", "--net"]
        return [*inside, *under, *(WITHOUT_RIGHTS if as_user else ()), *command]

    def lease(self, within_s: float = 5) -> None:
        """Ask for a lease as any device does, and take what comes with it."""
        client = ["udhcpc", "-f", "-q", "-n", "-t", "10", "-T", "1", "-O", "114", "-i", "eth0"]
        command = self.enter(*client, "-s", str(self.script), as_user=False)
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        if done.returncode != 0:
            raise LabError(f"no lease within {within_s} s: {done.stderr}")
        wait_until(lambda: "nameserver" in self.resolv.read_text(), "a lease", within_s)

    def forget_neighbours(self) -> None:
        """As a device that has just joined: no neighbour is known."""
        self.place.ip("neigh flush all")
