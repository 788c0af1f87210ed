"""Spanish and French say all that English says, fit where English fits, and glue nothing."""

import re
from dataclasses import replace

import pytest
from missing_words import differing, left_over, missing, needed
from render_samples import (
    HEALTHY,
    HEALTHY_WITHOUT_CARRIER,
    INCONCLUSIVE,
    ROUTER_BLOCKS,
    SOS,
    reason,
)

from netcheck.cli.door import locale
from netcheck.cli.verbs import VERBS
from netcheck.model.result import Result
from netcheck.render import json as json_format
from netcheck.render import nagios, page, terminal, ticket
from netcheck.render.explanation import render_run
from netcheck.render.layout import cells, wrap
from netcheck.render.sheet import Sheet
from netcheck.text import Words, words
from netcheck.text.loader import TRANSLATED

RESULTS = (SOS, HEALTHY, HEALTHY_WITHOUT_CARRIER, INCONCLUSIVE, ROUTER_BLOCKS)
NOT_REVIEWED = {
    "es": "Este texto no ha sido revisado por un hablante nativo.",
    "fr": "Ce texte n'a pas été relu par une personne de langue maternelle.",
}
# The same in these languages: names, units, and words that both have.
KINDS = "join|phone|taps|stage|explain|learned|history|ui|option|symptom"
ALIKE = re.compile(rf"^({KINDS})\.")

each_language = pytest.mark.parametrize("locale", TRANSLATED)


def view(result: Result, locale: str, width: int, *, unicode: bool = True) -> str:
    return terminal.render(
        *(result, words(locale)),
        width=width,
        colour=False,
        unicode=unicode,
        code="KD7-M2Q-4XH9",
        hints=("why", "bundle", "report"),
    )


SPANISH = """\

  Usted ─ Wi-Fi ── Router ─ Proveedor ─ DNS ─ Internet ─ Cricket ─ Llamadas
    ✓   ✓ -52 dBm  ✓ 2 ms    ✓ 9 ms      ✓       ✓        ✗ SOS  ✓ vía libre

  Lo más probable es que sea Cricket (red de AT&T), no usted.  84 % de certeza
    a favor   su teléfono dice SOS; el router, el proveedor, el DNS y 6 de 6
              pruebas de internet responden
    en contra casi lo mismo se vería con falta de señal aquí o un problema de
              cuenta, un teléfono o una tarjeta SIM con fallas
    nota      Cricket usa la red de AT&T
    lo aclara un segundo teléfono de Cricket en el mismo lugar
  Qué puede hacer
    1  Active las llamadas por Wi-Fi: su red las deja pasar. Aun así, Cricket
       puede rechazarlas. (iPhone: Ajustes > Datos móviles > Llamadas por
       Wi-Fi)
    2  No toque el router; reiniciarlo no ayudará.
    3  Emergencia (911): intente una llamada por Wi-Fi, un teléfono fijo o un
       teléfono de otro operador; o un mensaje de texto al 911, donde se
       ofrezca. Nada de esto es seguro.
  1,1 s · por qué: netcheck explain · código KD7-M2Q-4XH9
  para soporte técnico: netcheck bundle
  para ayudar a otros: netcheck report preview
  Este texto no ha sido revisado por un hablante nativo.
"""


def test_the_view_in_spanish_letter_by_letter() -> None:
    assert view(SOS, "es_MX.UTF-8", 80) == SPANISH


@each_language
def test_no_key_is_missing_and_none_is_left_over(locale: str) -> None:
    assert missing(locale) == {}
    assert left_over(locale) == []


@each_language
def test_each_sentence_has_the_places_of_the_english_one(locale: str) -> None:
    assert differing(locale) == {}


@each_language
def test_no_sentence_was_left_in_english(locale: str) -> None:
    here, english = Words(locale), words()
    same = [id for id in needed() if here.template(id) == english.template(id)]
    assert [id for id in same if not ALIKE.match(id) and " " in (english.template(id) or "")] == []
    assert len(same) < 60


@each_language
def test_brackets_are_closed_and_nothing_shouts(locale: str) -> None:
    here = Words(locale)
    for id in needed():
        template = here.template(id) or ""
        signs = re.sub(r"[^\[\]{}]", "", re.sub(r"{[a-z_]+}", "", template)).replace("[]", "")
        assert (id, signs, "!" in template) == (id, "", False)


