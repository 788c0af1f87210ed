"""What a person reads, letter by letter: the views are written out in full below."""

import io
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_samples import (
    CRICKET,
    HEALTHY,
    HEALTHY_WITHOUT_CARRIER,
    INCONCLUSIVE,
    ROUTER_BLOCKS,
    SOS,
    reason,
)

from netcheck.model.result import Result
from netcheck.model.verdict import Worded
from netcheck.render import terminal
from netcheck.render.layout import cells
from netcheck.text import words

WIDE = """\

  You ──── Wi-Fi ──── Router ──── Provider ──── DNS ──── Internet ──── Cricket ──── Wi-Fi calling
   ✓     ✓ -52 dBm    ✓ 2 ms       ✓ 9 ms        ✓          ✓           ✗ SOS        ✓ path open

  Most likely Cricket (AT&T's network), not you.                                         84 % sure
    for      your phone says SOS; router, provider, DNS and 6 of 6 internet checks answer
    against  no signal here or an account problem, a faulty phone or SIM card would look much the
             same
    note     Cricket runs on AT&T's network
    settles  a second phone on Cricket in the same place
  What you can do
    1  Switch on Wi-Fi calling: your network lets it through. Cricket may still turn it down.
       (iPhone: Settings > Cellular > Wi-Fi Calling)
    2  Leave the router alone; a reset will not help.
    3  Emergency (911): try Wi-Fi calling, a landline, or a phone on another carrier; or a text to
       911, where that is offered. None is certain.
  1.1 s · why: netcheck explain · code KD7-M2Q-4XH9 · for the help-desk: netcheck bundle
"""

USUAL = """\

  You ─ Wi-Fi ── Router ─ Provider ─ DNS ─ Internet ─ Cricket ─ Wi-Fi calling
   ✓  ✓ -52 dBm  ✓ 2 ms    ✓ 9 ms     ✓       ✓        ✗ SOS     ✓ path open

  Most likely Cricket (AT&T's network), not you.                     84 % sure
    for      your phone says SOS; router, provider, DNS and 6 of 6 internet
             checks answer
    against  no signal here or an account problem, a faulty phone or SIM card
             would look much the same
    note     Cricket runs on AT&T's network
    settles  a second phone on Cricket in the same place
  What you can do
    1  Switch on Wi-Fi calling: your network lets it through. Cricket may
       still turn it down. (iPhone: Settings > Cellular > Wi-Fi Calling)
    2  Leave the router alone; a reset will not help.
    3  Emergency (911): try Wi-Fi calling, a landline, or a phone on another
       carrier; or a text to 911, where that is offered. None is certain.
  1.1 s · why: netcheck explain · code KD7-M2Q-4XH9
  for the help-desk: netcheck bundle
"""

NARROW = """\

  ✓ You
  ✓ Wi-Fi          -52 dBm
  ✓ Router         2 ms
  ✓ Provider       9 ms
  ✓ DNS
  ✓ Internet
  ✗ Cricket        SOS
  ✓ Wi-Fi calling  path open

  Most likely Cricket (AT&T's network),
  not you.
  84 % sure
  for      your phone says SOS; router,
           provider, DNS and 6 of 6
           internet checks answer
  against  no signal here or an account
           problem, a faulty phone or
           SIM card would look much the
           same
  note     Cricket runs on AT&T's
           network
  settles  a second phone on Cricket in
           the same place
  What you can do
  1  Switch on Wi-Fi calling: your
     network lets it through. Cricket
     may still turn it down. (iPhone:
     Settings > Cellular > Wi-Fi
     Calling)
  2  Leave the router alone; a reset
     will not help.
  3  Emergency (911): try Wi-Fi calling,
     a landline, or a phone on another
     carrier; or a text to 911, where
     that is offered. None is certain.
  1.1 s · why: netcheck explain
  code KD7-M2Q-4XH9
  for the help-desk: netcheck bundle
"""

WELL = """\

  You ─ Wi-Fi ── Router ─ Provider ─ DNS ─ Internet ─ Cricket ─ Wi-Fi calling
   ✓  ✓ -52 dBm  ✓ 2 ms    ✓ 9 ms     ✓       ✓          ✓       ✓ path open

  All looks well: your side, and what we can see of Cricket.         99 % sure
    for      router, 6 of 6 internet checks and Wi-Fi calling at Cricket
             answer
    calling  The way to Wi-Fi calling is open. Whether Cricket lets your phone
             in, we can't see. The first time, Cricket may want to switch it
             on and to know your address for emergency calls.
  What you can do
    1  There is nothing you need to do.
  1.1 s · why: netcheck explain · code KD7-M2Q-4XH9
  for the help-desk: netcheck bundle
"""

NO_CARRIER = """\

  You ─ Wi-Fi ── Router ─ Provider ─ DNS ─ Internet ─ Carrier ─ Wi-Fi calling
   ✓  ✓ -52 dBm  ✓ 2 ms    ✓ 9 ms     ✓       ✓          ✓       ✓ path open

  All looks well on your side. No carrier was checked.               99 % sure
    for      the router answers in 2 ms
  What you can do
    1  Tell us your carrier, so that it is checked too:
       netcheck --carrier NAME
  1.1 s · why: netcheck explain · code KD7-M2Q-4XH9
  for the help-desk: netcheck bundle
"""

