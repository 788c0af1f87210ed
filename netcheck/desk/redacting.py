"""Redaction: a result, a history and the systems' own words with stand-ins for identifiers.

Structured fields first: each kind of field has its rule. What is left is kept only where it is a
word that netcheck itself wrote (`Known`); an address, a hardware address or the name of an
interface is recognised by its pattern and gets a stand-in; any other text is left out, and only a
number for it remains (`text-3`). Nothing is searched for inside a text and cut out of it: a text
that is not understood as a whole does not pass.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from netcheck.desk.stand_ins import StandIns, is_address, is_hardware
from netcheck.model.finding import Finding, Parameter
from netcheck.model.history import LOOK
from netcheck.model.observation import Observation, RecordedFacts, Target
from netcheck.model.result import CarrierChoice, Result, StageView
from netcheck.model.verdict import Alternative, Companion, Complaint, Reason, Verdict, Worded

MOST_NUMBER = 10_000_000_000
"""A number of more digits may be one that identifies a phone, a card or a line."""

_INTERFACE = re.compile(
    r"lo\d?|(eth|wlan|wwan|usb|tun|tap|utun|wg|ppp|br|bond|vpn|rmnet|docker|virbr|awdl|en|nc)\d{1,3}"
    r"|(en|wl|ww)(p\d{1,3}s\d{1,3}(f\d{1,2})?(u\d{1,2}){0,4}(i\d{1,2})?|o\d{1,3}|s\d{1,3})"
)
_BY_HARDWARE = re.compile(r"(en|wl|ww)x([0-9a-f]{12})")
_PORT = re.compile(r"(tcp|udp)/\d{1,5}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)")
_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){1,2}([abrc]{1,2}\d{1,3})?(\.dev\d{1,4})?")
_PREFIXED = re.compile(r"([0-9A-Fa-f:.]{2,45})/(\d{1,3})")
_AT_PORT = re.compile(r"\[?([0-9A-Fa-f:.]{2,45}?)\]?:(\d{1,5})")
_DOMAIN = re.compile(r"[^\s/:@]+(\.[^\s/:@]+)+\.?")
_COUNTRY = re.compile("[A-Z]{2}")
_WIFI_KEYS = ("ssid", "bssid")


@dataclass(frozen=True, slots=True)
class Known:
    """What netcheck itself writes. `words` are whole values: ids, closed words, public names and
    addresses of the catalogue; `fields` names of facts and params; `findings` their ids."""

    words: Collection[str]
    fields: Collection[str]
    findings: Collection[str]
    checks: Collection[str]


class Redactor:
    """Gives everything of one bundle its stand-ins, and counts what is left out."""

    def __init__(self, stand_ins: StandIns, known: Known) -> None:
        self.stand_ins = stand_ins
        self._known = known
        self.left_out: dict[str, int] = {}

    def drop(self, what: str, count: int = 1) -> None:
        """Count something that is not in the bundle at all."""
        self.left_out[what] = self.left_out.get(what, 0) + count

    def text(self, value: str, key: str = "") -> str:
        """Any text: as it is where netcheck knows it, else a stand-in."""
        if all(part in self._known.words for part in re.split(" and |,", value)):
            return value  # several operators, or changes, are named together
        if value == "" or _PORT.fullmatch(value) or _TIME.fullmatch(value):
            return value
        if key in _WIFI_KEYS and not is_hardware(value):
            return self.stand_ins.labelled("wifi", value)
        if key == "country" and _COUNTRY.fullmatch(value):
            return value
        return self._by_pattern(value)

    def _by_pattern(self, value: str) -> str:
        if is_address(value):
            return self.address(value)
        if is_hardware(value):
            return self.stand_ins.of_hardware(value)
        if _INTERFACE.fullmatch(value) or _BY_HARDWARE.fullmatch(value):
            return self.interface(value)
        for pattern, form in ((_PREFIXED, "{}/{}"), (_AT_PORT, "{}:{}")):
            found = pattern.fullmatch(value)
            if found and is_address(found[1]):
                inner = self.address(found[1])
                return form.format(f"[{inner}]" if value.startswith("[") else inner, found[2])
        return self.stand_ins.labelled("name" if _DOMAIN.fullmatch(value) else "text", value)

    def address(self, value: str) -> str:
        """An address; its scope is the name of an interface."""
        plain, percent, scope = value.partition("%")
        if plain in self._known.words:
            return value if not percent else f"{plain}%{self.interface(scope)}"
        made = self.stand_ins.of_address(plain)
        return f"{made}%{self.interface(scope)}" if percent else made

    def interface(self, name: str) -> str:
        """A name that the system gave stays; one that holds a hardware address holds its stand-in;
        one that somebody chose is numbered."""
        if _INTERFACE.fullmatch(name):
            return name
        by_hardware = _BY_HARDWARE.fullmatch(name)
        if by_hardware:
            made = self.stand_ins.of_hardware(by_hardware[2]).replace(":", "")
            return f"{by_hardware[1]}x{made}"
        return self.stand_ins.labelled("interface", name)

    def value(self, value: Any, key: str = "") -> Any:
        """A fact, whatever its type. A field that no netcheck has is left out."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            if -MOST_NUMBER < value < MOST_NUMBER:
                return value
            self.drop("number")
            return None
        if isinstance(value, str):
            return self.interface(value) if key == "interface" else self.text(value, key)
        if isinstance(value, list | tuple):
            return [self.value(one, key) for one in value]
        if isinstance(value, Mapping):
            return self.facts(value)
        self.drop("field")
        return None

    def facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Those of known names."""
        kept = {name: one for name, one in facts.items() if name in self._known.fields}
        if len(kept) < len(facts):
            self.drop("field", len(facts) - len(kept))
        return {name: self.value(one, name) for name, one in kept.items()}

    # --- a result ---

    def result(self, result: Result) -> Result:
        """The same run; its facts must be RecordedFacts. Labels are left out: they are anybody's
        words."""
        carrier = result.carrier
        if result.labels:
            self.drop("label", len(result.labels))
        for label in (*result.labels, *result.labels.values()):
            self.text(label)
        calling = result.wifi_calling
        return replace(
            result,
            run_id=self.stand_ins.of_run(result.run_id),
            started_at=_or(_TIME, result.started_at, "1970-01-01T00:00:00Z"),
            netcheck_version=_or(_VERSION, result.netcheck_version, "0.0.0"),
            carrier=self._carrier(carrier) if carrier else None,
            verdict=self._verdict(result.verdict),
            wifi_calling=replace(calling, reason=self._worded(calling.reason)),
            stages=tuple(
                StageView(one.stage, one.state, self._params(one.params)) for one in result.stages
            ),
            findings=self._findings(result.findings),
            observations=self._observations(result.observations),
            labels={},
            changed=self._worded(result.changed) if result.changed else None,
            symptom=self._optional(result.symptom),
        )

    def _optional(self, value: str | None, key: str = "") -> str | None:
        return None if value is None else self.text(value, key)

    def _carrier(self, one: CarrierChoice) -> CarrierChoice:
        country = self.text(one.country, "country")
        return CarrierChoice(
            self.text(one.id), self.text(one.name), self._optional(one.host_network), country
        )

    def _params(self, params: Mapping[str, Parameter]) -> dict[str, Parameter]:
        return self.facts(params)

    def _worded(self, words: Worded) -> Worded:
        return Worded(self.text(words.id), self._params(words.params))

    def _reasons(self, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
        return tuple(
            Reason(self.text(one.finding), one.weight, self._worded(one.words)) for one in reasons
        )

    def _verdict(self, verdict: Verdict) -> Verdict:
        settles, complaint = verdict.would_settle, verdict.complaint
        return replace(
            verdict,
            fault=self._optional(verdict.fault),
            headline=self._worded(verdict.headline),
            because=self._reasons(verdict.because),
            against=self._reasons(verdict.against),
            alternatives=tuple(
                Alternative(self.text(one.fault), one.side, one.probability)
                for one in verdict.alternatives
            ),
            next_steps=tuple(self._worded(step) for step in verdict.next_steps),
            would_settle=self._worded(settles) if settles else None,
            also=tuple(
                Companion(self.text(one.fault), one.side, one.severity, one.confidence)
                for one in verdict.also
            ),
            complaint=Complaint(
                self.text(complaint.symptom), self._optional(complaint.explained_by)
            )
            if complaint
            else None,
        )

    def _findings(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """A finding that no rule knows weighs nothing: without it the verdict is the same."""
        kept = []
        for one in findings:
            if one.id not in self._known.findings:
                self.drop("finding")
                continue
            checks = tuple(check for check in one.checks if check in self._known.checks)
            kept.append(Finding(one.id, checks, self._params(one.params)))
        return tuple(kept)

    def _observations(self, seen: Iterable[Observation]) -> tuple[Observation, ...]:
        kept = []
        for one in seen:
            if one.check not in self._known.checks:
                self.drop("observation")
                continue
            if one.detail is not None:
                self.drop("detail")
            facts = one.facts
            kept.append(
                replace(
                    one,
                    target=self._target(one.target),
                    facts=RecordedFacts(self.facts(facts.values))
                    if isinstance(facts, RecordedFacts)
                    else None,
                    interface=None if one.interface is None else self.interface(one.interface),
                    unmet=self._optional(one.unmet),
                    detail=None,
                )
            )
        return tuple(kept)

    def _target(self, target: Target) -> Target:
        return replace(
            target,
            name=self.text(target.name),
            operator=self._optional(target.operator),
            address=self._optional(target.address),
            via=self._optional(target.via),
        )

    # --- a history ---

    def look(self, entry: Mapping[str, Any]) -> dict[str, Any] | None:
        """A run as a history keeps it, without its digest, which is of what is not here any more.
        None: it has no time that can be read."""
        if not isinstance(entry.get("at"), str) or not _TIME.fullmatch(entry["at"]):
            self.drop("look")
            return None
        body: dict[str, Any] = {}
        for name, one in entry.items():
            if name in LOOK:
                body[name] = self._of_look(name, one)
            elif name != "chain":
                self.drop("field")
        return body

    def _of_look(self, name: str, one: Any) -> Any:
        patterns = {"at": _TIME, "version": _VERSION}
        if name == "run":
            return self.stand_ins.of_run(one) if isinstance(one, str) else None
        if name in patterns:
            return one if isinstance(one, str) and patterns[name].fullmatch(one) else None
        if name == "findings":
            listed = one if isinstance(one, list) else []
            return [id for id in listed if isinstance(id, str) and id in self._known.findings]
        return self.value(one) if not isinstance(one, Mapping | list) else None


def _or(pattern: re.Pattern[str], value: str, otherwise: str) -> str:
    return value if pattern.fullmatch(value) else otherwise


def addresses_in(value: Any) -> set[str]:
    """Every address in a JSON value, in whatever field: no stand-in may be one of them."""
    if isinstance(value, str):
        found = {value.partition("%")[0].partition("/")[0].strip("[]")}
        port = _AT_PORT.fullmatch(value)
        found |= {port[1]} if port else set()
        return {one for one in found if is_address(one)}
    if isinstance(value, Mapping):
        return set().union(*(addresses_in(one) for one in (*value.keys(), *value.values())))
    if isinstance(value, list | tuple):
        return set().union(*(addresses_in(one) for one in value))
    return set()
