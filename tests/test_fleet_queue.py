"""Several collectors before one store: a real queue (NATS JetStream) of three nodes on loopback, a
node and a collector lost on the way."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.fleet_service import Many, body, service, stored

pytestmark = pytest.mark.fleet
PATIENCE_S = 40
NODES = 3


def server() -> str:
    """The program, as its package installs it."""
    found = shutil.which("nats-server", path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip("nats-server is not installed here")
    return found


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        ears = [stack.enter_context(socket.socket()) for _ in range(count)]
        for ear in ears:
            ear.bind(("127.0.0.1", 0))
        return [ear.getsockname()[1] for ear in ears]


@contextmanager
def nodes(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A cluster that is ready: its address, and its processes."""
    ports, routes = free_ports(NODES), free_ports(NODES)
    others = ",".join(f"nats://127.0.0.1:{route}" for route in routes)
    with ExitStack() as stack:
        running = []
        for at, (port, route) in enumerate(zip(ports, routes, strict=True)):
            words = ["-a", "127.0.0.1", "-p", str(port), "-n", f"n{at}", "-js"]
            words += ["-sd", str(folder / f"n{at}"), "--cluster_name", "tests"]
            words += ["--cluster", f"nats://127.0.0.1:{route}", "--routes", others]
            said = stack.enter_context((folder / f"n{at}.said").open("wb"))
            process = subprocess.Popen([server(), *words], stdout=said, stderr=said)
            stack.callback(process.wait)
            stack.callback(process.kill)
            running.append(process)
        until = time.monotonic() + PATIENCE_S
        while not any(
            b"JetStream cluster new metadata leader" in (folder / f"n{at}.said").read_bytes()
            for at in range(NODES)
        ):
            assert time.monotonic() < until, "the queue has no leader"
            time.sleep(0.05)
        yield ",".join(f"nats://127.0.0.1:{port}" for port in ports), running


def test_a_node_is_lost_and_every_acknowledged_report_is_stored_once(tmp_path):
    sent: list[bytes] = []
    acknowledged = 0

    def send(collector, batch: bytes, count: int) -> None:
        """Until it is acknowledged, as a sender does."""
        nonlocal acknowledged
        until = time.monotonic() + PATIENCE_S
        while (status := collector.ask("POST", "/reports", batch)[0]) != 202:
            assert status == 503 and time.monotonic() < until
            time.sleep(0.2)
        acknowledged += count

    with ExitStack() as stack:
        url, running = stack.enter_context(nodes(tmp_path))
        front = ("--queue", url, "--most-per-source", "0")
        store = stack.enter_context(service(tmp_path / "store", *front, "--drain"))
        one = stack.enter_context(service(tmp_path / "one", *front))
        two = stack.enter_context(service(tmp_path / "two", *front))
        for at in range(12):
            sent.append(Many().lines(100)[1])
            send((one, two)[at % 2], sent[-1], 100)
            if at == 5:
                running[1].kill()
        send(two, sent[0], 0)  # what one collector took already
        assert store.told("POST", "/report", body())[0] == 202  # and one to the store itself
        acknowledged += 1
        store.wait_for("reports_stored_total", acknowledged)
        assert one.told("GET", "/health") == (200, {"ok": True, "trouble": None})
        assert store.end() == 143
    counted = stored(
        tmp_path / "store",
        "SELECT count(), uniqExact(report_id) FROM reports",
        "SELECT sum(reports) FROM roll_up",
    )
    assert counted == [[[1201, 1201]], [[1201]]]
    kept = {file.name for file in (tmp_path / "one" / "data").rglob("*") if file.is_file()}
    assert kept == {"lock", "gateway-keys.json", "receipt-key"}  # a front keeps no reports
    assert json.loads((tmp_path / "one" / "data" / "gateway-keys.json").read_bytes())["keys"]
