"""How long routers remember who spoke to whom, and the helper that answers late out there."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.lab.acts_device import on_device
from tests.lab.daemons import Daemon
from tests.lab.runner import agent
from tests.lab.words import Act, Place
from tests.lab.world import World

HELPER, PORT = "151.101.251.251", 4500  # a fleet's own server, out on the internet
CONFIG = "/mnt/netcheck.toml"
_TIMES = "netfilter/nf_conntrack_udp_timeout"
_USUAL_S = {_TIMES: 30, f"{_TIMES}_stream": 120}


def forgets_udp_after(seconds: int) -> Act:
    """The box here forgets a UDP mapping in which nothing was said for so long."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        place.namespace.setting(dict.fromkeys(_USUAL_S, seconds))
        try:
            yield
        finally:
            place.namespace.setting(dict(_USUAL_S))

    return act


def knows_a_late_helper() -> Act:
    """`netcheck mapping-helper` runs out there, and the device's settings name it."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        net = world.places["net"]
        row = {"id": "ours", "operator": "Ours", "host": HELPER, "port": PORT}
        table = "\n".join(f"{key} = {json.dumps(value)}" for key, value in row.items())
        written = world.folder / "helper.toml"
        written.write_text(f"[[mapping_helpers]]\n{table}\n")
        written.chmod(0o644)
        command, environment = agent()
        daemon = Daemon(
            net,
            [*command, "mapping-helper", "--listen", f"{HELPER}:{PORT}"],
            log=world.folder / "helper.log",
            environment={"PATH": "/usr/bin:/bin", **environment} if environment else None,
            ready=lambda: f"{HELPER}:{PORT}" in net.run("ss", "-Hlun"),
        )
        with ExitStack() as stack:
            net.ip(f"addr add {HELPER}/32 dev lo")
            stack.callback(net.ip, f"addr del {HELPER}/32 dev lo")
            stack.callback(daemon.kill)
            daemon.start()
            on_device(world, "mount", "-t", "tmpfs", "-o", "mode=755", "none", "/mnt")
            stack.callback(on_device, world, "umount", "/mnt")
            on_device(world, "cp", str(written), CONFIG)
            yield

    return act
