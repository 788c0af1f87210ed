"""What people and programs have set on this machine: hosts file, proxy, radio switches.

Read on demand and with care: a hosts file may hold a hundred thousand blocked names, and a proxy's
address may hold a password, which is never kept.
"""

import os
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_HOSTS_LIMIT_BYTES = 8_000_000
_PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy")
"""As curl(1) reads them. `HTTP_PROXY` in capitals is left out: web servers set it from outside."""
_DEFAULT_PORTS = {"http": 80, "https": 443, "socks4": 1080, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where programs on this machine are told to send web traffic. `variable` names who says so.
    `speaks_http`: it is asked in plain HTTP, as most are; not over TLS or SOCKS."""

    variable: str
    host: str
    port: int
    speaks_http: bool = True


@dataclass(frozen=True, slots=True)
class Radio:
    """One radio switch. `soft`: switched off by a program (airplane mode); `hard`: by a key."""

    kind: str
    soft: bool
    hard: bool


def hosts_file() -> Path:
    """Where this system keeps its hosts file (hosts(5))."""
    if sys.platform == "win32":
        return Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), "System32/drivers/etc/hosts")
    return Path("/etc/hosts")


def overridden(
    names: Collection[str], path: Path | None = None
) -> tuple[tuple[str, str], ...] | None:
    """(name, address) for each of these names that the hosts file gives an address to.

    None: there is no such file, or it may not be read.
    """
    try:
        with open(path or hosts_file(), "rb") as file:
            text = file.read(_HOSTS_LIMIT_BYTES).lower()
    except OSError:
        return None
    wanted = {name.lower().encode() for name in names}
    if not any(name in text for name in wanted):
        return ()
    found = []
    for line in text.splitlines():
        address, *aliases = line.partition(b"#")[0].split() or [b""]
        found += [(alias, address) for alias in aliases if alias in wanted]
    return tuple((name.decode(), address.decode("ascii", "replace")) for name, address in found)


def proxy(environment: Mapping[str, str] | None = None) -> Proxy | None:
    """The proxy that the environment names first, else the one that this system's own settings
    name; None: none, or one that nobody can read."""
    said = os.environ if environment is None else environment
    named = _named_by(said)
    if named is not None or environment is not None:
        return named
    if sys.platform == "darwin":
        from netcheck.device import macos_configuration

        return macos_configuration.proxy()
    if sys.platform == "win32":
        from netcheck.device import windows_winhttp

        return windows_winhttp.proxy()
    return None


def _named_by(said: Mapping[str, str]) -> Proxy | None:
    for variable in _PROXY_VARIABLES:
        value = said.get(variable, "").strip()
        if value:
            return proxy_at(variable, value)
    return None


def proxy_at(variable: str, value: str) -> Proxy | None:
    """One by its address, `host:port` or a URL; None: nobody can read it."""
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        host, port = parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    return Proxy(variable, host, port, parts.scheme == "http") if host and port else None


def radios(root: str = "/") -> tuple[Radio, ...] | None:
    """The Wi-Fi and mobile radios' switches (Linux, Documentation/ABI/stable/sysfs-class-rfkill;
    of a Mac and of Windows the Wi-Fi's). None: this system does not show them.
    """
    if sys.platform == "darwin":
        from netcheck.device import macos_wifi

        powered = macos_wifi.powered()
        return powered and tuple(Radio("wlan", soft=not on, hard=False) for on in powered)
    if sys.platform == "win32":
        from netcheck.device import windows_wifi

        return windows_wifi.radios()
    folder = Path(root, "sys/class/rfkill")
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return None
    found = []
    for entry in entries:
        kind, soft, hard = (_word(entry / name) for name in ("type", "soft", "hard"))
        if kind in ("wlan", "wwan"):
            found.append(Radio(kind, soft == "1", hard == "1"))
    return tuple(found)


def _word(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace").strip()[:32]
    except OSError:
        return ""
