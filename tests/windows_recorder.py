"""Records what Wine's own iphlpapi, icmp and network list leave in memory: windows_recorded.json.

Run by hand, as root, on Debian with gcc-mingw-w64-x86-64 and wine64:
    python -m tests.windows_recorder
A program for Windows (windows_dump.c) runs on Wine in a network namespace that has one cable, one
router and one nameserver. Wine is no Windows, but others wrote it, against the same interface; of
what netcheck asks it lacks GetBestRoute2, ICMPv6 and the neighbours of IPv6 (Wine 8.0).
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
RECORDED = HERE / "windows_recorded.json"
WINE = "/usr/lib/wine"
LIBRARIES = ("-lws2_32", "-liphlpapi", "-lole32", "-lwinhttp", "-luuid")
IN_A_NAMESPACE = r"""
set -e
export WINEPREFIX="$1/prefix" WINEDEBUG=-all
mount --make-rprivate /
echo nameserver 192.0.2.53 > "$1/resolv.conf"
mount --bind "$1/resolv.conf" /etc/resolv.conf
ip link set lo up
unshare -n sleep 120 & router=$!
trap 'kill $router; wineserver64 -k || :' EXIT
sleep 0.5
ip link add cable0 address 00:15:5d:01:02:03 type veth peer name wire netns $router
nsenter -t $router -n sh -ec '
  ip addr add 192.0.2.1/24 dev wire; ip -6 addr add 2001:db8:1::1/64 dev wire nodad
  ip link add stub type veth peer name end; ip addr add 198.51.100.1/24 dev stub
  sysctl -qw net.ipv4.ip_forward=1; ip link set stub up; ip link set end up; ip link set wire up'
ip addr add 192.0.2.23/24 dev cable0
ip -6 addr add 2001:db8:1::23/64 dev cable0 nodad
ip link set cable0 up
ip route add default via 192.0.2.1 metric 30
sleep 1.5
timeout 60 wine64 "$1/dump.exe"
"""


def main() -> None:
    """Compile, run, write down."""
    with tempfile.TemporaryDirectory() as folder:
        program = f"{folder}/dump.exe"
        compiler = "x86_64-w64-mingw32-gcc"
        source = str(HERE / "windows_dump.c")
        subprocess.run([compiler, "-O1", "-o", program, source, *LIBRARIES], check=True)
        run = subprocess.run(
            ["unshare", "-n", "-m", "sh", "-c", IN_A_NAMESPACE, "sh", folder],
            env={"PATH": f"{WINE}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder},
            capture_output=True,
            text=True,
            timeout=180,
            check=True,
        )
    told: dict[str, list[list[str | int]]] = {}
    for line in run.stdout.splitlines():
        name, *rest = line.split()
        told.setdefault(name, []).append([int(rest[0]), *rest[1:]])
    lines = (f"{json.dumps(name)}: {json.dumps(rows)}" for name, rows in told.items())
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    sys.exit(main())
