"""The anchors, portals and entitlement hosts, and the boxes that stand in for them."""

import json
from pathlib import Path
from typing import Any

from tests.lab.daemons import Programs
from tests.lab.names import Site, sites
from tests.lab.namespaces import Namespace
from tests.lab.trust import Authority


class Web:
    """Every site, from one process. `live_in` moves its clock and its certificates."""

    def __init__(self, net: Namespace, folder: Path, programs: Programs) -> None:
        self.folder, self.programs = folder, programs
        self.authority = Authority(folder / "ca", "Lab")
        self._stranger: Authority | None = None
        self.plan_file = folder / "web.json"
        self.hosts = list(dict.fromkeys(site.host for site in sites()))
        self._write(0)
        self.daemon = programs.make("sites", net, str(self.plan_file))

    @property
    def stranger(self) -> Authority:
        """An authority that the device does not trust."""
        if self._stranger is None:
            self._stranger = Authority(self.folder / "other-ca", "Watchful Box")
        return self._stranger

    def live_in(self, days_ahead: float) -> None:
        """Restart with clock and certificates this many days from the machine's time."""
        self.daemon.stop()
        self._write(days_ahead)
        self.daemon.start()

    def box_plan(
        self, name: str, answers: list[dict[str, Any]], *, intercepts: bool = False
    ) -> str:
        """A plan for a box in the middle that answers for every host; with `intercepts` it shows
        certificates of an authority that nobody trusts."""
        authority = self.stranger if intercepts else None
        return str(self._plan(self.folder / f"{name}.json", answers, authority, 0))

    def proof_plan(self, name: str, kind: str, listen: list[list[Any]]) -> str:
        """A plan for a server that answers for every host and shows each a certificate of this
        kind: expired, self-signed, wrong-name, or stranger (of an authority nobody trusts)."""
        by_kind = {
            "expired": lambda host: self.authority.issue(host, shift_days=-400),
            "self-signed": self.authority.issue_self_signed,
            "wrong-name": self.authority.issue_for_another,
            "stranger": self.stranger.issue,
        }
        signer = self.stranger if kind == "stranger" else self.authority
        answer = {"listen": listen, "tls": True, "host": None, "path": "/", "status": 200}
        plan = {
            "date_shift_s": 0,
            "sites": [{**answer, "body": "hello\n"}],
            "certificates": {host: str(by_kind[kind](host)) for host in self.hosts},
            "key": str(signer.key_file),
        }
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(plan))
        return str(path)

    def sign_in_plan(self, host: str, body: str, listen: list[list[Any]], *, known: bool) -> str:
        """A plan for a network's own sign-in server (RFC 8908), with a certificate of the lab's
        authority, or of one that nobody knows."""
        authority = self.authority if known else self.stranger
        answer = {"listen": listen, "tls": True, "host": host, "path": "/api", "status": 200}
        plan = {
            "date_shift_s": 0,
            "sites": [{**answer, "body": body, "type": "application/captive+json"}],
            "certificates": {host: str(authority.issue(host))},
            "key": str(authority.key_file),
        }
        path = self.folder / "sign-in.json"
        path.write_text(json.dumps(plan))
        return str(path)

    def _write(self, days_ahead: float) -> None:
        entries = []
        for site in sites():
            if site.kind == "stun":
                continue
            ports = {site.port: site.port != 80}
            if site.kind != "entitlement":
                ports[80] = False
            entries += [_entry(site, port, tls) for port, tls in ports.items()]
        self._plan(self.plan_file, entries, self.authority, days_ahead)

    def _plan(
        self, path: Path, entries: list[dict[str, Any]], authority: Authority | None, days: float
    ) -> Path:
        plan = {
            "date_shift_s": days * 86400,
            "sites": entries,
            "certificates": authority.issue_all(self.hosts, shift_days=days) if authority else {},
            "key": str(authority.key_file) if authority else "",
        }
        path.write_text(json.dumps(plan))
        return path


def _entry(site: Site, port: int, tls: bool) -> dict[str, Any]:
    return {
        "listen": [[site.address.ipv4, port], [site.address.ipv6, port]],
        "tls": tls,
        "host": site.host,
        "path": site.path,
        "status": site.status,
        "body": site.body,
    }
