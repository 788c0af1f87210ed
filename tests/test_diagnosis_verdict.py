"""What is concluded from which findings: one world a row, stated as its deviation from health."""

import math

import pytest

from netcheck.diagnosis.calling import calling_path
from netcheck.diagnosis.code import BadCode, SpokenCode, decode, encode
from netcheck.diagnosis.judging import Case, judge
from netcheck.diagnosis.stages import stage_views
from netcheck.diagnosis.weighing import weigh
from netcheck.model.finding import Finding
from netcheck.model.result import CarrierChoice
from netcheck.model.verdict import Severity, Side

CRICKET = CarrierChoice("cricket_us", "Cricket", "AT&T", "US")

HEALTHY = """
    interface.up link.connected link-kind.wired address.assigned route.present vpn.off clock.right
    gateway.answers home-loss.none path.arrives beyond-gateway.answers internet-loss.none
    udp.passes large-packets.pass system-resolver.answers nameserver.answers nameserver-place.home
    public-resolver.answer unknown-names.honest resolvers.agree anchors.answer portal.absent
    own-zone.resolves own-names.resolve control-zone.resolves own-epdg.answers
    own-epdg-pace.prompt control-epdg.answers
    own-traffic.quiet sending.free mtu.usual hosts-file.clean proxy.none radio.none ipv6.absent
""".split()

NOT_SEEN_WHEN_CUT_OFF = """
    clock internet-loss udp large-packets unknown-names resolvers portal own-zone own-names
    control-zone own-epdg own-epdg-pace control-epdg
""".split()


def but(changes: str, without: str = "") -> list[Finding]:
    """The healthy findings with these in place of theirs, and without those."""
    by_thing = {id.partition(".")[0]: id for id in HEALTHY}
    by_thing.update({id.partition(".")[0]: id for id in changes.split()})
    return [Finding(id) for thing, id in by_thing.items() if thing not in without.split()]


def verdict_on(findings, carrier=CRICKET):
    calling = calling_path(findings, carrier)
    return judge(findings, Case(carrier, calling.ready))


CUT_OFF = " ".join(NOT_SEEN_WHEN_CUT_OFF)
NO_PACE = "own-epdg-pace"
NO_EPDG = "own-epdg own-epdg-pace control-epdg"

