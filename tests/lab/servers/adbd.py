"""The daemon on an Android phone, as far as `adb shell` needs it: `python adbd.py PORT FOLDER`.

Speaks the protocol of AOSP's adb (packages/modules/adb/protocol.txt, and shell_protocol.h for the
shell with separate streams) over TCP, so that the real adb can be asked. What is run is run by a
shell that finds only the programs in FOLDER/bin (see tests/fake_phone.py). With `unauthorized` as
a third word it goes on asking for a key that it trusts, as a phone does whose owner said nothing.
"""

import os
import socket
import struct
import subprocess
import sys
import threading

_HEADER = struct.Struct("<6I")
_CONNECT, _AUTH, _OPEN, _OKAY, _CLOSE, _WRITE = (
    int.from_bytes(word, "little")
    for word in (b"CNXN", b"AUTH", b"OPEN", b"OKAY", b"CLSE", b"WRTE")
)
_VERSION, _MOST = 0x01000000, 4096
_BANNER = (
    b"device::ro.product.name=lab;ro.product.model=lab;ro.product.device=lab;features=shell_v2"
)
_STDOUT, _STDERR, _EXIT = 1, 2, 3
_TOKEN = 1


def serve(port: int, folder: str, *, authorized: bool) -> None:
    """Until killed: each connection in a thread of its own."""
    listening = socket.create_server(("127.0.0.1", port))
    while True:
        connection, _ = listening.accept()
        talk = threading.Thread(target=_talk, args=(connection, folder, authorized), daemon=True)
        talk.start()


def _talk(connection: socket.socket, folder: str, authorized: bool) -> None:
    waiting: dict[int, list[tuple[int, bytes]]] = {}
    stream = connection.makefile("rb")
    while header := stream.read(_HEADER.size):
        command, first, _, size, _, _ = _HEADER.unpack(header)
        data = stream.read(size)
        if command in (_CONNECT, _AUTH):
            if authorized:
                _send(connection, _CONNECT, _VERSION, _MOST, _BANNER)
            elif command == _CONNECT:
                _send(connection, _AUTH, _TOKEN, 0, os.urandom(20))
        elif command == _OPEN:
            service = data.rstrip(b"\0").decode()
            if not service.startswith("shell,v2"):
                _send(connection, _CLOSE, 0, first, b"")
                continue
            _send(connection, _OKAY, first, first, b"")
            waiting[first] = _run(service.partition(":")[2], folder)
            _next(connection, first, waiting)
        elif command == _OKAY:
            _next(connection, first, waiting)


def _next(
    connection: socket.socket, number: int, waiting: dict[int, list[tuple[int, bytes]]]
) -> None:
    """One piece at a time: the other side says OKAY to each."""
    pieces = waiting.get(number)
    if pieces is None:
        return
    if not pieces:
        del waiting[number]
        _send(connection, _CLOSE, number, number, b"")
        return
    kind, data = pieces.pop(0)
    _send(connection, _WRITE, number, number, struct.pack("<BI", kind, len(data)) + data)


def _run(command: str, folder: str) -> list[tuple[int, bytes]]:
    ended = subprocess.run(
        ["/bin/sh", "-c", command],
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={"PATH": f"{folder}/bin", "PHONE": folder},
    )
    pieces = []
    for kind, data in ((_STDOUT, ended.stdout), (_STDERR, ended.stderr)):
        pieces += [(kind, data[at : at + 2048]) for at in range(0, len(data), 2048)]
    return [*pieces, (_EXIT, bytes([ended.returncode & 0xFF]))]


def _send(connection: socket.socket, command: int, first: int, second: int, data: bytes) -> None:
    check = sum(data) & 0xFFFFFFFF
    header = _HEADER.pack(command, first, second, len(data), check, command ^ 0xFFFFFFFF)
    connection.sendall(header + data)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2], authorized=sys.argv[3:] != ["unauthorized"])
