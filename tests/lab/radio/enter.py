"""Run a command in the emulated machine, in front of the small internet.

usage: python -m tests.lab.radio.enter [--root | --machine] [--bare] [--given SENTENCE]
       [COMMAND ...]
The command runs on the device as its ordinary user, as root there (--root), or as the machine's
root beside device and access point (--machine). SENTENCE is a scenario's of this lab, or a part of
it. `--bare` boots without the internet and without
joined radios: only the machine with hwsim loaded. Without a command, a line at a time is read and
run by sh.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.lab.namespaces import FOLDER_PREFIX, LabError
from tests.lab.radio.machine import Machine
from tests.lab.radio.playing import PATIENCE_S, environment, missing
from tests.lab.radio.scenarios import HEALTHY, named
from tests.lab.radio.world import RadioWorld


def main(words: list[str]) -> int:
    """Boot, run, switch off; the command's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab.radio.enter")
    parser.add_argument("--root", action="store_true", help="be root on the device")
    parser.add_argument("--machine", action="store_true", help="be root beside the device")
    parser.add_argument("--bare", action="store_true", help="only the machine and idle radios")
    parser.add_argument("--given", default=HEALTHY.sentence, metavar="SENTENCE")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    chosen = parser.parse_args(words)
    lacks = missing()
    if lacks:
        print(f"The Wi-Fi lab needs {', '.join(lacks)}.", file=sys.stderr)
        return 2
    try:
        scenario = named(chosen.given)
    except KeyError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    command = [word for word in chosen.command if word != "--"]
    if chosen.bare:
        folder = tempfile.TemporaryDirectory(prefix=f"{FOLDER_PREFIX}{os.getpid()}.")
        with folder as path, Machine(Path(path)) as machine:
            machine.shell("modprobe mac80211_hwsim radios=3")
            return _serve(machine, command, lambda words: words)
    with RadioWorld() as world, scenario.given.in_world(world):
        print(f"given: {scenario.sentence}", file=sys.stderr)

        def place(words: list[str]) -> list[str]:
            if chosen.machine:
                return words
            told = [f"{name}={value}" for name, value in environment(world).items()]
            return world.device.enter("env", *told, *words, as_user=not chosen.root)

        return _serve(world.machine, command, place)


def _serve(machine: Machine, command: list[str], place) -> int:  # type: ignore[no-untyped-def]
    if command:
        return _say(machine, place(command))
    code = 0
    for line in sys.stdin:
        code = _say(machine, place(["sh", "-c", line]))
    return code


def _say(machine: Machine, command: list[str]) -> int:
    try:
        ended = machine.run(*command, check=False, within_s=5 * PATIENCE_S)
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    print(ended.out, end="", flush=True)
    print(ended.err, end="", file=sys.stderr, flush=True)
    return ended.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
