"""wifi-calling: does the gateway answer the first message of IKEv2, on 500 and on 4500?

RFC 7296 1.2 (IKE_SA_INIT), RFC 3948 2.2 (the non-ESP marker on 4500). Any well-formed answer is
reachability, whatever it says; it does not prove that Wi-Fi calling works, which needs the SIM's
authentication, the entitlement and the IMS behind it. Silence has at least four causes: a local
block, a geoblock, an offer the server ignores, an outage. The controls tell the first apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.catalog import Catalog
from netcheck.checks.contract import Check, Situation
from netcheck.checks.epdg_resolves import CONFIGURED, EpdgNameFacts, literal_family
from netcheck.model.carrier import Carrier
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Family, Observed, Role, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.ike import SECOND_GROUP, SECOND_GROUP_AFTER_S, PortAnswer, exchange

_MOST_ADDRESSES = {Role.OWN: 2, Role.CALLED: 1, Role.CONTROL: 1}


@dataclass(frozen=True, slots=True)
class IkePortFacts(Facts):
    """One port. `answer` is the kind of a well-formed answer; `rejected_by` an ICMP source.
    `notify` names what was said in place of an SA (`netcheck explain NOTIFY`); one that is not
    known stays a number. `vendors` are the known names among the `vendor_ids` shown: claims.
    `translated`: the gateway sees another address or port than this device has (RFC 7296 2.23),
    as behind nearly every IPv4 router; only an SA tells, else None. `redirect_to` as given."""

    port: int
    answer: str | None
    not_ike: bool
    rejected_by: str | None
    delay_ms: float | None
    sent: int
    retransmitted: bool
    group: int | None
    notify: str | None = None
    vendor_ids: int = 0
    vendors: tuple[str, ...] = ()
    translated: bool | None = None
    redirect_to: str | None = None

    @property
    def by_second_group(self) -> bool:
        """Whether it answered the request of the second group only: many gateways drop a group
        they do not know without a word, and were never late."""
        return self.answer is not None and self.group == SECOND_GROUP

    @property
    def pace_ms(self) -> float | None:
        """The delay, without the wait before the second group was tried."""
        if self.delay_ms is None or not self.by_second_group:
            return self.delay_ms
        return max(0.0, self.delay_ms - 1000 * SECOND_GROUP_AFTER_S)


@dataclass(frozen=True, slots=True)
class IkeFacts(Facts):
    """One gateway address, both ports."""

    operator: str
    ports: tuple[IkePortFacts, ...]

    @property
    def answered(self) -> bool:
        """Whether any port gave a well-formed answer."""
        return any(port.answer is not None for port in self.ports)

    @property
    def prompt(self) -> bool:
        """Whether every port that answered did so to the first datagram it could answer."""
        return not any(
            port.answer is not None and port.retransmitted and not port.by_second_group
            for port in self.ports
        )

    @property
    def delay_ms(self) -> float | None:
        """The quickest answer, from the datagram on that was of a group it knows."""
        return min((p.pace_ms for p in self.ports if p.pace_ms is not None), default=None)


def targets(situation: Situation) -> Iterable[Target]:
    for role, carrier in situation.operators:
        literals = _literals(situation, carrier)[: _MOST_ADDRESSES[role]]
        for address, family in literals or _addresses(situation, carrier.id, role):
            if _may_aim(situation, carrier.id, role, address):
                yield Target(address, role, carrier.id, address, 500, family)


def _may_aim(situation: Situation, operator: str, role: Role, address: str) -> bool:
    """Whether this address is within what an operator may be asked: so many a family, a control
    once. Names come one by one, and a later answer may rank before those that were aimed at."""
    aimed = situation.aimed_at.setdefault(operator, [])
    if address not in aimed:
        alike = [one for one in aimed if role == Role.CONTROL or (":" in one) is (":" in address)]
        if len(alike) >= _MOST_ADDRESSES[role]:
            return False
        aimed.append(address)
    return True


def _literals(situation: Situation, carrier: Carrier) -> list[tuple[str, Family]]:
    """Gateways that the operator gives as addresses, of the families this device can send."""
    ways = {Family.IPV4: situation.has_ipv4, Family.IPV6: situation.has_ipv6}
    literals = [(host, literal_family(host)) for host in carrier.epdg_hosts]
    return [(host, family) for host, family in literals if family and ways[family]]


def _addresses(situation: Situation, operator: str, role: Role) -> list[tuple[str, Family]]:
    """What to ask: our nameserver's answer where it gave one, else the public resolver's."""
    answers = [
        (observation, facts)
        for observation, facts in situation.seen.facts("epdg-resolves", EpdgNameFacts)
        if facts.operator == operator and facts.addresses
    ]
    trusted = [pair for pair in answers if pair[1].resolver == CONFIGURED]
    if not trusted and not _configured_is_through(situation, operator):
        return []
    by_family: dict[Family, list[str]] = {Family.IPV4: [], Family.IPV6: []}
    for observation, facts in sorted(
        trusted or answers, key=lambda pair: _host_rank(situation, role, pair[0].target.name)
    ):
        family = observation.target.family or Family.IPV4
        by_family[family] += [a for a in facts.addresses if a not in by_family[family]]
    chosen = [
        (address, family)
        for family, addresses in by_family.items()
        for address in addresses[: _MOST_ADDRESSES[role]]
    ]
    if role == Role.CONTROL:
        return chosen[:1]
    # First one of each family, then the rest: the operator's half-open budget may end the list.
    chosen.sort(key=lambda pair: by_family[pair[1]].index(pair[0]))
    return chosen


def _host_rank(situation: Situation, role: Role, host: str) -> int:
    for asked_role, carrier in situation.operators:
        if asked_role == role and host in carrier.epdg_hosts:
            return carrier.epdg_hosts.index(host)
    return 99


def _configured_is_through(situation: Situation, operator: str) -> bool:
    """Whether our own nameserver has had its say about that operator, and said nothing usable."""
    said = [
        facts
        for _, facts in situation.seen.facts("epdg-resolves", EpdgNameFacts)
        if facts.operator == operator and facts.resolver == CONFIGURED
    ]
    return bool(said) or not situation.device.nameservers


def observe(target: Target, situation: Situation) -> Observed:
    if target.address is None or target.operator is None:
        raise ValueError("a target of this check names operator and address")
    budget = situation.budget_of(target.operator)
    answers = exchange(situation.net, target.address, budget=budget).ports
    if not any(answer.sent or answer.failure for answer in answers):
        return skipped("half-open-budget")
    for answer in answers:
        if answer.nat_seen is not None:
            end = (target.address, answer.port)
            situation.nat_seen[end] = (target.operator, answer.nat_seen)
    ports = tuple(port_facts(answer, situation.catalog) for answer in answers)
    facts = IkeFacts(target.operator, ports)
    if facts.answered:
        return ok(facts)
    if any(port.not_ike for port in facts.ports):
        return failed(Failure.WRONG_ANSWER, facts)
    if any(port.rejected_by for port in facts.ports):
        return failed(Failure.REFUSED, facts)
    other = next((a.failure for a in answers if a.failure not in (None, Failure.TIMEOUT)), None)
    return failed(other or Failure.TIMEOUT, facts)


def port_facts(answer: PortAnswer, catalog: Catalog) -> IkePortFacts:
    """What a port did, with the catalogue's names for it."""
    notify = None
    if answer.notify is not None:
        known = catalog.notifies.get(answer.notify)
        notify = known.name if known else str(answer.notify)
    vendors = [name for one in answer.vendors if (name := catalog.vendor(one))]
    return IkePortFacts(
        port=answer.port,
        answer=answer.answer,
        not_ike=answer.not_ike,
        rejected_by=answer.rejected_by,
        delay_ms=answer.delay_ms,
        sent=answer.sent,
        retransmitted=answer.retransmitted,
        group=answer.group,
        notify=notify,
        vendor_ids=answer.vendor_ids,
        vendors=tuple(dict.fromkeys(vendors)),
        translated=answer.translated,
        redirect_to=answer.redirect_to,
    )


