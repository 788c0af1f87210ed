"""Every id has words; the words are plain, calm, and promise nothing."""

import re
from pathlib import Path

import pytest
from missing_words import needed
from reading_grade import grade, in_a_sentence, of_files

import netcheck.text
from netcheck.diagnosis.faults import FAULTS as KNOWN_FAULTS
from netcheck.diagnosis.likelihoods import ROWS
from netcheck.model.device import LinkKind
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.stage import Stage
from netcheck.model.symptom import Symptom
from netcheck.model.testimony import ANSWERS, Question
from netcheck.model.verdict import Severity, Side
from netcheck.text import Words, words
from netcheck.text.template import clean, fill, shown

WORDS = Words("en", strict=True)


def ids(text: str) -> list[str]:
    return text.split()


FAULTS = ids("""
    all-well interface-off cable-out wifi-not-joined wifi-weak no-address router-dead
    wifi-wrong-passphrase wifi-refused wifi-interference wifi-unsteady
    home-link-lossy router-dns-dead router-resolver-lies dns-filter-blocks-calling captive-portal
    tls-intercepted clock-wrong lan-blocks-ike vpn-blocks-ike router-swallows-large phone-or-sim
    provider-dead provider-dns-dead provider-resolver-lies provider-blocks-ike provider-lossy
    provider-swallows-large carrier-registration-outage carrier-gateway-outage
    carrier-names-outage carrier-core-outage carrier-degraded carrier-calling-fails
    carrier-entitlement-outage carrier-redirect-dead calling-geoblocked
    gateway-needs-ipv4
    coverage-or-account called-carrier-outage third-party-outage unknown
    device-firewall https-blocked provider-blocks-https hosts-override proxy-dead mtu-too-small
    own-traffic radio-switched-off ipv6-broken provider-ipv6-broken
    provider-nat64-dead
    bufferbloat router-forgets-calls provider-forgets-calls
    lan-blocks-udp provider-blocks-udp router-drops-fragments provider-drops-fragments
    router-dns-slow provider-dns-slow device-dns-dead dns-misleads-calling
    provider-dns-misleads-calling encrypted-dns-blocked dnssec-refused search-domain-misleads
    sim-missing sim-locked airplane-mode-on mobile-data-off wifi-calling-switched-off
    address-used-twice two-dhcp-servers
    line-refused carrier-data-fails hotspot-without-data
""")

CARRIER_FAULTS = [fault for fault in FAULTS if fault.startswith("carrier-")]

