"""A ModemManager that is python-dbusmock's, on a bus of its own that needs no root.

python-dbusmock speaks by dbus-python and PyGObject, which have no wheels: Debian's `python3-dbus`
and `python3-gi` have them for the system's own Python, which therefore runs it.
"""

import importlib.util
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, Message, MessageType, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

NAME = "org.freedesktop.ModemManager1"
ROOT = "/org/freedesktop/ModemManager1"
MODEM, SIM, BEARER = f"{ROOT}/Modems/8", f"{ROOT}/SIM/2", f"{ROOT}/Bearer/5"
_MOCK = "org.freedesktop.DBus.Mock"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_SYSTEM_PYTHON = "/usr/bin/python3"
_STARTS_S = 10.0
_CONFIGURATION = """<busconfig>
  <type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/>
    {rules}
  </policy>
</busconfig>
"""
DENY_THE_LIST = '<deny send_interface="org.freedesktop.DBus.ObjectManager"/>'


def missing() -> str | None:
    """What this machine lacks to run it; None: nothing."""
    if shutil.which("dbus-daemon") is None:
        return "dbus-daemon is not installed"
    if importlib.util.find_spec("dbusmock") is None:
        return "python-dbusmock is not installed"
    usable = [_SYSTEM_PYTHON, "-c", "import dbus, gi"]
    try:
        if subprocess.run(usable, capture_output=True, timeout=20).returncode == 0:
            return None
    except OSError:
        pass
    return "the system's Python has no dbus-python or PyGObject"


@contextmanager
def bus(folder: Path, *, rules: str = "") -> Iterator[str]:
    """A message bus with this policy. Its address, which is also the system's while it runs."""
    place = folder / "bus"
    configuration = folder / "bus.conf"
    configuration.write_text(_CONFIGURATION.format(socket=place, rules=rules))
    daemon = subprocess.Popen(
        ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    before = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS")
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={place}"
    try:
        _until(lambda: _listens(place))
        yield f"unix:path={place}"
    finally:
        if before is None:
            del os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
        else:
            os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = before
        _end(daemon)


def serve(address: str, name: str, answer: Callable[[Message], Message]) -> None:
    """A program on the bus that owns this name and answers what it is asked, until the bus ends."""
    here = open_dbus_connection(address)
    here.send_and_get_reply(message_bus.RequestName(name))

    def keep_answering() -> None:
        try:
            while True:
                message = here.receive()
                if message.header.message_type is MessageType.method_call:
                    here.send(answer(message))
        except (ConnectionError, OSError):
            here.close()

    threading.Thread(target=keep_answering, daemon=True).start()


@dataclass
class MockedModem:
    """One modem of the template, and its switches."""

    connection: DBusConnection
    service: "subprocess.Popen[bytes]"

    def set(self, interface: str, path: str = MODEM, **values: tuple[str, Any]) -> None:
        """Change properties, with the signal that goes with it: `State=("i", 8)`."""
        arguments = (f"{NAME}.{interface}", dict(values))
        self._ask(path, _MOCK, "UpdateProperties", "sa{sv}", arguments)

    def add(self, interface: str, path: str = MODEM, **values: tuple[str, Any]) -> None:
        """Properties that the template's objects do not have."""
        arguments = (f"{NAME}.{interface}", dict(values))
        self._ask(path, _MOCK, "AddProperties", "sa{sv}", arguments)

    def add_object(self, path: str, interface: str, **values: tuple[str, Any]) -> None:
        """Another object, such as a bearer."""
        arguments = (path, f"{NAME}.{interface}", values, [])
        self._ask(ROOT, _MOCK, "AddObject", "ssa{sv}a(ssss)", arguments)

    def remove(self) -> None:
        """Take the modem out."""
        self._ask(ROOT, _MOCK, "RemoveObject", "s", (MODEM,))

    def leave(self) -> None:
        """End the service."""
        _end(self.service)

    def _ask(self, path: str, interface: str, method: str, signature: str, body: Any) -> Any:
        address = DBusAddress(path, bus_name=NAME, interface=interface)
        message = new_method_call(address, method, signature, body)
        reply = self.connection.send_and_get_reply(message, timeout=5)
        assert reply.header.message_type is MessageType.method_return, reply.body
        return reply.body


@contextmanager
def template(
    folder: Path, address: str, name: str, *, owns: tuple[str, str]
) -> Iterator[tuple[DBusConnection, "subprocess.Popen[bytes]"]]:
    """That template's service on the bus, once it answers for the name and path it owns."""
    found = importlib.util.find_spec("dbusmock")
    assert found is not None and found.origin is not None
    library = folder / "library"
    library.mkdir(exist_ok=True)
    with suppress(FileExistsError):
        (library / "dbusmock").symlink_to(Path(found.origin).parent)
    service = subprocess.Popen(
        [_SYSTEM_PYTHON, "-m", "dbusmock", "--system", "--template", name],
        env={**os.environ, "PYTHONPATH": str(library), "DBUS_SYSTEM_BUS_ADDRESS": address},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with open_dbus_connection(address) as connection:
            _until(lambda: _is_there(connection, *owns))
            yield connection, service
    finally:
        _end(service)


@contextmanager
def modem_manager(folder: Path, address: str, *, with_modem: bool = True) -> Iterator[MockedModem]:
    """ModemManager with the template's simple modem: LTE, 70 %, enabled."""
    with template(folder, address, "modemmanager", owns=(NAME, ROOT)) as (connection, service):
        mocked = MockedModem(connection, service)
        if with_modem:
            mocked._ask(ROOT, _MOCK, "AddSimpleModem", "", ())
        yield mocked


def _is_there(connection: DBusConnection, name: str, path: str) -> bool:
    address = DBusAddress(path, bus_name=name, interface=_PROPERTIES)
    message = new_method_call(address, "GetAll", "s", (name,))
    reply = connection.send_and_get_reply(message, timeout=5)
    return bool(reply.header.message_type is MessageType.method_return)


def _listens(path: Path) -> bool:
    """The file is there before anybody listens on it."""
    with socket.socket(socket.AF_UNIX) as guest:
        return guest.connect_ex(str(path)) == 0


def _until(ready: Any) -> None:
    ends_s = time.monotonic() + _STARTS_S
    while not ready():
        assert time.monotonic() < ends_s, "the mocked service did not start"
        time.sleep(0.02)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
