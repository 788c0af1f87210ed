"""Pages in a real browser: how they look to it, to a screen reader, on a phone and on paper."""

import json
import math
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netcheck.cli.page import page_of
from netcheck.model.history import Stretch
from netcheck.model.result import CarrierChoice, Result
from netcheck.model.stage import StageState
from netcheck.render.read import read
from netcheck.text import words
from tests.browser import DESK, PHONE, Browser, accessibility_rules, one_browser
from tests.command import ROOT
from tests.page_reading import before
from tests.render_samples import SOS
from tests.test_page_safety import hostile

RECORDED = ROOT / "tests/lab/recorded"
PAGES = {
    "healthy": "everything-works-over-wi-fi",
    "sos": "sos-and-another-phone-on-the-carrier-beside-it-has-no-service-either",
    "two faults": "the-phone-itself-says-sos-and-the-home-router-drops-ike",
    "router dead": "the-router-hangs-the-device-still-remembers-it",
    "inconclusive": "every-gateway-is-silent-far-beyond-the-provider",
    "no carrier": "everything-works-and-no-carrier-is-chosen",
}
HISTORY = before(
    (700, "none", "ok"), (60, "", ""), (300, "none", "ok"), (25, "isp", "degraded"),
    (300, "none", "ok"), (45, "inconclusive", "degraded"), (155, "carrier", "down"),
)  # fmt: skip
NARROW = (320, 700)
OPENED = "document.querySelectorAll('details').forEach(one => one.open = true)"
WELL_AND_DOWN = (("none", "ok"), ("isp", "down"))
MOST_MS = 100  # until a page is there, whole


def result_of(name: str) -> Result:
    return read(json.dumps(json.loads((RECORDED / f"{name}.json").read_text())["result"]))


def everywhere_down(result: Result) -> Result:
    """The longest names and notes in every place: what a picture must have room for."""
    stages = [replace(view, state=StageState.DOWN) for view in result.stages]
    wide = CarrierChoice("x", "WWWWWWWWWWWW WWWWWWWWWWWWWWWWWWWWWW", None, "US")
    return replace(result, stages=tuple(stages), carrier=wide)