FINDINGS = {
    "interface": "up down none",
    "link": "connected no-carrier not-associated",
    "link-kind": "wired wireless",
    "signal": "strong fair weak",
    "wifi-air": "clean busy retried crowded failing",
    "wifi-lock": "open locked old",
    "wifi-hold": "steady dropped thrown-off wandering",
    "wifi-join": "unseen broken-off wrong-passphrase refused silent not-found no-dhcp",
    "address": "assigned link-local missing",
    "other-way": "works fails",
    "lease": "held ending expired unanswered",
    "address-conflict": "none found",
    "ways-out": "one several alike",
    "link-errors": "none new",
    "dhcp-servers": "one several conflicting none",
    "route": "present missing",
    "vpn": "off on",
    "sending": "free calling-forbidden forbidden some-forbidden",
    "radio": "none on off",
    "own-traffic": "quiet busy overflows",
    "mtu": "usual small",
    "hosts-file": "clean overrides",
    "server-list": "usual too-long",
    "encrypted-dns": "off answers falls-back blocked untrusted",
    "encrypted-dns-port": "open shut",
    "signed-names": "optional pass refused",
    "search-domain": "quiet invents diverts",
    "proxy": "none answers dead leads-nowhere",
    "ipv6": "absent works late slow ends-at-router ends-beyond ends-unseen",
    "clock": "right wrong",
    "gateway": "answers silent absent",
    "full-line": "quick slower slow-up slow-down slow-both slow-at-home",
    "mapping": "outlasts too-short-at-router too-short-beyond",
    "home-loss": "none clear some heavy",
    "path": "arrives ends-at-router ends-at-provider ends-beyond hidden",
    "translator": "passes silent",
    "translation": "none once by-two-routers by-provider by-two-routers-and-provider",
    "beyond-gateway": "answers silent",
    "provider-is-carrier": "no yes",
    "udp": "passes silent-at-router silent-beyond silent-unseen",
    "internet-loss": "none some heavy",
    "hop-loss": "none at-home at-provider beyond one-target one-family unseen",
    "large-packets": "pass stop-at-router stop-beyond stop-unseen",
    "system-resolver": "answers silent fails",
    "nameserver": "answers silent-at-home silent-beyond forwards-nothing fails",
    "nameserver-place": "home provider public",
    "public-resolver": "answer one-silent silent",
    "resolvers": "agree differ",
    "unknown-names": "honest rewritten rewritten-everywhere",
    "dns-pace": "prompt slow-at-home slow-beyond slow-unseen",
    "dns-way": "free taken",
    "stub": "answers fails",
    "other-gateway": "same answers silent",
    "anchors": "answer one-dead several-dead unresolved silent refused untrusted wrong-time stall",
    "certificates": "one-bad dates dates-clock-right self-signed stranger wrong-name mixed",
    "portal": "absent present unanswered",
    "portal-api": "open captive silent",
    "https-stops": "at-router at-provider beyond unseen",
    "own-zone": "resolves fails silent missing unusable filtered",
    "own-filter": "denied empty refused zeroed diverted unanswered",
    "gateway-names": "alike unlike",
    "resolver-country": "same other everywhere",
    "signatures": "checked unchecked claimed",
    "home-addresses": "passed withheld",
    "local-names": "apart served",
    "control-zone": "resolves fails filtered",
    "own-names": "resolve fail",
    "entitlement": "answers silent untrusted",
    "voice": "good fair poor",
    "own-gateway-family": "reachable other-only",
    "place": "home abroad",
    "own-redirect": "answers silent refused",
    "own-epdg": "answers silent rejected not-ike",
    "own-epdg-pace": "prompt laboured",
    "control-epdg": "answers mixed silent rejected not-ike",
    "ike-stops": "at-router at-provider beyond unseen",
    "large-ike": "passes unanswered stop-at-router stop-beyond stop-unseen",
    "called-epdg": "answers silent",
    "called-zone": "resolves fails",
    "symptom": " ".join(Symptom),
    "airplane-told": "off on",
    "beside-me": "works fails",
    "same-wifi": "yes no hotspot",
    "crowd": "quiet degraded outage",
    "crowd-called": "quiet degraded outage",
    "phone-service": "home roaming searching denied emergency-only none off",
    "refusal": "network-trouble account handset place other",
    "sim": "ready absent no-profile locked faulty",
    "airplane": "off on",
    "phone-data": "attached detached switched-off",
    "phone-signal": "usable weak none",
    "wifi-calling-switch": "on off",
    "wifi-calling-tunnel": "up down",
    "other-line": "works fails same-works same-fails",
}

STEPS = ids("""
    change-fixed-address unplug-second-router
    restart-device plug-cable switch-interface-on join-wifi move-closer restart-router renew-address
    use-other-dns allow-ports turn-off-vpn sign-in-portal set-clock ask-network-owner
    call-provider wait-provider use-mobile-data turn-on-wifi-calling leave-router-alone emergency
    try-other-phone check-sim airplane-off check-account move-outdoors keep-record wait-carrier
    tell-other-person nothing-to-do choose-carrier use-messaging-app try-other-network lower-mtu
    check-cabling allow-in-firewall clean-hosts-file
    retype-wifi-password use-quieter-band stay-in-one-place
    pause-own-traffic turn-off-proxy reset-packet-size smart-queue raise-udp-time
    put-sim-in unlock-sim airplane-mode-off mobile-data-on check-phone-data restart-phone
    call-over-wifi
    make-encryption-optional make-signatures-optional clean-search-domains
""")

SETTLES = ids("""
    second-phone choose-carrier symptom other-network run-again path-from-elsewhere ask-neighbour
    ask-them sim-elsewhere
    full-run
""")

CALLING = ids("""
    open blocked-here blocked-by-provider gateway-silent names-fail not-measured no-carrier poor
    blocked-by-vpn blocked-by-portal blocked-by-filter unanswered shut-abroad other-family
    no-activation
""")

