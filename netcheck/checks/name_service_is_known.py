"""dns: which program on this device looks up names for the others, and by which rules?

systemd-resolved tells over D-Bus (org.freedesktop.resolve1(5)), stubby by its file, the C library
by resolv.conf(5). Facts, of which two explain failures elsewhere: a device may insist on encrypted
questions (RFC 7858) or on signed answers (DNSSEC), and then has no names at all on a network that
does not let these through. What a browser does by itself (DNS over HTTPS) is not seen, nor what
other systems are set to.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.nameserver_answers import is_stub
from netcheck.device import name_service
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.names import Insistence, NameOptions, NameService
from netcheck.model.observation import Facts, Observed, Target, error, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class AskedServerFacts(Facts):
    """A server behind the program. `encryption`: off, tolerant or strict."""

    address: str
    port: int | None
    encryption: str | None
    of_link: bool


@dataclass(frozen=True, slots=True)
class NameServiceFacts(Facts):
    """`program`: systemd-resolved, stubby, `another` on this device, or `none`: each program asks
    the servers itself. None: not told, as on systems other than Linux. The rest as in `NameService`
    and `NameOptions`; `encryption` is what the strictest server is asked by, `links_apart` says
    whether links have servers of their own."""

    program: str | None
    servers: tuple[AskedServerFacts, ...] = ()
    encryption: str | None = None
    signatures: str | None = None
    signatures_pass: bool | None = None
    llmnr: bool | None = None
    multicast: bool | None = None
    links_apart: bool | None = None
    dots: int | None = None
    rotate: bool | None = None
    over_tcp: bool | None = None
    ignored: int | None = None
    search_domains: int | None = None


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("name service")


def observe(target: Target, situation: Situation) -> Observed:
    device = situation.device
    if device.system != "linux":
        found = None
    else:
        try:
            found = name_service.read()
        except name_service.NotMeasured as problem:
            return error(Failure.NOT_PERMITTED, f"the name service here does not tell: {problem}")
    options = device.name_options
    program = found.program if found else "none" if device.system == "linux" else None
    if found is None and any(map(is_stub, device.nameservers[:1])):
        program = "another"
    return ok(_facts(program, found, options, device.search_domains))


def _facts(
    program: str | None,
    found: NameService | None,
    options: NameOptions | None,
    search_domains: int | None,
) -> NameServiceFacts:
    servers = found.servers if found else ()
    wanted = [server.encryption for server in servers if server.encryption]
    strictest = max(wanted, key=list(Insistence).index, default=None)
    return NameServiceFacts(
        program=program,
        servers=tuple(
            AskedServerFacts(s.address, s.port, _word(s.encryption), s.of_link) for s in servers
        ),
        encryption=_word(strictest),
        signatures=_word(found.signatures) if found else None,
        signatures_pass=found.signatures_pass if found else None,
        llmnr=found.llmnr if found else None,
        multicast=found.multicast if found else None,
        links_apart=any(server.of_link for server in servers) if found else None,
        dots=options.dots if options else None,
        rotate=options.rotate if options else None,
        over_tcp=options.over_tcp if options else None,
        ignored=options.ignored if options else None,
        search_domains=search_domains,
    )


def _word(insistence: Insistence | None) -> str | None:
    return insistence.value if insistence else None


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, NameServiceFacts):
        if facts.ignored is not None:
            shown: dict[str, Parameter] = {"count": facts.ignored} if facts.ignored else {}
            state = "too-long" if facts.ignored else "usual"
            yield Finding(f"server-list.{state}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="name-service-is-known",
        stage=Stage.DNS,
        question="Which program on this device looks up names, and by which rules?",
        control="None needed: the device's own word about itself.",
        packets=0,
        deadline_ms=1500,
        tells=("server-list",),
    ),
    targets,
    observe,
    read,
)