UNCLEAR = """\

  You ─ Wi-Fi ── Router ─ Provider ─ DNS ─ Internet ─ Cricket ─ Wi-Fi calling
   ✓  ✓ -52 dBm  ✓ 2 ms    ✓ 9 ms     ✓       ✓          ✗            ?

  We can't tell yet whether it is your side or the carrier's.
    for      Wi-Fi calling at Cricket does not answer
    against  some other carriers answer, some do not
    leans to Wi-Fi calling at Cricket is down (48 %), the router blocks Wi-Fi
             calling (40 %)
    settles  the same check on another network, such as a phone's hotspot
  What you can do
    1  Try another network, such as a phone's hotspot, and run this again.
  1.1 s · why: netcheck explain · code KD7-M2Q-4XH9
  for the help-desk: netcheck bundle
"""

PLAIN = """\

  You - Cable - Router - Provider - DNS - Internet - Cricket - Wi-Fi calling
  ok     ok    ok 2 ms   ok 9 ms    ok       ok         ?     X blocked here

  Most likely your router: it blocks Wi-Fi calling.                  91 % sure
    for      the Wi-Fi calling test ends at your router; other carriers do not
             answer either
  What you can do
    1  Ask whoever runs the router to let Wi-Fi calling out. (UDP ports 500
       and 4500)
  1.1 s - why: netcheck explain - code KD7-M2Q-4XH9
  for the help-desk: netcheck bundle
"""


def view(
    result: Result,
    width: int,
    *,
    colour: bool = False,
    unicode: bool = True,
    hints: Sequence[str] = ("why", "bundle"),
) -> str:
    return terminal.render(
        result,
        words(),
        width=width,
        colour=colour,
        unicode=unicode,
        code="KD7-M2Q-4XH9",
        hints=hints,
    )


def test_a_wide_terminal_shows_the_whole_path_in_a_row() -> None:
    assert view(SOS, 120) == WIDE


def test_eighty_columns_keep_the_row_and_every_note() -> None:
    assert view(SOS, 80) == USUAL


def test_forty_columns_list_the_places_one_under_the_other() -> None:
    assert view(SOS, 40) == NARROW


def test_a_healthy_run_says_what_lies_behind_the_carriers_door_is_not_seen() -> None:
    assert view(HEALTHY, 80) == WELL


def test_without_a_carrier_the_headline_says_that_none_was_checked() -> None:
    assert view(HEALTHY_WITHOUT_CARRIER, 80) == NO_CARRIER


def test_an_inconclusive_verdict_shows_where_it_leans_and_no_confidence() -> None:
    assert view(INCONCLUSIVE, 80) == UNCLEAR


def test_a_locale_without_utf8_gets_plain_letters() -> None:
    assert view(ROUTER_BLOCKS, 80, unicode=False) == PLAIN


def test_512_columns_do_not_stretch_the_view() -> None:
    assert view(SOS, 512) == WIDE


def test_colour_adds_nothing_but_colour() -> None:
    painted = view(SOS, 80, colour=True)
    assert "\x1b[1;31m✗ SOS\x1b[0m" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == USUAL


RESULTS = (SOS, HEALTHY, HEALTHY_WITHOUT_CARRIER, INCONCLUSIVE, ROUTER_BLOCKS)


@given(
    result=st.sampled_from(RESULTS),
    width=st.integers(20, 512),
    unicode=st.booleans(),
    brand=st.text(min_size=1, max_size=120),
)
def test_no_line_is_wider_than_the_terminal(
    result: Result, width: int, unicode: bool, brand: str
) -> None:
    if result.carrier is not None:
        result = replace(result, carrier=replace(CRICKET, name=brand, host_network=brand[::-1]))
    told = view(result, width, unicode=unicode)
    assert [line for line in told.split("\n") if cells(line) > width] == []
    assert unicode or told.isascii()


def test_an_interrupted_run_says_so_before_its_headline() -> None:
    lines = view(replace(SOS, interrupted=True), 80).splitlines()
    assert lines[4] == "  Stopped early: this is what we know so far."
    assert lines[5].startswith("  Most likely Cricket")


@pytest.fixture
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The reader's clock is that of Greenwich."""
    with monkeypatch.context() as now:
        now.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def with_changes(result: Result, at: str, what: str) -> Result:
    return replace(result, changed=Worded("changed.since", {"at": at, "what": what}))


@pytest.mark.parametrize(
    ("at", "when"),
    [
        ("2026-07-08T08:40:00Z", " (today 08:40)"),
        ("2026-07-07T21:10:00Z", " (yesterday 21:10)"),
        ("2026-07-01T21:10:00Z", " (2026-07-01 21:10)"),
        ("2026-07-01T21:10:00", ""),
        ("the other day", ""),
    ],
)
def test_what_changed_since_the_last_good_run_is_named(in_utc: None, at: str, when: str) -> None:
    told = view(
        with_changes(replace(INCONCLUSIVE, started_at="2026-07-08T09:00:00Z"), at, "router,vpn-on"),
        120,
    )
    assert (
        f"    changed  since it last worked{when}: another router is in use; a VPN is on\n" in told
    )


