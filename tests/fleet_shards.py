"""A real ClickHouse cluster of two shards on this machine: two processes of the engine's library,
as npm's package has it, each on ports of loopback. Without a password, so for tests alone."""

import http.client
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE, VERSION = "@chdb/lib-linux-x64-gnu", "26.7.3-stable.1"
PATIENCE_S = 60
_CACHE = ROOT / ".venv" / "clickhouse" / VERSION
_PROGRAM = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
words = [b"clickhouse-local", *(word.encode() for word in sys.argv[2:])]
library.chdb_query_cmdline.restype = ctypes.c_void_p
library.chdb_query_cmdline(len(words), (ctypes.c_char_p * len(words))(*words))
"""
_LISTEN = (
    "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; "
    "SELECT sleepEachRow(3) FROM numbers(1000) SETTINGS max_block_size = 1, "
    "function_sleep_max_microseconds_per_block = 0 FORMAT Null"
)


def library() -> Path:
    """The library, fetched once; skips the test where it can't be had."""
    found = _CACHE / "package" / "libchdb.so"
    if found.exists():
        return found
    if sys.platform != "linux" or os.uname().machine != "x86_64" or shutil.which("npm") is None:
        pytest.skip("the engine's library comes from npm, for Linux on x86-64")
    _CACHE.mkdir(parents=True, exist_ok=True)
    wanted = ["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"]
    fetched = subprocess.run(wanted, cwd=_CACHE, capture_output=True, timeout=300, check=False)
    if fetched.returncode:
        pytest.skip("npm has no such package here")
    (packed,) = _CACHE.glob("*.tgz")
    with tarfile.open(packed) as archive:
        archive.extract("package/libchdb.so", _CACHE, filter="data")
    packed.unlink()
    return found


@dataclass
class Shard:
    """One node. `http` and `tcp` are its ports; what it knows is in its folder."""

    folder: Path
    config: Path
    http: int
    tcp: int
    process: "subprocess.Popen | None" = field(default=None)

    def start(self) -> None:
        """And wait until it answers."""
        words = [f"--path={self.folder}", f"--config-file={self.config}"]
        words += [f"--http_port={self.http}", f"--tcp_port={self.tcp}"]
        words += ["--listen_host=127.0.0.1", f"--query={_LISTEN}"]
        with self.folder.with_suffix(".said").open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, str(library()), *words], stdout=said, stderr=said
            )
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                assert self.ask("SELECT 1") == "1\n"
                return
            except OSError:
                assert time.monotonic() < until and self.process.poll() is None
                time.sleep(0.1)

    def kill(self) -> None:
        """As a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def ask(self, sql: str, database: str = "default") -> str:
        """One query, as text with tabs."""
        line = http.client.HTTPConnection("127.0.0.1", self.http, timeout=PATIENCE_S)
        try:
            line.request("POST", f"/?database={quote(database)}", sql.encode())
            answer = line.getresponse()
            told = answer.read().decode()
            assert answer.status == 200, told
            return told
        finally:
            line.close()


@contextmanager
def cluster(folder: Path, ports: Sequence[int], name: str) -> Iterator[list[Shard]]:
    """Two shards that know of one another, for as long as the block lasts."""
    config = folder / "cluster.xml"
    nodes = "".join(
        f"<shard><replica><host>127.0.0.1</host><port>{tcp}</port></replica></shard>"
        for tcp in ports[2:4]
    )
    config.write_text(
        f"<clickhouse><remote_servers><{name}>{nodes}</{name}></remote_servers></clickhouse>"
    )
    with ExitStack() as stack:
        shards = [Shard(folder / f"shard{at}", config, ports[at], ports[at + 2]) for at in (0, 1)]
        for shard in shards:
            stack.callback(shard.kill)
            shard.start()
        yield shards
