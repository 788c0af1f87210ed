"""isp: is what was lost more than chance, at home and beyond?

A train of 20 probes cannot tell a line that loses 1 % from one that loses 5 %. So whenever
anything was lost or answered only to a repetition, and the first trains leave it open, a second
and longer look goes to the router and to the internet at once, until Wald's test decides or its
packets are spent (`loss_grade`). A healthy run sends none. A router is knocked at slowly, because
routers drop fast knocks of their own accord; one that answers none of them is not looked at.
"""

from collections.abc import Iterable

from netcheck.checks.anchor_answers import AnchorFacts
from netcheck.checks.contract import Check, Situation
from netcheck.checks.internet_is_steady import alive_of, counted
from netcheck.checks.loss_counts import (
    HOME,
    INTERNET,
    INTERNET_TRAIN,
    LOOK,
    ROUTER_TRAIN,
    GatewayFacts,
    LossFacts,
    SteadyFacts,
    Ways,
)
from netcheck.checks.loss_grade import is_decided, is_heavy, loss_state
from netcheck.checks.own_traffic import Meter
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.train import dns_train, tcp_train

_PATIENCE_MS = 800


def targets(situation: Situation) -> Iterable[Target]:
    """The ways that are still open, if anything at all was lost."""
    limits = situation.catalog.thresholds
    home = next(iter(situation.seen.facts(ROUTER_TRAIN, GatewayFacts)), None)
    beyond = next(iter(situation.seen.facts(INTERNET_TRAIN, SteadyFacts)), None)
    lost_at_home = home[1].lost if home else 0
    lost_beyond = beyond[1].lost if beyond else 0
    if not (lost_at_home or lost_beyond or situation.net.repeats or _a_name_got_lost(situation)):
        return
    lossy_beyond = beyond and loss_state(lost_beyond, beyond[1].sent, limits) != "none"
    if home and lossy_beyond and is_heavy(home[1].lost, home[1].sent, limits):
        return  # whatever crosses that link is lost too: there is nothing more to tell
    # A short train crosses a lossy home by chance; then the provider would be blamed for it.
    if home and _port(home[1]) and not is_decided(lost_at_home, home[1].sent, limits):
        yield Target(HOME, address=home[0].target.address, port=_port(home[1]))
    if beyond and beyond[1].operators and not is_decided(lost_beyond, beyond[1].sent, limits):
        yield Target(INTERNET)


def _a_name_got_lost(situation: Situation) -> bool:
    """Whether some site's name went unanswered while another's was found: systems wait five
    seconds before they ask again (resolv.conf(5)), so a lost question looks like a dead site."""
    sites = situation.seen.facts("anchor-answers", AnchorFacts)
    timed_out = [
        observation.failure == Failure.TIMEOUT and facts.failed_phase == "dns"
        for observation, facts in sites
    ]
    return any(timed_out) and not all(timed_out)


def _port(facts: GatewayFacts) -> int | None:
    """The TCP port at which the router answered; None where it answered otherwise."""
    kind, _, port = (facts.by or "").partition("/")
    return int(port) if kind == "tcp" else None


def observe(target: Target, situation: Situation) -> Observed:
    limits = situation.catalog.thresholds
    home = target.name == HOME
    before = _before(home, situation)
    meter = Meter(situation.interface.name) if situation.interface else None

    def enough(lost: int, sent: int) -> bool:
        return is_decided(before[0] + lost, before[1] + sent, limits)

    if home:
        if target.address is None or target.port is None:
            raise ValueError("the router's target names address and port")
        trains = [
            tcp_train(
                situation.net,
                target.address,
                target.port,
                count=limits.loss_home_look_probes,
                interval_ms=limits.loss_home_interval_ms,
                wait_ms=_PATIENCE_MS,
                enough=enough,
            )
        ]
    else:
        trains = alive_of(
            dns_train(
                situation.net,
                tuple(resolver.name for resolver in situation.resolvers),
                situation.catalog.anchors[0].host,
                count=limits.loss_look_probes,
                interval_ms=limits.train_interval_ms,
                wait_ms=_PATIENCE_MS,
                enough=enough,
            )
        )
    sent, lost = counted(trains)
    if not sent:
        return skipped(ROUTER_TRAIN if home else INTERNET_TRAIN)
    facts = LossFacts(target.name, sent, lost, meter.read() if meter else None)
    both = (before[0] + lost, before[1] + sent)
    beyond = Ways(None, both, looked=True, limits=limits)
    state = loss_state(*both, limits) if home else beyond.internet_state
    return ok(facts) if state in (None, "none") else failed(Failure.LOSS, facts)


def _before(home: bool, situation: Situation) -> tuple[int, int]:
    """(lost, sent) of the first train over that way."""
    kind: type[Facts] = GatewayFacts if home else SteadyFacts
    for _, facts in situation.seen.facts(ROUTER_TRAIN if home else INTERNET_TRAIN, kind):
        if isinstance(facts, GatewayFacts | SteadyFacts):
            return facts.lost, facts.sent
    return 0, 0


def read(situation: Situation) -> Iterable[Finding]:
    """Both trains count together: read by `gateway-answers` and `internet-is-steady`."""
    return ()


CHECK = Check(
    CheckSpec(
        id=LOOK,
        stage=Stage.ISP,
        question="Is what was lost more than chance, at home and beyond?",
        control="The router and the internet side by side: home loses what both lose.",
        packets=240,
        deadline_ms=6000,
        needs=("route-exists",),
        tells=("home-loss", "internet-loss"),
        follows="anchor-answers",  # whose lost names may be the first sign
        after=(ROUTER_TRAIN, INTERNET_TRAIN, "stun-answers"),
    ),
    targets,
    observe,
    read,
)
