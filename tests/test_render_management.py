"""What the tools that look after many devices are given: each by its written convention."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from render_samples import (
    HEALTHY,
    HEALTHY_WITHOUT_CARRIER,
    INCONCLUSIVE,
    ROUTER_BLOCKS,
    SOS,
)

from netcheck.cli import telling
from netcheck.model.result import Result
from netcheck.model.verdict import Severity
from netcheck.render import json as result_json
from netcheck.render.management import TOOLS
from netcheck.text import words
from tests.command import Ended, netcheck

ALL = {
    "healthy": HEALTHY,
    "healthy, cut short": replace(HEALTHY, interrupted=True),
    "no carrier": HEALTHY_WITHOUT_CARRIER,
    "local, degraded": ROUTER_BLOCKS,
    "carrier, down": SOS,
    "inconclusive": INCONCLUSIVE,
}
HOSTILE = replace(
    SOS,
    carrier=replace(SOS.carrier, name="A</result>&B\r\n\x1b[31m\x00\u2028C"),
    verdict=replace(SOS.verdict, fault="carrier-gateway-outage\n<b>"),
)


def told(tool: str, result: Result) -> str:
    return TOOLS[tool].render(result, words())


def codes(tool: str, *, spares_degraded: bool = False) -> dict[str, int]:
    return {name: TOOLS[tool].exit_code(one, spares_degraded) for name, one in ALL.items()}


def test_the_command_offers_each_of_them() -> None:
    assert telling.TOOLS == tuple(TOOLS)


LINE = (
    "carrier down carrier-registration-outage 84%"
    " - Most likely Cricket (AT&T's network), not you.\n"
)
EXPECTED = {
    "intune": LINE,
    "kandji": LINE,
    "sccm": "carrier down carrier-registration-outage\n",
    "jamf": "<result>carrier down carrier-registration-outage 84%"
    " - Most likely Cricket (AT&amp;T's network), not you.</result>\n",
    "intune-compliance": '{"NetcheckSide":"carrier","NetcheckSeverity":"down",'
    '"NetcheckFault":"carrier-registration-outage","NetcheckConfidencePercent":84,'
    '"NetcheckCarrier":"cricket_us","NetcheckWifiCalling":"open"}\n',
    "ansible-fact": '{"side":"carrier","severity":"down","fault":"carrier-registration-outage",'
    '"confidence_percent":84,"carrier":"cricket_us","wifi_calling":"open",'
    '"started_at":"2024-02-22T09:10:11Z","interrupted":false,"netcheck_version":"0.1.0",'
    '"wifi_calling_ready":true,"stages":{"device":"ok","link":"ok","router":"ok","isp":"ok",'
    '"dns":"ok","internet":"ok","carrier":"down","wifi-calling":"ok"},'
    '"headline":"Most likely Cricket (AT&T\'s network), not you.","error":null}\n',
    "osquery": '[{"side":"carrier","severity":"down","fault":"carrier-registration-outage",'
    '"confidence_percent":"84","carrier":"cricket_us","wifi_calling":"open",'
    '"started_at":"2024-02-22T09:10:11Z","interrupted":"0","netcheck_version":"0.1.0",'
    '"headline":"Most likely Cricket (AT&T\'s network), not you.","error":""}]\n',
}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_result_in_the_form_of_each_tool(tool: str) -> None:
    assert EXPECTED[tool] == told(tool, SOS)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("result", [*ALL.values(), HOSTILE], ids=[*ALL, "hostile"])
def test_each_is_one_line_of_printable_ascii(tool: str, result: Result) -> None:
    line = told(tool, result)
    assert (line[-1], line[:-1].isprintable(), line.isascii()) == ("\n", True, True)


def test_intune_reads_no_more_than_2048_characters() -> None:
    endless = replace(SOS, verdict=replace(SOS.verdict, fault="carrier " * 1000))
    for line in (told("intune", endless), TOOLS["intune"].complaint("no " * 2000)):
        assert 2000 < len(line.removesuffix("\n")) <= 2048


def test_intune_mends_only_what_lies_with_the_device() -> None:
    assert codes("intune") == dict.fromkeys(ALL, 0) | {"local, degraded": 1}
    assert codes("intune", spares_degraded=True) == dict.fromkeys(ALL, 0)


def test_kandji_passes_only_what_is_well() -> None:
    passes = dict.fromkeys(ALL, 1) | {"healthy": 0, "no carrier": 0}
    assert codes("kandji") == passes
    assert codes("kandji", spares_degraded=True) == passes | {"local, degraded": 0}


@pytest.mark.parametrize("tool", ["intune-compliance", "sccm", "jamf", "ansible-fact", "osquery"])
def test_what_only_reads_stdout_gets_exit_code_0(tool: str) -> None:
    assert codes(tool) == dict.fromkeys(ALL, 0)


def test_sccm_compares_one_line() -> None:
    assert {name: told("sccm", one).strip() for name, one in ALL.items()} == {
        "healthy": "ok",
        "healthy, cut short": "interrupted",
        "no carrier": "ok",
        "local, degraded": "local degraded lan-blocks-ike",
        "carrier, down": "carrier down carrier-registration-outage",
        "inconclusive": f"inconclusive {INCONCLUSIVE.verdict.severity.value}"
        f" {INCONCLUSIVE.verdict.fault}",
    }


def test_jamf_gets_xml_whatever_a_carrier_is_called() -> None:
    value = ElementTree.fromstring(told("jamf", HOSTILE))
    assert value.tag == "result"
    assert "carrier down carrier-gateway-outage <b> 84% - " in str(value.text)
    assert "A</result>&B [31m C" in str(value.text)


def test_intune_compliance_always_has_every_setting_and_none_is_null() -> None:
    answers = [json.loads(told("intune-compliance", one)) for one in ALL.values()]
    answers.append(json.loads(TOOLS["intune-compliance"].complaint("netcheck broke")))
    assert {tuple(one) for one in answers} == {
        (
            *("NetcheckSide", "NetcheckSeverity", "NetcheckFault"),
            *("NetcheckConfidencePercent", "NetcheckCarrier", "NetcheckWifiCalling"),
        )
    }
    assert [value for one in answers for value in one.values() if value is None] == []
    assert {type(one["NetcheckConfidencePercent"]) for one in answers} == {int}


def test_what_was_not_measured_is_null_in_a_fact_and_empty_in_a_row() -> None:
    unsure = replace(INCONCLUSIVE, carrier=None)
    fact, [row] = json.loads(told("ansible-fact", unsure)), json.loads(told("osquery", unsure))
    assert (fact["carrier"], fact["wifi_calling_ready"]) == (None, None)
    assert (row["carrier"], row["wifi_calling"]) == ("", "")
    assert "wifi-calling" not in fact["stages"]


def test_all_rows_and_facts_have_the_same_names_even_of_a_complaint() -> None:
    def names(text: str) -> list[Any]:
        read = json.loads(text)
        return list(read[0] if isinstance(read, list) else read)

    for tool in ("ansible-fact", "osquery"):
        assert names(TOOLS[tool].complaint("x")) == names(told(tool, SOS))


# --- the command ---

MISTYPED = "We don't know a carrier called criket. Did you mean cricket? See: netcheck carriers"
COMPLAINTS = {
    "intune": (2, f"error - {MISTYPED}\n"),
    "kandji": (2, f"error - {MISTYPED}\n"),
    "sccm": (0, f"error - {MISTYPED}\n"),
    "jamf": (0, f"<result>error - {MISTYPED}</result>\n"),
    "intune-compliance": (
        0,
        '{"NetcheckSide":"none","NetcheckSeverity":"error","NetcheckFault":"none",'
        '"NetcheckConfidencePercent":0,"NetcheckCarrier":"none","NetcheckWifiCalling":"none"}\n',
    ),
    "ansible-fact": (
        0,
        '{"side":null,"severity":null,"fault":null,"confidence_percent":null,"carrier":null,'
        '"wifi_calling":null,"started_at":null,"interrupted":null,"netcheck_version":null,'
        f'"wifi_calling_ready":null,"stages":{{}},"headline":null,"error":"{MISTYPED}"}}\n',
    ),
    "osquery": (
        0,
        '[{"side":"","severity":"","fault":"","confidence_percent":"","carrier":"",'
        '"wifi_calling":"","started_at":"","interrupted":"","netcheck_version":"",'
        f'"headline":"","error":"{MISTYPED}"}}]\n',
    ),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_mistake_is_told_in_the_same_form(tmp_path: Path, tool: str) -> None:
    ended = netcheck(tmp_path, "--format", tool, "--carrier", "criket")
    assert ended == Ended(*COMPLAINTS[tool], "")


def test_a_saved_result_is_shown_with_the_tools_own_code(tmp_path: Path) -> None:
    for name, result in (("sos", SOS), ("router", ROUTER_BLOCKS)):
        (tmp_path / f"{name}.json").write_text(result_json.render(result, words()))

    def shown(name: str, *more: str) -> Ended:
        return netcheck(tmp_path, "show", str(tmp_path / f"{name}.json"), *more, alone=False)

    assert shown("sos", "--format", "intune") == Ended(0, LINE, "")
    assert shown("router", "--format=intune").code == 1
    assert shown("router", "--format", "intune", "--fail-on", "down").code == 0
    assert shown("sos", "--format", "kandji") == Ended(1, LINE, "")
    assert ROUTER_BLOCKS.verdict.severity is Severity.DEGRADED
