"""Who fails where, counted from whatever lies in a folder."""

import gzip
import io
import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcheck.desk import bundle as layout
from netcheck.fleet.summary import sources, summarize
from netcheck.fleet.summary.counting import Tally
from netcheck.fleet.summary.documents import MOST_BYTES, Document, documents
from netcheck.fleet.summary.reading import Heard, Said
from netcheck.fleet.summary.shares import share
from netcheck.model.finding import Finding
from netcheck.model.summary import Note, Row, StageRow, Summary
from netcheck.render import json as result_json
from netcheck.render.page.summary import render as page_of
from netcheck.render.sheet import Sheet
from netcheck.render.summary import as_document, render
from netcheck.report.form import Report, encode
from netcheck.text import words
from tests.command import Ended, netcheck
from tests.render_samples import HEALTHY, SOS

WELL = ("control-epdg.answers", "control-zone.resolves", "own-epdg.answers", "own-zone.resolves")
SILENT = ("control-epdg.answers", "control-zone.resolves", "own-epdg.silent", "own-zone.resolves")
CALLING = "carrier-gateway-outage"
NAMES = {"cricket_us": "Cricket", "att_us": "AT&T"}


def report(device: int, **more: object) -> bytes:
    """One line: a healthy device on Cricket, unless said otherwise."""
    told = {
        "carrier": "cricket_us",
        "region": "US",
        "side": "none",
        "fault": "all-well",
        "findings": WELL,
        "time": "2024-02-22T09:15Z",
    } | more
    return encode(
        Report(report_id=f"{device:032x}", device_token=f"{device:08x}", netcheck="0.1", rules=2,
               **told)  # type: ignore[arg-type]
    ) + b"\n"  # fmt: skip


def failing(device: int, **more: object) -> bytes:
    told = {"side": "carrier", "fault": CALLING, "severity": "down", "findings": SILENT}
    return report(device, **(told | more))


def result(host: str | None, of=SOS, **labels: str) -> str:
    """A result as `--json` prints it, over many lines."""
    told = labels | ({"host": host} if host else {})
    return result_json.render(replace(of, labels=told), words())


def bundle(text: str, listed: str | None = None) -> bytes:
    """`listed`: what the list of files says that is in it."""

    def members(of: str) -> list[layout.Member]:
        return [layout.Member(layout.RESULT, of.encode(), "netcheck")]

    making = layout.Making("T-1", "2024-02-22T10:00:00Z", "0.1", 2, "linux", {}, {}, {})
    return layout.packed(members(text), layout.manifest(making, members(listed or text)))


def of(*files: tuple[str, bytes], folder: Path, label: str = "host") -> Summary:
    for name, raw in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    return summarize([str(folder)], io.BytesIO(), label)


def counts(rows: tuple[Row, ...]) -> dict[str, tuple[int, int]]:
    return {row.name: (row.share.count, row.share.total) for row in rows}


def stages(rows: tuple[StageRow, ...]) -> dict[tuple[str, str, str], tuple[int, int]]:
    return {
        (row.carrier, row.region, row.stage): (row.share.count, row.share.total) for row in rows
    }


def lines(*documents: bytes) -> bytes:
    return b"".join(documents)


# --- counting ---


def test_devices_are_counted_by_what_they_say_fails(tmp_path: Path) -> None:
    raw = lines(
        failing(1),
        failing(2, region="CA"),
        *(report(n) for n in range(3, 10)),
        report(10, carrier="att_us"),
        report(11, carrier=None, findings=(), side="local", fault="router-dead", severity="down"),
    )
    told = of(("reports.ndjson", raw), folder=tmp_path)
    assert (told.reports, told.results, told.devices, told.telling) == (11, 0, 11, 10)
    assert stages(told.stages) == {
        ("cricket_us", "", "gateways"): (2, 9),
        ("cricket_us", "", "names"): (0, 9),
        ("att_us", "", "gateways"): (0, 1),
        ("att_us", "", "names"): (0, 1),
    }
    assert stages(told.places) == {
        ("cricket_us", "CA", "gateways"): (1, 1),
        ("cricket_us", "US", "gateways"): (1, 8),
    }
    assert counts(told.sides) == {"none": (8, 11), "carrier": (2, 11), "local": (1, 11)}
    assert counts(told.faults) == {CALLING: (2, 11), "router-dead": (1, 11)}
    assert counts(told.carriers) == {"cricket_us": (2, 9), "": (0, 1), "att_us": (0, 1)}
    assert counts(told.regions) == {"CA": (1, 1), "US": (2, 10)}


