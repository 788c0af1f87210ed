"""Which words a result is told in, whatever the format."""

from dataclasses import replace

import pytest
from render_samples import CRICKET, ROUTER_BLOCKS, SOS, reason

from netcheck.model.result import Result
from netcheck.model.verdict import Alternative, Side, Worded
from netcheck.render import wording
from netcheck.text import words


def emergency_advice(result: Result) -> str:
    return wording.step_text(words(), Worded("step.emergency"), result)


@pytest.mark.parametrize(
    ("country", "dial", "text"),
    [
        ("US", " (911)", "; or a text to 911, where that is offered"),
        ("GB", " (999, 112)", "; or a text to 999, if you signed up for that before"),
        ("CA", " (911)", ""),
        ("JP", " (110 police, 119 ambulance/fire)", ""),
        ("QZ", "", ""),
    ],
)
def test_the_emergency_number_is_that_of_the_carriers_country(
    country: str, dial: str, text: str
) -> None:
    assert emergency_advice(replace(SOS, carrier=replace(CRICKET, country=country))) == (
        f"Emergency{dial}: try Wi-Fi calling, a landline, or a phone on another carrier{text}."
        " None is certain."
    )


def test_an_emergency_is_not_sent_to_wifi_calling_that_was_seen_to_be_shut() -> None:
    assert emergency_advice(replace(SOS, wifi_calling=ROUTER_BLOCKS.wifi_calling)) == (
        "Emergency (911): try a landline, or a phone on another carrier; your own Wi-Fi calling"
        " looks shut; or a text to 911, where that is offered. None is certain."
    )


def test_two_ways_for_one_carrier_to_fail_are_not_told_apart() -> None:
    alternatives = (
        Alternative("carrier-degraded", Side.CARRIER, 0.1),
        Alternative("lan-blocks-ike", Side.LOCAL, 0.05),
    )
    told = wording.lookalikes(
        words(), replace(SOS, verdict=replace(SOS.verdict, alternatives=alternatives))
    )
    assert told == "a router that blocks Wi-Fi calling would look much the same"


def test_without_a_carrier_no_emergency_number_is_guessed() -> None:
    assert emergency_advice(replace(SOS, carrier=None)) == (
        "Emergency: try Wi-Fi calling, a landline, or a phone on another carrier. None is certain."
    )


def test_a_brand_named_after_its_network_is_not_told_twice() -> None:
    carrier = replace(CRICKET, name="T-Mobile US", host_network="T-Mobile")
    result = replace(SOS, carrier=carrier)
    assert wording.headline(words(), result) == "Most likely T-Mobile US, not you."
    assert wording.runs_on(words(), result) is None


def test_the_other_persons_carrier_is_named() -> None:
    headline = Worded("fault.called-carrier-outage.headline", {"called": "Verizon"})
    verdict = replace(SOS.verdict, side=Side.REMOTE, headline=headline)
    assert wording.headline(words(), replace(SOS, verdict=verdict)) == (
        "Most likely the carrier of the one you call (Verizon), not you."
    )


def test_wifi_calling_is_only_said_to_be_let_through_where_that_was_seen() -> None:
    def told(result: Result) -> str:
        return wording.step_text(words(), Worded("step.turn-on-wifi-calling"), result)

    assert told(SOS) == (
        "Switch on Wi-Fi calling: your network lets it through. Cricket may still turn it down."
    )
    shut = replace(SOS, wifi_calling=ROUTER_BLOCKS.wifi_calling)
    assert told(shut) == "Try Wi-Fi calling: switch it on in your phone."


def test_one_that_answers_alone_keeps_its_delay_and_several_are_joined_in_path_order() -> None:
    def told(*findings: str) -> list[str]:
        reasons = [reason(finding, 10, delay_ms=3.0) for finding in findings]
        return wording.clauses(words(), reasons, SOS)

    assert told("gateway.answers") == ["the router answers in 3 ms"]
    assert told("anchors.answer", "vpn.off", "gateway.answers") == [
        "router and internet checks answer",
        "no VPN is on",
    ]
    assert told("nameserver.answers", "system-resolver.answers") == ["DNS answers"]


@pytest.mark.parametrize(
    ("probability", "shown"), [(0.0, 1), (0.004, 1), (0.5, 50), (0.999, 99), (1.0, 99), (7.0, 1)]
)
def test_nothing_is_ever_quite_sure(probability: float, shown: int) -> None:
    assert wording.percent(probability) == shown