def test_a_good_verdict_and_changes_that_only_a_newer_netcheck_knows_are_no_note() -> None:
    at = "2026-07-08T08:40:00Z"
    assert "changed" not in view(with_changes(HEALTHY, at, "router"), 80)
    assert "changed" not in view(with_changes(INCONCLUSIVE, at, "since,colour-of-the-cable"), 80)


def test_hints_of_verbs_that_do_not_exist_are_not_given() -> None:
    assert view(SOS, 80, hints=()).splitlines()[-1] == "  1.1 s · code KD7-M2Q-4XH9"


def test_more_than_five_reasons_are_counted_not_listed() -> None:
    many = tuple(
        reason(finding, 100)
        for finding in (
            "interface.up",
            "link.connected",
            "address.assigned",
            "route.present",
            "vpn.off",
            "clock.right",
            "portal.absent",
        )
    )
    told = " ".join(view(replace(SOS, verdict=replace(SOS.verdict, because=many)), 80).split())
    assert "no VPN is on; and 2 more" in told


def test_what_hardly_weighs_is_left_to_explain_but_what_answers_is_told() -> None:
    weights = {
        "symptom.sos": 310,
        "link-kind.wired": 12,
        "gateway.answers": 5,
        "beyond-gateway.answers": 1,
    }
    because = tuple(reason(finding, weight) for finding, weight in weights.items())
    against = (reason("link-kind.wired", -12), reason("portal.absent", -40))
    verdict = replace(SOS.verdict, because=because, against=against, alternatives=())
    told = " ".join(view(replace(SOS, verdict=verdict), 80).split())
    assert "for your phone says SOS; router and provider answer against no sign-in page" in told
    assert "cable" not in told


def test_a_carrier_name_cannot_drive_the_terminal() -> None:
    evil = replace(CRICKET, name="Crick\x1b[2Jet\u202e\r\nX", host_network=None)
    told = view(replace(SOS, carrier=evil), 120)
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "Most likely Crick [2Jet X, not you." in told


def test_a_result_from_a_newer_netcheck_is_shown_by_its_ids() -> None:
    newer = replace(SOS.verdict, next_steps=(Worded("step.not-known-here"),))
    assert "    1  step.not-known-here" in view(replace(SOS, verdict=newer), 80)


def test_without_a_known_phone_the_taps_name_the_iphone_and_a_way_for_the_others() -> None:
    steps = (Worded("step.turn-on-wifi-calling"),)
    told = view(replace(SOS, verdict=replace(SOS.verdict, next_steps=steps)), 512)
    assert (
        "(iPhone: Settings > Cellular > Wi-Fi Calling; other phones: search Settings for Wi-Fi"
        in " ".join(told.split())
    )


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_the_live_path_fills_as_stages_finish_and_is_wiped_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    live = terminal.LivePath(
        words(), stream, carrier="Cricket", link="wifi", colour=False, width=80
    )
    live.update(SOS.stages[:2])
    assert (
        "  You ─ Wi-Fi ─ Router ─ Provider ─ DNS ─ Internet ─ Cricket ─ Wi-Fi calling\n"
        "   ✓  ✓ -52 dBm   ·         ·        ·       ·          ·            ·\n"
    ) in stream.getvalue()
    live.stop()
    ended = stream.getvalue()
    assert ended.endswith("\x1b[1A\x1b[2K")
    live.update(SOS.stages)
    assert stream.getvalue() == ended


def test_the_live_path_is_silent_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    live = terminal.LivePath(words(), stream)
    live.update(SOS.stages)
    live.stop()
    assert stream.getvalue() == ""


def test_a_terminal_that_goes_away_does_not_end_the_run() -> None:
    stream = Terminal()
    live = terminal.LivePath(words(), stream, width=80)
    live.update(SOS.stages[:1])
    stream.close()
    live.update(SOS.stages)
    live.stop()
    assert stream.closed


def test_the_answer_needs_neither_rich_nor_msgspec() -> None:
    script = (
        "import sys; from render_samples import SOS; from netcheck.text import words;"
        "from netcheck.render import terminal, json, nagios;"
        "terminal.render(SOS, words(), width=80, colour=True, unicode=True, code='', hints=());"
        "json.render(SOS, words()); nagios.render(SOS, words());"
        "print([m for m in ('rich', 'msgspec', 'socket', 'subprocess') if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
    )
    assert ran.stdout == "[]\n"


def test_a_run_that_took_the_carriers_answers_over_says_how_old_they_are() -> None:
    aged = tuple(replace(seen, age_s=42.4) for seen in SOS.observations[1:2])
    page = terminal.render(
        replace(SOS, observations=aged),
        words(),
        width=120,
        colour=False,
        unicode=True,
        code="",
        hints=(),
    )
    assert "what carriers answered was taken from the run before this one, 42 s ago" in page