shown = pytest.fixture(scope="module")(one_browser)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every page as a file."""
    folder = tmp_path_factory.mktemp("pages")
    told = {name: page_of(result_of(file), words(), HISTORY) for name, file in PAGES.items()}
    told["sample"] = page_of(SOS, words(), HISTORY)
    told["hostile"] = page_of(hostile(), words())
    told["wide"] = page_of(everywhere_down(result_of(PAGES["sos"])), words(), HISTORY)
    files = {name: folder / f"{name}.html" for name in told}
    for name, text in told.items():
        files[name].write_text(text)
    return files


NAMES = [*PAGES, "hostile", "wide"]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_for_nothing_and_the_console_stays_empty(
    shown: Browser, pages: dict[str, Path], name: str
) -> None:
    visit = shown.open(pages[name])
    assert visit.requests == [pages[name].as_uri()]
    assert visit.complaints == []
    assert shown.ask("document.scripts.length + document.images.length") == 0


def test_what_a_page_asks_for_would_have_been_seen(
    shown: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    """The test above can fail: a page with a picture from elsewhere is caught, and so is what the
    policy forbids."""
    text = pages["sos"].read_text()
    picture = '<img alt="" src="http://192.0.2.1/x.png">'
    policy = text[text.index("<meta http-equiv") : text.index('<meta name="viewport"')]
    (tmp_path / "bad.html").write_text(text.replace("<main>", f"<main>{picture}"))
    (tmp_path / "worse.html").write_text(
        text.replace("<main>", f"<main>{picture}").replace(policy, "")
    )
    held = shown.open(tmp_path / "bad.html")
    assert any("Content Security Policy" in complaint for complaint in held.complaints)
    asked = shown.open(tmp_path / "worse.html")
    assert "http://192.0.2.1/x.png" in asked.requests


LOOKS = [(name, DESK, False) for name in NAMES] + [(name, PHONE, True) for name in NAMES]
LOOKS += [("two faults", DESK, True), ("two faults", PHONE, False)]


@pytest.mark.parametrize(("name", "size", "dark"), LOOKS)
def test_axe_finds_nothing_in_its_way(
    shown: Browser, pages: dict[str, Path], name: str, size: tuple[int, int], dark: bool
) -> None:
    rules = accessibility_rules()
    if rules is None:
        pytest.skip("axe-core is not installed")
    shown.open(pages[name], size, dark=dark)
    shown.ask(OPENED)
    shown.ask(f"{rules}; 0")
    found = shown.ask("axe.run().then(told => told.violations)")
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    assert shown.ask("axe.run('h1').then(told => told.passes.length)") > 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [NARROW, PHONE, DESK], ids=["320", "390", "1100"])
def test_nothing_needs_scrolling_sideways(
    shown: Browser, pages: dict[str, Path], name: str, size: tuple[int, int]
) -> None:
    shown.open(pages[name], size)
    shown.ask(OPENED)
    assert shown.ask("document.documentElement.scrollWidth") == size[0]


OVERLAPS = """(() => {
  const picture = [...document.querySelectorAll('.way svg')].find(one => one.checkVisibility());
  const boxes = [...picture.querySelectorAll('text')].map(one => one.getBoundingClientRect());
  const frame = picture.getBoundingClientRect();
  const out = boxes.filter(b => b.left < frame.left - 1 || b.right > frame.right + 1
    || b.bottom > frame.bottom + 1);
  const both = boxes.filter((a, i) => boxes.some((b, j) => i < j && a.left < b.right - 1
    && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3));
  return out.length + both.length;
})()"""


@pytest.mark.parametrize("size", [NARROW, PHONE, DESK], ids=["320", "390", "1100"])
@pytest.mark.parametrize("name", [*PAGES, "wide"])
def test_the_names_in_the_picture_stay_in_it_and_apart(
    shown: Browser, pages: dict[str, Path], name: str, size: tuple[int, int]
) -> None:
    shown.open(pages[name], size)
    assert shown.ask(OVERLAPS) == 0


BREAK = """(() => {
  const picture = [...document.querySelectorAll('.way svg')].find(one => one.checkVisibility());
  const middle = one => { const b = one.getBoundingClientRect();
    return [(b.left + b.right) / 2, (b.top + b.bottom) / 2]; };
  const tears = [...picture.querySelectorAll('.tear')].map(middle);
  const nodes = [...picture.querySelectorAll('.node')].map(middle);
  const along = picture.classList.contains('wide') ? 0 : 1;
  return tears.map(tear => nodes.filter(node => node[along] < tear[along]).length);
})()"""


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(
    ("name", "after"), [("healthy", []), ("sos", [6]), ("router dead", [2]), ("inconclusive", [7])]
)
def test_the_break_is_drawn_before_the_place_that_is_down(
    shown: Browser, pages: dict[str, Path], name: str, after: list[int], size: tuple[int, int]
) -> None:
    shown.open(pages[name], size)
    assert shown.ask(BREAK) == after


def spoken(shown: Browser) -> list[tuple[str, str]]:
    """What a screen reader is given: roles and names, without what is left out for it."""
    nodes = shown.do("Accessibility.getFullAXTree")["nodes"]
    return [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node.get("ignored")
    ]


def test_a_screen_reader_is_told_the_way_once_and_in_order(
    shown: Browser, pages: dict[str, Path]
) -> None:
    for size in (PHONE, DESK):
        shown.open(pages["sample"], size)
        told = spoken(shown)
        roles = [role for role, _ in told]
        assert [roles.count(role) for role in ("banner", "main", "contentinfo")] == [1, 1, 1]
        assert [name for role, name in told if role == "image"] == [
            "The way from your device to your carrier",
            "What was before",
        ]
        said = [name for role, name in told if role == "StaticText"]
        first = said.index("You: works")
        assert said[first : first + 8] == [
            "You: works",
            "Wi-Fi: works, -52 dBm",
            "Router: works, 2 ms",
            "Provider: works, 9 ms",
            "DNS: works",
            "Internet: works",
            "Cricket: does not work, SOS",
            "Wi-Fi calling: works, path open",
        ]


def test_paper_shows_all_that_is_closed_on_a_screen(shown: Browser, pages: dict[str, Path]) -> None:
    high = "document.querySelector('.fall li:last-child').getBoundingClientRect().height"
    wide = "document.querySelector('.way .wide').checkVisibility()"
    shown.open(pages["sos"], PHONE)
    shut = shown.ask("document.querySelector('.fall li:last-child').checkVisibility()")
    assert (shut, shown.ask(wide)) == (False, False)
    shown.look(media="print")
    assert (shown.ask(f"{high} > 0"), shown.ask(wide)) == (True, True)
    assert shown.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_paper_is_light_in_the_dark_scheme_too(shown: Browser, pages: dict[str, Path]) -> None:
    shown.open(pages["sos"], DESK, dark=True)
    assert shown.ask("getComputedStyle(document.body).backgroundColor") == "rgb(18, 19, 22)"
    shown.look(dark=True, media="print")
    assert shown.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_markup_in_a_result_is_read_as_text(shown: Browser, pages: dict[str, Path]) -> None:
    shown.open(pages["hostile"])
    assert shown.ask("document.body.innerText.includes('<script>alert(1)</script>')") is True


# Loaded to its end, and its first text on the screen, in milliseconds since it was asked for.
THERE_MS = """new Promise(done => {
  const loaded = performance.getEntriesByType('navigation')[0].loadEventEnd;
  const seen = list => done(Math.max(loaded, list.getEntries()[0].startTime));
  new PerformanceObserver(seen).observe({type: 'paint', buffered: true});
})"""


def test_a_page_is_there_within_a_tenth_of_a_second(
    shown: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    """The best of many: what the page costs, not what else the machine did meanwhile; it is opened
    until it was quick once, for half a minute at most. With a year of history, which is the most
    that a page is given."""
    began = datetime(2024, 1, 1, tzinfo=UTC)
    year = [
        Stretch(began + timedelta(hours=h), began + timedelta(hours=h + 1), *WELL_AND_DOWN[h % 2])
        for h in range(8760)
    ]
    full = tmp_path / "full.html"
    full.write_text(page_of(result_of(PAGES["two faults"]), words(), year))
    took_ms: list[float] = []
    ends_s = time.monotonic() + 30
    while min(took_ms, default=math.inf) > MOST_MS and time.monotonic() < ends_s:
        shown.open(full)
        took_ms.append(shown.ask(THERE_MS))
        time.sleep(0.1)
    assert 0 < min(took_ms) <= MOST_MS, took_ms