def test_a_device_counts_once_however_often_it_speaks(tmp_path: Path) -> None:
    raw = lines(report(1), failing(1, time="2024-02-22T09:20Z"), failing(1), failing(1))
    told = of(("reports.ndjson", raw), folder=tmp_path)
    assert (told.reports, told.devices) == (4, 1)
    assert (told.first, told.last) == ("2024-02-22T09:15Z", "2024-02-22T09:20Z")
    assert stages(told.stages)["cricket_us", "", "gateways"] == (1, 1)
    assert counts(told.sides) == {"carrier": (1, 1), "none": (1, 1)}


def test_the_device_of_a_result_is_its_label_and_else_the_run_itself(tmp_path: Path) -> None:
    files = [
        ("a1.json", result("a", site="lyon").encode()),
        ("a2.json", result("a", HEALTHY, site="lyon").encode()),
        ("b.json", result("b", HEALTHY, site="oslo").encode()),
        ("c.json", result(None).encode()),
    ]
    told = of(*files, folder=tmp_path)
    assert (told.results, told.devices) == (4, 3)
    assert counts(told.labels) == {"site=lyon": (1, 1), "site=oslo": (0, 1)}
    by_site = of(folder=tmp_path, label="site")
    assert by_site.devices == 3  # lyon, oslo, and the run without a site
    assert counts(by_site.labels) == {"host=a": (1, 1), "host=b": (0, 1)}


def test_a_result_is_attributed_by_its_findings_as_a_report_is(tmp_path: Path) -> None:
    ids = ("own-epdg.silent", "control-epdg.answers", "phone-service.emergency-only")
    silent = replace(SOS, findings=tuple(Finding(id, ()) for id in ids))
    told = of(("sos.json", result("a", silent).encode()), folder=tmp_path)
    assert stages(told.stages) == {
        ("cricket_us", "", "gateways"): (1, 1),
        ("cricket_us", "", "registration"): (1, 1),
    }


def test_a_label_with_a_value_for_each_device_is_no_group(tmp_path: Path) -> None:
    raw = "".join(result_json.render(replace(HEALTHY, run_id=str(n), labels={"serial": str(n)}),
                                     words(), indent=None) for n in range(250))  # fmt: skip
    told = of(("all.ndjson", raw.encode()), folder=tmp_path)
    assert len(told.labels) == 201
    assert counts(told.labels)["serial=..."] == (0, 50)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (38, 412, 0.0679, 0.1241),
    ],
)
def test_the_interval_is_wilsons(count: int, total: int, low: float, high: float) -> None:
    found = share(count, total)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_devices_beyond_what_memory_holds_are_told(tmp_path: Path) -> None:
    tally, well = Tally(most_pairs=2), Said("att_us", "US", "none", "", False, ())
    for device in (1, 2, 3, 2):
        tally.add(Heard(device, None, well, True))
    assert (tally.counted().devices, tally.crowded, tally.reports) == (2, 1, 4)


# --- every kind of file ---

KINDS = {
    "a line": ("a.json", report(1)),
    "without an end": ("a.json", report(1).rstrip(b"\n")),
    "lines of Windows": ("a.ndjson", report(1).replace(b"\n", b"\r\n") + b"\r\n"),
    "with a mark": ("a.json", b"\xef\xbb\xbf" + report(1)),
    "as PowerShell writes it": ("a.json", report(1).decode().encode("utf-16")),
    "packed": ("a.ndjson.gz", gzip.compress(report(1))),
    "packed, in two parts": ("a.gz", gzip.compress(report(1)) + gzip.compress(b"\n\n")),
    "over many lines": ("a.json", json.dumps(json.loads(report(1)), indent=2).encode()),
    "of any name": ("reports-of-today", report(1)),
}


@pytest.mark.parametrize(("name", "raw"), KINDS.values(), ids=KINDS)
def test_each_kind_of_file_is_read(tmp_path: Path, name: str, raw: bytes) -> None:
    told = of((f"in/a/folder/{name}", raw), folder=tmp_path)
    assert (told.reports, told.devices, told.damaged.count, told.aside.count) == (1, 1, 0, 0)


