"""The drawn path and the cells it is measured in."""

import pytest

from netcheck.model.result import StageView
from netcheck.model.stage import Stage, StageState
from netcheck.render.layout import ascii_only, cells, elided, wrap
from netcheck.render.path import draw, places
from netcheck.text import words


@pytest.mark.parametrize(
    ("state", "calling", "note"),
    [
        (StageState.OK, "calling.no-carrier", "✓ path open"),
        (StageState.DOWN, "calling.gateway-silent", "✗ no answer"),
        (StageState.DOWN, "calling.open", "✗"),
        (StageState.UNKNOWN, "calling.not-measured", "? not checked"),
        (StageState.UNKNOWN, "calling.gateway-silent", "?"),
        (StageState.DEGRADED, "calling.poor", "! poor"),
    ],
)
def test_a_mark_and_its_note_never_disagree(state: StageState, calling: str, note: str) -> None:
    stages = (StageView(Stage.WIFI_CALLING, state),)
    drawn = draw(places(words(), stages, calling=calling), width=80, colour=False, unicode=True)
    assert drawn[1].strip() == note


def test_the_second_place_is_named_after_what_it_is() -> None:
    def label(link: str) -> str:
        stages = (StageView(Stage.LINK, StageState.OK, {"kind": link}),)
        return places(words(), stages)[0].label

    kinds = ("wifi", "ethernet", "cellular", "tunnel", "other", "unheard-of")
    assert [label(kind) for kind in kinds] == [
        "Wi-Fi",
        "Cable",
        "Mobile",
        "VPN",
        "Network",
        "Network",
    ]


def test_long_brand_names_are_cut_at_a_word() -> None:
    assert elided("AT&T MVNOs (Consumer Cellular, Pure Talk)", 24) == "AT&T MVNOs (Consumer.."
    assert elided("Cricket", 12) == "Cricket"


def test_wide_letters_count_twice_and_break_where_they_must() -> None:
    assert cells("中国移动") == 8
    assert wrap("中国移动", 4) == ["中国", "移动"]
    assert ascii_only("Telefónica · 中") == "Telefonica - ?"


def test_numbers_keep_their_units_and_commands_their_verbs() -> None:
    assert wrap("it takes 84 % of it", 11) == ["it takes", "84 % of it"]
    assert wrap("say netcheck --carrier NAME", 25) == ["say", "netcheck --carrier NAME"]
