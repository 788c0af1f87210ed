"""A page as a browser would build it, for the tests that read one."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

from netcheck.model.account import Account, Term, Turn
from netcheck.model.history import Stretch
from netcheck.model.observation import Observation, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.result import Result
from netcheck.model.stage import Stage
from netcheck.model.verdict import Side
from netcheck.render import page
from netcheck.text import words


class Element:
    """An element of a page as a browser would build it, well-formed or an error."""

    def __init__(self, name: str, attributes: dict[str, str | None]) -> None:
        self.name, self.attributes = name, attributes
        self.children: list[Element | str] = []

    @property
    def classes(self) -> list[str]:
        return (self.attributes.get("class") or "").split()

    @property
    def text(self) -> str:
        said = "".join(c if isinstance(c, str) else f" {c.text} " for c in self.children)
        return " ".join(said.split())

    def all(self, name: str = "", class_: str = "") -> "list[Element]":
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if name in ("", child.name) and (not class_ or class_ in child.classes):
                    found.append(child)
                found += child.all(name, class_)
        return found

    def one(self, name: str = "", class_: str = "") -> "Element":
        (found,) = self.all(name, class_)
        return found


class Builder(HTMLParser):
    VOID = ("meta", "br", "col")

    def __init__(self) -> None:
        super().__init__()
        self.stack = [Element("", {})]

    def handle_starttag(self, name, attributes):
        element = Element(name, dict(attributes))
        assert len(element.attributes) == len(attributes), f"an attribute twice: {attributes}"
        self.stack[-1].children.append(element)
        if name not in self.VOID:
            self.stack.append(element)

    def handle_endtag(self, name):
        assert self.stack.pop().name == name

    def handle_data(self, data):
        self.stack[-1].children.append(data)


def built(text: str) -> Element:
    builder = Builder()
    builder.feed(text)
    builder.close()
    assert len(builder.stack) == 1, "elements left open"
    return builder.stack[0]


def page_of(result: Result, **behind) -> Element:
    return built(page.render(result, words(), page.Behind(**behind)))


def items(list_: Element) -> list[str]:
    return [item.text for item in list_.all("li")]


def rows(table: Element) -> list[list[str]]:
    return [
        [cell.text for cell in row.all() if cell.name in ("th", "td")] for row in table.all("tr")
    ]


SUM = Account(
    hypotheses=(("carrier-registration-outage",), ("phone-or-sim", "home-link-lossy")),
    priors=(-300, -250),
    terms=(
        Term(("symptom.sos",), (-20, -110)),
        Term(("gateway.answers",), (-5, -30)),
        Term(("anchors.answer", "udp.passes"), (-7, -7)),
        Term(("clock.right",), (-1, -1)),
    ),
    sums=(-333, -398),
    shares=(0.84, 0.05),
)
TURN = Turn(("symptom.sos",), ("symptom.fine",), Side.NONE, "all-well")


LOOKS = (
    Observation("gateway-answers", Target("a"), Outcome.OK, None, None, 0.0, 50.0),
    Observation("gateway-answers", Target("b"), Outcome.ERROR, None, None, 10.0, 20.0),
    Observation("ike-passes", Target("c"), Outcome.SKIPPED, None, None, 60.0, 0.0, unmet="x"),
    Observation(
        "epdg-answers-ike", Target("d"), Outcome.FAILED, Failure.TIMEOUT, None, 100.0, 1900.0
    ),
)
PLACES = {"gateway-answers": Stage.ROUTER, "epdg-answers-ike": Stage.WIFI_CALLING}


BEGAN = datetime(2024, 2, 21, tzinfo=UTC)


def before(*parts: tuple[int, str, str]) -> list[Stretch]:
    """Stretches one after the other: minutes, side (empty: nobody looked), severity."""
    told, at = [], BEGAN
    for minutes, side, severity in parts:
        end = at + timedelta(minutes=minutes)
        if side:
            told.append(Stretch(at, end, side, severity))
        at = end
    return told