WORLDS = [
    ("nothing wrong", "", "", "none", "all-well"),
    ("SOS while all else is well", "symptom.sos", "", "carrier", "carrier-registration-outage"),
    ("one anchor dead", "anchors.one-dead", "", "none", "all-well"),
    ("one public resolver dead", "public-resolver.one-silent", "", "none", "all-well"),
    (
        "router drops IKE",
        "own-epdg.silent control-epdg.silent ike-stops.at-router",
        NO_PACE,
        "local",
        "lan-blocks-ike",
    ),
    (
        "provider drops IKE",
        "own-epdg.silent control-epdg.silent ike-stops.at-provider",
        NO_PACE,
        "isp",
        "provider-blocks-ike",
    ),
    (
        "every gateway silent far away",
        "own-epdg.silent control-epdg.silent ike-stops.beyond",
        NO_PACE,
        "inconclusive",
        None,
    ),
    (
        "every gateway silent, nobody knows where",
        "own-epdg.silent control-epdg.silent ike-stops.unseen",
        NO_PACE,
        "inconclusive",
        None,
    ),
    (
        "own gateway silent beside answering controls",
        "own-epdg.silent ike-stops.beyond other-gateway.same",
        NO_PACE,
        "carrier",
        "carrier-gateway-outage",
    ),
    ("own gateway limps", "own-epdg-pace.laboured", "", "carrier", "carrier-degraded"),
    (
        "own zone fails",
        "own-zone.fails own-names.fail",
        "own-epdg own-epdg-pace",
        "carrier",
        "carrier-names-outage",
    ),
    (
        "a filter hides calling names",
        "own-zone.filtered control-zone.filtered",
        "",
        "local",
        "dns-filter-blocks-calling",
    ),
    (
        "router dead",
        "path.hidden gateway.absent beyond-gateway.silent system-resolver.silent "
        "nameserver.silent-at-home public-resolver.silent anchors.unresolved",
        CUT_OFF + " home-loss",
        "local",
        "router-dead",
    ),
    (
        "provider dead",
        "path.ends-at-router beyond-gateway.silent system-resolver.silent "
        "nameserver.forwards-nothing public-resolver.silent anchors.unresolved",
        CUT_OFF,
        "isp",
        "provider-dead",
    ),
    (
        "the server for switching on Wi-Fi calling is silent",
        "entitlement.silent",
        "",
        "carrier",
        "carrier-entitlement-outage",
    ),
    (
        "a silent server beside interception elsewhere",
        "entitlement.untrusted anchors.untrusted",
        "",
        "local",
        "tls-intercepted",
    ),
    (
        "phones are sent on to a silent gateway",
        "own-redirect.silent",
        "",
        "carrier",
        "carrier-redirect-dead",
    ),
    (
        "own gateway silent abroad",
        "own-epdg.silent place.abroad ike-stops.beyond other-gateway.same",
        NO_PACE,
        "carrier",
        "calling-geoblocked",
    ),
    (
        "a gateway with an IPv4 address only, on a network without IPv4",
        "own-gateway-family.other-only",
        "own-epdg own-epdg-pace own-zone own-names",
        "local",
        "gateway-needs-ipv4",
    ),
    ("abroad and all is well", "place.abroad", "", "none", "all-well"),
    ("loss at home", "home-loss.heavy internet-loss.heavy", "", "local", "home-link-lossy"),
    ("loss beyond", "internet-loss.heavy", "", "isp", "provider-lossy"),
    ("clock a year off", "anchors.wrong-time clock.wrong", "", "local", "clock-wrong"),
    ("TLS intercepted", "anchors.untrusted", "", "local", "tls-intercepted"),
    (
        "the other person's carrier",
        "symptom.cannot-reach called-epdg.silent called-zone.resolves",
        "",
        "remote",
        "called-carrier-outage",
    ),
    ("several sites dead", "anchors.several-dead", "", "remote", "third-party-outage"),
]


@pytest.mark.parametrize(
    ("changes", "without", "side", "fault"), [w[1:] for w in WORLDS], ids=[w[0] for w in WORLDS]
)
def test_verdict(changes, without, side, fault):
    verdict = verdict_on(but(changes, without))
    assert verdict.side == side
    if fault is not None:
        assert verdict.fault == fault


def test_side_none_comes_only_with_severity_ok():
    for _, changes, without, _, _ in WORLDS:
        verdict = verdict_on(but(changes, without))
        assert (verdict.side == Side.NONE) == (verdict.severity == Severity.OK)


def test_silence_alone_never_yields_carrier():
    """Whatever else is healthy: without an answering control a silent gateway blames nobody."""
    alone = but("own-epdg.silent", "own-epdg-pace control-epdg")
    assert verdict_on(alone).side != Side.CARRIER


@pytest.mark.parametrize(
    "unseen", ["gateway beyond-gateway", "system-resolver nameserver", "anchors", NO_EPDG]
)
def test_all_is_well_only_where_one_has_looked(unseen):
    verdict = verdict_on(but("", unseen))
    assert verdict.side == Side.INCONCLUSIVE
    assert verdict.would_settle.id == "settle.full-run"


@pytest.mark.parametrize(
    ("changes", "without", "settles"),
    [
        # Router or line: no run gets as far as a gateway, and a neighbour knows.
        (
            "beyond-gateway.silent system-resolver.silent nameserver.silent public-resolver.silent"
            " anchors.unresolved",
            f"{CUT_OFF} path gateway home-loss",
            "settle.ask-neighbour",
        ),
        ("own-epdg.silent", "own-epdg-pace control-epdg anchors portal", "settle.full-run"),
    ],
)
def test_a_full_run_is_advised_only_where_it_can_see_more(changes, without, settles):
    verdict = verdict_on(but(changes, without))
    assert (verdict.side, verdict.would_settle.id) == ("inconclusive", settles)


def test_a_healthy_run_without_a_carrier_asks_for_one():
    own = "own-zone own-names own-epdg own-epdg-pace"
    steps = [step.id for step in verdict_on(but("", own), carrier=None).next_steps]
    assert steps == ["step.choose-carrier"]