def read(situation: Situation) -> Iterable[Finding]:
    for role, thing in ((Role.OWN, "own-epdg"), (Role.CALLED, "called-epdg")):
        state = _state(situation, role)
        if state is not None:
            if role == Role.CALLED and state != "answers":
                state = "silent"
            yield Finding(f"{thing}.{state}", (CHECK.id,))
    yield from _place(situation)
    yield from _family(situation)
    yield from _pace(situation)
    controls = _control_state(situation)
    if controls is not None:
        state, answering, asked = controls
        shown: dict[str, Parameter] = {"count": answering, "total": asked}
        yield Finding(f"control-epdg.{state}", (CHECK.id,), shown)


def _place(situation: Situation) -> Iterable[Finding]:
    """Whether this device is in the carrier's country: some gateways answer only there."""
    if situation.own is not None and situation.region is not None:
        state = "home" if situation.region == situation.own.country else "abroad"
        yield Finding(f"place.{state}", (CHECK.id,))


def _family(situation: Situation) -> Iterable[Finding]:
    """A gateway given as an IPv4 address cannot be reached from a network that has IPv6 alone and
    no translation on the device (RFC 6877): there is no name for DNS64 to answer."""
    own = situation.own
    if own is None or not own.epdg_hosts or not all(map(literal_family, own.epdg_hosts)):
        return
    if situation.has_ipv4 or situation.has_ipv6:
        state = "reachable" if _literals(situation, own) else "other-only"
        yield Finding(f"own-gateway-family.{state}", (CHECK.id,))


