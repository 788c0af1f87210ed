"""A result as a report. Each field is taken from one named place and made coarse; nothing is copied
whole and then cleaned.

What comes from the result must be a word that netcheck itself knows (`Known`): a saved result is a
file, and anybody may have written into it. Whatever else it says is dropped without a word.
"""

import hmac
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from netcheck.device.version import major_minor
from netcheck.model.device import LinkKind
from netcheck.model.observation import Observation, RecordedFacts, Role
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.phone import ServiceState
from netcheck.model.result import Result
from netcheck.model.symptom import Symptom
from netcheck.model.verdict import Severity, Side
from netcheck.model.wifi import Security
from netcheck.report.form import Report

TIME_BIN = timedelta(minutes=5)
SIGNAL_STEP_DB = 10
MOST_ALSO = 20  # companions of a fault; more is no verdict of ours
_SLOWEST_MS = 4096  # beyond it lies one last bucket
_PRIVATE_ASNS = (range(64_512, 65_536), range(4_200_000_000, 1 << 32))  # RFC 6996, RFC 7300
_BANDS = {2.4: "2.4", 5.0: "5", 6.0: "6", 60.0: "60"}
_ADDRESS_KINDS = ("private", "cgnat", "ula", "link-local", "global", "other")
_SEEN_AS = ("public", "private", "shared")


@dataclass(frozen=True, slots=True)
class Known:
    """The words of this netcheck: a report holds no id besides these. `plmns`: of a carrier the
    first number that the catalogue has of its network; `resolvers`: of an address the name that
    all the world knows it by."""

    faults: Collection[str]
    findings: Collection[str]
    checks: Collection[str]
    plmns: Mapping[str, str | None]
    resolvers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class About:
    """What a result does not hold. `region` is an ISO 3166 country, as somebody said it."""

    system: str
    system_version: str | None
    region: str | None


def build(result: Result, about: About, known: Known, secret: bytes) -> Report:
    """The report of a run. The same run gives the same report, for as long as the secret stays."""
    verdict = result.verdict
    carrier = result.carrier.id if result.carrier and result.carrier.id in known.plmns else None
    region = _country(about.region)
    started = _utc(result.started_at)
    seen = _Seen(result.observations)
    asn = seen.number("provider-is-known", "asn")
    public = asn is not None and asn > 0 and not any(asn in private for private in _PRIVATE_ASNS)
    return Report(
        report_id=_digest(secret, "report", result.run_id)[:32],
        device_token=_token(secret, started, carrier, region, asn if public else None),
        time=_bin(started),
        netcheck=major_minor(result.netcheck_version) or "0.0",
        rules=result.rules_version if 0 <= result.rules_version < 1 << 16 else 0,
        system=about.system if re.fullmatch("[a-z]{1,12}", about.system) else None,
        system_version=major_minor(about.system_version or ""),
        carrier=carrier,
        plmn=_plmn(known.plmns[carrier]) if carrier else None,
        region=region,
        called=_word(seen.called(), known.plmns),
        symptom=_word(result.symptom, tuple(Symptom)),
        side=Side(verdict.side).value,
        fault=_word(verdict.fault, known.faults),
        severity=Severity(verdict.severity).value,
        confidence=confidence_band(verdict.confidence),
        also=tuple(sorted({c.fault for c in verdict.also} & set(known.faults)))[:MOST_ALSO],
        calling_ready=result.wifi_calling.ready,
        interrupted=result.interrupted,
        link=seen.word("link-is-connected", "kind", tuple(LinkKind)),
        made_up_address=seen.flag("link-is-connected", "made_up"),
        wifi_band=_band(seen.figure("wifi-air-carries", "band_ghz")),
        wifi_signal=signal_step(seen.figure("link-is-connected", "signal_dbm")),
        wifi_security=seen.word("wifi-air-carries", "security", tuple(Security)),
        addresses=seen.words("device-has-address", "kinds", _ADDRESS_KINDS),
        seen_as=seen.word("stun-answers", "address_class", _SEEN_AS),
        provider_asn=asn if public else None,
        provider_country=_country(seen.raw("provider-is-known", "country")),
        resolver=_resolver(seen, known),
        phone_service=seen.word("phone-is-registered", "service", tuple(ServiceState)),
        router_delay=delay_bucket(seen.figure("gateway-answers", "delay_ms")),
        internet_delay=delay_bucket(seen.figure("internet-is-steady", "delay_ms")),
        resolver_delay=delay_bucket(seen.figure("nameserver-answers", "delay_ms")),
        gateway_delay=delay_bucket(seen.gateway_ms()),
        findings=tuple(sorted({f.id for f in result.findings} & set(known.findings))),
        failures=_failures(result.observations, known.checks),
    )


def delay_bucket(delay_ms: float | None) -> str | None:
    """A delay as the power of two it lies between: `<1`, `1-2`, `2-4`, up to `>=4096` ms."""
    if delay_ms is None or not delay_ms >= 0:
        return None
    if delay_ms < 1:
        return "<1"
    if delay_ms >= _SLOWEST_MS:
        return f">={_SLOWEST_MS}"
    least = 1 << (int(delay_ms).bit_length() - 1)
    return f"{least}-{2 * least}"


