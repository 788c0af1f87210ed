"""Runs inside the emulated machine as its first program and does what it is told from outside.

usage: inside.py PORT_NAME
One JSON object a line comes through a virtio port, one goes back for each:
  {"run": [command], "given": text, "within_s": 20}      -> {"code", "out", "err"}
  {"start": name, "command": [...], "log": file}         -> {"pid"}
  {"stop": name}                                         -> {}
  {"write": text, "to": file}                            -> {}
When the other side goes away, this ends and the machine with it. Imports little: it starts often,
on a slow processor.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

started: dict[str, "subprocess.Popen[bytes]"] = {}


def port_named(name: str) -> Path:
    """The device file of a virtio port; there is no udev to name it."""
    for known in Path("/sys/class/virtio-ports").iterdir():
        if (known / "name").read_text().strip() == name:
            return Path("/dev", known.name)
    raise SystemExit(f"no virtio port is called {name}")


def run(asked):
    """Run a command to its end, or to its limit: then its code is 124."""
    process = subprocess.Popen(
        asked["run"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **asked.get("environment", {})},
        cwd=asked.get("folder", "/"),
        start_new_session=True,
    )
    try:
        out, err = process.communicate(asked.get("given", "").encode(), asked["within_s"])
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        code = 124
    return {"code": code, "out": out.decode(errors="replace"), "err": err.decode(errors="replace")}


def start(asked):
    """Start a program that goes on."""
    with open(asked["log"], "ab") as log:
        started[asked["start"]] = subprocess.Popen(
            asked["command"], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    return {"pid": started[asked["start"]].pid}


def stop(asked):
    """End such a program, politely for two seconds."""
    process = started.pop(asked["stop"], None)
    if process is not None:
        process.terminate()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
    return {}


def write(asked):
    """Write a file, as the kernel's own settings are."""
    with open(asked["to"], "w") as out:
        out.write(asked["write"])
    return {}


VERBS = {"run": run, "start": start, "stop": stop, "write": write}


def main() -> None:
    """Serve until the other side is gone."""
    with open(port_named(sys.argv[1]), "r+b", buffering=0) as port:
        port.write(b'{"serves": true}\n')
        kept = b""
        while piece := port.read(65536):
            kept += piece
            while b"\n" in kept:
                line, _, kept = kept.partition(b"\n")
                asked = json.loads(line)
                verb = next(name for name in VERBS if name in asked)
                try:
                    answer = VERBS[verb](asked)
                except OSError as error:
                    answer = {"trouble": f"{type(error).__name__}: {error}"}
                send(port, json.dumps(answer).encode() + b"\n")


def send(port, data: bytes) -> None:
    """All of it: a port takes as much as fits."""
    while data:
        data = data[port.write(data) or 0 :]


main()
