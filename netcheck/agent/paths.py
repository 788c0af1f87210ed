"""The paths out of this device, and what their verdicts say beside each other.

One path that works while another does not is evidence that no run over either has alone: what both
share (the carrier, the far end of the internet) is well, and the trouble is on the one that fails.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from netcheck.checks.another_way_works import OF_ONES_CARRIER, OtherWayFacts
from netcheck.device.contract import DeviceReader, Fact
from netcheck.model.device import Device, Interface, LinkKind
from netcheck.model.observation import Family
from netcheck.model.result import Result
from netcheck.model.target import LearnedFrom
from netcheck.model.verdict import Side

if TYPE_CHECKING:
    from netcheck.catalog import Catalog
    from netcheck.probe.network import Network
    from netcheck.probe.path_names import PathResolver

MOST_WAYS = 4
"""Each of them needs a place of its own among the half-open SAs that an operator may be left with;
those of one command are shared out."""
_FAR_AWAY = ("1.1.1.1", "2606:4700:4700::1111")
"""Asked of the kernel alone: by which interface would they be reached?"""


@dataclass(frozen=True, slots=True)
class Way:
    """One interface that may carry traffic; `in_use`: the system sends by it unless told."""

    interface: str
    kind: LinkKind
    in_use: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """`said` is one of `alone`, `all-work`, `none-works`, `none-works-alike`, `some-work`,
    `outside-works`, `unclear`; `works` and `fails` are interfaces. A way whose verdict is open is
    in neither."""

    said: str
    works: tuple[str, ...]
    fails: tuple[str, ...]


def ways(device: Device, reader: DeviceReader) -> tuple[Way, ...]:
    """The ways out: up, connected, with an address that reaches beyond the link; the one in use
    first, `MOST_WAYS` at most. One that leads nowhere (no default route) is none. A bridge or what
    the system cannot name only where it is the one in use, or there is nothing else."""
    leads = {route.interface for route in device.default_routes}
    untold = Fact.DEFAULT_ROUTES in (*device.not_measured, *device.not_permitted)
    usable = [one for one in device.interfaces if _is_usable(one) and (untold or one.name in leads)]
    routes = (reader.route_to(address) for address in _FAR_AWAY)
    used = next((route.interface for route in routes if route and route.interface), None)
    known = [o for o in usable if o.kind is not LinkKind.OTHER or o.name == used] or usable
    found = [Way(one.name, one.kind, one.name == used) for one in known]
    return tuple(sorted(found, key=lambda way: not way.in_use))[:MOST_WAYS]


def _is_usable(one: Interface) -> bool:
    linked = one.up is not False and one.carrier is not False
    addressed = any(not address.link_local for address in one.addresses)
    return one.kind is not LinkKind.LOOPBACK and linked and addressed


def nowhere(device: Device) -> tuple[Way, ...]:
    """By what to tell a run where there is no way out: the first interface; none where there is not
    even that."""
    real = [one for one in device.interfaces if one.kind is not LinkKind.LOOPBACK]
    return tuple(Way(one.name, one.kind, True) for one in (real or device.interfaces)[:1])


def alone(device: Device, interface: str) -> Device:
    """The device as if that interface were its one way out: its routes, and its own nameservers
    where a lease tells them."""
    from netcheck.device.lease import SYSTEMS, lease

    known = lease(interface) if device.system in SYSTEMS else None
    return replace(
        device,
        default_routes=tuple(r for r in device.default_routes if r.interface == interface),
        nameservers=known.nameservers if known else (),
        search_domains=None,
        name_options=None,
    )


def names_over(net: "Network", device: Device, catalog: "Catalog") -> "PathResolver":
    """Who tells names over a path that the system does not use: its own servers, else public."""
    from netcheck.probe.path_names import PathResolver

    for server in device.nameservers:
        net.allowed.learned(LearnedFrom.RESOLVER, server)
    routes = device.default_routes
    only_six = bool(routes) and all(route.family is Family.IPV6 for route in routes)
    public = [one.ipv6 if only_six else one.ipv4 for one in catalog.resolvers]
    return PathResolver(net, device.nameservers or [one for one in public if one])


def told_of_others(
    results: Sequence[tuple[Way, Result]],
) -> tuple[OtherWayFacts | None, ...]:
    """What each run that found trouble is to hear of the others: of one that works, else of one
    where the same of one's own carrier failed. Pure."""
    return tuple(
        None if result.verdict.side is Side.NONE else _other(way, result, results)
        for way, result in results
    )


def _other(way: Way, result: Result, results: Sequence[tuple[Way, Result]]) -> OtherWayFacts | None:
    others = [(one, theirs) for one, theirs in results if one != way]
    # What a mobile network or its SIM lacks is no fault of what a cable shares with it.
    shares = way.kind is not LinkKind.CELLULAR
    for one, theirs in others:
        if shares and theirs.verdict.side is Side.NONE:
            ready = theirs.wifi_calling.ready
            return OtherWayFacts(one.interface, one.kind.value, True, ready)
    own = {finding.id for finding in result.findings} & OF_ONES_CARRIER
    for one, theirs in others:
        alike = tuple(sorted(own & {finding.id for finding in theirs.findings}))
        if alike:
            ready = theirs.wifi_calling.ready
            return OtherWayFacts(one.interface, one.kind.value, False, ready, alike)
    return None


def compared(results: Sequence[tuple[Way, Result]]) -> Comparison:
    """What the verdicts say together. Pure."""
    works = tuple(way.interface for way, result in results if result.verdict.side is Side.NONE)
    open_ = (Side.NONE, Side.INCONCLUSIVE)
    fails = tuple(way.interface for way, r in results if r.verdict.side not in open_)
    if len(results) < 2:
        said = "alone"
    elif len(works) == len(results):
        said = "all-work"
    elif works and fails:
        said = "outside-works" if _only_the_tunnel(results, fails) else "some-work"
    elif len(fails) == len(results):
        alike = len({result.verdict.fault for _, result in results}) == 1
        said = "none-works-alike" if alike else "none-works"
    else:
        said = "unclear"
    return Comparison(said, works, fails)


def _only_the_tunnel(results: Sequence[tuple[Way, Result]], fails: Sequence[str]) -> bool:
    """Whether all that fails are tunnels: what carries them is looked at beside them, and works."""
    kinds = {way.interface: way.kind for way, _ in results}
    return all(kinds[one] is LinkKind.TUNNEL for one in fails)
