"""Runs the shipped agent on the device with Wi-Fi, and holds what it says against the truth."""

import json
import sys
from pathlib import Path
from signal import SIGKILL

from tests.lab.capture import Capture
from tests.lab.radio import machine
from tests.lab.radio.world import RadioWorld
from tests.lab.runner import LAUNCHER, NOBODY, RUN, Run, agent
from tests.lab.scenario import Scenario
from tests.lab.world import missing as missing_for_the_world

PATIENCE_S = 90.0
HOME = "/run/home"  # in the device's own view of files


def missing() -> list[str]:
    """What this machine lacks for the Wi-Fi lab, in words."""
    return [*machine.missing(), *missing_for_the_world()]


def environment(world: RadioWorld) -> dict[str, str]:
    """What a command finds in its environment on the device."""
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "HOME": HOME,
        "LANG": "C.UTF-8",
        "SSL_CERT_FILE": str(world.root_file),
    }


def run_agent(world: RadioWorld, scenario: Scenario) -> Run:
    """Run the agent on the device with its shipped defaults and a fresh home. `wall_s` is by the
    machine's own clock."""
    command, needed = agent()
    full = (*command, *RUN, *scenario.args)
    settings = {**environment(world), **needed, **dict(scenario.settings)}
    report = world.shared / "report"
    report.unlink(missing_ok=True)
    world.set_clock()
    world.device.run("sh", "-c", f"rm -rf {HOME} && install -d -m 700 -o {NOBODY} {HOME}")
    launcher = (sys.executable, "-I", "-S", str(LAUNCHER), str(report))
    with Capture(world.device.place) as capture:
        entered = world.device.enter(*full, under=launcher)
        ended = world.machine.run(*entered, within_s=PATIENCE_S, check=False, environment=settings)
        # The switch outside the machine sees each packet twice: on its way in and out.
        packets = [packet for packet in capture.drain() if packet.interface == "eth0"]
    measured = {"exit_code": -SIGKILL, "wall_s": PATIENCE_S, "peak_rss_kib": 0}
    timed_out = not report.exists()
    if not timed_out:
        measured = json.loads(report.read_text())
    return Run(
        command=full,
        stdout=ended.out,
        stderr=ended.err,
        packets=packets,
        timed_out=timed_out,
        **measured,
    )
