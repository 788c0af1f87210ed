"""Which words a result is told in: shared by every format, so that all of them say the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from netcheck.model.finding import Parameter
from netcheck.model.result import Result
from netcheck.model.verdict import Reason, Side, Worded
from netcheck.render.times import moment, read_time
from netcheck.text import Words

_EMERGENCY = "step.emergency"
_PHONES = ("iphone", "pixel", "samsung")
_MOST_LOOKALIKES = 2
# Findings that share the verb "answer", in path order: `join.<id>` has the subject of each.
_ANSWERING = (
    "gateway.answers",
    "beyond-gateway.answers",
    "system-resolver.answers",
    "nameserver.answers",
    "public-resolver.answer",
    "anchors.answer",
    "control-epdg.answers",
    "own-epdg.answers",
)
_CHANGES = ("network", "router", "resolver", "vpn-on", "vpn-off", "carrier")
_LEAST_WEIGHT = 20  # hundredths of a natural logarithm: 1.2 times likelier
_LEAST_LIKELY = 0.02  # below this an alternative is not worth a person's time


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `taps` says where the switch is, empty for most."""

    text: str
    taps: str = ""


def context(result: Result) -> dict[str, Parameter]:
    """The params every sentence may use: the brand and the network it runs on. They come from
    the result's carrier alone, whatever a sentence's own params say."""
    if result.carrier is None:
        return {"carrier": None, "host_network": None}
    name, host = result.carrier.name, result.carrier.host_network
    if host is not None and name.casefold().startswith(host.casefold()):
        host = None  # "T-Mobile US (T-Mobile's network)" would tell nobody anything
    return {"carrier": name, "host_network": host}


def say(words: Words, worded: Worded, result: Result) -> str:
    """The sentence, in the words' locale, with what the result knows filled in."""
    known = dict(worded.params)
    known.setdefault("name", known.get("called"))
    if (link := f"stage.link.{known.get('kind')}") in words:
        known["kind"] = words.say(link)
    if worded.id.startswith(_EMERGENCY):
        known = _emergency(result) | known
    return words.say(worded.id, known | context(result))


def _emergency(result: Result) -> dict[str, Parameter]:
    """What to dial in the carrier's country, and where a text is read if that is documented;
    nothing where the country is not known, for a guess could cost time."""
    if result.carrier is None:
        return {}
    from netcheck.catalog import load

    found = load().emergency(result.carrier.country)
    if found.country is None:
        return {}
    numbers = (" ".join((one.number, "/".join(one.services))).strip() for one in found.numbers)
    signed_up = found.text_condition == "after-registration"
    return {
        "emergency_number": ", ".join(numbers),
        "text_to": None if signed_up else found.text_to,
        "text_if_signed_up": found.text_to if signed_up else None,
    }


def headline_id(words: Words, result: Result) -> str:
    """The headline's id as it is shown: the variant without a carrier where none was checked."""
    id = result.verdict.headline.id.removesuffix("-no-carrier")
    variant = f"{id}-no-carrier"
    return variant if result.carrier is None and variant in words else id


def headline(words: Words, result: Result) -> str:
    """The first sentence a person reads. Without a carrier it says that none was checked."""
    given = result.verdict.headline
    said = say(words, Worded(headline_id(words, result), given.params), result)
    if result.carrier is None and given.id != "interrupted":
        return f"{said} {words.say('headline.no-carrier-checked')}"
    return said


def percent(probability: float) -> int:
    """A probability for people: never 0 or 100, for nothing is that sure."""
    if not 0 <= probability <= 1:
        return 1
    return min(99, max(1, round(probability * 100)))


def telling(reasons: Sequence[Reason]) -> list[Reason]:
    """Those worth a person's time: what makes it noticeably likelier or less, and all that
    answers, which costs one clause together. `explain` has the rest."""
    return [
        reason
        for reason in reasons
        if abs(reason.weight) >= _LEAST_WEIGHT or (reason.weight > 0 and _answering(reason))
    ]


