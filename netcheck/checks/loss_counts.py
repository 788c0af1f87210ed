"""What got lost on the way to the router and on the way to the internet, read together.

Whatever goes to the internet crosses the home first: a link that loses at home loses there too, so
both counts speak for it; and where the way beyond is cleaner than luck allows, what was lost at
home is the router's own affair (many let only so many knocks a second in).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from netcheck.catalog.thresholds import Thresholds
from netcheck.checks.contract import Situation
from netcheck.checks.loss_grade import Count, by_luck, leaning, likely_enough, loss_state
from netcheck.checks.own_traffic import TrafficFacts
from netcheck.model.observation import Facts

HOME, INTERNET = "home", "internet"
ROUTER_TRAIN, INTERNET_TRAIN, LOOK = "gateway-answers", "internet-is-steady", "loss-is-rare"


@dataclass(frozen=True, slots=True)
class GatewayFacts(Facts):
    """`by` says which probe was answered. `sent` and `lost` count the train of 20 ms probes.

    Silence to all of them proves nothing: many routers drop what is addressed to themselves.
    A neighbour lookup that stays unanswered (RFC 826, RFC 4861) means nobody is there.
    """

    neighbour: str | None
    by: str | None
    sent: int
    lost: int
    delay_ms: float | None
    jitter_ms: float | None


@dataclass(frozen=True, slots=True)
class SteadyFacts(Facts):
    """Over the operators that answered at all: a dead or filtered one is not loss."""

    operators: int
    sent: int
    lost: int
    delay_ms: float | None
    jitter_ms: float | None


@dataclass(frozen=True, slots=True)
class LossFacts(Facts):
    """A second, longer train over one way (`home` or `internet`), by itself, and what this device
    moved meanwhile."""

    way: str
    sent: int
    lost: int
    own: TrafficFacts | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """All that was counted over each way; None where nothing was. `looked`: the internet twice.

    What gets lost at home has to be missing at the far end, so both counts speak for it. That the
    way to the internet loses has to be proven where it was looked at twice: many lines lose 1 %,
    and where their luck is bad somebody would be blamed for it.

    Weakness: where the provider loses too, its loss speaks against the home as well, and a home of
    1 % that leans to lossy at all is called that (one in eight). To ask more of it there would lay
    twice as many lossy homes to the provider.
    """

    home: Count | None
    internet: Count | None
    looked: bool
    limits: Thresholds

    @property
    def home_state(self) -> str | None:
        """`none`, `some`, `heavy`, or `clear`: the internet loses more than luck hides here. None
        where too few packets were sent."""
        if self.home is None or self.home[1] < self.limits.train_probes / 2:
            return None
        if self._home_loses:
            return loss_state(*self.home, self.limits)
        if self.internet is None or self.internet_state in (None, "none"):
            return "none"
        return "clear" if self._is_unlike(self.home, self.internet) else "none"

    @property
    def internet_state(self) -> str | None:
        """`none`, `some` or `heavy`; None where too few packets were sent."""
        if self.internet is None or self.internet[1] < self.limits.train_probes / 2:
            return None
        state = loss_state(*self.internet, self.limits)
        if state != "some" or self._say(self.internet):
            return state
        return "some" if self._home_loses and self._say(self.home, self.internet) else "none"

    @property
    def _home_loses(self) -> bool:
        state = loss_state(*self.home, self.limits) if self.home else "none"
        if state == "none" or self.home is None or self.internet is None:
            return state != "none"
        # A far end that is cleaner than luck allows: the router drops only what knocks at itself.
        if self._is_unlike(self.internet, self.home):
            return False
        return state == "heavy" or self._say(self.home, self.internet)

    def _say(self, *counts: Count | None) -> bool:
        """Whether these counts, of lines that lose alike, say together that they lose."""
        lean = sum(leaning(*count, self.limits) for count in counts if count)
        return lean >= likely_enough(self.limits) if self.looked else lean > 0

    def _is_unlike(self, fewer: Count, more: Count) -> bool:
        return bool(by_luck(fewer, more) < self.limits.loss_clear_by_luck)


def ways_of(situation: Situation) -> Ways:
    """The ways as the checks that have run so far counted them."""
    gateways = situation.seen.facts(ROUTER_TRAIN, GatewayFacts)
    trains = situation.seen.facts(INTERNET_TRAIN, SteadyFacts)
    looks = {look.way: (look.lost, look.sent) for _, look in situation.seen.facts(LOOK, LossFacts)}
    return Ways(
        _joined([(facts.lost, facts.sent) for _, facts in gateways], looks.get(HOME)),
        _joined([(facts.lost, facts.sent) for _, facts in trains], looks.get(INTERNET)),
        INTERNET in looks,
        situation.catalog.thresholds,
    )


def _joined(first: Sequence[Count], second: Count | None) -> Count | None:
    if not first or not first[0][1]:
        return None
    lost, sent = second or (0, 0)
    return first[0][0] + lost, first[0][1] + sent
