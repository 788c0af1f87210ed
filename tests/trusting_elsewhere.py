"""A device whose certificates lie where another distribution keeps them.

`unshare -n -m python -m tests.trusting_elsewhere PROGRAM STORE ...`: for each place of a store (or
"nowhere", or "SSL_CERT_FILE"), gives this namespace an /etc with that store alone, and sends a
report with PROGRAM to a collector on loopback. Prints what came of it as JSON.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.collector import Collector, serving
from tests.loopback import Authority, authority

NOWHERE, VARIABLE = "nowhere", "SSL_CERT_FILE"
_KEPT = ("hosts", "passwd", "group", "nsswitch.conf", "ld.so.cache", "ld.so.conf")


def _etc(place: Path, store: str, trusted: Authority) -> None:
    """An /etc that has what a program needs to start, and that store."""
    place.mkdir()
    for name in _KEPT:
        if Path("/etc", name).is_file():
            shutil.copyfile(Path("/etc", name), place / name)
    if store.startswith("/etc/"):
        file = place / store.removeprefix("/etc/")
        file.parent.mkdir(parents=True)
        file.write_bytes(trusted.pem)


def _sent(program: str, home: Path, url: str, more: dict[str, str]) -> dict[str, object]:
    home.mkdir()
    settings = home / "settings.toml"
    settings.write_text(f'[report]\ncollector = "{url}"\n')
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **more}
    # One unpacked program for all: what is tried here is not its start.
    env["XDG_CACHE_HOME"] = str(home.parent.parent / "cache")
    env["NETCHECK_CONFIG"] = str(settings)

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [program, *words]
        return subprocess.run(
            command, capture_output=True, text=True, env=env, check=False, timeout=60
        )

    run("report", "on")
    run("run", "--quiet", "--no-input")
    sent = run("report", "send", "--json")
    return {"code": sent.returncode, **json.loads(sent.stdout or "{}")}


def _tried(program: str, store: str, place: Path) -> dict[str, object]:
    trusted = authority()
    _etc(place / "etc", store, trusted)
    named = place / "named.pem"
    named.write_bytes(trusted.pem)
    subprocess.run(["mount", "--bind", place / "etc", "/etc"], check=True)
    try:
        with serving(Collector(), trusted, place) as collector:
            more = {"SSL_CERT_FILE": str(named)} if store == VARIABLE else {}
            return _sent(program, place / "home", collector.url, more)
    finally:
        subprocess.run(["umount", "/etc"], check=True)


def main(program: str, *stores: str) -> None:
    """Try each store."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    if os.path.isdir("/usr/lib/ssl"):  # Debian's OpenSSL looks there; other systems have it not
        subprocess.run(["mount", "-t", "tmpfs", "none", "/usr/lib/ssl"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        tried = {}
        for number, store in enumerate(stores):
            place = Path(folder) / str(number)
            place.mkdir()
            tried[store] = _tried(program, store, place)
        print(json.dumps(tried))


if __name__ == "__main__":
    main(*sys.argv[1:])
