"""The loader: one TOML file a kind of words, read when its first id is asked for."""

import os
from collections.abc import Iterable, Mapping

from netcheck.model.finding import Parameter
from netcheck.text.template import clean, fill, places

_ENGLISH = "en"
TRANSLATED = ("es", "fr")  # complete; no native speaker has reviewed them yet
FOR_STAFF = ("engineer",)  # kinds of words in the field's own terms: English in every locale

# The first part of an id -> the file that holds it. `fault.x.headline` is in faults.toml.
_FILES = {
    "fault": "faults",
    "engineer": "engineer",
    "finding": "findings",
    "join": "joins",
    "step": "steps",
    "settle": "steps",
    "calling": "calling",
    "stage": "terms",
    "side": "terms",
    "severity": "terms",
    "failure": "terms",
    "outcome": "terms",
    "symptom": "terms",
    "airplane-told": "terms",
    "beside-me": "terms",
    "same-wifi": "terms",
    "missing": "terms",
    "taps": "taps",
    "ui": "ui",
    "hint": "ui",
    "headline": "ui",
    "changed": "ui",
    "interrupted": "ui",
    "error": "errors",
    "reason": "errors",
    "needed": "errors",
    "verb": "cli",
    "option": "cli",
    "learned": "cli",
    "phone": "phone",
    "explain": "explain",
    "watch": "watch",
    "paths": "paths",
    "report": "report",
    "history": "history",
    "statement": "history",
    "verify": "history",
    "page": "page",
    "summary": "summary",
    "bundle": "bundle",
    "compare": "bundle",
    "doctor": "doctor",
    "crowd": "crowd",
    "fleet-feed": "fleet_feed",
    "fleet-page": "fleet_page",
    "fleet": "fleet",
}


class Words:
    """The words of one locale; what it lacks is said in English, what English lacks as its id."""

    def __init__(self, locale: str, *, strict: bool = False) -> None:
        """`strict` raises KeyError for a missing id or param: for tests."""
        self.locale = locale
        self._strict = strict
        self._files: dict[str, dict[str, str]] = {}

    def __contains__(self, id: str) -> bool:
        """Whether there are words for this id."""
        return self.template(id) is not None

    def template(self, id: str) -> str | None:
        """The unfilled sentence, or None."""
        name = _FILES.get(kind_of(id))
        if name is None:
            return None
        loaded = self._files.get(name)
        if loaded is None:
            loaded = self._files[name] = _load(self.locale, name)
        return loaded.get(id)

    def say(self, id: str, params: Mapping[str, Parameter] | None = None) -> str:
        """The sentence of `id` with its places filled. A missing id is shown as it is, so that
        a result from a newer netcheck still reads; a `-no-carrier` variant falls back to the
        sentence that serves both."""
        template = self.template(id) or self.template(id.removesuffix("-no-carrier"))
        if template is None:
            if self._strict:
                raise KeyError(id)
            return clean(id)
        return fill(template, params or {}, self._missing, self.decimal)

    def joined(self, sign: str, parts: Iterable[str]) -> str:
        """The parts with the language's sign between them: `comma`, `clause` or `colon`."""
        return (self.template(f"join.{sign}") or " ").join(parts)

    def number(self, value: float) -> str:
        """A number with one digit behind the sign that the language puts there."""
        return f"{value:.1f}".replace(".", self.decimal)

    @property
    def decimal(self) -> str:
        """What stands before tenths: a point or a comma."""
        return self.template("join.decimal") or "."

    def places(self, id: str) -> tuple[str, ...]:
        """The params the words of `id` have places for."""
        return places(self.template(id) or "")

    def ids(self) -> tuple[str, ...]:
        """Every id there is, sorted."""
        found: set[str] = set()
        for name in sorted(set(_FILES.values())):
            found.update(_load(self.locale, name))
        return tuple(sorted(found))

    def warm(
        self, kinds: Iterable[str] = ("fault", "finding", "step", "calling", "ui", "stage")
    ) -> None:
        """Read the files of these kinds now: for a thread that has time while packets fly."""
        for kind in kinds:
            self.template(f"{kind}.")

    @property
    def unreviewed(self) -> str:
        """What to say under words that no native speaker has reviewed; empty for others."""
        return self.say("ui.unreviewed") if self.locale in TRANSLATED else ""

    @property
    def english(self) -> "Words":
        """The same words in English: what machines and tickets are given."""
        return self if self.locale == _ENGLISH else words(_ENGLISH)

    def _missing(self, name: str) -> str | None:
        stand_in = self.template(f"missing.{name}")
        return stand_in if stand_in is not None or self._strict else "?"


def kind_of(id: str) -> str:
    """What kind of words an id names: its first part."""
    return id.partition(".")[0]


_known: dict[str, Words] = {}


def words(locale: str = _ENGLISH) -> Words:
    """The words for a locale such as `es_MX.UTF-8`; English where there are none for it."""
    language = locale.partition(".")[0].partition("_")[0].partition("-")[0].lower()
    if language not in TRANSLATED:
        language = _ENGLISH
    if language not in _known:
        _known[language] = Words(language)
    return _known[language]


_HERE = os.path.dirname(__file__)


def _load(locale: str, name: str) -> dict[str, str]:
    loaded = _read(_ENGLISH, name)
    if locale != _ENGLISH:
        loaded |= _read(locale, name)
    return loaded


def _read(locale: str, name: str) -> dict[str, str]:
    import tomllib

    try:
        raw = _bytes(os.path.join(_HERE, locale, f"{name}.toml"))
    except OSError:
        if locale == _ENGLISH:
            raise
        return {}  # this locale has not translated this file yet
    flat: dict[str, str] = {}
    _flatten("", tomllib.loads(raw.decode("utf-8")), flat)
    return flat


def _bytes(path: str) -> bytes:
    """Through the package's own loader, which also reads from inside a zip."""
    get_data = getattr(__spec__.loader, "get_data", None) if __spec__ else None
    if get_data is None:
        with open(path, "rb") as file:
            return file.read()
    data: bytes = get_data(path)
    return data


def _flatten(prefix: str, table: Mapping[str, object], into: dict[str, str]) -> None:
    for key, value in table.items():
        id = f"{prefix}{key}"
        if isinstance(value, Mapping):
            _flatten(f"{id}.", value, into)
        else:
            into[id] = str(value)
