"""What monitors and help-desks read: Nagios, Prometheus, the ticket."""

from dataclasses import replace

import pytest
from render_samples import (
    HEALTHY,
    HEALTHY_WITHOUT_CARRIER,
    INCONCLUSIVE,
    ROUTER_BLOCKS,
    SOS,
    reason,
)

from netcheck.model.finding import Finding
from netcheck.model.result import Result
from netcheck.model.verdict import Severity, Side, Worded
from netcheck.render import nagios, prometheus, ticket
from netcheck.text import words

RESULTS = (SOS, HEALTHY, HEALTHY_WITHOUT_CARRIER, INCONCLUSIVE, ROUTER_BLOCKS)

# --- Nagios ---


def test_nagios_gets_one_line_with_what_can_be_plotted() -> None:
    assert nagios.render(SOS, words()) == (
        "NETCHECK CRITICAL - Most likely Cricket (AT&T's network), not you."
        " | 'confidence'=84%;;;0;100 'duration'=1.1s\n"
    )


def test_nagios_never_sees_a_second_bar_or_line() -> None:
    carrier = replace(SOS.carrier, name="A|B\nC")
    assert nagios.render(replace(SOS, carrier=carrier), words()) == (
        "NETCHECK CRITICAL - Most likely A/B C (AT&T's network), not you."
        " | 'confidence'=84%;;;0;100 'duration'=1.1s\n"
    )


def test_nagios_exit_codes_are_its_own() -> None:
    codes = {
        "healthy": nagios.exit_code(HEALTHY),
        "healthy, no carrier chosen": nagios.exit_code(HEALTHY_WITHOUT_CARRIER),
        "degraded": nagios.exit_code(ROUTER_BLOCKS),
        "down": nagios.exit_code(SOS),
        "inconclusive": nagios.exit_code(INCONCLUSIVE),
        "well, as far as it got": nagios.exit_code(replace(HEALTHY, interrupted=True)),
        "down, though cut short": nagios.exit_code(replace(SOS, interrupted=True)),
    }
    assert codes == {
        "healthy": 0,
        "healthy, no carrier chosen": 0,
        "degraded": 1,
        "down": 2,
        "inconclusive": 3,
        "well, as far as it got": 3,
        "down, though cut short": 2,
    }


# --- Prometheus ---

EXPOSITION = """\
# HELP netcheck_run_info The run and what it was about.
# TYPE netcheck_run_info gauge
netcheck_run_info{version="0.1.0",rules="1",carrier="cricket_us"} 1
# HELP netcheck_side Whose fault it is: 1 on one side.
# TYPE netcheck_side gauge
netcheck_side{side="none"} 0
netcheck_side{side="local"} 0
netcheck_side{side="isp"} 0
netcheck_side{side="carrier"} 1
netcheck_side{side="remote"} 0
netcheck_side{side="inconclusive"} 0
# HELP netcheck_severity How bad it is: 1 on one severity.
# TYPE netcheck_severity gauge
netcheck_severity{severity="ok"} 0
netcheck_severity{severity="degraded"} 0
netcheck_severity{severity="down"} 1
# HELP netcheck_fault The fault that is named; absent if none is.
# TYPE netcheck_fault gauge
netcheck_fault{fault="carrier-registration-outage"} 1
# HELP netcheck_confidence_ratio How sure the side is, 0 to 1.
# TYPE netcheck_confidence_ratio gauge
netcheck_confidence_ratio 0.84
# HELP netcheck_wifi_calling_ready Whether the path for Wi-Fi calling is open; absent if not measured.
# TYPE netcheck_wifi_calling_ready gauge
netcheck_wifi_calling_ready 1
# HELP netcheck_stage_up 1 ok, 0.5 degraded, 0 down; absent if unknown.
# TYPE netcheck_stage_up gauge
netcheck_stage_up{stage="device"} 1
netcheck_stage_up{stage="link"} 1
netcheck_stage_up{stage="router"} 1
netcheck_stage_up{stage="isp"} 1
netcheck_stage_up{stage="dns"} 1
netcheck_stage_up{stage="internet"} 1
netcheck_stage_up{stage="carrier"} 0
netcheck_stage_up{stage="wifi-calling"} 1
# HELP netcheck_stage_delay_seconds Delay to a place on the path.
# TYPE netcheck_stage_delay_seconds gauge
netcheck_stage_delay_seconds{stage="router"} 0.0022
netcheck_stage_delay_seconds{stage="isp"} 0.0091
# HELP netcheck_checks Checks of this run by outcome.
# TYPE netcheck_checks gauge
netcheck_checks{outcome="ok"} 1
netcheck_checks{outcome="failed"} 1
netcheck_checks{outcome="skipped"} 1
netcheck_checks{outcome="error"} 0
# HELP netcheck_interrupted Whether the run was cut short.
# TYPE netcheck_interrupted gauge
netcheck_interrupted 0
# HELP netcheck_run_duration_seconds How long it took.
# TYPE netcheck_run_duration_seconds gauge
netcheck_run_duration_seconds 1.1042
# HELP netcheck_run_started_seconds When it started, in Unix time; absent if not known.
# TYPE netcheck_run_started_seconds gauge
netcheck_run_started_seconds 1708593011
"""  # noqa: E501  (an exposition has no line breaks to spare)


