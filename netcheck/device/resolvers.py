"""Which DNS servers do applications ask, and which does a stub on this machine ask for them?

Source: resolv.conf(5); the files behind a stub are those of systemd-resolved, NetworkManager and
Debian's dnsmasq. Domain names are counted, not kept: a search list can name an employer.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from netcheck.device.addresses import literal
from netcheck.model.names import NameOptions

# The C library asks no more than three (MAXNS in resolv.h), so applications never see a fourth.
_ASKED_BY_APPLICATIONS = 3
_SIZE_LIMIT_BYTES = 65536
_MOST_DOTS = 15  # RES_MAXNDOTS
_RESOLVED_STUBS = frozenset({"127.0.0.53", "127.0.0.54"})
_RESOLVED = "run/systemd/resolve/resolv.conf"
_FORWARDERS = ("run/NetworkManager/no-stub-resolv.conf", "run/dnsmasq/resolv.conf")


class Resolvers(NamedTuple):
    """`nameservers`: those that applications ask first. An empty tuple: none is configured."""

    nameservers: tuple[str, ...]
    search_domains: int
    options: NameOptions = NameOptions()


def parse(text: str) -> Resolvers:
    """The contents of a resolv.conf. Scopes stay (`fe80::1%eth0`); what is no address is left out.

    The last `search` or `domain` line wins; `.` is not a domain to search. `options` add up.
    """
    servers: dict[str, None] = {}
    domains = 0
    options = NameOptions()
    for line in text.splitlines():
        words = line.split()
        # A keyword counts only at the start of a line, as in the C library.
        if len(words) < 2 or line[0].isspace():
            continue
        if words[0] == "nameserver":
            server = literal(words[1])
            if server is not None:
                servers[server.text] = None
        elif words[0] == "search":
            domains = sum(1 for word in words[1:] if word != ".")
        elif words[0] == "domain":
            domains = 1
        elif words[0] == "options":
            options = _with(options, words[1:])
    ignored = max(0, len(servers) - _ASKED_BY_APPLICATIONS)
    return Resolvers(tuple(servers), domains, replace(options, ignored=ignored))


def _with(options: NameOptions, words: Sequence[str]) -> NameOptions:
    """As the C library reads them: a word it does not know is passed over, `ndots` is capped."""
    for word in words:
        name, _, value = word.partition(":")
        if name == "ndots" and value.isascii() and value.isdigit():
            options = replace(options, dots=min(int(value), _MOST_DOTS))
        elif name == "rotate":
            options = replace(options, rotate=True)
        elif name == "use-vc":
            options = replace(options, over_tcp=True)
    return options


def read(root: str = "/") -> Resolvers | None:
    """Reads the files under `root`. None: there is no resolv.conf, so nothing is known.

    (The C library then asks this machine itself, others ask elsewhere.) Raises PermissionError.
    """
    text = _contents(f"{root.rstrip('/')}/etc/resolv.conf")
    if text is None:
        return None
    configured = parse(text)
    asked = configured.nameservers[:_ASKED_BY_APPLICATIONS]
    behind = tuple(s for s in _behind_stub(root, asked) if s not in asked)
    return Resolvers(asked + behind, configured.search_domains, configured.options)


def _behind_stub(root: str, asked: tuple[str, ...]) -> tuple[str, ...]:
    """The servers a stub forwards to, where all that applications ask is on this machine."""
    local = [literal(server) for server in asked]
    if not local or not all(server is not None and server.loopback for server in local):
        return ()
    paths = (_RESOLVED,) if _RESOLVED_STUBS.intersection(asked) else _FORWARDERS
    for path in paths:
        try:
            text = _contents(f"{root.rstrip('/')}/{path}")
        except PermissionError:
            continue
        if text is not None:
            return parse(text).nameservers
    return ()


def _contents(path: str) -> str | None:
    try:
        with open(path, "rb") as file:
            return file.read(_SIZE_LIMIT_BYTES).decode("utf-8", "replace")
    except PermissionError:
        raise
    except OSError:
        return None
