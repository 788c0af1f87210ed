"""The system's resolver: bounded, asked once, and never in the way of the end of the process."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from netcheck.model.outcome import Failure
from netcheck.probe.path_names import PathResolver
from netcheck.probe.resolve import Resolver, by_system, failure_of_lookup, may_be_asked
from tests.loopback import HERE, network, within

ROOT = Path(__file__).parent.parent


def test_a_name_of_this_machine_resolves() -> None:
    answer = by_system("localhost")
    assert HERE in answer.addresses
    assert (answer.failure, len(answer.addresses)) == (None, len(set(answer.addresses)))
    assert answer.delay_ms is not None and answer.delay_ms < 2500


@pytest.mark.parametrize("literal", ["192.0.2.1", "2001:db8::1", "fe80::1%eth0"])
def test_a_literal_is_its_own_answer_and_costs_nothing(literal: str) -> None:
    net = network()
    answer = Resolver(net).by_system(literal)
    assert (answer.addresses, answer.failure, answer.delay_ms) == ((literal,), None, 0.0)
    assert net.packets_sent == 0


@pytest.mark.parametrize(
    ("code", "elapsed_ms", "failure"),
    [
        (socket.EAI_NONAME, 20, Failure.NXDOMAIN),
        (socket.EAI_NODATA, 20, Failure.NO_DATA),
        (socket.EAI_AGAIN, 20, Failure.SERVFAIL),
        (socket.EAI_AGAIN, 5000, Failure.TIMEOUT),
        (socket.EAI_FAIL, 20, Failure.SERVFAIL),
    ],
)
def test_each_error_of_the_system_has_its_failure(
    code: int, elapsed_ms: float, failure: Failure
) -> None:
    assert failure_of_lookup(socket.gaierror(code, "words"), elapsed_ms) is failure


def test_two_askers_share_one_lookup() -> None:
    net = network()
    resolver = Resolver(net)
    first = resolver.by_system("localhost")
    second = resolver.by_system("localhost")
    assert second is first
    assert net.packets_sent == 2


@pytest.mark.parametrize(
    "name",
    [
        "x" * 64 + ".example",
        ".example",
        "a..example",
        "",
        ".",
        "a\0b.example",
        ("x" * 60 + ".") * 5,
    ],
)
@pytest.mark.parametrize("kind", [Resolver, lambda net: PathResolver(net, ("127.0.0.1",))])
def test_what_cannot_be_a_name_does_not_exist_and_nobody_is_asked(kind, name: str) -> None:
    net = network()
    answer = kind(net).by_system(name)
    assert (answer.addresses, answer.failure, answer.delay_ms) == ((), Failure.NXDOMAIN, None)
    assert net.packets_sent == 0


@pytest.mark.parametrize("name", ["x" * 63 + ".example", "www.example.", "m\xfcnchen.example"])
def test_what_can_be_a_name_may_be_asked(name: str) -> None:
    assert may_be_asked(name)


def test_a_lookup_that_breaks_is_a_defect_and_names_no_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(socket, "getaddrinfo", broken)
    with pytest.raises(RuntimeError, match="broke") as told:
        by_system("private.example")
    assert "private" not in str(told.value)


def test_over_a_path_without_servers_no_name_resolves() -> None:
    answer = PathResolver(network(), ()).by_system("www.example")
    assert (answer.addresses, answer.failure, answer.delay_ms) == ((), Failure.ABSENT, None)


# A child process whose resolver never comes back. It prints what it measured and ends.
CHILD = """
import json, sys, threading, time
from netcheck.probe.resolve import Resolver
{stall}
resolver = Resolver()
answers = []
def ask():
    answers.append(resolver.by_system("www.example", deadline_ms=300))
started = time.monotonic()
threads = [threading.Thread(target=ask, daemon=True) for _ in range(5)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
first_s = time.monotonic() - started
ask()
print(json.dumps({{
    "failures": sorted({{answer.failure for answer in answers}}),
    "delays": [answer.delay_ms for answer in answers],
    "first_s": first_s,
    "again_s": time.monotonic() - started - first_s,
}}))
"""


def _judge(command: list[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("RES_OPTIONS", None)
    started = time.monotonic()
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=30, check=False
    )
    lasted_s = time.monotonic() - started
    assert (done.returncode, done.stderr) == (0, "")
    seen = json.loads(done.stdout)
    assert seen["failures"] == ["timeout"]
    assert seen["delays"] == [None] * 6
    assert 0.29 < seen["first_s"] < 1.5
    assert seen["again_s"] < 0.25  # the same lookup, whose time is over
    assert lasted_s < 5  # the C library would wait for 10 s and more


def test_a_stalled_lookup_is_left_behind_and_does_not_hold_the_process() -> None:
    stall = "import socket; socket.getaddrinfo = lambda *_, **__: time.sleep(60)"
    _judge([sys.executable, "-c", CHILD.format(stall=stall)])


@pytest.mark.lab
@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs root for a network namespace"
)
def test_a_silent_name_server_is_left_behind_and_does_not_hold_the_process(
    tmp_path: Path,
) -> None:
    """The real C library asks a real, silent server, in a namespace of its own."""
    conf = tmp_path / "resolv.conf"
    conf.write_text("nameserver 127.0.0.1\n")
    stall = """
import socket
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("127.0.0.1", 53))
"""
    child = CHILD.format(stall=stall)
    script = f'ip link set lo up && mount --bind {conf} /etc/resolv.conf && exec "$@"'
    _judge(["unshare", "--net", "--mount", "sh", "-c", script, "sh", sys.executable, "-c", child])


@pytest.mark.lab
@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs root for a network namespace"
)
def test_a_refusing_name_server_fails_at_once(tmp_path: Path) -> None:
    conf = tmp_path / "resolv.conf"
    conf.write_text("nameserver 127.0.0.1\n")
    ask = (
        "from netcheck.probe.resolve import by_system;"
        "answer = by_system('www.example'); print(answer.failure, answer.delay_ms < 900)"
    )
    script = f'ip link set lo up && mount --bind {conf} /etc/resolv.conf && exec "$@"'
    done = subprocess.run(
        ["unshare", "--net", "--mount", "sh", "-c", script, "sh", sys.executable, "-c", ask],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout == "servfail True\n"


def test_many_names_are_looked_up_side_by_side() -> None:
    resolver = Resolver()
    hosts = ["localhost"] + [f"127.0.0.{number}" for number in range(1, 30)]
    threads = [threading.Thread(target=resolver.by_system, args=(host,)) for host in hosts]
    with within(2):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert resolver.by_system("localhost").failure is None