def test_without_a_carrier_the_side_is_never_carrier():
    own = "own-zone own-names own-epdg own-epdg-pace"
    verdict = verdict_on(but("symptom.sos", own), carrier=None)
    assert verdict.side == Side.INCONCLUSIVE
    assert verdict.would_settle.id == "settle.choose-carrier"


def test_sos_leaves_room_for_coverage_sim_and_account():
    verdict = verdict_on(but("symptom.sos"))
    assert 0.7 <= verdict.confidence <= 0.9
    assert {a.fault for a in verdict.alternatives} >= {"coverage-or-account", "phone-or-sim"}
    assert verdict.would_settle.id == "settle.second-phone"


def test_sos_with_an_open_path_advises_wifi_calling_first_and_ends_with_the_emergency_advice():
    steps = [step.id for step in verdict_on(but("symptom.sos")).next_steps]
    assert steps == [
        "step.turn-on-wifi-calling",
        "step.leave-router-alone",
        "step.keep-record",
        "step.wait-carrier",
        "step.emergency",
    ]


DEAD_LINE = (
    "beyond-gateway.silent path.ends-at-provider system-resolver.silent nameserver.silent"
    " public-resolver.silent anchors.unresolved"
)


def test_of_a_thing_that_was_told_twice_the_first_word_counts_everywhere():
    twice = [*but(""), Finding("own-epdg.silent")]
    assert calling_path(twice, CRICKET) == calling_path(but(""), CRICKET)
    assert verdict_on(twice) == verdict_on(but(""))


def test_where_nothing_passes_an_emergency_is_not_sent_to_wifi_calling():
    steps = [step.id for step in verdict_on(but(DEAD_LINE, CUT_OFF)).next_steps]
    assert steps == [
        "step.leave-router-alone",
        "step.use-mobile-data",
        "step.call-provider",
        "step.emergency.shut",
    ]


@pytest.mark.parametrize(
    "words",
    [
        "symptom.sos",
        "symptom.no-service",
        "phone-service.none",
        "provider-is-carrier.yes symptom.calls-fail",
    ],
)
def test_mobile_data_is_not_advised_to_a_phone_without_service(words):
    steps = [step.id for step in verdict_on(but(f"{DEAD_LINE} {words}", CUT_OFF)).next_steps]
    assert "step.use-mobile-data" not in steps
    assert steps[-1] == "step.emergency.shut"


@pytest.mark.parametrize("word", ["provider-is-carrier.yes", "symptom.calls-fail"])
def test_mobile_data_is_worth_a_try_where_only_the_line_is_known_to_be_dead(word):
    steps = [step.id for step in verdict_on(but(f"{DEAD_LINE} {word}", CUT_OFF)).next_steps]
    assert "step.use-mobile-data" in steps


def test_wifi_calling_is_not_advised_where_its_path_is_closed():
    blocked = but("symptom.sos own-epdg.silent ike-stops.beyond", NO_PACE)
    assert "step.turn-on-wifi-calling" not in [s.id for s in verdict_on(blocked).next_steps]


def test_a_reasons_weight_is_what_its_finding_alone_does_to_the_odds():
    verdict = verdict_on([Finding("symptom.sos")])
    told = {reason.finding: reason.weight for reason in (*verdict.because, *verdict.against)}
    before, after = weigh([]), weigh([Finding("symptom.sos")])

    def log_odds(posterior):
        fault = posterior.probabilities[verdict.fault,]
        others = 1 - posterior.of_side(Side.CARRIER)
        return 100 * math.log(fault / others)

    assert abs(told["symptom.sos"] - (log_odds(after) - log_odds(before))) <= 2  # integers


def test_what_answers_speaks_for_an_outage_of_the_carrier():
    because = [reason.finding for reason in verdict_on(but("symptom.sos")).because]
    assert because[0] == "symptom.sos"
    assert {"anchors.answer", "beyond-gateway.answers", "nameserver.answers"} <= set(because)


