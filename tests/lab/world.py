"""Builds the small internet, keeps it up between scenarios, and clears it away however it ends."""

import atexit
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from tests.lab import links
from tests.lab.daemons import Daemon, Programs, wait_until
from tests.lab.epdg import Gateway
from tests.lab.home import Device, RouterNames
from tests.lab.names import operators, sites
from tests.lab.namespaces import (
    FOLDER_PREFIX,
    FOLDERS,
    Namespace,
    missing_tools,
    sweep,
    unique_prefix,
)
from tests.lab.resolvers import Recursor
from tests.lab.topology import (
    OWN_NAMES,
    PROVIDER_DNS,
    PROVIDER_DNS6,
    RESOLVERS,
    WHOAMI_SERVER,
)
from tests.lab.web import Web
from tests.lab.zones import zone_servers

TOOLS = (
    *("ip", "nft", "nsenter", "unshare", "setpriv", "dnsmasq", "unbound", "unbound-control"),
    *("knotd", "swanctl", "/usr/lib/ipsec/charon", "udhcpc", "ike-scan", "tayga"),
    *("tinyproxy",),
)
_numbers = itertools.count(1)
_alive: list["World"] = []


def missing() -> list[str]:
    """What this machine lacks to build the lab, in words; empty when it can."""
    lacks = [f"the program {Path(tool).name}" for tool in missing_tools(TOOLS)]
    if os.geteuid() != 0:
        lacks.append("root")
    if not Path("/dev/net/tun").exists():
        lacks.append("/dev/net/tun")
    return lacks