def test_bundles_and_results_printed_one_after_another_are_read(tmp_path: Path) -> None:
    told = of(
        ("one.zip", bundle(result("a"))),
        ("two.zip.gz", gzip.compress(bundle(result("b")))),
        ("log.json", (result("c") + result("d")).encode()),
        folder=tmp_path,
    )
    assert (told.bundles, told.results, told.devices) == (2, 2, 4)
    assert (told.damaged.count, told.aside.count) == (0, 0)


# --- what is not counted ---


GOOD = report(9)
BAD = {
    "cut off": (report(1)[:300] + b"\n", 1, "no-json", None),
    "no text": (b'{"\xff\xfe":1}\n', 1, "no-json", None),
    "another token": (report(1).replace(b'token":"00000001', b'token":"0000001'), 1, "field",
                      "device_token"),
    "another side": (report(1).replace(b'"none"', b'"moon"'), 1, "field", "side"),
    "a time of words": (report(1).replace(b"2024-02-22T", b"yesterday"), 1, "field", "time"),
    "another region": (report(1).replace(b'"US"', b'"us"'), 1, "field", "region"),
    "findings of numbers": (re.sub(rb'"findings":\[[^]]*', b'"findings":[1', report(1)), 1,
                            "field", "findings"),
    "no verdict": (b'{"schema":"netcheck.result/1","run_id":"1"}\n', 1, "field", ""),
    "a result broken off": (result("a").encode()[:500] + b"\n", 1, "no-json", None),
    "too long": (b'{"a":"' + b"x" * MOST_BYTES + b'"}\n', 1, "too-long", None),
    "nested": (b'{"a":' + b"[" * 5000 + b"\n", 1, "no-json", None),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "line", "id", "detail"), BAD.values(), ids=BAD)
def test_damage_is_named_with_its_line_and_the_rest_is_counted(
    tmp_path: Path, raw: bytes, line: int, id: str, detail: str | None
) -> None:
    told = of(("a.ndjson", raw + GOOD), folder=tmp_path)
    assert (told.reports, told.devices, told.damaged.count) == (1, 1, 1)
    [note] = told.damaged.named
    assert (note.path, note.line, note.id) == (str(tmp_path / "a.ndjson"), line, id)
    assert detail is None or detail in str(note.detail)


ASIDE = {
    "an event": ("a.ndjson", b'{"schema":"netcheck.event/1"}\n', 1, "other-kind"),
    "JSON of others": ("a.json", b'{"name":"x"}\n', 1, "no-kind"),
    "a list": ("a.json", b"[1,2]\n", 1, "no-kind"),
    "a text": ("README.txt", b"Hello\n", None, "no-kind"),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n", None, "no-kind"),
    "hidden": (".a.json", report(1), None, "hidden"),
}


@pytest.mark.parametrize(("name", "raw", "line", "id"), ASIDE.values(), ids=ASIDE)
def test_what_is_not_netchecks_is_told_apart_from_damage(
    tmp_path: Path, name: str, raw: bytes, line: int | None, id: str
) -> None:
    told = of((name, raw), folder=tmp_path)
    assert (told.devices, told.damaged.count) == (0, 0)
    detail = "netcheck.event/1" if id == "other-kind" else None
    assert told.aside.named == (Note(str(tmp_path / name), line, id, detail),)


def test_an_altered_bundle_is_damaged_and_a_cut_one_too(tmp_path: Path) -> None:
    told = of(
        ("altered.zip", bundle(result("a"), listed=result("b"))),
        ("cut.zip", bundle(result("a"))[:-40]),
        ("good.zip", bundle(result("a"))),
        ("hollow.zip", b"PK\x05\x06" + bytes(18)),
        folder=tmp_path,
    )
    assert (told.bundles, told.results, told.devices) == (1, 0, 1)
    assert [(Path(note.path).name, note.id, note.detail) for note in told.damaged.named] == [
        ("altered.zip", "bundle-changed", "result.json"),
        ("cut.zip", "bundle-damaged", None),
        ("hollow.zip", "bundle-damaged", None),
    ]


