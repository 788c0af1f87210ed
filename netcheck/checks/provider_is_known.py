"""isp: whose network is this line in, and is it the mobile carrier's own company?

The address that STUN servers see, cut to the /24 or /48 that is routed as one, is looked up in a
DNS table of autonomous systems (Team Cymru's); where no STUN server answers, the address that the
configured resolver asks from stands in for it, unless it is a public resolver's. A table of
companies (`catalog/networks.toml`) says which of these are a carrier's. Neither the address nor
the prefix is kept. An answer proves who announces the prefix, not who sold the line; a VPN's far
end is another company's rightly; an unknown number makes no claim. Where nothing answers at all,
what was known of this line before is told instead, and marked as such.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.nameserver_answers import first_nameserver
from netcheck.checks.stun_answers import StunFacts, class_of
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.dns import DnsAnswer, ask
from netcheck.store import StoreUnavailable, provider

_DEADLINE_MS = 800
_WORD = re.compile(r"[0-9A-Fa-f:.]{2,45}")


@dataclass(frozen=True, slots=True)
class ProviderFacts(Facts):
    """`asn`: the number of the network, `name` and `country` as registered; None: not told.
    `seen_by`: stun or resolver. `remembered`: from an earlier run on this line."""

    asn: int | None
    name: str | None
    country: str | None
    seen_by: str | None
    remembered: bool = False


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("the network this line is in")


def observe(target: Target, situation: Situation) -> Observed:
    servers = _servers(situation)
    address, seen_by = _seen_from(situation, servers)
    if address is None or class_of(address) != "public":
        return _remembered(situation) or skipped("stun-answers")
    answer = _ask(situation, servers, origin_question(address, situation))
    found = read_origin(answer.records)
    if found is None:
        return failed(answer.failure or Failure.NO_DATA, ProviderFacts(None, None, None, seen_by))
    asn, country = found
    if seen_by == "resolver" and asn in situation.catalog.networks.not_access:
        return skipped("stun-answers")
    named = _ask(situation, servers, f"AS{asn}.{situation.catalog.networks.names.names}")
    return ok(ProviderFacts(asn, read_name(named.records), country, seen_by))


def _servers(situation: Situation) -> list[str]:
    """Whom to ask: the configured resolver, and a public one where it has none for us."""
    configured = [server.name for server in first_nameserver(situation)]
    return configured + [one.name for one in situation.resolvers[:1]]


def _ask(situation: Situation, servers: list[str], name: str, kind: str = "TXT") -> DnsAnswer:
    answer = DnsAnswer(failure=Failure.NO_DATA)
    for server in servers:
        answer = ask(situation.net, server, name, kind, deadline_ms=_DEADLINE_MS,
                     retries_at_ms=(400,))  # fmt: skip
        if answer.rcode is not None:
            break
    return answer


def _seen_from(situation: Situation, servers: list[str]) -> tuple[str | None, str | None]:
    """The address that the internet sees this line as, and who says so."""
    for _, facts in situation.seen.facts("stun-answers", StunFacts):
        for server in facts.servers:
            if server.address:
                return server.address, "stun"
    for one in situation.catalog.whoami[:1] if situation.device.nameservers else ():
        told = _ask(situation, servers[:1], one.host, one.kind)
        found = address_in(told.records)
        if found is not None:
            return found, "resolver"
    return None, None


def address_in(records: Iterable[str]) -> str | None:
    """The first address among the strings of these records; other words stand beside it. A
    record with a prefix tells of whom the resolver asks for (RFC 7871), which is not looked at."""
    for record in records:
        if "/" in record:
            continue
        for word in _WORD.findall(record):
            try:
                return str(ipaddress.ip_address(word))
            except ValueError:
                continue
    return None


def origin_question(address: str, situation: Situation) -> str:
    """The name to ask for: the prefix that is routed as one (a /24, a /48), backwards."""
    zones = situation.catalog.networks.names
    found = ipaddress.ip_address(address)
    if found.version == 4:
        first, second, third, _ = address.split(".")
        return f"0.{third}.{second}.{first}.{zones.ipv4}"
    nibbles = found.exploded.replace(":", "")[:12]
    return ".".join(reversed(nibbles)) + f".{zones.ipv6}"


def read_origin(records: Iterable[str]) -> tuple[int, str | None] | None:
    """ASN and country of "7018 | 12.0.0.0/8 | US | arin | 1983-08-23"; the longest prefix's."""
    best: tuple[int, int, str | None] | None = None
    for record in records:
        fields = [field.strip() for field in record.split("|")]
        first = fields[0].split()[:1]
        if len(fields) < 3 or not first or not first[0].isdigit():
            continue
        length = fields[1].rpartition("/")[2]
        row = (int(length) if length.isdigit() else 0, int(first[0]), _country(fields[2]))
        best = max(best, row, key=lambda one: one[0]) if best else row
    return (best[1], best[2]) if best else None


def _country(text: str) -> str | None:
    return text if len(text) == 2 and text.isalpha() and text.isupper() else None


def read_name(records: Iterable[str]) -> str | None:
    """The registered name in "7018 | US | arin | 1996-07-30 | ATT-INTERNET4, US"."""
    for record in records:
        fields = [field.strip() for field in record.split("|")]
        if len(fields) >= 5 and fields[4]:
            return re.sub(r", [A-Z]{2}$", "", fields[4])[:60]
    return None


def _remembered(situation: Situation) -> Observed | None:
    try:
        known = provider.kept(situation.device)
    except StoreUnavailable:
        return None
    if known is None:
        return None
    return ok(ProviderFacts(known.asn, known.name, known.country, None, remembered=True))


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, ProviderFacts):
        if facts.asn is None or situation.own is None:
            continue
        same = situation.catalog.networks.are_of(situation.own, facts.asn)
        if same is None:
            continue
        shown: dict[str, Parameter] = {"remembered": "yes"} if facts.remembered else {}
        yield Finding(f"provider-is-carrier.{'yes' if same else 'no'}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="provider-is-known",
        stage=Stage.ISP,
        question="Whose network is this line in, and is it the carrier's own company?",
        control="Who announces the prefix to the internet, whatever the provider says of itself.",
        packets=10,  # two servers for two names and one for a third, each asked twice at most
        deadline_ms=4200,
        tells=("provider-is-carrier",),
        needs=("route-exists",),
        after=("stun-answers",),
    ),
    targets,
    observe,
    read,
)