def signal_step(signal_dbm: float | None) -> str | None:
    """A signal as the ten decibels it lies in: `-60..-51` dBm."""
    if signal_dbm is None or not -120 <= signal_dbm < 0:
        return None
    least = int(signal_dbm // SIGNAL_STEP_DB) * SIGNAL_STEP_DB
    return f"{least}..{least + SIGNAL_STEP_DB - 1}"


def confidence_band(confidence: float) -> str:
    """A share as the ten percent it lies in, as the spoken code has it; `90-99` holds all of 1."""
    tens = min(9, max(0, int(confidence * 10))) if 0 <= confidence <= 1 else 0
    return f"{tens * 10}-{tens * 10 + 9}"


def _utc(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


def _bin(moment: datetime | None) -> str:
    """The five minutes it lies in, by their beginning."""
    if moment is None:
        return "1970-01-01T00:00Z"
    minute = moment.minute - moment.minute % (TIME_BIN.seconds // 60)
    return moment.replace(minute=minute).strftime("%Y-%m-%dT%H:%MZ")


def _digest(secret: bytes, *parts: str) -> str:
    return hmac.digest(secret, "\0".join(parts).encode(), "sha256").hex()


def _token(
    secret: bytes, moment: datetime | None, carrier: str | None, region: str | None, asn: int | None
) -> str:
    """Counts devices: one device has one token for a day, a carrier, a region and a provider, and
    nobody can tell that two tokens are one device's. Without the provider, a device that went from
    home to work would tell that the two belong together. 32 bits, so that chance alone makes some
    alike.

    Weakness: a device whose provider is known in one report and not in the next counts twice.
    """
    day = moment.strftime("%Y-%m-%d") if moment else ""
    provider = str(asn) if asn is not None else ""
    return _digest(secret, "device", day, carrier or "", region or "", provider)[:8]


def _word(value: object, known: Collection[str]) -> str | None:
    """The word as the list has it; None for any other."""
    return next((str(word) for word in known if word == value), None)


def _country(value: object) -> str | None:
    found = isinstance(value, str) and re.fullmatch("[A-Z]{2}", value)
    return str(value) if found else None


def _plmn(number: str | None) -> str | None:
    return number if number is not None and re.fullmatch(r"\d{5,6}", number) else None


def _band(band_ghz: float | None) -> str | None:
    return _BANDS.get(band_ghz) if band_ghz is not None else None


def _resolver(seen: "_Seen", known: Known) -> str | None:
    """Who answers names here: a public resolver by its name, another by the number of the network
    it asks from, else `private`; None where there is none."""
    asked = seen.of("nameserver-answers")
    if not asked:
        return None
    for observation in asked:
        name = known.resolvers.get(observation.target.name)
        if name is not None:
            return name
    asn = seen.number("resolver-asks-from-here", "network")
    if asn is None or asn <= 0 or any(asn in private for private in _PRIVATE_ASNS):
        return "private"
    return f"AS{asn}" if asn < 1 << 32 else "private"


def _failures(observations: Iterable[Observation], checks: Collection[str]) -> tuple[str, ...]:
    """Which checks failed in which way, once each; against whom is not said."""
    found = {
        f"{seen.check}:{Failure(seen.failure).value}"
        for seen in observations
        if seen.outcome is Outcome.FAILED and seen.failure is not None and seen.check in checks
    }
    return tuple(sorted(found))


class _Seen:
    """Facts by check and field, typed or read back from a file alike; what is of another type than
    it must be is None."""

    def __init__(self, observations: Iterable[Observation]) -> None:
        self._all = tuple(observations)

    def of(self, check: str) -> list[Observation]:
        return [seen for seen in self._all if seen.check == check and seen.facts is not None]

    def raw(self, check: str, field: str) -> object:
        """The first value that was measured."""
        values = (_fact(seen, field) for seen in self.of(check))
        return next((value for value in values if value is not None), None)

    def word(self, check: str, field: str, known: Collection[str]) -> str | None:
        return _word(self.raw(check, field), known)

    def words(self, check: str, field: str, known: Collection[str]) -> tuple[str, ...]:
        values = self.raw(check, field)
        listed = values if isinstance(values, list | tuple) else ()
        return tuple(word for word in known if word in listed)

    def flag(self, check: str, field: str) -> bool | None:
        value = self.raw(check, field)
        return value if isinstance(value, bool) else None

    def figure(self, check: str, field: str) -> float | None:
        value = self.raw(check, field)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if is_number else None  # type: ignore[arg-type]

    def number(self, check: str, field: str) -> int | None:
        value = self.raw(check, field)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def called(self) -> str | None:
        """The carrier of the person who can't be reached, by what was asked of its servers.

        Weakness: one that has its gateways in common with one's own is asked once, as one's own,
        and is not told here."""
        asked = (seen.target.operator for seen in self._all if seen.target.role is Role.CALLED)
        return next((operator for operator in asked if operator is not None), None)

    def gateway_ms(self) -> float | None:
        """How long one's own carrier's gateway took: the quickest port that answered."""
        delays = []
        for seen in self.of("epdg-answers-ike"):
            ports = _fact(seen, "ports") if seen.target.role is Role.OWN else None
            for port in ports if isinstance(ports, list | tuple) else ():
                delay = _value(port, "delay_ms") if _value(port, "answer") is not None else None
                if isinstance(delay, int | float) and not isinstance(delay, bool) and delay >= 0:
                    delays.append(float(delay))
        return min(delays, default=None)


def _fact(seen: Observation, name: str) -> object:
    facts = seen.facts
    return _value(facts.values if isinstance(facts, RecordedFacts) else facts, name)


def _value(facts: object, name: str) -> object:
    if isinstance(facts, Mapping):
        return facts.get(name)
    return getattr(facts, name, None)
