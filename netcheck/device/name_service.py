"""Which program on this machine looks up names for the others, and how does it do that?

systemd-resolved says so over D-Bus (org.freedesktop.resolve1(5)); stubby has a file that tells.
Read on demand: only where resolv.conf names a program on this machine, or its socket is there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netcheck.device.addresses import literal
from netcheck.model.names import Insistence, NameServer, NameService

if TYPE_CHECKING:
    from netcheck.device.bus import Bus

RESOLVED_SOCKET = "run/systemd/resolve/io.systemd.Resolve"
STUBBY_FILE = "etc/stubby/stubby.yml"

_BUS_NAME, _PATH = "org.freedesktop.resolve1", "/org/freedesktop/resolve1"
_MANAGER, _LINK = "org.freedesktop.resolve1.Manager", "org.freedesktop.resolve1.Link"
_INSISTENCE = {
    "no": Insistence.OFF,
    "opportunistic": Insistence.TOLERANT,
    "yes": Insistence.STRICT,
    "allow-downgrade": Insistence.TOLERANT,
}
_NO_VALIDATE = 1 << 10  # SD_RESOLVED_NO_VALIDATE
_ANY_LINK, _ANY_FAMILY = 0, 0
_LARGEST_FILE_BYTES = 65536


class NotMeasured(Exception):
    """The program is there and does not tell: no bus, no leave, no answer in time."""


def read(root: str = "/", timeout_s: float = 1.0) -> NameService | None:
    """The program that looks up names here; None where none is known to. Raises NotMeasured."""
    if Path(root, RESOLVED_SOCKET).exists():
        return _resolved(timeout_s)
    return stubby(Path(root, STUBBY_FILE))


def look_up(name: str, *, checked: bool, timeout_s: float) -> str | None:
    """What systemd-resolved makes of a name: None where it has an address, else the last word of
    its error (`DnssecFailed`, `NoNameServers`, `NoSuchRR`, `NXDOMAIN`).

    `checked` False asks it to leave signatures alone. It asks the network. Raises NotMeasured.
    """
    from netcheck.device import bus

    flags = 0 if checked else _NO_VALIDATE
    body = (_ANY_LINK, name, _ANY_FAMILY, flags)
    with _told(), bus.system_bus(timeout_s) as asked:
        try:
            asked.ask(_BUS_NAME, _PATH, _MANAGER, "ResolveHostname", "isit", body)
        except bus.OtherError as said:
            return str(said)
    return None


@contextmanager
def _told() -> Iterator[None]:
    """Whatever the bus or the service withholds, as one word of ours."""
    from netcheck.device import bus

    try:
        yield
    except (bus.NoBus, bus.NoService, bus.Refused, bus.TooLate, bus.OtherError) as problem:
        raise NotMeasured(type(problem).__name__) from problem
    except ImportError as problem:  # jeepney comes with Linux only
        raise NotMeasured("NoBus") from problem


def _resolved(timeout_s: float) -> NameService:
    from netcheck.device import bus

    with _told(), bus.system_bus(timeout_s) as asked:
        manager = asked.all_of(_BUS_NAME, _PATH, _MANAGER)
        rows = manager.get("DNSEx") or [(*row, 0, "") for row in manager.get("DNS") or ()]
        links = {row[0]: _link(asked, row[0]) for row in rows if row[0] > 0}
    servers = [_server(row, links.get(row[0]) or manager) for row in rows]
    current = manager.get("CurrentDNSServer")
    for link in links.values():
        if not current or not current[2]:
            given = link.get("CurrentDNSServer")
            current = (0, *given) if given else current
    return NameService(
        program="systemd-resolved",
        servers=tuple(server for server in servers if server is not None),
        current=_address(current[2]) if current else None,
        signatures=_strictest(one.get("DNSSEC") for one in (manager, *links.values())),
        signatures_pass=_all(one.get("DNSSECSupported") for one in links.values() or (manager,)),
        llmnr=_is_on(manager.get("LLMNR")),
        multicast=_is_on(manager.get("MulticastDNS")),
    )


def _link(asked: "Bus", index: int) -> dict[str, Any]:
    """The settings of one link; empty where it has gone meanwhile."""
    from netcheck.device.bus import OtherError

    try:
        (path,) = asked.ask(_BUS_NAME, _PATH, _MANAGER, "GetLink", "i", (index,))
        return asked.all_of(_BUS_NAME, path, _LINK)
    except OtherError:
        return {}


def _server(row: Any, settings: Mapping[str, Any]) -> NameServer | None:
    """A row of DNSEx: link, family, address, port (0: the usual), name; the settings are those of
    its link, or of all."""
    link, _, raw, port, own_name = row
    address = _address(raw)
    if address is None:
        return None
    encryption = _INSISTENCE.get(str(settings.get("DNSOverTLS")))
    return NameServer(address, encryption, port or None, link > 0, own_name or None)


def _address(raw: Iterable[int]) -> str | None:
    import ipaddress

    packed = bytes(raw)
    return str(ipaddress.ip_address(packed)) if len(packed) in (4, 16) else None


def _strictest(said: Iterable[object]) -> Insistence | None:
    known = [_INSISTENCE[str(one)] for one in said if str(one) in _INSISTENCE]
    return max(known, key=list(Insistence).index, default=None)


def _all(said: Iterable[object]) -> bool | None:
    known = [one for one in said if isinstance(one, bool)]
    return all(known) if known else None


def _is_on(said: object) -> bool | None:
    return None if said is None else said != "no"


def stubby(path: Path) -> NameService | None:
    """stubby's own file, as far as it is written the usual way (one setting a line): its servers,
    and whether it does without encryption where that fails. None: no such file, or no servers.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_FILE_BYTES).decode("utf-8", "replace")
    except OSError:
        return None
    lines = [line.partition("#")[0].rstrip() for line in text.splitlines()]
    plain = "\n".join(line for line in lines if line)
    listed = re.search(r"^dns_transport_list:((?:\n\s*-\s*\w+)+)", plain, re.MULTILINE)
    transports = listed[1].split() if listed else ["GETDNS_TRANSPORT_TLS"]
    tolerant = any(one in ("GETDNS_TRANSPORT_UDP", "GETDNS_TRANSPORT_TCP") for one in transports)
    wanted = Insistence.TOLERANT if tolerant else Insistence.STRICT
    servers = []
    _, _, upstream = plain.partition("upstream_recursive_servers:")
    for part in re.split(r"^\s*-\s*(?=address_data:)", upstream, flags=re.MULTILINE)[1:]:
        said = dict(re.findall(r"^\s*(\w+):\s*[\"']?([^\s\"']+)", part, re.MULTILINE))
        address = literal(said.get("address_data", ""))
        port = said.get("tls_port", "")
        if address is not None:
            servers.append(
                NameServer(
                    address.text,
                    wanted,
                    int(port) if port.isdigit() else None,
                    own_name=said.get("tls_auth_name"),
                )
            )
    return NameService("stubby", tuple(servers)) if servers else None
