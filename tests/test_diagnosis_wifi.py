"""What the radio's word makes of a verdict: loss on the air told from loss behind the access
point, and a Wi-Fi that was not joined told by why."""

import pytest

from netcheck.diagnosis.weighing import weigh
from netcheck.model.finding import Finding
from netcheck.model.verdict import Side

WIRELESS = {
    "interface": "up", "link": "connected", "link-kind": "wireless", "signal": "strong",
    "radio": "on", "address": "assigned", "route": "present", "gateway": "answers",
    "home-loss": "none", "path": "arrives", "beyond-gateway": "answers", "internet-loss": "none",
    "system-resolver": "answers", "anchors": "answer", "portal": "absent",
    "control-epdg": "answers", "own-traffic": "quiet", "wifi-air": "clean",
    "wifi-lock": "locked", "wifi-hold": "steady",
}  # fmt: skip
"""A healthy run at home, on Wi-Fi."""

CUT_OFF = {"interface": "up", "link": "not-associated", "link-kind": "wireless", "radio": "on"}


def likeliest(home: dict[str, str], **deviation: str) -> str:
    found = home | {thing.replace("_", "-"): state for thing, state in deviation.items()}
    ranked = weigh(Finding(f"{thing}.{state}") for thing, state in found.items()).ranked()
    return ranked[0][0].id


@pytest.mark.parametrize("air", ["clean", "busy", "retried", "crowded"])
def test_a_full_channel_alone_is_no_fault(air: str) -> None:
    assert likeliest(WIRELESS, wifi_air=air) == "all-well"


@pytest.mark.parametrize("loss", ["some", "heavy"])
@pytest.mark.parametrize(
    ("air", "signal", "fault"),
    [
        ("clean", "strong", "home-link-lossy"),
        ("busy", "strong", "home-link-lossy"),
        ("retried", "strong", "wifi-interference"),
        ("crowded", "fair", "wifi-interference"),
        ("failing", "strong", "wifi-interference"),
        ("failing", "weak", "wifi-weak"),
        ("retried", "weak", "wifi-weak"),
    ],
)
def test_loss_at_home_is_the_radios_only_where_the_radio_struggles(
    air: str, signal: str, fault: str, loss: str
) -> None:
    found = {"wifi_air": air, "signal": signal, "home_loss": loss, "internet_loss": loss}
    assert likeliest(WIRELESS, **found) == fault


def test_loss_beyond_a_clean_radio_and_a_clean_home_is_the_providers() -> None:
    assert likeliest(WIRELESS, internet_loss="heavy") == "provider-lossy"


@pytest.mark.parametrize(
    ("join", "fault"),
    [
        ("wrong-passphrase", "wifi-wrong-passphrase"),
        ("refused", "wifi-refused"),
        ("silent", "wifi-not-joined"),
        ("not-found", "wifi-not-joined"),
        ("unseen", "wifi-not-joined"),
        ("broken-off", "wifi-unsteady"),
    ],
)
def test_why_it_was_not_joined(join: str, fault: str) -> None:
    assert likeliest(CUT_OFF, wifi_join=join) == fault


def test_a_wifi_not_joined_stays_that_where_nobody_told_why() -> None:
    assert likeliest(CUT_OFF) == "wifi-not-joined"


def test_who_is_thrown_off_and_let_in_again_has_an_unsteady_wifi() -> None:
    assert likeliest(CUT_OFF, wifi_hold="dropped", wifi_join="unseen") == "wifi-unsteady"
    assert likeliest(WIRELESS, wifi_hold="thrown-off") == "wifi-unsteady"
    assert likeliest(WIRELESS, wifi_hold="dropped", home_loss="heavy") == "wifi-unsteady"
    assert likeliest(WIRELESS, wifi_hold="wandering", home_loss="some") == "wifi-unsteady"


def test_one_drop_in_an_else_perfect_run_is_no_verdict() -> None:
    """It may be the person's own doing: they changed the network just then."""
    found = [Finding(f"{t}.{s}") for t, s in (WIRELESS | {"wifi-hold": "dropped"}).items()]
    assert weigh(found).of_side(Side.LOCAL) < 0.7


def test_joined_without_an_address_is_told_as_that() -> None:
    home = {"interface": "up", "link": "connected", "link-kind": "wireless", "signal": "strong"}
    cut = home | {"address": "link-local", "route": "missing", "radio": "on"}
    assert likeliest(cut, wifi_join="no-dhcp", wifi_lock="locked") == "no-address"


@pytest.mark.parametrize("lock", ["open", "locked"])
def test_a_sign_in_page_is_likelier_on_an_open_network_and_told_on_both(lock: str) -> None:
    found = {"portal": "present", "anchors": "untrusted", "path": "ends-at-router"}
    found |= {"control_epdg": "silent", "wifi_lock": lock}
    assert likeliest(WIRELESS, **found) == "captive-portal"
