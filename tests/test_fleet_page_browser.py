"""The outage page in a real browser: it loads nothing, reads well, and fits a phone."""

from pathlib import Path

import pytest

from netcheck.fleet.page import Sources, carrier, front, gather
from netcheck.text import words
from tests.browser import DESK, accessibility_rules, one_browser
from tests.outage_samples import NOW, outages, quiet

NARROW = (360, 780)
NAMES = ["front", "quiet", "nothing", "att_us", "tmobile_us", "uscellular_us"]


shown = pytest.fixture(scope="module")(one_browser)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every page as a file."""
    folder, day = tmp_path_factory.mktemp("outages"), outages()
    told = {"front": front(day, words()), "quiet": front(quiet(), words())}
    told["nothing"] = front(gather(Sources([], [], {}, NOW)), words())
    told |= {view.id: carrier(view, day, words()) for view in day.carriers}
    for name, text in told.items():
        (folder / f"{name}.html").write_text(text)
    return {name: folder / f"{name}.html" for name in told}


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_for_nothing_and_runs_nothing(shown, pages, name):
    visit = shown.open(pages[name])
    assert (visit.requests, visit.complaints) == ([pages[name].as_uri()], [])
    assert shown.ask("document.scripts.length + document.images.length") == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("size", "dark"), [(DESK, False), (NARROW, True)], ids=["desk", "phone"])
def test_axe_finds_nothing_in_its_way_and_nothing_needs_scrolling_sideways(
    shown, pages, name, size, dark
):
    rules = accessibility_rules()
    if rules is None:
        pytest.skip("axe-core is not installed")
    shown.open(pages[name], size, dark=dark)
    shown.ask("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert shown.ask("document.documentElement.scrollWidth") == size[0]
    shown.ask(f"{rules}; 0")
    found = shown.ask("axe.run().then(told => told.violations)")
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    assert shown.ask("axe.run('h1').then(told => told.passes.length)") > 0


def boxes(kind: str) -> str:
    return f"""[...document.querySelectorAll('{kind}')].filter(one => one.checkVisibility())
      .map(one => one.getBoundingClientRect())"""


@pytest.mark.parametrize("size", [DESK, NARROW], ids=["desk", "phone"])
def test_the_chart_s_words_are_readable_and_apart(shown, pages, size):
    shown.open(pages["att_us"], size)
    assert shown.ask(f"{boxes('.series')}.length") == 1
    heights = shown.ask(f"{boxes('.series .tick')}.map(box => box.height)")
    assert min(heights) >= 11
    overlaps = shown.ask(f"""(() => {{ const all = {boxes(".series .tick")};
      const frame = {boxes(".series")}[0];
      const out = all.filter(a => a.left < frame.left - 1 || a.right > frame.right + 1);
      const both = all.filter((a, i) => all.some((b, j) => i < j && a.left < b.right
        && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
      return out.length + both.length; }})()""")
    assert overlaps == 0


def test_a_screen_reader_is_told_how_each_carrier_is(shown, pages):
    shown.open(pages["front"])
    nodes = shown.do("Accessibility.getFullAXTree")["nodes"]
    roles = [n["role"]["value"] for n in nodes if not n.get("ignored")]
    assert [roles.count(role) for role in ("banner", "main", "contentinfo")] == [1, 1, 1]
    assert roles.count("table") == 2
    told = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes]
    expected = [("rowheader", "AT&T"), ("cell", "Outage now"), ("cell", "75 %")]
    assert [one for one in expected if one not in told] == []
