"""What a person reads of two faults at once, and of the sum behind a verdict."""

import json
from dataclasses import replace

import pytest

from netcheck.model.account import Account, Term, Turn
from netcheck.model.verdict import Companion, Complaint, Severity, Side
from netcheck.render import json as as_json
from netcheck.render import terminal, ticket, why
from netcheck.render.read import UnreadableResult, read
from netcheck.render.sheet import Sheet
from netcheck.text import words
from tests.command import ROOT, netcheck
from tests.render_samples import ANOTHER_TROUBLE, SOS, TWO_FAULTS

RECORDED = ROOT / "tests/lab/recorded"


def told(result, width=80) -> str:
    view = terminal.render(
        result, words(), width=width, colour=False, unicode=True, code="", hints=()
    )
    return "\n".join(line.strip() for line in view.splitlines())


def test_a_second_fault_stands_beside_the_verdict() -> None:
    assert (
        "also     a home link that loses data, 93 % sure; the other person's\n"
        "carrier, 61 % sure\n" in told(TWO_FAULTS)
    )


def test_a_complaint_of_its_own_is_said_to_be_one() -> None:
    assert (
        "note     what you see (SOS) does not come from this alone; look again once\n"
        "this is mended\n" in told(ANOTHER_TROUBLE)
    )


def test_the_second_fault_may_be_the_one_that_was_noticed() -> None:
    noticed = Complaint("slow", "home-link-lossy")
    result = replace(TWO_FAULTS, verdict=replace(TWO_FAULTS.verdict, complaint=noticed))
    assert "a home link that loses data, 93 % sure; that is why you see:\nslow" in told(result)


def test_a_ticket_lists_the_second_fault() -> None:
    assert "Also:        home-link-lossy (local, 93 %); called-carrier-outage" in ticket.render(
        TWO_FAULTS, words()
    )


def test_both_faults_and_the_complaint_survive_a_file() -> None:
    again = read(as_json.render(TWO_FAULTS, words()))
    assert again.verdict == TWO_FAULTS.verdict
    assert again.verdict.also[0] == Companion(
        "home-link-lossy", Side.LOCAL, Severity.DEGRADED, 0.93
    )


def test_a_companion_surer_than_sure_is_refused_with_its_place() -> None:
    document = json.loads(as_json.render(TWO_FAULTS, words()))
    document["verdict"]["also"][1]["confidence"] = 1.5
    with pytest.raises(UnreadableResult) as refused:
        read(json.dumps(document))
    assert refused.value.path == "$.verdict.also[1].confidence"


def test_a_result_from_before_companions_still_reads() -> None:
    document = json.loads(as_json.render(SOS, words()))
    del document["verdict"]["also"], document["verdict"]["complaint"]
    assert read(json.dumps(document)).verdict == SOS.verdict


ACCOUNT = Account(
    hypotheses=(("lan-blocks-ike", "carrier-names-outage"), ("provider-blocks-ike",)),
    priors=(-900, -401),
    terms=(
        Term(("own-zone.fails",), (-29, -650)),
        Term(("system-resolver.answers", "nameserver.answers"), (-2, -2)),
    ),
    sums=(-931, -1053),
    shares=(0.77, 0.23),
)
TURN = Turn(("own-zone.fails",), ("own-zone.resolves",), Side.LOCAL, "lan-blocks-ike")
TABLE = """
  Most likely Cricket (AT&T's network), not you.

  The sum behind it, in hundredths of a natural logarithm: higher is likelier
  A lan-blocks-ike + carrier-names-outage
  B provider-blocks-ike

                                                               A       B     A-B
    before anything was seen                                -900    -401    -499
    own-zone.fails                                           -29    -650    +621
    system-resolver.answers                                   -2      -2      +0
      nameserver.answers
    together                                                -931   -1053    +122
    how likely that is                                      77 %    23 %

  What would turn it
    if we saw   own-zone.resolves
    instead of  own-zone.fails
    then        local, lan-blocks-ike
"""


def sheet(width: int) -> Sheet:
    return Sheet(words(), width, colour=False, unicode=True)


def test_the_whole_sum_is_a_table() -> None:
    assert why.render(SOS, ACCOUNT, TURN, words(), sheet=sheet(80)) == TABLE


def test_no_line_of_the_table_is_wider_than_a_phone() -> None:
    lines = why.render(SOS, ACCOUNT, None, words(), sheet=sheet(40)).splitlines()
    assert max(map(len, lines)) == 40
    assert "    before anything was seen\n" in "\n".join(lines) + "\n"


def test_explain_why_reads_a_saved_result(tmp_path) -> None:
    kept = json.loads(
        (RECORDED / "the-home-router-drops-ike-everything-else-works.json").read_text()
    )
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(kept["result"]))
    said = netcheck(tmp_path, "explain", "--why", str(saved), "--json", alone=False)
    document = json.loads(said.out)
    assert said.code == 0
    assert document["hypotheses"][0] == ["lan-blocks-ike"]
    assert document["turn"]["seen"] == ["ike-stops.at-router"]
    seen = {id for term in document["terms"] for id in term["findings"]}
    assert {"own-epdg.silent", "control-epdg.silent"} <= seen


def test_explain_why_takes_one_file(tmp_path) -> None:
    said = netcheck(tmp_path, "explain", "--why", "one.json", "two.json", alone=False)
    assert (said.code, said.out) == (2, "")
    assert "two.json" in said.err
