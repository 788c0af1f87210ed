"""One run from beginning to end: device, checks, findings, verdict."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from netcheck import __version__
from netcheck.agent.beside import reading
from netcheck.agent.engine import Engine
from netcheck.agent.plan import chosen
from netcheck.agent.portion import Portion
from netcheck.agent.rhythm import (
    CARRIER_STAGES,
    REUSE_WITHIN_S,
    Kept,
    as_text,
    asks_carriers,
    taken_over,
    to_keep,
    with_taken_over,
)
from netcheck.agent.targets import allowed_targets
from netcheck.catalog import Catalog
from netcheck.checks import FIRST
from netcheck.checks.contract import HALF_OPEN_AT_MOST, Check, Seen, Situation
from netcheck.device import reader
from netcheck.device.contract import WifiWatch
from netcheck.diagnosis import RULES_VERSION
from netcheck.model.carrier import Carrier
from netcheck.model.device import LinkKind
from netcheck.model.observation import Observation
from netcheck.model.result import CarrierChoice, Result, StageView
from netcheck.model.stage import Stage
from netcheck.model.testimony import NOTHING_SAID, Question, Testimony
from netcheck.model.verdict import Worded
from netcheck.probe.network import AllowList, Network
from netcheck.probe.resolve import Resolver

if TYPE_CHECKING:
    from netcheck.agent.concluding import About
    from netcheck.agent.crowd import Asking
    from netcheck.agent.steering import Steering
    from netcheck.crowd.hearing import Feed
    from netcheck.model.crowd import CrowdWord
    from netcheck.model.phone import Source

StagesSeen = Callable[[tuple[StageView, ...]], None]
_REDRAW_S = 0.1
WITNESSES = (
    "phone-has-service",
    "airplane-mode-is-off",
    "others-here-have-service",
    "phone-is-on-this-wifi",
)
"""The checks that hear the user's word."""
HEARS_THE_CROWD = "others-see-no-outage"


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked to find out. `own` None: no carrier was chosen; then the controls are
    those of `country` (ISO 3166-1 alpha-2), where that is known. `region` is the country the
    device is in, if somebody said so: a locale does not tell. `before`: what the run before kept
    of carriers, as it is or as text, where this one may take it over (see `rhythm`) while it is no
    older than `before_within_s`. `full`: the whole plan, whatever is seen on the way.
    `spares_carriers`: no carrier's server is asked, whatever else. `phone` is a kind of phone, for
    its menus; `reads` is a phone that somebody wants read as well. `crowd` is the status feed to
    ask."""

    catalog: Catalog
    own: Carrier | None = None
    called: Carrier | None = None
    told: Testimony = NOTHING_SAID  # what the user says of their phone
    phone: str | None = None
    interface: str | None = None
    budget_ms: float | None = None
    country: str | None = None
    region: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    deep: bool = False
    full: bool = False
    stage: Stage | None = None
    watching: StagesSeen | None = None
    before: Kept | str | None = None
    before_within_s: float = REUSE_WITHIN_S
    spares_carriers: bool = False
    reads: "Source | None" = None
    portion: Portion | None = None
    crowd: "Feed | None" = None


class Run:
    """One run. `result` works at any moment, from any thread, also after an interrupt.

    With `asking`, what needs a carrier waits for `choose`; all else starts at once.
    """

    def __init__(self, request: Request, *, asking: bool = False) -> None:
        self._request = request
        self._began_s = time.monotonic()
        self._started_at = datetime.now(UTC)
        self._ended_s: float | None = None
        self._drawn_s = 0.0
        self._interrupted = False
        self.situation = _situation(request)
        self._phone = reading(request.reads, self.situation.device)
        self._crowd = _asking(request, self.situation)
        watch = _wifi_watch(self.situation)
        self.situation = replace(self.situation, phone=self._phone, wifi=watch, crowd=self._crowd)
        began_s = self._started_at.timestamp()
        self._taken_over = taken_over(
            request.before, self.situation, began_s, request.before_within_s
        )
        limits = request.catalog.thresholds
        self._engine = Engine(
            [] if self._narrowed else FIRST,
            self.situation,
            budget_ms=request.budget_ms
            or (limits.deep_budget_ms if request.deep or self._narrowed else limits.run_budget_ms),
            starved_ms=limits.lag_starved_ms,
            heard=self._heard if request.watching else None,
            more=self._the_rest,
            holds=_needs_a_carrier if asking else None,
            settled=self._settled if self._steers else None,
            summed=lambda situation: with_taken_over(situation, self._taken_over),
        )

    @property
    def _steers(self) -> bool:
        """Whether the plan may be cut short or deepened by what is seen."""
        request = self._request
        return not (request.full or request.deep or self._narrowed or request.spares_carriers)

    def _settled(self, pending: "Sequence[Check]") -> bool:
        return self._steering().settled(pending)

    def _steering(self) -> "Steering":
        from netcheck.agent.steering import Steering

        return Steering(self._about, lambda: with_taken_over(self.situation, self._taken_over))

    def _look_closer(self) -> None:
        """Deeper checks, while the verdict is open and the budget lasts."""
        done: set[str] = set()
        while further := self._steering().further(done, self._engine.left_ms):
            done |= {check.id for check in further}
            self._engine.add(further)
            self._engine.run()

    @property
    def _narrowed(self) -> bool:
        return self._request.stage is not None

    def _the_rest(self) -> list[Check]:
        """The checks that are loaded while the first ones run. A phone is read from now on."""
        if self._phone is not None:
            self._phone.start()
        from netcheck.checks import ALL

        specs = [check.spec for check in ALL]
        wanted = chosen(specs, deep=self._request.deep, stage=self._request.stage)
        first = () if self._narrowed else FIRST
        spared = {seen.check for seen in self._taken_over}
        spared |= asks_carriers() if self._request.spares_carriers else set()
        spared |= {HEARS_THE_CROWD} if self._crowd is None else set()  # nothing waits for no feed
        rest = [c for c in ALL if c.id in wanted - spared and c not in first]
        if self._crowd is not None and any(c.id == HEARS_THE_CROWD for c in rest):
            self._crowd.start()
        return rest

    def perform(self) -> None:
        """Run every check. An interrupt is remembered, and passed on."""
        self._drawn_s = time.monotonic()  # nothing to draw yet, and much to load
        try:
            self._engine.run()
            if self._steers:
                self._look_closer()
        except KeyboardInterrupt:
            self._interrupted = True
            raise
        finally:
            self._ended_s = time.monotonic()
            if self.situation.wifi is not None:
                self.situation.wifi.stop()

    def choose(self, own: Carrier | None) -> None:
        """The carrier is known now, or known not to come: what waited for it may start."""
        self._request = replace(self._request, own=own)
        controls = controls_of(self._request)
        rows = allowed_targets(self._request.catalog, carriers_of(self._request), own)
        self.situation.net.allowed.extend(rows)
        self.situation = replace(self.situation, own=own, controls=controls)
        self._engine.release(self.situation)

    def carriers_heard(self) -> Kept | None:
        """What the next run of this process may take over; None where there is nothing."""
        if self._interrupted:
            return None
        return to_keep(self.situation, self._started_at.timestamp())

    def carriers_seen(self) -> str | None:
        """The same as text, for a run of another process."""
        heard = self.carriers_heard()
        return as_text(heard) if heard else None

    def question(self) -> Question | None:
        """Once the checks are over: the one question to a person that would settle the verdict;
        None where none would, or where only a part was looked at."""
        from netcheck.agent.concluding import question_for
        from netcheck.agent.reading import findings

        if self._narrowed:
            return None
        found = findings(with_taken_over(self.situation, self._taken_over))
        known = {finding.thing for finding in found}
        open_ones = [one for one in Question if one not in known and self._can_be_asked(one, known)]
        return question_for(open_ones, found, self._about)

    def _can_be_asked(self, question: Question, known: set[str]) -> bool:
        if question == Question.BESIDE_ME:
            return self._request.own is not None  # the question names the carrier
        return question != Question.AIRPLANE or "airplane" not in known  # the phone has said so

    def hear(self, question: Question, answer: str) -> None:
        """A person has answered: their word is one more observation."""
        told = self.situation.told.with_answer(question, answer)
        self._request = replace(self._request, told=told)
        self.situation = replace(self.situation, told=told)
        self._engine.look_again(self.situation, WITNESSES)

    def crowd_heard(self) -> "CrowdWord | None":
        """What the status feed has said by now; None: nothing, or none was asked."""
        return None if self._crowd is None else self._crowd.word

    @property
    def carrier(self) -> str | None:
        """The name of the carrier this run is about, as far as it is known yet."""
        return self._request.own.name if self._request.own else None

    @property
    def _about(self) -> "About":
        from netcheck.agent.concluding import About

        request = self._request
        return About(choice_of(request.own), choice_of(request.called), request.phone)

    def learn(self, seen: Observation) -> None:
        """What another run of the same command saw: one more observation of this one."""
        self.situation.seen.add(seen)

    @property
    def lasted_ms(self) -> float:
        """From its beginning until now, or until it ended."""
        return ((self._ended_s or time.monotonic()) - self._began_s) * 1000

    def interrupt(self) -> None:
        """From now on the result says that the run was cut short."""
        self._interrupted = True

    def _heard(self, _: Observation) -> None:
        now_s = time.monotonic()
        if self._request.watching and now_s - self._drawn_s > _REDRAW_S:
            from netcheck.agent.reading import findings
            from netcheck.diagnosis.stages import stage_views

            self._drawn_s = now_s
            self._request.watching(stage_views(findings(self.situation)))

    def result(self) -> Result:
        """The verdict on everything seen so far, with all that led to it."""
        from netcheck.agent.concluding import conclude
        from netcheck.agent.reading import as_seen, findings
        from netcheck.device.interface_names import told_names, without_addresses

        request = self._request
        situation = with_taken_over(self.situation, self._taken_over)
        found = as_seen(findings(situation), situation)
        come_to = conclude(found, self._about)
        verdict = come_to.verdict
        if self._interrupted and not found:
            verdict = replace(verdict, headline=Worded("interrupted"))
        lasted_ms = self.lasted_ms - self._engine.idle_ms  # what a person thinks over is not its
        names = told_names(interface.name for interface in situation.device.interfaces)
        result = Result(
            run_id=os.urandom(8).hex(),
            started_at=self._started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            netcheck_version=__version__,
            rules_version=RULES_VERSION,
            carrier=choice_of(request.own),
            verdict=verdict,
            wifi_calling=come_to.wifi_calling,
            stages=come_to.stages,
            findings=found,
            observations=situation.seen.all(),
            duration_ms=round(lasted_ms, 1),
            interrupted=self._interrupted,
            labels=dict(request.labels),
            symptom=request.told.symptom,
            packets_sent=situation.net.packets_sent,
        )
        return without_addresses(result, names)


def _needs_a_carrier(check: Check) -> bool:
    return check.spec.stage in CARRIER_STAGES


def choice_of(carrier: Carrier | None) -> CarrierChoice | None:
    """The carrier as a result tells it: a guest brand names the network it runs on."""
    if carrier is None:
        return None
    host = carrier.host_network if carrier.is_guest else None
    return CarrierChoice(carrier.id, carrier.name, host, carrier.country)


def controls_of(request: Request) -> tuple[Carrier, ...]:
    """The operators whose answer makes silence mean something."""
    return request.catalog.controls_for(request.own, country=request.country, called=request.called)


def carriers_of(request: Request) -> tuple[Carrier, ...]:
    """Everyone whose hosts this run may contact: one's own, the called person's, the controls."""
    chosen = [carrier for carrier in (request.own, request.called) if carrier]
    return (*chosen, *controls_of(request))


def _situation(request: Request) -> Situation:
    machine = reader()
    rows = allowed_targets(request.catalog, carriers_of(request), request.own)
    net = Network(AllowList(rows), interface=request.interface)
    device, resolver, portion = machine.read(), Resolver(net), request.portion
    if portion is not None:
        net.error_pace = portion.pace
        if request.interface is not None:
            from netcheck.agent.paths import alone, names_over

            device = alone(device, request.interface)
            resolver = names_over(net, device, request.catalog)
    return Situation(
        device=device,
        reader=machine,
        catalog=request.catalog,
        net=net,
        resolver=resolver,
        own=request.own,
        controls=controls_of(request),
        called=request.called,
        told=request.told,
        region=request.region,
        interface_wanted=request.interface,
        seen=Seen(),
        half_open_limit=portion.half_open if portion else HALF_OPEN_AT_MOST,
    )


def _asking(request: Request, situation: Situation) -> "Asking | None":
    """Over the system's own way alone: a run that is tied to an interface hears what was kept."""
    if request.crowd is None:
        return None
    from netcheck.agent.crowd import Asking

    return Asking(request.crowd, situation, may_fetch=request.interface is None)


def _wifi_watch(situation: Situation) -> WifiWatch | None:
    """Only where the traffic leaves by Wi-Fi: nothing of it costs a wired run anything."""
    interface = situation.interface
    if interface is None or interface.kind != LinkKind.WIFI or not interface.up:
        return None
    return situation.reader.watch_wifi(interface.name)