def clauses(words: Words, reasons: Sequence[Reason], result: Result) -> list[str]:
    """Reasons as short clauses, in their order; those that say "X answers" are joined into one,
    which stands where the first of them stood."""
    answering = [reason for reason in reasons if _answering(reason)]
    joined = _joined(words, answering, result)
    said = [
        joined if _answering(reason) else say(words, reason.words, result) for reason in reasons
    ]
    return list(dict.fromkeys(said))


def _answering(reason: Reason) -> bool:
    return reason.words.id.removeprefix("finding.") in _ANSWERING


def _joined(words: Words, reasons: Sequence[Reason], result: Result) -> str:
    if len(reasons) == 1:
        return say(words, reasons[0].words, result)  # alone it has room for its delay
    subjects: dict[int, str] = {}
    for reason in reasons:
        id = reason.words.id.removeprefix("finding.")
        subject = say(words, Worded(f"join.{id}", reason.words.params), result)
        if subject not in subjects.values():
            subjects[_ANSWERING.index(id)] = subject
    return _list(words, [subjects[place] for place in sorted(subjects)])


def _list(words: Words, subjects: Sequence[str]) -> str:
    if len(subjects) < 2:
        return "".join(words.say("join.answers-one", {"name": one}) for one in subjects)
    before = words.joined("comma", subjects[:-1])
    several = words.say("join.and", {"name": before, "last": subjects[-1]})
    return words.say("join.answers-many", {"name": several})


def lookalikes(words: Words, result: Result) -> str | None:
    """What else would look like this, or None: the verdict's likeliest alternatives."""
    if result.verdict.side in (Side.NONE, Side.INCONCLUSIVE):
        return None
    alike = [
        words.say(f"fault.{other.fault}.lookalike", context(result))
        for other in result.verdict.alternatives
        if other.probability >= _LEAST_LIKELY and _worth_telling_from(result, other.fault)
        if f"fault.{other.fault}.lookalike" in words
    ]
    if not alike:
        return None
    names = words.joined("comma", alike[:_MOST_LOOKALIKES])
    return words.say("ui.lookalike", {"name": names})


def _worth_telling_from(result: Result, other: str) -> bool:
    """Two ways for one carrier to fail are one and the same to a person; nothing wrong is no
    lookalike of something wrong."""
    fault = result.verdict.fault
    if other in ("unknown", "all-well", fault):
        return False
    return not (fault is not None and fault.startswith("carrier-") and other.startswith("carrier-"))


def leanings(words: Words, result: Result) -> str | None:
    """Where an inconclusive verdict leans, or None."""
    verdict = result.verdict
    if verdict.side is not Side.INCONCLUSIVE:
        return None
    chances = {other.fault: other.probability for other in verdict.alternatives}
    named = [verdict.fault] if verdict.fault is not None else []
    named += [fault for fault in chances if fault not in named]
    said = []
    for fault in named:
        if fault in ("unknown", "all-well") or f"fault.{fault}.name" not in words:
            continue
        name = words.say(f"fault.{fault}.name", context(result))
        chance = chances.get(fault)
        count = percent(chance) if chance is not None else None
        said.append(words.say("ui.lean", {"name": name, "count": count}))
    return words.joined("comma", said[:_MOST_LOOKALIKES]) or None


def companions(words: Words, result: Result) -> list[str]:
    """The faults beside the verdict's, each with how sure that is, and whether it is the one that
    the user noticed."""
    verdict = result.verdict
    noticed = verdict.complaint.explained_by if verdict.complaint else None
    told = []
    for other in verdict.also:
        if f"fault.{other.fault}.name" not in words:
            continue
        name = words.say(f"fault.{other.fault}.name", context(result))
        count = percent(other.confidence)
        because = _noticed(words, result) if other.fault == noticed else None
        told.append(words.say("ui.companion", {"name": name, "count": count, "symptom": because}))
    return told


