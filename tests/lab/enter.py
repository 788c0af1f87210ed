"""Stand in a deviating world by hand.

usage: python -m tests.lab.enter [--root] [--rtt MS] [--ipv6] [SENTENCE] [-- COMMAND ...]
SENTENCE is a scenario's, or a part of it; without one, everything works. Without a command a
shell opens on the device. The command runs as the device's ordinary user, or as root there.
"""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.lab.runner import fresh_home
from tests.lab.scenarios import HEALTHY, SCENARIOS, named
from tests.lab.world import World, missing


def main(words: list[str]) -> int:
    """Build the world, enter it, clear it away; the command's exit code."""
    cut = words.index("--") if "--" in words else len(words)
    parser = argparse.ArgumentParser(prog="python -m tests.lab.enter")
    parser.add_argument("sentence", nargs="?", default=HEALTHY.sentence)
    parser.add_argument("--root", action="store_true", help="be root on the device")
    parser.add_argument("--rtt", type=float, default=1.0, metavar="MS")
    parser.add_argument("--ipv6", action="store_true", help="a dual-stack home")
    parser.add_argument("--list", action="store_true", help="print every sentence")
    chosen = parser.parse_args(words[:cut])
    if chosen.list:
        print("\n".join(scenario.sentence for scenario in SCENARIOS))
        return 0
    lacks = missing()
    if lacks:
        print(f"The lab needs {', '.join(lacks)}.", file=sys.stderr)
        return 2
    try:
        scenario = named(chosen.sentence)
    except KeyError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    command = words[cut + 1 :] or [os.environ.get("SHELL", "/bin/sh")]
    with World(rtt_ms=chosen.rtt, ipv6=chosen.ipv6 or scenario.ipv6) as world:
        print(f"given: {scenario.sentence}", file=sys.stderr)
        with scenario.given.in_world(world):
            return _inside(world, command, as_root=chosen.root)


def _inside(world: World, command: list[str], *, as_root: bool) -> int:
    home, own_programs = fresh_home(world), str(Path(sys.executable).parent)
    # Not this machine's own: its proxies and certificates mean nothing out there.
    environment = {
        "PATH": ":".join([*world.programs_folders, own_programs, os.environ.get("PATH", "")]),
        "HOME": str(home),
        "TERM": os.environ.get("TERM", "dumb"),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "SSL_CERT_FILE": str(world.web.authority.root_file),
        **world.environment,
    }
    # Ctrl-C is the command's; this process waits for its end to clear the world away.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    entered = world.device.enter(*command, as_user=not as_root)
    return subprocess.run(
        entered,
        env=environment,
        cwd=home,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
