"""One run from beginning to end: device, checks, findings, verdict."""

import os
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from netcheck import __version__
from netcheck.agent.engine import Engine
from netcheck.agent.reading import findings
from netcheck.agent.targets import allowed_targets
from netcheck.catalog import Catalog
from netcheck.checks import ALL
from netcheck.checks.contract import Seen, Situation
from netcheck.device import reader
from netcheck.diagnosis import RULES_VERSION
from netcheck.diagnosis.calling import calling_path
from netcheck.diagnosis.judging import Case, judge
from netcheck.diagnosis.stages import stage_views
from netcheck.model.carrier import Carrier
from netcheck.model.observation import Observation
from netcheck.model.result import CarrierChoice, Result, StageView
from netcheck.model.symptom import Symptom
from netcheck.probe.network import AllowList, Network
from netcheck.probe.resolve import Resolver

StagesSeen = Callable[[tuple[StageView, ...]], None]
_REDRAW_S = 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked to find out. `own` None: no carrier was chosen."""

    catalog: Catalog
    own: Carrier | None = None
    called: Carrier | None = None
    symptom: Symptom | None = None
    phone: str | None = None
    interface: str | None = None
    budget_ms: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    watching: StagesSeen | None = None


class Run:
    """One run. `perform` may be cut short by KeyboardInterrupt; `result` works all the same."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._began_s = time.monotonic()
        self._started_at = datetime.now(UTC)
        self._drawn_s = 0.0
        self._interrupted = False
        self.situation = _situation(request)

    def perform(self) -> None:
        """Run every check. An interrupt is remembered, and passed on."""
        limits = self._request.catalog.thresholds
        engine = Engine(
            ALL,
            self.situation,
            budget_ms=self._request.budget_ms or limits.run_budget_ms,
            starved_ms=limits.lag_starved_ms,
            heard=self._heard if self._request.watching else None,
        )
        try:
            engine.run()
        except KeyboardInterrupt:
            self._interrupted = True
            raise

    def _heard(self, _: Observation) -> None:
        now_s = time.monotonic()
        if self._request.watching and now_s - self._drawn_s > _REDRAW_S:
            self._drawn_s = now_s
            self._request.watching(stage_views(findings(self.situation)))

    def result(self) -> Result:
        """The verdict on everything seen so far, with all that led to it."""
        request, situation = self._request, self.situation
        found = findings(situation)
        carrier = choice_of(request.own)
        calling = calling_path(found, carrier)
        case = Case(carrier, calling.ready, choice_of(request.called), request.phone)
        return Result(
            run_id=secrets.token_hex(8),
            started_at=self._started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            netcheck_version=__version__,
            rules_version=RULES_VERSION,
            carrier=carrier,
            verdict=judge(found, case),
            wifi_calling=calling,
            stages=stage_views(found),
            findings=found,
            observations=situation.seen.all(),
            duration_ms=round((time.monotonic() - self._began_s) * 1000, 1),
            interrupted=self._interrupted,
            labels=dict(request.labels),
            symptom=request.symptom.value if request.symptom else None,
            packets_sent=situation.net.packets_sent,
        )


def choice_of(carrier: Carrier | None) -> CarrierChoice | None:
    """The carrier as a result tells it: a guest brand names the network it runs on."""
    if carrier is None:
        return None
    host = carrier.host_network if carrier.is_guest else None
    return CarrierChoice(carrier.id, carrier.name, host, carrier.country)


def carriers_of(request: Request) -> tuple[Carrier, ...]:
    """Everyone whose hosts this run may contact: one's own, the called person's, the controls."""
    chosen = [carrier for carrier in (request.own, request.called) if carrier]
    return (*chosen, *request.catalog.controls_for(request.own))


def _situation(request: Request) -> Situation:
    machine = reader()
    rows = allowed_targets(request.catalog, carriers_of(request))
    net = Network(AllowList(rows), interface=request.interface)
    return Situation(
        device=machine.read(),
        reader=machine,
        catalog=request.catalog,
        net=net,
        resolver=Resolver(),
        own=request.own,
        controls=request.catalog.controls_for(request.own),
        called=request.called,
        symptom=request.symptom,
        interface_wanted=request.interface,
        seen=Seen(),
    )


def leave(code: int) -> None:
    """End the process now: a resolver that hangs in a daemon thread must not hold the exit."""
    os._exit(code)
