"""What a device's look comes to, as the report that it would build."""

import random
from collections.abc import Iterable
from functools import lru_cache

from netcheck.fleet.population.people import Device
from netcheck.model.verdict import Severity, Side
from netcheck.report.form import Report

BASE = (
    "anchors.answer address.assigned beyond-gateway.answers clock.right control-epdg.answers"
    " control-zone.resolves gateway.answers home-loss.none internet-loss.none link.connected"
    " nameserver.answers own-epdg.answers own-epdg-pace.prompt own-names.resolve own-zone.resolves"
    " portal.absent public-resolver.answer resolvers.agree route.present system-resolver.answers"
    " udp.passes vpn.off"
).split()
"""What a device at home finds while all is well; a phone and a called carrier come to it."""

_SERVICE = {"none": "out-of-service", "off": "radio-off"}
_BIN_S = 300


Change = tuple[tuple[str, ...], tuple[str, ...]]
"""Findings in place of those about the same things, and things of which there are none."""


@lru_cache(maxsize=4096)
def findings_of(tells_of_phone: bool, calls: bool, changes: tuple[Change, ...]) -> tuple[str, ...]:
    """The findings of a look, each change after the one before it. What a device never looks at
    no change brings; a refusal comes with what it explains."""
    phone = ("phone-service.home", "sim.ready") if tells_of_phone else ()
    called = ("called-epdg.answers", "called-zone.resolves") if calls else ()
    said = {one.partition(".")[0]: one for one in (*BASE, *phone, *called)}
    for findings, unseen in changes:
        for one in findings:
            thing = one.partition(".")[0]
            if thing in said or (thing == "refusal" and tells_of_phone):
                said[thing] = one
        for thing in unseen:
            said.pop(thing, None)
    return tuple(sorted(said.values()))


def report_of(
    device: Device,
    token: str,
    at_s: float,
    findings: tuple[str, ...],
    blame: tuple[Side, str],
    dice: random.Random,
) -> Report:
    """The report of a look at that moment. `blame`: the verdict's side and fault."""
    side, fault = blame
    return Report(
        report_id=f"{dice.getrandbits(128):032x}",
        device_token=token,
        time=_bin(int(at_s) // _BIN_S),
        netcheck="0.1",
        rules=1,
        system="linux",
        carrier=device.carrier,
        region=device.region or None,
        called=device.called,
        symptom="cannot-reach" if device.called else None,
        side=side.value,
        fault=fault,
        severity=(Severity.OK if side is Side.NONE else Severity.DOWN).value,
        confidence="80-89",
        calling_ready="own-epdg.answers" in findings,
        link="wifi",
        provider_asn=device.network,
        provider_country="US",
        resolver="private",
        phone_service=_service(findings),
        findings=findings,
    )


@lru_cache(maxsize=4096)
def _service(findings: Iterable[str]) -> str | None:
    for one in findings:
        thing, _, state = one.partition(".")
        if thing == "phone-service":
            return _SERVICE.get(state, state)
    return None


@lru_cache(maxsize=1024)
def _bin(number: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(number * _BIN_S, UTC).strftime("%Y-%m-%dT%H:%MZ")
