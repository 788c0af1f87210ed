"""`netcheck mapping-helper`: what it refuses, and that it answers until it is ended."""

import signal
import socket
import subprocess

import pytest

from netcheck.wire.mapping import LateQuestion, answer, question
from tests.command import COMMAND, environment, netcheck

NONCE = bytes(range(16))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Where should it answer?"),
        (("--listen", "helper.example:4500"), "can't be helper.example:4500: it is ADDRESS:PORT"),
        (("--listen", "127.0.0.1"), "can't be 127.0.0.1: it is ADDRESS:PORT"),
        (("--listen", "127.0.0.1:99999"), "can't be 127.0.0.1:99999"),
        (("--listen", "0.0.0.0:4500"), "can't be 0.0.0.0:4500: it is one address of this machine"),
        (("--listen", "[::]:4500"), "can't be [::]:4500: it is one address of this machine"),
    ],
)
def test_where_to_listen_is_an_address_and_a_port(tmp_path, words, said):
    ended = netcheck(tmp_path, "mapping-helper", *words, alone=False)
    assert ended.code == 2
    assert said in ended.err


def test_an_address_that_this_machine_does_not_have_is_said_in_one_sentence(tmp_path):
    ended = netcheck(tmp_path, "mapping-helper", "--listen", "192.0.2.1:4500", alone=False)
    assert ended.code == 1
    assert ended.err.startswith("It can't answer on 192.0.2.1 4500: ")


def test_it_answers_late_until_it_is_ended(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ask:
        ask.bind(("127.0.0.1", 0))
        ask.settimeout(5)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as spare:
            spare.bind(("127.0.0.1", 0))
            port = spare.getsockname()[1]
        helper = subprocess.Popen(
            [*COMMAND, "mapping-helper", "--listen", f"127.0.0.1:{port}"],
            env=environment(tmp_path),
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert helper.stderr is not None
            assert helper.stderr.readline() == "It answers now, until you end it.\n"
            ask.sendto(question(NONCE, 100), ("127.0.0.1", port))
            assert ask.recv(100) == answer(LateQuestion(NONCE, 100))
        finally:
            helper.send_signal(signal.SIGINT)
            assert helper.wait(10) == 130
            helper.stderr.close()
