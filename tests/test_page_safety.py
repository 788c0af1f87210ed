"""That nothing in a page runs, nothing is loaded, and nothing is shown that tells who it is."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from netcheck.diagnosis.accounting import account
from netcheck.model.account import Term
from netcheck.model.finding import Finding
from netcheck.model.history import Stretch
from netcheck.model.result import CarrierChoice, Result
from netcheck.render import page
from netcheck.render.page.html import tag
from netcheck.render.read import read
from netcheck.text import words
from tests.command import ROOT
from tests.page_reading import (
    BEGAN,
    LOOKS,
    PLACES,
    SUM,
    TURN,
    before,
    built,
    page_of,
)
from tests.render_samples import (
    ANOTHER_TROUBLE,
    HEALTHY,
    HEALTHY_WITHOUT_CARRIER,
    INCONCLUSIVE,
    ROUTER_BLOCKS,
    SOS,
    TWO_FAULTS,
)

RECORDED = sorted((ROOT / "tests/lab/recorded").glob("*.json"))
ALL = {
    "healthy": HEALTHY,
    "without a carrier": HEALTHY_WITHOUT_CARRIER,
    "sos": SOS,
    "two faults": TWO_FAULTS,
    "another trouble": ANOTHER_TROUBLE,
    "inconclusive": INCONCLUSIVE,
    "router blocks": ROUTER_BLOCKS,
}


# --- nothing runs, nothing is loaded, nothing is let out ---

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202e&amp;</style>"


def hostile() -> Result:
    """A result that somebody else wrote, with markup in every text of it."""
    return replace(
        SOS,
        carrier=CarrierChoice(HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        run_id=HOSTILE,
        started_at=HOSTILE,
        netcheck_version=HOSTILE,
        labels={HOSTILE: HOSTILE},
        findings=(Finding(HOSTILE, (HOSTILE,), {HOSTILE: HOSTILE}),),
        observations=(replace(LOOKS[0], check=HOSTILE),),
        verdict=replace(
            TWO_FAULTS.verdict,
            headline=replace(SOS.verdict.headline, id=HOSTILE, params={"name": HOSTILE}),
            because=(
                replace(SOS.verdict.because[0], words=replace(SOS.verdict.headline, id=HOSTILE)),
            ),
            would_settle=replace(SOS.verdict.headline, id=HOSTILE),
            next_steps=(replace(SOS.verdict.headline, id=HOSTILE),),
        ),
    )


def test_no_text_of_a_result_becomes_markup() -> None:
    sum = replace(SUM, hypotheses=((HOSTILE,), ("unknown",)), terms=(Term((HOSTILE,), (1, 2)),))
    history = [Stretch(BEGAN, BEGAN + timedelta(days=1), HOSTILE, "down")]
    text = page.render(
        hostile(),
        words(),
        page.Behind(code=HOSTILE, account=sum, turn=replace(TURN, fault=HOSTILE), history=history),
    )
    told = built(text)
    assert "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>" in told.text
    assert told.all("script") + told.all("img") + told.all("a") + told.all("link") == []
    assert [
        key for element in told.all() for key in element.attributes if key.startswith("on")
    ] == []
    assert "\u202e" not in told.text


def test_an_attribute_and_a_text_are_escaped_alike() -> None:
    assert tag("p", "a<b>\"'&\u2713", id="\"'<>&") == (
        '<p id="&quot;&#x27;&lt;&gt;&amp;">a&lt;b&gt;&quot;&#x27;&amp;&#10003;</p>'
    )


@pytest.mark.parametrize("result", ALL.values(), ids=ALL)
def test_the_policy_allows_this_style_sheet_and_nothing_else(result: Result) -> None:
    told = page_of(result)
    policies = [m.attributes["content"] for m in told.all("meta") if "http-equiv" in m.attributes]
    style = "".join(str(part) for part in told.one("style").children)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ]


@pytest.mark.parametrize("result", ALL.values(), ids=ALL)
def test_it_names_no_address_and_has_no_style_of_its_own_in_an_element(result: Result) -> None:
    text = page.render(result, words())
    assert re.findall(r"https?:|//|url\(|@import|\bstyle=|\bsrc=|\bhref=", text) == []
    assert text.isascii()


@pytest.mark.parametrize("result", ALL.values(), ids=ALL)
def test_ids_are_given_once_and_each_one_that_is_named_is_there(result: Result) -> None:
    elements = page_of(result, history=before((9, "none", "ok"))).all()
    ids = [element.attributes["id"] for element in elements if "id" in element.attributes]
    assert len(set(ids)) == len(ids)
    named = [
        e.attributes.get(f"aria-{key}") for e in elements for key in ("labelledby", "describedby")
    ]
    assert {id for id in named if id} <= set(ids)


def identifying(result: Result) -> list[str]:
    """What observations know and no page may show: targets, addresses, interfaces, and the run."""
    told = {result.run_id, *result.labels, *result.labels.values()}
    for seen in result.observations:
        names = (seen.target.name, seen.target.address or "", seen.target.via or "")
        told |= {name for name in names if re.search(r"[.:]", name)} | {seen.interface or ""}
    # What a finding names, its words say in a terminal too: a site that the hosts file diverts.
    named = {value for finding in result.findings for value in finding.params.values()}
    return [one for one in told - named if len(one) > 3]


@pytest.mark.parametrize("path", RECORDED[::6], ids=lambda path: path.stem)
def test_a_page_shows_no_address_no_target_and_no_interface(path) -> None:
    result = read(json.dumps(json.loads(path.read_text())["result"]))
    told = page_of(result, account=account(result.findings), stage_of=PLACES).text
    assert identifying(result) != []
    assert [
        one for one in identifying(result) if re.search(rf"(?<![\w.:-]){re.escape(one)}\b", told)
    ] == []


@pytest.mark.parametrize("at", ["yesterday", "2024-02-22T09:10:11", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_none_is_not_guessed(at: str) -> None:
    assert page_of(replace(SOS, started_at=at)).one("header").text == "netcheck seen on ?, in 1.1 s"


def test_the_language_is_that_of_the_words() -> None:
    assert page_of(SOS).one("html").attributes["lang"] == "en"


# --- colours ---

STYLE = (ROOT / "netcheck/render/page/page.css").read_text()


def palettes() -> dict[str, dict[str, str]]:
    """The colours of each scheme, by name: light, dark, paper."""
    blocks = re.findall(r":root \{([^}]*)\}", STYLE)
    named = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in blocks]
    return dict(zip(("light", "dark", "paper"), named, strict=True))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's ratio, from relative luminance."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


READ = [(text, ground) for text in ("ink", "dim") for ground in ("paper", "card", "soft")]
READ += [
    (mood, ground)
    for mood in ("good", "warn", "bad", "open")
    for ground in ("card", f"{mood}-soft")
]
SEEN = [(mark, "paper") for mark in ("good", "warn", "bad", "open", "for", "against")]
SEEN += [("on", mood) for mood in ("good", "warn", "bad", "open")]
SEEN += [(bar, "soft") for bar in ("for", "against", "open")]


def test_the_ratio_is_reckoned_as_published() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("scheme", ["light", "dark", "paper"])
def test_colours_stand_out_as_wcag_asks_in_every_scheme(scheme: str) -> None:
    colour = palettes()[scheme]
    weak = [(a, b) for a, b in READ if contrast(colour[a], colour[b]) < 4.5]
    faint = [(a, b) for a, b in SEEN if contrast(colour[a], colour[b]) < 3]
    assert (weak, faint) == ([], [])
