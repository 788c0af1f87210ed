"""A NetworkManager that is python-dbusmock's: what it owns, and how it is told what to say."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection

from tests import mocked_modem

NM, ROOT = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
_MOCK = "org.freedesktop.DBus.Mock"
_LACKING = mocked_modem.missing()
needed = pytest.mark.skipif(_LACKING is not None, reason=_LACKING or "")


@contextmanager
def network_manager(folder: Path) -> Iterator[DBusConnection]:
    """It runs, without any device, on a bus of its own, which is the system's while it does."""
    with (
        mocked_modem.bus(folder) as address,
        mocked_modem.template(folder, address, "networkmanager", owns=(NM, ROOT)) as (found, _),
    ):
        yield found


def call(connection: DBusConnection, path: str, method: str, signature: str, body: Any) -> None:
    """Tell one of its objects to be otherwise, or to have another beside it."""
    address = DBusAddress(path, bus_name=NM, interface=_MOCK)
    reply = connection.send_and_get_reply(
        new_method_call(address, method, signature, body), timeout=5
    )
    assert reply.header.message_type is MessageType.method_return, reply.body
