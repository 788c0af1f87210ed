"""The frame of the page: its head, its policy, its one style sheet, its foot."""

import base64
import hashlib
import os
from datetime import tzinfo

from netcheck.model.result import Result
from netcheck.render.explanation import seen_at
from netcheck.render.page.html import Markup, joined, tag
from netcheck.text import Words

_FOLDER = os.path.dirname(__file__)


def whole(result: Result, words: Words, main: Markup, *, code: str, zone: tzinfo | None) -> str:
    """The file: nothing in it is fetched, run or sent, and its policy would not let it be."""
    body = tag(
        "body", _header(result, words, zone), tag("main", main), _footer(result, words, code)
    )
    return framed(body, words.say("ui.page-title"), style(), words.locale, found=False)


def framed(body: Markup, title: str, sheet: str, locale: str, *, found: bool) -> str:
    """A body with its head: one style sheet, and a policy that allows nothing else. `found`:
    whether search engines may list it."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(sheet)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        None if found else tag("meta", name="robots", content="noindex"),
        tag("title", title),
        tag("style", Markup(sheet)),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang=locale)}\n"


def policy(style: str) -> str:
    """The Content-Security-Policy: this one style sheet and nothing else (CSP Level 3)."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _header(result: Result, words: Words, zone: tzinfo | None) -> Markup:
    seconds = words.number(result.duration_ms / 1000)
    seen = words.say("explain.when", {"name": seen_at(result, zone), "seconds": seconds})
    return tag("header", tag("p", "netcheck", class_="brand"), tag("p", seen))


def _footer(result: Result, words: Words, code: str) -> Markup:
    rules = words.say("explain.rules", {"count": result.rules_version})
    said = [f"netcheck {result.netcheck_version}", rules]
    said += [words.say("ui.code", {"name": code})] if code else []
    told = [tag("p", joined(tag("span", one) for one in said), class_="made")]
    told += [tag("p", words.unreviewed)] if words.unreviewed else []
    return tag("footer", *told, tag("p", words.say("page.one-file")))


def style(sheet: str = "page.css") -> str:
    """Through the package's own loader, which also reads from inside a zip."""
    path = os.path.join(_FOLDER, sheet)
    get_data = getattr(__spec__.loader, "get_data", None) if __spec__ else None
    if get_data is None:
        with open(path, encoding="ascii") as file:
            return file.read()
    raw: bytes = get_data(path)
    return raw.decode("ascii")