NEEDED = [
    *(f"fault.{id}.{part}" for id in FAULTS for part in ("headline", "name", "over")),
    *(f"engineer.{id}" for id in FAULTS),
    *(f"fault.{id}.lookalike" for id in FAULTS),
    *(f"finding.{thing}.{state}" for thing, states in FINDINGS.items() for state in states.split()),
    *(f"step.{id}" for id in STEPS),
    *(f"settle.{id}" for id in SETTLES),
    *(f"calling.{id}{part}" for id in CALLING for part in ("", ".short")),
    *(f"stage.{id}" for id in Stage),
    *(f"stage.link.{kind}" for kind in LinkKind if kind is not LinkKind.LOOPBACK),
    *(f"side.{id}" for id in Side),
    *(f"severity.{id}" for id in Severity),
    *(f"failure.{id}" for id in Failure),
    *(f"outcome.{id}" for id in Outcome),
    *(f"symptom.{id}.short" for id in Symptom),
    *(f"ui.ask-{question}" for question in Question),
    *(f"{question}.{answer}" for question, answers in ANSWERS.items() for answer in answers),
    *(
        f"taps.{phone}.{part}"
        for phone in ("iphone", "pixel", "samsung", "other")
        for part in ("label", "wifi-calling")
    ),
    "interrupted",
    "headline.interrupted",
    "headline.no-carrier-checked",
    "side.inconclusive.headline",
]

PARAMS: dict[str, str | int] = {
    "carrier": "Cricket",
    "symptom": "SOS",
    "time": "07:45",
    "works": "Cable (eth0)",
    "fails": "Wi-Fi (wlan0)",
    "host_network": "AT&T",
    "count": 6,
    "last": "Verizon",
    "total": 6,
    "loss_percent": 5,
    "delay_ms": 9,
    "signal_dbm": -60,
    "seconds": 30,
    "days": 364,
    "minutes": 12,
    "name": "Verizon",
    "family": "IPv6",
    "hop": 3,
    "issuer": "Office Guard",
    "mbps": 40,
    "retried_percent": 34,
    "busy_percent": 71,
    "emergency_number": "911",
    "text_to": "911",
    "text_if_signed_up": "999",
    "slot": 1,
    "kind": "Wi-Fi",
    "reason": "1 h 20 min",
    "path": "a file",
    "plmn": "310410",
    "host": "www.example.com",
    "port": 443,
    "region": "US-TX",
    "until": "08:15",
}
OF_ERRORS = {
    "path": "the file",
    "reason": "it is empty",
    "nearest": "Verizon",
    "choices": "sos, fine",
    "needed": "it is a number",
}

FRAMES = ("ui", "hint", "taps", "join", "missing", "error", "reason", "needed")
OF_THE_COMMAND = ("verb", "option", "learned", "explain", "phone", "doctor", "compare")
IN_COMPARE = {"name": "A", "works": "B", "fails": "B"}


FOR_OPERATORS = (
    *("fleet.serve.", "fleet.relay.", "option.tls-", "option.gateway", "option.store"),
    "option.most-per-source",
)
"""Read by whoever runs a server, not by somebody whose calls fail."""


def is_for_staff(id: str) -> bool:
    return id.startswith(("engineer.", *FOR_OPERATORS))


FOR_PEOPLE = [id for id in WORDS.ids() if not is_for_staff(id)]


def reads_as_a_sentence(id: str) -> bool:
    """Whether a person reads it as running text: not a label, not a sign between parts."""
    return not id.startswith(("join.", "taps.")) and len((WORDS.template(id) or "").split()) > 3


def is_a_label(id: str) -> bool:
    """A word or a few beside a value, in the command's own words."""
    return id.startswith(OF_THE_COMMAND) and len((WORDS.template(id) or "").split()) < 6


SENTENCES = [id for id in FOR_PEOPLE if not id.startswith(FRAMES) and not is_a_label(id)]


@pytest.mark.parametrize("id", NEEDED)
def test_the_id_has_words(id: str) -> None:
    assert WORDS.say(id, PARAMS).strip() != ""


def test_the_diagnosis_can_say_nothing_without_words() -> None:
    said = [f"finding.{row.thing}.{state}" for row in ROWS for state in row.states]
    for fault in KNOWN_FAULTS:
        said += [f"fault.{fault.id}.headline", *(f"step.{step}" for step in fault.steps)]
        said += [f"settle.{fault.settles}"] if fault.settles else []
    assert [id for id in said if id not in WORDS] == []


def test_no_words_are_left_of_faults_findings_and_steps_that_are_gone() -> None:
    closed = (
        "fault.",
        "engineer.",
        "finding.",
        "settle.",
        "calling.",
        "failure.",
        "outcome.",
        "symptom.",
    )
    left = [id for id in WORDS.ids() if id.startswith(closed) and id not in NEEDED]
    assert [id for id in left if not id.endswith(".headline-no-carrier")] == []
    steps = [id for id in WORDS.ids() if id.startswith("step.") and id not in NEEDED]
    assert steps == ["step.emergency.shut", "step.turn-on-wifi-calling.open"]