def test_a_packed_file_that_is_cut_counts_as_far_as_it_goes(tmp_path: Path) -> None:
    raw = gzip.compress(lines(*(report(n) for n in range(600))), 1)
    told = of(("a.ndjson.gz", raw[: len(raw) // 2]), folder=tmp_path)
    assert 200 < told.devices < 400
    assert [note.id for note in told.damaged.named] == ["packed-badly"]


def test_what_unpacks_without_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "FREE_BYTES", 1 << 20)
    bomb = gzip.compress((b" " * 1023 + b"\n") * (8 << 10), 9)
    assert len(bomb) < 40_000
    told = of(("bomb.gz", b""), ("b.ndjson.gz", bomb), folder=tmp_path)
    assert [note.id for note in told.damaged.named] == ["unpacks-to-too-much"]


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.json").write_bytes(report(1))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").symlink_to(tmp_path / "elsewhere" / "a.json")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    told = of(folder=folder)
    assert told.devices == 0
    assert [(Path(n.path).name, n.id) for n in told.aside.named] == [
        ("file", "link"),
        ("loop", "link"),
        ("pipe", "no-file"),
    ]


def test_of_a_file_full_of_damage_three_lines_are_named_and_all_counted(tmp_path: Path) -> None:
    told = of(("a.ndjson", b'{"x\n' * 10_000), ("b.ndjson", b'{"y\n'), folder=tmp_path)
    assert told.damaged.count == 10_001
    assert [(Path(n.path).name, n.line) for n in told.damaged.named] == [
        ("a.ndjson", 1),
        ("a.ndjson", 2),
        ("a.ndjson", 3),
        ("b.ndjson", 1),
    ]


@given(st.binary(max_size=300), st.sampled_from(["a", "a.json", "a.gz", "a.zip"]))
@settings(max_examples=150, deadline=None)
def test_nothing_that_lies_in_a_folder_ends_the_count(raw: bytes, name: str) -> None:
    told = summarize(["-"], io.BytesIO(raw), "host")
    assert told.devices == 0
    beginning = {"a.gz": b"\x1f\x8b", "a.zip": b"PK\x03\x04"}.get(name, b"{")
    assert summarize(["-"], io.BytesIO(beginning + raw), "host").devices == 0


@given(st.lists(st.sampled_from([b"{", b"}", b"\n", b" ", b'{"a":1}', b"x" * 9]), max_size=30),
       st.integers(1, 40))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_where_blocks_are_cut_changes_nothing(pieces: list[bytes], size: int) -> None:
    raw = b"".join(pieces)
    blocks = [raw[at : at + size] for at in range(0, len(raw), size)]
    assert list(documents(iter(blocks))) == list(documents(iter([raw])))


def test_a_document_too_long_is_one_thing_however_it_is_printed() -> None:
    long = b'"' + b"x" * (1 << 20) + b'",\n'
    raw = b"{\n" + long * 17 + b"}\n" + b'{"a":1}\n'
    assert list(documents(iter([raw]))) == [Document(1, None), Document(20, b'{"a":1}')]


# --- what is shown ---

EXPECTED = """
  3 of 9 devices say that Wi-Fi calling at Cricket does not answer.
  1 of 10 devices see a fault on their own side.

  Read: 10 reports. Devices: 10. From 2024-02-22 09:15 to 2024-02-22 09:15,
  UTC.

  Which of a carrier's parts fail, of devices that could tell
    Cricket, Wi-Fi calling does not answer      3 of 9, 33.3 % (12.1-64.6)
    Cricket, names fail                         0 of 9, 0.0 % (0.0-29.9)

  Where they fail
    Cricket, Wi-Fi calling does not answer, US  3 of 9, 33.3 % (12.1-64.6)

  Which carrier is blamed, of devices that named it
    Cricket                                     3 of 9, 33.3 % (12.1-64.6)
    no carrier was told                         0 of 1, 0.0 % (0.0-79.3)

  Whose fault it is, of all devices
    no one: all is well                         6 of 10, 60.0 % (31.3-83.2)
    the carrier's own side                      3 of 10, 30.0 % (10.8-60.3)
    the device, or the home it is in            1 of 10, 10.0 % (1.8-40.4)

  What is wrong, of all devices
    Wi-Fi calling at one's own carrier is down  3 of 10, 30.0 % (10.8-60.3)
    the router does not answer                  1 of 10, 10.0 % (1.8-40.4)

  Trouble of any kind, by region
    US                                          4 of 10, 40.0 % (16.8-68.7)

  With each share: how far chance alone could have moved the share, 19 times
  in 20. A device counts in each row that it speaks for. In reports a device
  has a new name each day: over many days it counts anew.

  Damaged, and not counted: 1
    - in/reports.ndjson, line 4: is cut off, or no JSON

  Set aside, as no report, result or bundle: 1
    - in/notes.txt: is nothing of netcheck's
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Small, and with something of everything."""
    lost = b'{"schema":"netcheck.report/1","rep\n'
    raw = lines(*(failing(n) for n in range(3)), lost, *(report(n) for n in range(3, 9)))
    away = report(9, carrier=None, findings=(), side="local", fault="router-dead", severity="down")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "reports.ndjson").write_bytes(raw + away)
    (folder / "notes.txt").write_text("call them back\n")
    return folder