def test_correlated_findings_count_once():
    """The system's resolver and its nameserver share one voice: saying it twice adds nothing."""
    once = weigh([Finding("nameserver.answers")])
    twice = weigh([Finding("nameserver.answers"), Finding("nameserver.answers")])
    assert once == twice


@pytest.mark.parametrize(
    ("changes", "ready", "reason"),
    [
        ("", True, "calling.open"),
        ("own-epdg-pace.laboured", True, "calling.poor"),
        ("own-epdg.silent control-epdg.silent ike-stops.at-router", False, "calling.blocked-here"),
        ("own-epdg.silent", False, "calling.gateway-silent"),
        ("own-epdg.silent place.abroad", False, "calling.shut-abroad"),
        ("own-epdg.silent control-epdg.silent ike-stops.beyond", False, "calling.unanswered"),
        (
            "own-epdg.silent control-epdg.silent ike-stops.at-provider",
            False,
            "calling.blocked-by-provider",
        ),
        (
            "own-epdg.silent control-epdg.silent ike-stops.at-router vpn.on",
            False,
            "calling.blocked-by-vpn",
        ),
        ("own-epdg.silent control-epdg.silent portal.present", False, "calling.blocked-by-portal"),
        ("own-redirect.silent", False, "calling.gateway-silent"),
        ("own-redirect.answers", True, "calling.open"),
        ("voice.poor", True, "calling.poor"),
        ("voice.fair", True, "calling.open"),
        ("entitlement.silent", True, "calling.no-activation"),
    ],
)
def test_wifi_calling_path(changes, ready, reason):
    told = calling_path(but(changes), CRICKET)
    assert (told.ready, told.reason.id) == (ready, reason)


def test_wifi_calling_is_not_measured_without_a_carrier():
    assert calling_path(but(""), None).ready is None


def test_the_healthy_path_is_drawn_healthy():
    drawn = {view.stage.value: view.state.value for view in stage_views(but(""))}
    assert drawn == {
        "device": "ok",
        "link": "ok",
        "router": "ok",
        "isp": "ok",
        "dns": "ok",
        "internet": "ok",
        "carrier": "ok",
        "wifi-calling": "ok",
    }


def test_a_place_that_nothing_measured_is_unknown():
    assert {view.state.value for view in stage_views([])} == {"unknown"}


def test_a_code_says_what_the_verdict_said():
    verdict = verdict_on(but("symptom.sos"))
    assert decode(encode(verdict, 7)) == SpokenCode(
        Side.CARRIER, "carrier-registration-outage", 8, Severity.DOWN, 7
    )


def test_a_code_survives_small_letters_spaces_and_misread_ones():
    code = encode(verdict_on(but("symptom.sos")), 7)
    spoken = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert decode(spoken) == decode(code)


def test_one_mistyped_letter_or_two_swapped_ones_are_always_noticed():
    from netcheck.diagnosis.code import _ALPHABET

    letters = encode(verdict_on(but("symptom.sos")), 7).replace("-", "")
    wrong = [
        letters[:i] + other + letters[i + 1 :]
        for i in range(10)
        for other in _ALPHABET
        if other != letters[i]
    ]
    wrong += [
        letters[:i] + letters[i + 1] + letters[i] + letters[i + 2 :]
        for i in range(9)
        if letters[i] != letters[i + 1]
    ]
    for code in wrong:
        with pytest.raises(BadCode):
            decode(code)


@pytest.mark.parametrize(
    ("zone", "ready", "reason"),
    [
        ("resolves own-gateway-family.other-only", False, "calling.other-family"),
        ("filtered", False, "calling.blocked-by-filter"),
        ("fails", False, "calling.names-fail"),
    ],
)
def test_wifi_calling_path_without_a_gateway_to_ask(zone, ready, reason):
    told = calling_path(but(f"own-zone.{zone}", "own-epdg own-epdg-pace"), CRICKET)
    assert (told.ready, told.reason.id) == (ready, reason)


def test_a_place_of_another_country_is_admitted_as_a_lookalike_of_a_silent_gateway():
    verdict = verdict_on(but("own-epdg.silent ike-stops.beyond other-gateway.same", NO_PACE))
    assert "calling-geoblocked" in {other.fault for other in verdict.alternatives}
