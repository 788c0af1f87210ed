"""A mobile brand and what its phones contact, as the catalogue knows it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Carrier:
    """`host_network` is the name of the operator whose network it runs on, its own name where it
    runs its own. `owner` is the company that runs that network: two carriers with the same one
    may fail together and are never each other's control. `epdg_hosts` come in the order to try
    them. `confidence` is the catalogue's own grade of the row (A best, C rule only, none)."""

    id: str
    name: str
    host_network: str
    country: str  # ISO 3166-1 alpha-2
    plmns: tuple[str, ...]
    epdg_hosts: tuple[str, ...]
    entitlement_hosts: tuple[str, ...]  # "host:port"
    confidence: str
    rule_derivable: bool | None
    aliases: tuple[str, ...] = ()
    tunnel_mtu: int | None = None
    natt_keepalive_s: int | None = None
    notes: str = ""
    sources: tuple[str, ...] = field(default=())
    owner: str = ""  # empty: not known, so the host network stands for it

    @property
    def entitlement(self) -> tuple[str, int] | None:
        """Host and port that a phone asks for leave to switch Wi-Fi calling on; None: not known.
        An entry is `host:443`, or `host:10024/tcp`."""
        if not self.entitlement_hosts:
            return None
        host, _, port = self.entitlement_hosts[0].partition("/")[0].rpartition(":")
        return host, int(port)

    @property
    def is_guest(self) -> bool:
        """Whether the brand runs on a network with another name (an MVNO or a sister brand)."""
        return self.host_network.casefold() != self.name.casefold()
