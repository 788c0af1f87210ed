"""The carriers' Wi-Fi-calling gateways: a real strongSwan each, with its own namespace and /run."""

from dataclasses import dataclass
from pathlib import Path

from tests.lab.daemons import Daemon
from tests.lab.names import Operator
from tests.lab.namespaces import Namespace

CHARON = "/usr/lib/ipsec/charon"
# kernel-libipsec and bypass-lan would swallow the forwarded traffic: only what is needed loads.
PLUGINS = "random nonce openssl kernel-netlink socket-default vici"
COMMON = "aes256-aes128-sha256-sha1-prfsha256-prfsha1-modp2048-modp1024"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a gateway answers. `proposals` choose between SA, INVALID_KE and NO_PROPOSAL;
    `cookies` asks everyone for a cookie once one other initiator is half open."""

    proposals: str = COMMON
    cookies: bool = False
    slow_ms: int = 0


USUAL = Manner()
NO_COMMON_PROPOSAL = Manner("aes256gcm16-prfsha384-ecp384")
OTHER_GROUP = Manner("aes256-aes128-sha256-sha1-prfsha256-prfsha1-modp1024")
WITH_COOKIES = Manner(cookies=True)


class Gateway:
    """One carrier's ePDG. `behave` restarts it with another manner."""

    def __init__(self, place: Namespace, folder: Path, operator: Operator) -> None:
        self.place, self.operator = place, operator
        self.folder = folder / f"charon-{operator.id}"
        self.folder.mkdir()
        self.daemon = Daemon(
            place,
            [CHARON],
            log=folder / f"charon-{operator.id}.log",
            ready=self._loaded,
            private_run=True,
            environment={
                "STRONGSWAN_CONF": str(self.folder / "strongswan.conf"),
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            },
        )
        self._write(USUAL)

    @property
    def addresses(self) -> list[str]:
        """Its IPv4 addresses, as text."""
        return [one.ipv4 for one in self.operator.epdg_addresses]

    def behave(self, manner: Manner) -> None:
        """Answer in this manner from now on."""
        self.daemon.stop()
        self._write(manner)
        self.daemon.start()
        if manner.cookies:
            self._be_half_open()

    def _loaded(self) -> bool:
        """Whether charon has its connection; loads it, which fails until its control socket is
        there."""
        said = self._swanctl("--load-conns", "--file", str(self.folder / "swanctl.conf"))
        return "successfully loaded" in said

    def _swanctl(self, *words: str) -> str:
        enter = ("nsenter", f"--target={self.daemon.pid}", "--mount")
        environment = ("env", f"STRONGSWAN_CONF={self.folder}/strongswan.conf")
        return self.place.run(*enter, *environment, "swanctl", *words, check=False)

    def _be_half_open(self) -> None:
        """An initiator from elsewhere that leaves its SA half open, so that cookies begin."""
        here = next(iter(self.operator.epdg_addresses)).ipv4
        self.place.run("ike-scan", "--ikev2", "--dhgroup=14", "--sport=0", here)

    def _write(self, manner: Manner) -> None:
        self.folder.joinpath("strongswan.conf").write_text(
            "charon {\n"
            f"  load = {PLUGINS}\n"
            # Else repeated runs from one address meet silence after five half-open SAs.
            f"  dos_protection = {'yes' if manner.cookies else 'no'}\n"
            + ("  cookie_threshold = 1\n  block_threshold = 0\n" if manner.cookies else "")
            + f"  half_open_timeout = {3600 if manner.cookies else 5}\n"
            "  install_routes = no\n  install_virtual_ip = no\n  retransmit_tries = 1\n"
            + (f"  receive_delay = {manner.slow_ms}\n" if manner.slow_ms else "")
            + f"  filelog {{ log {{ path = {self.folder}/log\n default = 1\n }} }}\n"
            "}\n"
            f"swanctl {{ load = {PLUGINS} }}\n"
        )
        self.folder.joinpath("swanctl.conf").write_text(
            "connections { epdg {\n  version = 2\n  local_addrs = %any\n"
            f"  proposals = {manner.proposals}\n"
            "  local { auth = psk\n id = epdg.lab }\n  remote { auth = psk }\n"
            "  children { any { } }\n} }\n"
        )
