"""How long a bus may keep us: one that is slow to let us in, one that never greets, none at all."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

jeepney = pytest.importorskip("jeepney")

from netcheck.device import bus  # noqa: E402

Serve = Callable[[socket.socket], None]


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Serve], None]]:
    """Puts such a bus where the system's is looked for."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(f"{tmp_path}/bus")
    listening.listen()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/bus")

    def begin(serve: Serve) -> None:
        def run() -> None:
            guest, _ = listening.accept()
            with guest:
                try:
                    serve(guest)
                except OSError:
                    return

        threading.Thread(target=run, daemon=True).start()

    yield begin
    listening.close()


def let_in(guest: socket.socket) -> bytes:
    """The authentication of the D-Bus specification, as far as jeepney goes. What came behind it
    in the same breath."""
    lines = b""
    while b"BEGIN\r\n" not in lines:
        line = guest.recv(4096)
        if not line:
            raise OSError("gone")
        lines += line
        if b"AUTH" in line:
            guest.sendall(b"OK 0123456789abcdef0123456789abcdef\r\n")
    return lines.partition(b"BEGIN\r\n")[2]


def greet(guest: socket.socket, already: bytes) -> None:
    parser = jeepney.Parser()
    parser.add_data(already)
    while (message := parser.get_next_message()) is None:
        parser.add_data(guest.recv(4096))
    hello = jeepney.new_method_return(message, "s", (":1.7",))
    guest.sendall(hello.serialise(serial=1))


def hold(guest: socket.socket) -> None:
    while guest.recv(4096):
        pass


def spent_s(timeout_s: float, expected: type[Exception]) -> float:
    """How long one question takes that ends like that."""
    started_s = time.monotonic()
    with pytest.raises(expected), bus.system_bus(timeout_s) as asked:
        asked.get("some.service", "/", "some.service", "Property")
    return time.monotonic() - started_s


def test_the_time_to_be_let_in_is_part_of_the_time_to_be_answered(
    at: Callable[[Serve], None],
) -> None:
    def slow(guest: socket.socket) -> None:
        time.sleep(0.6)
        greet(guest, let_in(guest))
        hold(guest)

    at(slow)
    assert 0.75 < spent_s(0.8, bus.TooLate) < 1.1


def test_a_bus_that_never_greets_is_given_up_in_time(at: Callable[[Serve], None]) -> None:
    def mute(guest: socket.socket) -> None:
        let_in(guest)
        hold(guest)

    at(mute)
    assert 0.35 < spent_s(0.4, bus.NoBus) < 0.8


@pytest.mark.parametrize(
    "address", ["tcp:host=127.0.0.1,port=1", "unix:path=/nowhere/at/all", "nonsense", "unix:"]
)
def test_an_address_that_leads_to_no_bus_is_no_bus(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    assert spent_s(0.5, bus.NoBus) < 0.4


def test_an_answer_of_another_shape_is_the_other_side_s_error(at: Callable[[Serve], None]) -> None:
    def odd(guest: socket.socket) -> None:
        greet(guest, let_in(guest))
        parser = jeepney.Parser()
        for serial in (2, 3, 4):
            while (message := parser.get_next_message()) is None:
                parser.add_data(guest.recv(4096))
            guest.sendall(jeepney.new_method_return(message, "i", (7,)).serialise(serial=serial))
        hold(guest)

    at(odd)
    with bus.system_bus(2.0) as asked:
        assert asked.get("some.service", "/", "some.service", "Property") is None
        with pytest.raises(bus.OtherError):
            asked.all_of("some.service", "/", "some.service")
        with pytest.raises(bus.OtherError):
            asked.objects("some.service", "/")