@pytest.mark.parametrize("id", WORDS.ids())
def test_the_words_use_only_params_that_exist(id: str) -> None:
    known = PARAMS.keys() | (OF_ERRORS.keys() if id.startswith(("error.", "needed.")) else set())
    assert [name for name in WORDS.places(id) if name not in known] == []


@pytest.mark.parametrize("id", WORDS.ids())
def test_brackets_and_braces_are_closed(id: str) -> None:
    template = WORDS.template(id) or ""
    assert re.sub(r"[^\[\]{}]", "", re.sub(r"{[a-z_]+}", "", template)).replace("[]", "") == ""


# --- plain ---


def test_the_grade_is_reckoned_as_published() -> None:
    assert round(grade("The cat sat on the mat."), 2) == -1.45
    assert round(grade("Organisational misconfiguration necessitates remediation."), 1) > 30


@pytest.mark.parametrize("id", SENTENCES)
def test_an_eighth_grader_can_read_it(id: str) -> None:
    devices = IN_COMPARE if id.startswith("compare.") else {}
    assert grade(in_a_sentence(id, WORDS, PARAMS | OF_ERRORS | devices)) <= 8


def test_each_file_and_all_of_them_together_are_below_the_eighth_grade() -> None:
    read = {id: file for id, file in needed().items() if reads_as_a_sentence(id)}
    files = {file: [id for id in read if read[id] == file] for file in sorted(set(read.values()))}
    grades = of_files(files, WORDS, PARAMS | OF_ERRORS)
    print(grades)
    assert {name: grade for name, grade in grades.items() if grade > 8} == {}
    assert len(read) > 800


JARGON = re.compile(
    r"\b(ePDG|IKE|IPsec|TCP|NAT|IMS|VoWiFi|VoLTE|SSID|RSSI|TTL|ICMP|TLS|NXDOMAIN|SERVFAIL|"
    r"resolvers?|gateways?|latency|packets?|anchors?|HSS|IMSI|PLMN|handset|certificates?)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("id", FOR_PEOPLE)
def test_no_jargon_reaches_a_person(id: str) -> None:
    allowed = {"step.lower-mtu": ["packet"]}  # the words to say to whoever runs the router
    assert JARGON.findall(WORDS.say(id, PARAMS | OF_ERRORS)) == allowed.get(id, [])


@pytest.mark.parametrize("id", WORDS.ids())
def test_nothing_shouts(id: str) -> None:
    assert "!" not in (WORDS.template(id) or "")


# --- and promises nothing ---


@pytest.mark.parametrize("id", WORDS.ids())
def test_no_phone_number_is_printed_but_the_emergency_one(id: str) -> None:
    template = WORDS.template(id) or ""
    assert re.findall(r"\+?\d[\d ().-]{5,}\d", template) == []
    assert is_for_staff(id) or re.findall(r"\d{3,}", template.replace("500 and 4500", "")) == []


@pytest.mark.parametrize(
    "id", [id for id in WORDS.ids() if "mergency" in (WORDS.template(id) or "")]
)
def test_no_emergency_call_is_promised(id: str) -> None:
    said = WORDS.say(id, PARAMS)
    assert re.findall(r"\b(will|works?|safe|guaranteed?|sure|always)\b", said) == []


def test_emergency_advice_names_four_ways_and_says_that_none_is_certain() -> None:
    assert WORDS.say("step.emergency", {"emergency_number": "911", "text_to": "911"}) == (
        "Emergency (911): try Wi-Fi calling, a landline, or a phone on another carrier; or a text"
        " to 911, where that is offered. None is certain."
    )
    assert WORDS.say("step.emergency").startswith("Emergency: try Wi-Fi calling, a landline")


@pytest.mark.parametrize("id", [id for id in WORDS.ids() if id.startswith(("fault.", "engineer."))])
def test_no_cause_of_a_failure_is_given(id: str) -> None:
    causes = r"\b(because of|due to|caused by|hack\w*|attack\w*|upgrade|mistake|overload\w*)\b"
    said = WORDS.say(id, PARAMS)
    assert re.findall(causes, said) == (["because of"] if id == "engineer.clock-wrong" else [])


# --- headlines ---


@pytest.mark.parametrize("fault", CARRIER_FAULTS)
def test_a_guest_brand_is_named_with_the_network_it_runs_on(fault: str) -> None:
    said = WORDS.say(f"fault.{fault}.headline", PARAMS)
    assert said.startswith("Most likely Cricket (AT&T's network), not you.")


@pytest.mark.parametrize("fault", CARRIER_FAULTS)
def test_a_carrier_with_its_own_network_is_named_alone(fault: str) -> None:
    said = WORDS.say(f"fault.{fault}.headline", {"carrier": "Verizon", "host_network": None})
    assert said.startswith("Most likely Verizon, not you.")


def test_whose_network_a_brand_runs_on_can_be_said() -> None:
    assert WORDS.say("ui.runs-on", PARAMS) == "Cricket runs on AT&T's network"


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in CARRIER_FAULTS])
def test_a_headline_without_a_carrier_needs_none(fault: str) -> None:
    variant = f"fault.{fault}.headline-no-carrier"
    id = variant if variant in WORDS else f"fault.{fault}.headline"
    assert "{carrier}" not in (WORDS.template(id) or "")


