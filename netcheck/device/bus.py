"""Asking a service on the system's D-Bus: each question with what is left of the time.

Nothing is started by asking: messages carry NO_AUTO_START (D-Bus specification, "Message Format").
Of an error only its name is kept: its text may hold anything.
"""

import socket
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageFlag,
    MessageType,
    new_method_call,
)
from jeepney.bus import get_bus
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, prep_socket

_PROPERTIES = "org.freedesktop.DBus.Properties"
_OBJECTS = "org.freedesktop.DBus.ObjectManager"
_NOBODY = ("ServiceUnknown", "NameHasNoOwner", "Spawn")
_DENIED = ("AccessDenied", "AuthFailed", "InteractiveAuthorizationRequired")


class NoBus(Exception):
    """There is no bus, it does not let this user in, or it went away."""


class NoService(Exception):
    """The bus is there; the service is not running."""


class Refused(Exception):
    """The service is there and does not answer this user."""


class TooLate(Exception):
    """The time was spent."""


class OtherError(Exception):
    """The service answered with an error of another kind."""


class Bus:
    """One connection. Not for more than one thread."""

    def __init__(self, connection: DBusConnection, timeout_s: float) -> None:
        self._connection = connection
        self._signals: deque[Message] | None = None
        self.within(timeout_s)

    def within(self, timeout_s: float) -> None:
        """From now on, questions have this long together."""
        self._ends_s = time.monotonic() + timeout_s

    def objects(self, name: str, path: str) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """What a service manages: path -> interface -> property -> value.

        Raises NoBus, NoService, Refused, TooLate or OtherError.
        """
        address = DBusAddress(path, bus_name=name, interface=_OBJECTS)
        body = self._call(address, "GetManagedObjects")
        with _as_specified():
            (managed,) = body
            return {
                path: {interface: plain(values) for interface, values in interfaces.items()}
                for path, interfaces in managed.items()
            }

    def get(self, name: str, path: str, interface: str, key: str) -> Any:
        """One property; None where the object has none of that name. Raises as `objects` does."""
        address = DBusAddress(path, bus_name=name, interface=_PROPERTIES)
        try:
            body = self._call(address, "Get", "ss", (interface, key))
            with _as_specified():
                ((_, value),) = body
        except OtherError:
            return None
        return value

    def all_of(self, name: str, path: str, interface: str) -> dict[str, Any]:
        """Every property of an interface. Raises as `objects` does."""
        address = DBusAddress(path, bus_name=name, interface=_PROPERTIES)
        body = self._call(address, "GetAll", "s", (interface,))
        with _as_specified():
            (values,) = body
            return plain(values)

    def ask(
        self, name: str, path: str, interface: str, method: str, signature: str, body: Any
    ) -> Any:
        """What a method of an object answers. Raises as `objects` does."""
        address = DBusAddress(path, bus_name=name, interface=interface)
        return self._call(address, method, signature, body)

    def listen(self, name: str, path: str) -> None:
        """Be told from now on of signals from below that path, and when the service comes or
        goes."""
        below = MatchRule(type="signal", sender=name, path_namespace=path)
        comes = MatchRule(type="signal", sender=message_bus.bus_name, member="NameOwnerChanged")
        comes.add_arg_condition(0, name)
        self._signals = self._connection.filter(MatchRule(type="signal")).queue
        for rule in (below, comes):
            self._reply(message_bus.AddMatch(rule))

    def heard(self, timeout_s: float) -> bool:
        """Whether a signal came, or comes within this time. What it says is not read."""
        assert self._signals is not None
        try:
            self._connection.recv_until_filtered(self._signals, timeout=timeout_s)
        except TimeoutError:
            return False
        except OSError as problem:
            raise NoBus from problem
        return True

    def settle(self, quiet_s: float, most_s: float) -> None:
        """Take further signals until none came for a while."""
        ends_s = time.monotonic() + most_s
        while time.monotonic() < ends_s and self.heard(quiet_s):
            pass

    def _call(self, address: DBusAddress, method: str, signature: str = "", body: Any = ()) -> Any:
        message = new_method_call(address, method, signature or None, body)
        message.header.flags |= MessageFlag.no_auto_start
        return self._reply(message)

    def _reply(self, message: Message) -> Any:
        left_s = max(0.0, self._ends_s - time.monotonic())
        try:
            reply = self._connection.send_and_get_reply(message, timeout=left_s)
        except TimeoutError:
            raise TooLate from None
        except OSError as problem:
            raise NoBus from problem
        if reply.header.message_type is not MessageType.error:
            return reply.body
        error = str(reply.header.fields.get(HeaderFields.error_name, ""))
        if any(word in error for word in _NOBODY):
            raise NoService
        if any(word in error for word in _DENIED):
            raise Refused
        raise OtherError(error.rpartition(".")[2])


@contextmanager
def _as_specified() -> Iterator[None]:
    """Around unpacking: an answer of another shape is another program's error, not ours."""
    try:
        yield
    except (AttributeError, TypeError, ValueError):
        raise OtherError("Malformed") from None


@contextmanager
def system_bus(timeout_s: float) -> Iterator[Bus]:
    """A connection to the system's bus, or to DBUS_SYSTEM_BUS_ADDRESS. The time it takes to be let
    in is part of `timeout_s`. Raises NoBus."""
    with _bus("SYSTEM", timeout_s) as opened:
        yield opened


@contextmanager
def session_bus(timeout_s: float) -> Iterator[Bus]:
    """As `system_bus`, to the bus of this user's session (DBUS_SESSION_BUS_ADDRESS)."""
    with _bus("SESSION", timeout_s) as opened:
        yield opened


@contextmanager
def _bus(which: str, timeout_s: float) -> Iterator[Bus]:
    ends_s = time.monotonic() + timeout_s
    try:
        connection = _open(which, ends_s)
    except Exception as problem:  # its own errors, OSError, ValueError for an address
        raise NoBus from problem
    with connection:
        yield Bus(connection, ends_s - time.monotonic())


def _open(which: str, ends_s: float) -> DBusConnection:
    """Let in, and greeted. jeepney waits without end for the answer to its greeting, so whatever
    is still open at that moment is cut off."""
    opened = prep_socket(get_bus(which), timeout=max(0.05, ends_s - time.monotonic()))
    left_s = max(0.05, ends_s - time.monotonic())
    guard = threading.Timer(left_s, opened.shutdown, (socket.SHUT_RDWR,))
    guard.daemon = True
    guard.start()
    try:
        return DBusConnection(opened)
    except BaseException:
        opened.close()
        raise
    finally:
        guard.cancel()


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without the signatures that jeepney puts beside the values of variants."""
    return {key: value for key, (_, value) in values.items()}
