"""What a bundle is made of: this netcheck's own words, this device's own names, and what the
system's programs print."""

import contextlib
import os
import queue
import shutil
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netcheck.desk.redacting import Known
    from netcheck.desk.understanding import Tool
    from netcheck.text import Words

TOOL_S, TOOLS_S = 1.5, 2.5  # one program's time, and that of all of them
_AT_ONCE = 4
_MOST_INTERFACES = 4
_ELSEWHERE = (
    *("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "NOTAUTH"),
    *("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
)
"""Words that a library gives: response codes (RFC 1035 4.1.1 and after), versions of TLS."""

_ROOMS = ("agent", "catalog", "checks", "device", "model", "phone", "probe", "wire")


def known(words: "Words") -> "Known":
    """Every word that netcheck itself may have written into a result. What a configuration adds
    may be somebody's name, so it is not among them."""
    from netcheck.catalog import load
    from netcheck.checks import ALL
    from netcheck.cli.reporting import known as known_to_reports
    from netcheck.desk.redacting import Known
    from netcheck.model.phone import Source

    of_reports, english = known_to_reports(), words.english
    ids = english.ids()
    texts = {*of_reports.faults, *of_reports.findings, *of_reports.checks, *ids}
    texts |= {f"{id}-no-carrier" for id in ids}  # the words may be those of the id without it
    texts |= {"iphone", "pixel", "samsung", "other"}  # kinds of phones, as `run` takes them
    shipped = load()
    lists = (shipped.anchors, shipped.portals, shipped.resolvers, shipped.stun, shipped.whoami)
    for row in (*(row for rows in lists for row in rows), *shipped.carriers):
        texts |= set(_texts_of(row))
    texts |= {portal.url for portal in shipped.portals}
    texts |= {f"the phone's word ({source.value})" for source in Source}
    texts |= {notify.name for notify in shipped.notifies.values()}
    texts |= {f"{code.kind.value} {code.number} {code.name}" for code in shipped.wifi_codes.all()}
    texts |= {one.host for one in shipped.load}
    texts |= set(_ELSEWHERE)
    for carrier in shipped.carriers:
        texts |= {host.rpartition(":")[0] for host in carrier.entitlement_hosts}
    for room in _ROOMS:
        texts |= set(_literals(room))
    fields = {place for id in ids for place in english.places(id)} | _facts() | {"called", "phone"}
    return Known(
        frozenset(texts), frozenset(fields), of_reports.findings, frozenset(c.spec.id for c in ALL)
    )


def _texts_of(row: object) -> Iterator[str]:
    import dataclasses

    assert dataclasses.is_dataclass(row)
    for field in dataclasses.fields(row):
        value = getattr(row, field.name)
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (one for one in value if isinstance(one, str))


def _facts() -> set[str]:
    """The names of all facts' fields, those inside them too."""
    import dataclasses

    import netcheck.checks  # noqa: F401  (what it loads is looked through)

    found: set[str] = set()
    for name, module in list(sys.modules.items()):
        if name.startswith("netcheck."):
            for thing in vars(module).values():
                if isinstance(thing, type) and dataclasses.is_dataclass(thing):
                    found |= {field.name for field in dataclasses.fields(thing)}
    return found


def _literals(room: str) -> Iterator[str]:
    """The texts in a room's code, read without running it: its closed words are among them."""
    import pkgutil
    from importlib.util import find_spec

    package = find_spec(f"netcheck.{room}")
    places = package.submodule_search_locations if package else None
    for module in pkgutil.iter_modules(places, f"netcheck.{room}."):
        spec = find_spec(module.name)
        get_code = getattr(spec.loader, "get_code", None) if spec else None
        code = get_code(module.name) if get_code else None
        if code is not None:
            yield from _constants(code)


def _constants(code: CodeType) -> Iterator[str]:
    waiting: list[object] = [code]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, CodeType):
            waiting.extend(one.co_consts)
        elif isinstance(one, tuple | frozenset):
            waiting.extend(one)


def background(words: "Words", known: "Known") -> str:
    """All that a bundle says of its own accord: sentences, names of fields, closed words. A name
    that is one of these can't be told from them."""
    from netcheck.desk.understanding import closed_words, tools

    english = words.english
    told = [f"{id} {english.template(id)}" for id in english.ids()]
    told += sorted(known.fields)
    told += sorted(word for word in known.words if " " not in word)
    for tool in tools():
        told += [tool.id, *tool.command, *tool.fields]
    return "\n".join([*told, *closed_words()])


@dataclass(frozen=True, slots=True)
class OwnNames:
    """How this device and its user are called, whether or not a source says so."""

    names: tuple[str, ...]
    paths: tuple[str, ...]


def own_names() -> OwnNames:
    """Read from the system; nothing is asked of any network."""
    import getpass
    import socket

    names = {socket.gethostname(), socket.gethostname().partition(".")[0], *_search_domains()}
    with contextlib.suppress(KeyError, OSError):  # a bare uid has no name
        names.add(getpass.getuser())
    home = os.path.expanduser("~")
    paths = () if home in ("/", "~", "/root") else (home,)
    return OwnNames(tuple(sorted(name for name in names if name)), paths)


def _search_domains() -> list[str]:
    try:
        with open("/etc/resolv.conf", encoding="utf-8", errors="replace") as file:
            lines = [line.split() for line in file.read(65_536).splitlines()]
    except OSError:
        return []
    return [name for line in lines if line[:1] in (["search"], ["domain"]) for name in line[1:]]


@dataclass(frozen=True, slots=True)
class Job:
    """One program to run, and the name of what comes of it."""

    id: str
    tool: "Tool"
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """`status` as in `Collected`. `printed` is raw: it is redacted before anything else."""

    job: Job
    status: str
    reason: str | None
    printed: str
    took_ms: float


def jobs(system: str) -> list[Job]:
    """What is to be run on this device."""
    from netcheck.desk.understanding import tools

    found = []
    for tool in tools():
        if tool.system != system:
            continue
        if not tool.each:
            found.append(Job(tool.id, tool, tool.command))
            continue
        names = _interfaces(wireless=tool.each == "wireless")
        found += [
            Job(f"{tool.id}-{number}", tool, tool.for_interface(name))
            for number, name in enumerate(names, 1)
        ]
    return found


def _interfaces(*, wireless: bool) -> list[str]:
    from netcheck.device import reader
    from netcheck.model.device import LinkKind

    wanted = [
        one for one in reader().read().interfaces if not wireless or one.kind == LinkKind.WIFI
    ]
    return [one.name for one in wanted][:_MOST_INTERFACES]


def is_here(job: Job) -> bool:
    """Whether the program is installed."""
    return shutil.which(job.command[0]) is not None


def run_all(wanted: Sequence[Job], *, each_s: float = TOOL_S, all_s: float = TOOLS_S) -> list[Done]:
    """Run them, a few at a time, and leave those behind that are too slow."""
    waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
    for job in wanted:
        waiting.put(job)
    ended: queue.SimpleQueue[Done] = queue.SimpleQueue()
    until_s = time.monotonic() + all_s

    def work() -> None:
        while time.monotonic() < until_s:
            try:
                job = waiting.get_nowait()
            except queue.Empty:
                return
            ended.put(_ran(job, min(each_s, until_s - time.monotonic())))

    for _ in range(_AT_ONCE):
        threading.Thread(target=work, daemon=True).start()
    return _in_order(wanted, ended, until_s)


def _in_order(
    wanted: Iterable[Job], ended: "queue.SimpleQueue[Done]", until_s: float
) -> list[Done]:
    wanted = list(wanted)
    done: dict[str, Done] = {}
    while len(done) < len(wanted):
        try:
            one = ended.get(timeout=max(0.0, until_s - time.monotonic()) + 0.2)
        except queue.Empty:
            break
        done[one.job.id] = one
    return [done.get(job.id) or Done(job, "timed-out", "too-slow", "", 0.0) for job in wanted]


def _ran(job: Job, timeout_s: float) -> Done:
    from netcheck.device.program import NotThere, TooSlow, run

    began_s = time.monotonic()

    def done(status: str, reason: str | None = None, printed: str = "") -> Done:
        return Done(job, status, reason, printed, round((time.monotonic() - began_s) * 1000, 1))

    if not is_here(job):
        return done("skipped", "not-installed")
    try:
        printed = run(job.command, timeout_s, environment={"LC_ALL": "C"})
    except NotThere:
        return done("denied", "not-permitted")
    except TooSlow:
        return done("timed-out", "too-slow")
    if printed.code == 0:
        return done("ran", None, printed.text)
    is_administrator = getattr(os, "geteuid", lambda: 0)() == 0
    if job.tool.administrator and not is_administrator:
        return done("denied", "needs-administrator")
    return done("failed", "error-code")