def summarized(home: Path, *given: str, stdin: str = "") -> Ended:
    return netcheck(home, "fleet", "summarize", *given, alone=False, given=stdin)


def test_a_person_reads_the_answer_first_and_the_tables_behind_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    summary = summarize([folder.name], io.BytesIO(), "host")
    sheet = Sheet(words(), 80, colour=False, unicode=True)
    assert render(summary, words(), NAMES, sheet) == EXPECTED


def test_the_command_prints_the_same_and_ends_with_0(tmp_path: Path, folder: Path) -> None:
    ended = summarized(tmp_path, str(folder))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(EXPECTED[: EXPECTED.index("  Damaged")])


def test_machines_get_all_of_it(tmp_path: Path, folder: Path) -> None:
    told = json.loads(summarized(tmp_path, str(folder), "--json").out)
    assert (told["schema"], told["devices"], told["telling"]) == ("netcheck.summary/1", 10, 9)
    assert told["stages"][0] == {
        "carrier": "cricket_us",
        "region": "",
        "stage": "gateways",
        "share": {"count": 3, "total": 9, "low": pytest.approx(0.1206, abs=1e-4),
                  "high": pytest.approx(0.6458, abs=1e-4)},
    }  # fmt: skip
    assert told["damaged"] == {
        "count": 1,
        "named": [
            {
                "path": str(folder / "reports.ndjson"),
                "line": 4,
                "id": "no-json",
                "text": "is cut off, or no JSON",
            }
        ],
    }


def test_the_input_is_read_for_a_dash(tmp_path: Path) -> None:
    ended = summarized(tmp_path, "-", "--json", stdin=result("a") + report(1).decode())
    told = json.loads(ended.out)
    assert (ended.code, told["results"], told["reports"], told["devices"]) == (0, 1, 1, 2)


def test_what_is_not_there_or_not_netchecks_is_said_in_a_sentence(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    absent = f"The file {tmp_path}/absent can't be read: no such file or directory\n"
    assert summarized(tmp_path, str(tmp_path / "absent")) == Ended(2, "", absent)
    nothing = f"There is nothing from netcheck in {empty}.\n"
    assert summarized(tmp_path, str(empty)) == Ended(2, "", nothing)
    assert summarized(tmp_path) == Ended(2, "", "Which file? netcheck fleet summarize FILE\n")


def test_where_all_is_damaged_the_answer_is_no(tmp_path: Path) -> None:
    ended = summarized(tmp_path, "-", stdin='{"schema":"netcheck.report/1",\n')
    assert (ended.code, ended.err) == (3, "All that is here from netcheck is damaged.\n")
    assert "    - -, line 1: is cut off, or no JSON\n" in ended.out


def test_the_page_is_one_file_without_script_that_names_the_same(
    tmp_path: Path, folder: Path
) -> None:
    page = tmp_path / "page.html"
    assert summarized(tmp_path, str(folder), "--html", str(page)).code == 0
    told = page.read_text(encoding="ascii")
    assert "<h1>3 of 9 devices say that Wi-Fi calling at Cricket does not answer.</h1>" in told
    assert '<td class="figure">3 of 9, 33.3 %</td>' in told
    assert re.findall(r"<script|src=|href=|url\(|https?:|\son\w+=|\sstyle=", told) == []
    assert "default-src &#x27;none&#x27;" in told
    assert summarized(tmp_path, str(folder), "--html", "-").out == told


def test_nothing_in_a_folder_can_write_into_the_page(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\x1b[2J\u202e"
    told = of((f"{evil[:8]}.json", b"{x\n"), ("a.json", result("a", **{evil: evil}).encode()),
              folder=tmp_path)  # fmt: skip
    assert told.labels
    page = page_of(told, words(), {})
    assert ("<script>" in page, "\x1b" in page, "\u202e" in page) == (False, False, False)
    shown = render(told, words(), {}, Sheet(words(), 80, colour=False, unicode=True))
    assert ("\x1b" in shown, "\u202e" in shown) == (False, False)
    assert json.loads(json.dumps(as_document(told, words())))["labels"][0]["share"]["total"] == 1