def _state(situation: Situation, role: Role) -> str | None:
    """All addresses of one operator have one voice: any answer is reachability."""
    failures = {
        observation.failure
        for observation, _ in situation.seen.facts(CHECK.id, IkeFacts)
        if observation.target.role == role
    }
    if not failures:
        return None
    if None in failures:
        return "answers"
    if Failure.WRONG_ANSWER in failures:
        return "not-ike"
    return "silent" if failures <= {Failure.TIMEOUT} else "rejected"


def _pace(situation: Situation) -> Iterable[Finding]:
    """Our gateway beside the controls, on the same path in the same second."""
    limits = situation.catalog.thresholds
    own: list[IkeFacts] = []
    controls: list[IkeFacts] = []
    for observation, facts in situation.seen.facts(CHECK.id, IkeFacts):
        if facts.answered:
            (controls if observation.target.role == Role.CONTROL else own).append(facts)
    own = [f for f in own if situation.own and f.operator == situation.own.id]
    if not own or not controls:
        return
    own_delay_ms = min(f.delay_ms or 0.0 for f in own)
    control_delay_ms = min(f.delay_ms or 0.0 for f in controls)
    slower = own_delay_ms > control_delay_ms + limits.epdg_slower_ms
    repeated = not any(f.prompt for f in own) and any(f.prompt for f in controls)
    state = "laboured" if slower or repeated else "prompt"
    yield Finding(f"own-epdg-pace.{state}", (CHECK.id,), {"delay_ms": round(own_delay_ms)})


def _control_state(situation: Situation) -> tuple[str, int, int] | None:
    by_operator: dict[str, set[Failure | None]] = {}
    for observation, facts in situation.seen.facts(CHECK.id, IkeFacts):
        if observation.target.role == Role.CONTROL:
            by_operator.setdefault(facts.operator, set()).add(observation.failure)
    if not by_operator:
        return None
    answering = sum(None in failures for failures in by_operator.values())
    asked = len(by_operator)
    if answering:
        return ("answers" if answering == asked else "mixed"), answering, asked
    failures = set().union(*by_operator.values())
    if Failure.WRONG_ANSWER in failures:
        return "not-ike", 0, asked
    return ("silent" if failures <= {Failure.TIMEOUT} else "rejected"), 0, asked


CHECK = Check(
    CheckSpec(
        id="epdg-answers-ike",
        stage=Stage.WIFI_CALLING,
        question="Does the carrier's Wi-Fi-calling gateway answer IKEv2?",
        control="Two other operators' gateways, asked the same way in the same second.",
        packets=6,
        deadline_ms=3600,
        tells=(
            *("own-epdg", "own-epdg-pace", "own-gateway-family", "place"),
            *("control-epdg", "called-epdg"),
        ),
        needs=("route-exists",),
        follows="epdg-resolves",
    ),
    targets,
    observe,
    read,
)
