"""The resolvers: unbound for the provider and for each public one, recursing from the root."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.daemons import Daemon
from tests.lab.names import operator
from tests.lab.namespaces import Namespace
from tests.lab.queries import ask, warm
from tests.lab.topology import PROVIDER_DNS, ROOT_SERVER
from tests.lab.zones import names_in_use

SPARE_PORT = 5399  # the same resolver again, for a box in front of it that passes questions on


class Recursor:
    """One unbound with its control socket; `forget` empties what it remembers of a carrier."""

    def __init__(
        self,
        place: Namespace,
        folder: Path,
        name: str,
        addresses: list[str],
        encrypted: tuple[Path, Path] | None = None,
        *,
        translates_to: str | None = None,
    ) -> None:
        """`encrypted`: key and certificate with which it answers over TLS as well (RFC 7858).
        `translates_to`: the prefix of a NAT64, for which it makes up IPv6 addresses (RFC 6147)."""
        self.place, self.addresses, self.encrypted = place, addresses, encrypted
        self.prefix = translates_to
        self.folder = folder / f"unbound-{name}"
        self.folder.mkdir()
        self.conf = self.folder / "unbound.conf"
        self._write()
        self.daemon = Daemon(
            place,
            ["unbound", "-d", "-p", "-c", str(self.conf)],
            log=folder / f"unbound-{name}.log",
            ready=lambda: ask(place, addresses[0], ".", "NS", within_s=0.5) is not None,
        )

    def close(self) -> None:
        """End it, and leave nothing behind."""
        self.daemon.kill()
        shutil.rmtree(self.folder)

    def warm(self) -> None:
        """Ask it for everything people use, so that it answers from memory."""
        warm(self.place, self.addresses[0], names_in_use())

    def forget(self, carrier: str) -> None:
        """Forget a carrier's zones, and which servers were found dead."""
        for zone in operator(carrier).zones:
            self._control("flush_zone", zone)
        self._control("flush_infra", "all")

    @contextmanager
    def says(self, host: str, address: str) -> Iterator[None]:
        """It has an answer of its own for this host, for as long as the block lasts."""
        self._control("local_data", f"{host} 60 IN A {address}")
        try:
            yield
        finally:
            self._control("local_data_remove", host)

    @contextmanager
    def says_text(self, host: str, text: str) -> Iterator[None]:
        """It has a text of its own for this name, for as long as the block lasts."""
        self._control("local_data", f'{host} 60 IN TXT "{text}"')
        try:
            yield
        finally:
            self._control("local_data_remove", host)

    @contextmanager
    def refuses(self, zone: str) -> Iterator[None]:
        """It refuses to answer for this zone, for as long as the block lasts."""
        self._control("local_zone", zone, "refuse")
        try:
            yield
        finally:
            self._control("local_zone_remove", zone)

    def _control(self, *words: str) -> None:
        self.place.run("unbound-control", "-c", str(self.conf), "-q", *words)

    def _write(self) -> None:
        hints = self.folder / "root.hints"
        hints.write_text(f". 3600000 NS ns1.\nns1. 3600000 A {ROOT_SERVER}\n")
        listen = "".join(
            f"  interface: {address}@{port}\n"
            for address in self.addresses
            for port in (53, SPARE_PORT)
        )
        if self.encrypted is not None:
            key, certificate = self.encrypted
            listen += "".join(f"  interface: {address}@853\n" for address in self.addresses)
            listen += f'  tls-service-key: "{key}"\n  tls-service-pem: "{certificate}"\n'
        modules, sender = "iterator", self.addresses[0]
        if self.prefix is not None:
            # Every name gets an address of the prefix, whether it has an IPv6 one or not, so that
            # all that names lead to goes through the NAT64.
            modules, sender = "dns64 iterator", PROVIDER_DNS
            listen += f"  dns64-prefix: {self.prefix}\n  dns64-synthall: yes\n"
        self.conf.write_text(
            f"server:\n{listen}"
            f"  outgoing-interface: {sender}\n"
            "  access-control: 0.0.0.0/0 allow\n  access-control: ::/0 allow\n"
            '  username: ""\n  chroot: ""\n  use-syslog: no\n  verbosity: 1\n'
            f'  directory: "{self.folder}"\n  root-hints: "{hints}"\n'
            f'  module-config: "{modules}"\n  num-threads: 1\n  so-reuseport: no\n'
            "  do-daemonize: no\n  do-not-query-localhost: no\n  prefer-ip4: yes\n"
            "  rrset-roundrobin: no\n"
            "remote-control:\n  control-enable: yes\n  control-use-cert: no\n"
            f'  control-interface: "{self.folder}/control"\n'
        )