class World:
    """The small internet. `rtt_ms` is the round trip between the provider and the rest."""

    def __init__(self, *, rtt_ms: float = 1.0, ipv6: bool = False) -> None:
        self.ipv6 = ipv6
        name = f"{FOLDER_PREFIX}{os.getpid()}."
        self.folder = Path(tempfile.mkdtemp(prefix=name, dir=FOLDERS))
        self.folder.chmod(0o755)
        self.programs = Programs(self.folder)
        self._delay_file = self.folder / "delay"
        self.environment: dict[str, str] = {}  # more of it for whatever runs on the device
        self.programs_folders: list[str] = []  # searched before all others on the device
        self._stack = ExitStack()
        self._serial = itertools.count(1)
        self.rtt_ms = rtt_ms
        _alive.append(self)
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def _build(self) -> None:
        sweep()
        prefix = unique_prefix(next(_numbers))
        roles = ["device", "router", "access", "core", "net"]
        self.places: dict[str, Namespace] = {}
        for role in [*roles, *(f"epdg-{one.id}" for one in operators())]:
            self.places[role] = Namespace(prefix, role)
            self._stack.callback(self.places[role].remove)
        ends = (str(self.places["core"].path), str(self.places["net"].path))
        self.wire = self.programs.make("delay", self.places["core"], *ends, str(self._delay_file))
        self._set_delay(self.rtt_ms)
        self._start(self.wire)
        links.lay(self.places, ipv6=self.ipv6)
        ends = [(site.address, site.port) for site in sites() if site.kind == "stun"]
        stun = [end for at, port in ends for end in (f"{at.ipv4}:{port}", f"[{at.ipv6}]:{port}")]
        self._start(self.programs.make("stun", self.places["net"], *stun))
        self._start(self.programs.make("whoami", self.places["net"], WHOAMI_SERVER))
        for wave in self._make_daemons():
            for daemon in wave:
                self._stack.callback(daemon.kill)
                daemon.launch()
            for daemon in wave:
                daemon.wait_ready()
        self.device.lease()
        if self.ipv6:
            links.wait_for_ipv6(self.places["device"])
        for resolver in (self.provider_dns, *self.public_dns.values(), self.router_names):
            resolver.warm()

    def _make_daemons(self) -> list[list[Daemon]]:
        net, core, folder = self.places["net"], self.places["core"], self.folder
        self.zone_servers = zone_servers(net, folder)
        self.web = Web(net, folder, self.programs)
        trust = self.web.authority
        provider = [PROVIDER_DNS, *((PROVIDER_DNS6,) if self.ipv6 else ())]
        self.provider_dns = Recursor(core, folder, "provider", provider)
        self.public_dns = {
            name: Recursor(
                *(net, folder, name, [one.ipv4, one.ipv6]),
                encrypted=(trust.key_file, trust.issue(OWN_NAMES[name])),
            )
            for name, one in RESOLVERS.items()
        }
        self.gateways = {
            one.id: Gateway(self.places[f"epdg-{one.id}"], folder, one) for one in operators()
        }
        self.router_names = RouterNames(self.places["router"], folder, ipv6=self.ipv6)
        self.device = Device(self.places["device"], folder, self.programs)
        # A resolver that finds no root when it starts calls it dead for minutes: names first.
        first = [*self.zone_servers.values(), self.web]
        then = [self.provider_dns, *self.public_dns.values(), self.router_names]
        last = [*self.gateways.values()]
        return [
            [*(one.daemon for one in first), self.device.keeper],
            [one.daemon for one in (*then, *last)],
        ]

    def _start(self, daemon: Daemon) -> None:
        self._stack.callback(daemon.kill)
        daemon.start()

    @contextmanager
    def server(self, program: str, place: Namespace, *words: str) -> Iterator[Daemon]:
        """One of the lab's own servers for as long as the block lasts."""
        daemon = self.programs.make(program, place, *words)
        try:
            daemon.start()
            yield daemon
        finally:
            daemon.kill()

    @contextmanager
    def rules(self, place: Namespace, family: str, chains: str) -> Iterator[None]:
        """nftables rules in a table of their own, for as long as the block lasts."""
        table = f"{family} deviation{next(self._serial)}"
        place.nft(f"table {table} {{\n{chains}\n}}\n")
        try:
            yield
        finally:
            place.nft(f"delete table {table}\n")

    @contextmanager
    def delay(self, rtt_ms: float) -> Iterator[None]:
        """Another round trip to the internet for as long as the block lasts."""
        self._set_delay(rtt_ms)
        try:
            yield
        finally:
            self._set_delay(self.rtt_ms)

    def _set_delay(self, rtt_ms: float) -> None:
        """Tell the wire, and wait until it says that it has understood."""
        told, heard = str(rtt_ms / 2), self.wire.mark
        written = self._delay_file.with_suffix(".new")
        written.write_text(told)
        written.replace(self._delay_file)
        if self.wire.process is not None and heard is not None:
            self.wire.hang_up()
            wait_until(lambda: heard.read_text() == told, "the wire takes its new delay")

    def forget_names_of(self, carrier: str) -> None:
        """Every resolver forgets a carrier's names, the router's cache included."""
        for resolver in (self.provider_dns, *self.public_dns.values()):
            resolver.forget(carrier)
        self.router_names.daemon.hang_up()

    @contextmanager
    def other_zones(self, carrier: str) -> Iterator[None]:
        """A carrier's name server serves other zones now; afterwards it has its own again, and
        nobody remembers."""
        server = self.zone_servers[carrier]
        self.forget_names_of(carrier)
        try:
            yield
        finally:
            server.mend()
            server.daemon.stop()
            server.daemon.start()
            self.forget_names_of(carrier)
            self.warm()

    def warm(self) -> None:
        """Every resolver knows again what people use."""
        for resolver in (self.provider_dns, *self.public_dns.values(), self.router_names):
            resolver.warm()

    def close(self) -> None:
        """End every process, give every name back, remove every file."""
        if self in _alive:
            _alive.remove(self)
            self._stack.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _close_all() -> None:
    for world in list(_alive):
        world.close()


def _on_signal(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


atexit.register(_close_all)
if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
    signal.signal(signal.SIGTERM, _on_signal)