def unexplained(words: Words, result: Result) -> str | None:
    """What the user noticed is another trouble than what was found, where that is so."""
    complaint, verdict = result.verdict.complaint, result.verdict
    if complaint is None or complaint.explained_by or verdict.side is Side.NONE:
        return None
    return words.say("ui.unexplained", {"symptom": _noticed(words, result)})


def _noticed(words: Words, result: Result) -> str | None:
    complaint = result.verdict.complaint
    id = f"symptom.{complaint.symptom}.short" if complaint else ""
    return words.say(id) if id in words else None


def taken_over(words: Words, result: Result) -> str:
    """That the carriers were not asked anew, where they were not; else nothing."""
    ages_s = [seen.age_s for seen in result.observations if seen.age_s is not None]
    return words.say("ui.taken-over", {"seconds": round(max(ages_s))}) if ages_s else ""


def changed(words: Words, result: Result, *, local: bool = False) -> str | None:
    """What differs from the last good run, or None. What only a newer netcheck knows is left
    out."""
    if result.changed is None or result.verdict.side is Side.NONE:
        return None
    ids = str(result.changed.params.get("what", "")).split(",")
    said = [words.say(f"changed.{id}") for id in _CHANGES if id in ids]
    worked, now = read_time(result.changed.params.get("at")), read_time(result.started_at)
    if not said:
        return None
    when = moment(words, worked, now, local=local) if worked and now else None
    return words.say("changed.since", {"time": when, "name": words.joined("clause", said)})


def runs_on(words: Words, result: Result) -> str | None:
    """ "Cricket runs on AT&T's network", where the carrier is blamed and that helps."""
    known = context(result)
    if result.verdict.side is not Side.CARRIER or known.get("host_network") is None:
        return None
    return words.say("ui.runs-on", known)


def one_party(words: Words, result: Result) -> str | None:
    """That provider and carrier are one company, where one of them is at issue."""
    if result.verdict.side not in (Side.ISP, Side.CARRIER, Side.INCONCLUSIVE):
        return None
    said = [one for one in result.findings if one.id == "provider-is-carrier.yes"]
    if not said:
        return None
    return words.say("ui.one-party-before" if "remembered" in said[0].params else "ui.one-party")


def calling(words: Words, result: Result) -> str | None:
    """What can and cannot be known of Wi-Fi calling, where the headline does not say it."""
    side, reason = result.verdict.side, result.wifi_calling.reason
    if side is not Side.NONE and not (side is Side.INCONCLUSIVE and result.wifi_calling.ready):
        return None
    if reason.id == "calling.no-carrier":
        return None  # the headline has said so
    return say(words, reason, result)


def step_id(words: Words, step: Worded, result: Result) -> str:
    """The step's id as it is shown: the variant for an open or a shut path, if it has one."""
    ready = result.wifi_calling.ready
    if ready is None:
        return step.id
    variant = f"{step.id}.{'open' if ready else 'shut'}"
    return variant if variant in words else step.id


def step_text(words: Words, step: Worded, result: Result) -> str:
    """The step's sentence."""
    return say(words, Worded(step_id(words, step, result), step.params), result)


def steps(words: Words, result: Result) -> tuple[Step, ...]:
    """What to do, in order, with the taps where a switch must be found."""
    return tuple(
        Step(step_text(words, step, result), _taps(words, step))
        for step in result.verdict.next_steps
    )


def _taps(words: Words, step: Worded) -> str:
    switch = step.id.removeprefix("step.turn-on-")
    phone = step.params.get("phone")
    phones = (str(phone),) if phone in _PHONES else ("iphone", "other")
    said = [
        words.joined("colon", (words.say(f"taps.{kind}.label"), words.say(id)))
        for kind in phones
        if (id := f"taps.{kind}.{switch}") in words
    ]
    told = words.joined("clause", said)
    return words.say("join.in-brackets", {"name": told}) if told else ""


def share(words: Words, probability: float) -> str:
    """A probability as it stands alone: `84 %`."""
    return words.say("join.percent", {"count": percent(probability)})
