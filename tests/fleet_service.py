"""A collector in a process of its own on loopback, and reports to send to it."""

import http.client
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from netcheck.report.form import Report, encode
from tests.command import COMMAND, environment

PATIENCE_S = 60
_ADDRESS = re.compile(r"(https?)://(127\.0\.0\.1):(\d+)")

PLAIN = Report(
    report_id="0" * 32,
    device_token="0" * 8,
    time="2024-02-22T09:15Z",
    netcheck="0.1",
    rules=7,
    system="linux",
    carrier="att_us",
    plmn="310030",
    region="US",
    side="carrier",
    fault="carrier-registration-outage",
    severity="down",
    confidence="80-89",
    link="wifi",
    phone_service="emergency-only",
    router_delay="2-4",
    findings=("control-epdg.answers", "own-epdg.silent", "phone-service.emergency-only"),
)


def body(**more: object) -> bytes:
    """A report of its own, as an agent writes it."""
    fresh = {"report_id": os.urandom(16).hex(), "device_token": os.urandom(4).hex()}
    return encode(replace(PLAIN, **(fresh | more)))


class Many:
    """Reports by the thousand: one template, in which only the ids differ."""

    def __init__(self, **more: object) -> None:
        made = body(report_id="r" * 32, device_token="d" * 8, **more)
        self._head, rest = made.split(b"r" * 32)
        self._middle, self._tail = rest.split(b"d" * 8)

    def lines(self, count: int) -> tuple[list[str], bytes]:
        """Their ids, and the body of a batch."""
        raw = os.urandom(20 * count).hex()
        ids = [raw[40 * at : 40 * at + 32] for at in range(count)]
        tokens = (raw[40 * at + 32 : 40 * at + 40] for at in range(count))
        made = (
            b"%b%b%b%b%b" % (self._head, id.encode(), self._middle, token.encode(), self._tail)
            for id, token in zip(ids, tokens, strict=True)
        )
        return ids, b"\n".join(made)


@dataclass
class Running:
    """A service under way. `said` is the file of its two streams."""

    process: "subprocess.Popen[bytes]"
    host: str
    port: int
    said: Path

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE_S)

    def ask(self, method: str, path: str, sent: bytes | None = None, **headers: str):
        """Status, headers and body of one request."""
        connection = self.connection()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, sent, named)
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read()
        finally:
            connection.close()

    def told(self, method: str, path: str, sent: bytes | None = None, **headers: str):
        """Status, and the JSON of the answer."""
        status, _, answer = self.ask(method, path, sent, **headers)
        return status, json.loads(answer)

    def figure(self, name: str) -> int:
        """One of its metrics."""
        _, _, answer = self.ask("GET", "/metrics")
        found = re.search(rf"^netcheck_collector_{name} (\S+)$", answer.decode(), re.MULTILINE)
        return int(float(found[1]))

    def wait_for(self, name: str, value: int) -> None:
        """Until a metric has reached it."""
        until = time.monotonic() + PATIENCE_S
        while (now := self.figure(name)) < value:
            assert time.monotonic() < until, f"{name} is {now}, not {value}"
            time.sleep(0.02)

    def end(self) -> int:
        """Politely. The exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)


@contextmanager
def service(
    folder: Path, *words: str, verb: str = "serve", listen: str = "127.0.0.1:0", **more: str
) -> Iterator[Running]:
    """`netcheck fleet serve` on a port of loopback, for as long as the block lasts."""
    folder.mkdir(exist_ok=True)
    said = folder / f"said-{verb}-{os.urandom(3).hex()}"
    data = ("--data", str(folder / "data")) if verb == "serve" else ()
    with said.open("wb") as stream:
        process = subprocess.Popen(
            [*COMMAND, "fleet", verb, "--listen", listen, *data, *words],
            stdout=stream,
            stderr=stream,
            env=environment(folder, NETCHECK_DEBUG="1", **more),
        )
    try:
        host, port = _address(process, said)
        yield Running(process, host, port, said)
    finally:
        process.kill()
        process.wait()


def _address(process: "subprocess.Popen[bytes]", said: Path) -> tuple[str, int]:
    until = time.monotonic() + PATIENCE_S
    while not (found := _ADDRESS.search(said.read_text())):
        assert process.poll() is None and time.monotonic() < until, said.read_text()
        time.sleep(0.02)
    return found[2], int(found[3])


def stored(folder: Path, *queries: str) -> list[list[Sequence]]:
    """What the tables of an ended collector hold, asked in a process of its own: this engine takes
    one folder a process."""
    program = (
        "import json, sys\n"
        "from netcheck.fleet.store.engine import Engine\n"
        "engine = Engine('chdb://' + sys.argv[1])\n"
        "print(json.dumps([engine.rows(sql) for sql in sys.argv[2:]], default=str))\n"
    )
    done = subprocess.run(
        [COMMAND[0], "-c", program, str(folder / "data" / "store"), *queries],
        capture_output=True,
        env=environment(folder),
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)