# --- how params fill words ---


def missing(name: str) -> str | None:
    return {"carrier": "your carrier"}.get(name)


@pytest.mark.parametrize(
    ("template", "params", "said"),
    [
        ("the router answers[ in {delay_ms} ms]", {"delay_ms": 2.4}, "the router answers in 2 ms"),
        ("the router answers[ in {delay_ms} ms]", {"delay_ms": None}, "the router answers"),
        (
            "the router answers[ in {delay_ms} ms]",
            {"delay_ms": 0.43},
            "the router answers in 0.4 ms",
        ),
        ("[{count} of {total} ]answer", {"count": 6}, "answer"),
        ("[{count} of {total} ]answer", {"count": 6, "total": 6}, "6 of 6 answer"),
        ("{carrier} is back", {}, "Your carrier is back"),
        ("wait for {carrier}", {}, "wait for your carrier"),
        ("wait for {carrier}", {"carrier": "o2 {x}[y]"}, "wait for o2 {x}[y]"),
        ("it took {seconds} s", {"seconds": float("inf")}, "it took ? s"),
    ],
)
def test_params_fill_a_sentence(template: str, params: dict, said: str) -> None:
    assert fill(template, params, missing) == said


def test_a_param_that_nothing_stands_in_for_is_a_defect_in_tests() -> None:
    with pytest.raises(KeyError, match="delay_ms"):
        fill("in {delay_ms} ms", {}, missing)


def test_text_from_elsewhere_cannot_drive_a_terminal_or_flood_it() -> None:
    assert clean("a\x1b]0;x\x07b\u202ec\nd") == "a ]0;x b c d"
    assert clean("Telefónica") == "Telefónica"
    assert len(shown("x" * 1000)) == 300


def test_an_id_without_words_is_shown_at_run_time_and_a_defect_in_tests() -> None:
    assert words().say("step.from-the-future") == "step.from-the-future"
    assert words().say("no-such-kind.x\x1b[2J") == "no-such-kind.x [2J"
    with pytest.raises(KeyError):
        WORDS.say("step.from-the-future")


def test_a_variant_without_words_of_its_own_falls_back() -> None:
    assert WORDS.say("fault.cable-out.headline-no-carrier") == WORDS.say("fault.cable-out.headline")


def test_a_locale_without_words_speaks_english() -> None:
    assert words("xx_YY.UTF-8").locale == "en"
    assert words("../../etc").locale == "en"
    assert words("C").say("stage.router") == "Router"
    assert words("en_GB.UTF-8").english is words()


def test_a_translation_falls_back_to_english_word_by_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = Path(netcheck.text.__file__).parent / "en"
    (tmp_path / "en").mkdir()
    (tmp_path / "de").mkdir()
    for file in english.glob("*.toml"):
        (tmp_path / "en" / file.name).write_bytes(file.read_bytes())
    (tmp_path / "de" / "terms.toml").write_text('[stage]\nisp = "Anbieter"\n', encoding="utf-8")
    monkeypatch.setattr("netcheck.text.loader._HERE", str(tmp_path))
    german = Words("de")
    assert german.say("stage.isp") == "Anbieter"
    assert german.say("stage.router") == "Router"
    assert german.say("step.check-sim") == WORDS.say("step.check-sim")