def test_prometheus_gets_help_type_and_a_final_newline() -> None:
    assert prometheus.render(SOS, words()) == EXPOSITION


def test_what_was_not_measured_has_no_sample() -> None:
    told = prometheus.render(replace(INCONCLUSIVE, started_at="yesterday"), words())
    assert "netcheck_wifi_calling_ready" not in told
    assert 'netcheck_stage_up{stage="wifi-calling"}' not in told
    assert "netcheck_run_started_seconds" not in told


def test_label_values_are_escaped() -> None:
    told = prometheus.render(replace(SOS, netcheck_version='1"\\\n'), words())
    assert told.splitlines()[2] == (
        'netcheck_run_info{version="1\\"\\\\\\n",rules="1",carrier="cricket_us"} 1'
    )


# --- the ticket ---

TICKET = """\
netcheck result

Verdict:     Most likely Cricket (AT&T's network), not you. (84 % sure)
Side:        carrier, down
Fault:       carrier-registration-outage
Meaning:     Handset reports no registration while the whole path,
             controls and (where measured) the own ePDG answer:
             radio/core registration failing.
Carrier:     Cricket (on AT&T), US
Wi-Fi calls: The way to Wi-Fi calling is open. Whether Cricket lets your
             phone in, we can't see. The first time, Cricket may want to
             switch it on and to know your address for emergency calls.
Could be:    coverage-or-account (carrier, 9 %); phone-or-sim (local,
             5 %); unknown (inconclusive, 2 %)
Settled by:  a second phone on Cricket in the same place

Path
  device        ok
  link          ok, -52 dBm
  router        ok, 2.2 ms
  isp           ok, 9.1 ms
  dns           ok
  internet      ok
  carrier       down
  wifi-calling  ok

Findings
  symptom.sos: your phone says SOS
  gateway.answers: the router answers in 2 ms
  anchors.answer: 6 of 6 internet checks answer

Began:       2024-02-22 09:10:11 UTC
Ended:       2024-02-22 09:10:12 UTC
Version:     netcheck 0.1.0, rules 1
Code:        KD7-M2Q-4XH9
"""


def test_a_ticket_is_written_in_staffs_words() -> None:
    assert ticket.render(SOS, words(), code="KD7-M2Q-4XH9") == TICKET


def test_a_ticket_tells_what_changed_since_the_last_good_run() -> None:
    note = Worded("changed.since", {"at": "2026-07-07T21:10:00Z", "what": "resolver,10.0.0.1"})
    assert (
        "Changed:     since it last worked (2026-07-07 21:10 UTC): another DNS\n"
        "             server is in use\n"
    ) in ticket.render(replace(SOS, changed=note), words())


@pytest.mark.parametrize("result", RESULTS)
def test_a_ticket_is_72_columns_of_ascii(result: Result) -> None:
    told = ticket.render(result, words())
    assert max(len(line) for line in told.splitlines()) <= 72
    assert told.isascii()


def test_times_are_utc_wherever_the_run_was() -> None:
    told = ticket.render(replace(SOS, started_at="2024-02-22T23:10:11-10:00"), words())
    assert "Began:       2024-02-23 09:10:11 UTC" in told


SECRETS = ("192.168.1.1", "anna-laptop", "HomeNet5G", "aa:bb:cc:dd:ee:ff", "fe80::1", "wlan0")


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_that_identifies_reaches_a_ticket(secret: str) -> None:
    params = {"name": secret, "count": secret, "seconds": secret, "carrier": secret}
    spoiled = replace(
        SOS,
        run_id=secret,
        labels={secret: secret},
        symptom=secret,
        verdict=replace(
            SOS.verdict,
            because=(reason("anchors.answer", 1, **params),),
            headline=Worded(SOS.verdict.headline.id, params),
            would_settle=Worded(SOS.verdict.would_settle.id, params),
        ),
        findings=(
            Finding("clock.wrong", (secret,), params),
            Finding("called-epdg.silent", (secret,), params),
        ),
        stages=tuple(replace(view, params={"note": secret}) for view in SOS.stages),
        observations=tuple(
            replace(seen, interface=secret, detail=secret, unmet=secret)
            for seen in SOS.observations
        ),
    )
    told = ticket.render(spoiled, words())
    assert secret not in told
    assert "  clock.wrong: the clock is off\n" in told
    assert "  called-epdg.silent: the other person's carrier does not answer\n" in told


def test_the_other_persons_carrier_is_named_where_it_is_the_fault() -> None:
    verdict = replace(
        SOS.verdict,
        side=Side.REMOTE,
        fault="called-carrier-outage",
        severity=Severity.DEGRADED,
        headline=Worded("fault.called-carrier-outage.headline", {"called": "Verizon"}),
    )
    told = ticket.render(replace(SOS, verdict=verdict), words())
    assert "Most likely the carrier of the one you call (Verizon), not" in told