@each_language
def test_no_line_is_wider_than_the_terminal(locale: str) -> None:
    wide = [
        line
        for result in RESULTS
        for width in (20, 40, 60, 80, 120)
        for unicode in (True, False)
        for line in view(result, locale, width, unicode=unicode).split("\n")
        if cells(line) > width or not (unicode or line.isascii())
    ]
    assert wide == []


@each_language
def test_eighty_columns_show_the_way_in_one_row(locale: str) -> None:
    for result in RESULTS:
        assert view(result, locale, 80).split("\n")[1].count("─") > 5


@each_language
def test_labels_stand_beside_what_they_label(locale: str) -> None:
    labels = ("for", "against", "leans", "also", "note", "calling", "changed", "settles")
    assert [id for id in labels if cells(words(locale).say(f"ui.{id}")) > 10] == []
    beside = ("strongly", "clearly", "slightly", "side", "severity", "means", "engineer", "who")
    assert [id for id in beside if cells(words(locale).say(f"explain.{id}")) > 10] == []


@each_language
def test_who_reads_a_translation_is_told_that_nobody_reviewed_it(locale: str) -> None:
    said = NOT_REVIEWED[locale]
    assert view(SOS, locale, 200).rstrip().endswith(said)
    assert view(SOS, "en", 200).find(said) == -1
    assert said.encode("ascii", "xmlcharrefreplace").decode().replace("'", "&#x27;") in page.render(
        SOS, words(locale)
    )
    assert f'lang="{locale}"' in page.render(SOS, words(locale))
    sheet = Sheet(words(locale), 100, colour=False, unicode=True)
    told = render_run(SOS, words(locale), sheet=sheet, code="KD7-M2Q-4XH9", stage_of={})
    assert told.rstrip().endswith(said)


@each_language
def test_what_machines_and_staff_get_is_english_everywhere(locale: str) -> None:
    for render in (json_format.render, nagios.render, ticket.render):
        assert render(SOS, words(locale)) == render(SOS, words())


@each_language
def test_numbers_are_written_as_the_language_does(locale: str) -> None:
    assert words(locale).say("finding.gateway.answers", {"delay_ms": 0.43}).endswith("0,4 ms")
    assert words(locale).number(1.25) == "1,2"
    assert words().number(1.25) == "1.2"


def test_french_sets_no_sign_at_the_beginning_of_a_line() -> None:
    text = "un deux trois : quatre ; cinq six ? sept huit neuf dix"
    for width in range(8, 40):
        assert [line for line in wrap(text, width) if line[0] in ":;?"] == []


def test_things_are_listed_as_the_language_does() -> None:
    because = (reason("gateway.answers", 30), reason("system-resolver.answers", 30))
    answering = replace(SOS, verdict=replace(SOS.verdict, because=because))
    assert "router and DNS answer\n" in view(answering, "en", 120)
    assert "el router y el DNS responden\n" in view(answering, "es", 120)
    assert "le routeur et le DNS répondent\n" in view(answering, "fr", 120)


@each_language
def test_each_verb_has_its_help(locale: str) -> None:
    here = Words(locale, strict=True)
    assert all(here.say(f"verb.{verb}") and here.say(f"verb.{verb}.long") for verb in VERBS)


@each_language
def test_a_headline_fits_whole_into_the_sentence_of_a_watch(locale: str) -> None:
    here = words(locale)
    carrier = {"carrier": "US Mobile on AT&T", "host_network": "AT&T", "name": "US Mobile on AT&T"}
    for id in needed():
        if id.endswith(("headline", "headline-no-carrier")):
            said = f"{here.say(id, carrier)} {here.say('headline.no-carrier-checked')}"
            assert here.say("watch.worse", {"name": said}).endswith(said)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"LC_ALL": "fr_FR.UTF-8", "LANG": "es_ES.UTF-8"}, "fr_FR.UTF-8"),
        ({"LC_ALL": "", "LC_MESSAGES": "es_MX.UTF-8", "LANG": "fr_FR.UTF-8"}, "es_MX.UTF-8"),
        ({"LANG": "C"}, "C"),
        ({}, "fr-CA"),
    ],
)
def test_a_variable_names_the_language_else_the_system_does(
    variables: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("netcheck.cli.door.sys.platform", "darwin")
    monkeypatch.setattr("netcheck.device.language.system_language", lambda: "fr-CA")
    assert locale() == said
    assert words(said).locale == ("en" if said == "C" else said[:2])
