"""A statement of an outage: written, checked by anyone, and seen through where it was changed."""

import base64
import json
import shutil
import subprocess
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netcheck.cli.dispatch import perform
from netcheck.cli.door import Door
from netcheck.desk import statement
from netcheck.model.history import LOOK, outages
from netcheck.seal.signing import public_key
from netcheck.store import history
from tests.collector import Collector, serving
from tests.loopback import authority

BEGAN = datetime(2026, 11, 25, 9, 15, tzinfo=UTC)
SECRET = bytes(range(32))


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """A history with one outage of half an hour, kept as runs keep theirs."""
    folder = tmp_path / "state"
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(folder))
    monkeypatch.setenv("NETCHECK_CONFIG_DIR", str(tmp_path / "config"))
    for number, severity in enumerate(("ok", "down", "down", "ok", "ok")):
        keep(number, severity)
    return folder


def keep(number: int, severity: str) -> None:
    good = severity == "ok"
    at = BEGAN + timedelta(minutes=15 * number)
    history.append(
        {
            "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "run": f"{number:016x}",
            "version": "0.1.0",
            "rules": 3,
            "carrier": "att_us",
            "side": "none" if good else "carrier",
            "fault": "all-well" if good else "carrier-registration-outage",
            "severity": severity,
            "confidence": 0.8 if good else 0.84,
            "calling": True,
            "symptom": None if good else "sos",
            "duration_ms": 600.0,
            "interrupted": False,
            "partial": False,
            "findings": ["gateway.answers"] if good else ["gateway.answers", "symptom.sos"],
        }
    )


def told() -> statement.Statement:
    (outage,) = outages(history.entries())
    return statement.of_outage(
        outage, history.read(), written_at="2026-11-25T12:00:00Z", netcheck="0.1.0", rules=3
    )


def run(capsys, *argv: str) -> tuple[int, str, str]:
    code = perform(argv, Door())
    seen = capsys.readouterr()
    return code, seen.out, seen.err


def written(capsys, tmp_path: Path) -> Path:
    path = tmp_path / "statement.txt"
    code, _, wrong = run(capsys, "history", "--statement", "--output", str(path))
    assert (code, wrong) == (0, "")
    return path


def test_it_holds_the_looks_of_the_outage_and_the_good_ones_on_both_sides():
    made = told()
    assert [look.body["severity"] for look in made.looks] == ["ok", "down", "down", "ok"]
    assert (made.began, made.seen_last, made.over) == (
        "2026-11-25T09:30:00Z",
        "2026-11-25T09:45:00Z",
        "2026-11-25T10:00:00Z",
    )
    assert {key for look in made.looks for key in look.body} == set(LOOK)


def test_a_person_reads_what_was_when_and_what_it_proves(capsys, tmp_path):
    text = written(capsys, tmp_path).read_text()
    above, begin, _ = text.partition(statement.BEGIN)
    assert begin
    key = base64.b64encode(public_key_of(text)).decode()
    assert (
        above
        == f"""STATEMENT OF AN OUTAGE

Measured by netcheck 0.1.0 (rules 6) on one device.
It was asked about the carrier att_us.
Trouble was first seen at 2026-11-25T09:30:00Z (UTC).
It was first seen to be over at 2026-11-25T10:00:00Z (UTC).
What it was: phones can't get on to your carrier (your carrier), 84 % sure at
most.

Looks that saw it: 2. All looks, in UTC:

  2026-11-25T09:15:00Z  ok        all-well  80 %
  2026-11-25T09:30:00Z  down      carrier-registration-outage  84 %
  2026-11-25T09:45:00Z  down      carrier-registration-outage  84 %
  2026-11-25T10:00:00Z  ok        all-well  80 %

This proves: nothing in it was changed since it was signed with the key below,
and its looks follow one another without one taken out or put in.
This does not prove: that the device's clock was right, or that its owner did
not make all of it anew.
It has no time stamp of a third party, so it does not prove that it existed on
a certain day.

The key is {key}

"""
    )


def public_key_of(text: str) -> bytes:
    return base64.b64decode(statement.parted(text)[1].key)


def test_anyone_can_check_it_without_the_device_it_was_made_on(capsys, tmp_path, monkeypatch):
    path = written(capsys, tmp_path)
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(tmp_path / "elsewhere"))
    code, out, wrong = run(capsys, "verify", str(path))
    assert (code, wrong) == (0, "")
    assert "Unaltered since it was signed." in " ".join(out.split())
    document = json.loads(run(capsys, "verify", str(path), "--json")[1])
    assert (document["unaltered"], document["reason"]) == (True, None)


def test_the_same_device_signs_with_the_same_key(capsys, tmp_path):
    first = public_key_of(written(capsys, tmp_path).read_text())
    assert public_key_of(written(capsys, tmp_path).read_text()) == first


def forged(signed: statement.Signed, text: str, **changes) -> str:
    return text.partition(statement.BEGIN)[0] + statement.armoured(replace(signed, **changes))


def test_each_kind_of_change_is_seen(capsys, tmp_path):
    path = written(capsys, tmp_path)
    text = path.read_text()
    _, signed = statement.parted(text)
    made = signed.statement
    looks = made.looks
    milder = replace(looks[1], body={**looks[1].body, "severity": "ok"})
    kinds = {
        "another word above": text.replace("at 2026-11-25T09:30", "at 2026-11-25T08:30"),
        "another time": forged(signed, text, statement=replace(made, began="2026-11-25T08:00:00Z")),
        "a look changed": forged(
            signed, text, statement=replace(made, looks=(looks[0], milder, *looks[2:]))
        ),
        "a look taken out": forged(
            signed, text, statement=replace(made, looks=(looks[0], *looks[2:]))
        ),
        "looks in another order": forged(signed, text, statement=replace(made, looks=looks[::-1])),
        "another key": forged(
            signed, text, key=base64.b64encode(public_key(SECRET)).decode()
        ),
        "another signature": forged(signed, text, signature=base64.b64encode(bytes(64)).decode()),
    }  # fmt: skip
    for kind, changed in kinds.items():
        path.write_text(changed)
        assert run(capsys, "verify", str(path))[0] == 3, kind


def test_an_owner_who_signs_anew_must_chain_anew_too():
    """Whoever has the key can sign a changed look, but not without its digests."""
    made = told()
    milder = replace(made.looks[1], body={**made.looks[1].body, "confidence": 0.1})
    again = replace(made, looks=(made.looks[0], milder, *made.looks[2:]))
    assert statement.wrong_with(statement.sealed(made, SECRET)) is None
    assert statement.wrong_with(statement.sealed(again, SECRET)) == ("entry-changed", 2)


def test_of_a_long_outage_the_middle_is_left_out_and_that_is_said(state):
    for number in range(5, 5 + 900):
        keep(number, "down")
    (_, outage) = outages(history.entries())
    made = statement.of_outage(
        outage, history.read(), written_at="2026-11-25T12:00:00Z", netcheck="0.1.0", rules=3
    )
    assert len(made.looks) == statement.MOST_LOOKS
    assert [look.cut for look in made.looks if look.cut] == [901 - statement.MOST_LOOKS]
    assert statement.wrong_with(statement.sealed(made, SECRET)) is None


def test_without_an_outage_there_is_nothing_to_state(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(tmp_path / "new"))
    code, out, wrong = run(capsys, "history", "--statement")
    assert (code, out) == (3, "")
    assert wrong == "There is no outage in the history to write a statement of.\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it has no part between"),
        ("hello\n", "it has no part between"),
        (f"{statement.BEGIN}\n????\n{statement.END}\n", "is no statement that can be read"),
        (
            f"{statement.BEGIN}\n{base64.b64encode(b'{}').decode()}\n{statement.END}\n",
            "missing required field `statement`",
        ),
    ],
)
def test_what_is_no_statement_is_said_in_a_sentence(capsys, tmp_path, text, said):
    path = tmp_path / "file.txt"
    path.write_text(text)
    code, out, wrong = run(capsys, "verify", str(path))
    assert (code, out) == (2, "")
    assert said in wrong


def test_without_a_file_the_sentence_says_what_is_missing(capsys):
    assert run(capsys, "verify")[0] == 2
    assert run(capsys, "verify", "/no/such/file")[0] == 2


SOUND: dict[str, str] = {}


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(data=st.data())
def test_any_change_of_any_byte_is_seen_or_refused(data):
    """Nothing but white space between the lines of the coded part may differ."""
    text = SOUND.setdefault("text", sound_text())
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != text[at]))
    changed = text[:at] + other + text[at + 1 :]
    if "".join(changed.split()) == "".join(text.split()):
        return
    try:
        above, signed = statement.parted(changed)
        found = statement.wrong_with(signed)
    except statement.UnreadableStatement:
        return
    assert found is not None or above.strip() != text.partition(statement.BEGIN)[0].strip()


def test_a_field_that_nobody_knows_is_refused():
    written = json.dumps(asdict(statement.sealed(told(), SECRET)), separators=(",", ":"))
    coded = base64.b64encode(written.replace('"stamp":', '"stamq":').encode()).decode()
    with pytest.raises(statement.UnreadableStatement, match="not written as netcheck writes it"):
        statement.parted(f"{statement.BEGIN}\n{coded}\n{statement.END}\n")


def sound_text() -> str:
    signed = statement.sealed(told(), SECRET)
    return "What is above.\n\n" + statement.armoured(signed)


# --- a third party's time stamp, by openssl's own service ---

SERVICE = """
[tsa]
default_tsa = one
[one]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@pytest.fixture
def service(tmp_path) -> Path:
    """A folder with what `openssl ts` needs to stamp: a root and a signer under it."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    folder = tmp_path / "tsa"
    folder.mkdir()
    (folder / "tsa.cnf").write_text(SERVICE.format(folder=folder))
    (folder / "serial").write_text("01\n")
    (folder / "ext").write_text(
        "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
        "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    )
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 30",
            "-subj", "/CN=A root", "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
    openssl(
        folder, "req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr", "-subj", "/CN=A clock"
    )
    openssl(folder, "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30"
            " -extfile ext -out tsa.pem")  # fmt: skip
    return folder


def openssl(folder: Path, line: str, *more: str, given: bytes = b"") -> bytes:
    done = subprocess.run(
        ["openssl", *line.split(), *more], cwd=folder, input=given, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def stamp(folder: Path, request: bytes) -> bytes:
    (folder / "request.tsq").write_bytes(request)
    openssl(folder, "ts -reply -config tsa.cnf -queryfile request.tsq -out reply.tsr")
    return (folder / "reply.tsr").read_bytes()


def trusted_by(monkeypatch, folder: Path):
    """An authority of the web that this device trusts."""
    made = authority()
    (folder / "web.pem").write_bytes(made.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "web.pem"))
    return made


@pytest.fixture
def stamped(capsys, tmp_path, service, monkeypatch) -> Path:
    """A statement with the stamp of that service, asked over HTTPS on loopback."""
    trusted = trusted_by(monkeypatch, tmp_path)
    clock = Collector(
        answers=[
            (200, {"Content-Type": "application/timestamp-reply"}, lambda r: stamp(service, r.body))
        ]
    )
    config = tmp_path / "config"
    config.mkdir()
    with serving(clock, trusted, tmp_path) as there:
        (config / "config.toml").write_text(f'[report]\ntimestamp = "{there.url}"\n')
        return written(capsys, tmp_path)


def test_a_time_stamp_says_since_when_it_exists(capsys, stamped, service):
    root = str(service / "root.pem")
    code, out, wrong = run(capsys, "verify", str(stamped), "--root", root)
    assert (code, wrong) == (0, "")
    assert "It existed at 20" in out
    document = json.loads(run(capsys, "verify", str(stamped), "--root", root, "--json")[1])
    at = datetime.fromisoformat(document["stamped_at"])
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_stamp_is_not_believed_without_a_root_somebody_chose(capsys, stamped):
    code, out, _ = run(capsys, "verify", str(stamped))
    assert code == 0
    assert "It holds a time stamp." in out
    assert "It existed at" not in out


def test_a_stamp_of_a_service_that_is_not_trusted_is_none(capsys, stamped, tmp_path, service):
    openssl(service, "req -x509 -newkey rsa:2048 -nodes -keyout o.key -out other.pem -days 30",
            "-subj", "/CN=Another root")  # fmt: skip
    assert run(capsys, "verify", str(stamped), "--root", str(service / "other.pem"))[0] == 3


def test_a_stamp_of_another_statement_is_none(capsys, stamped, service):
    text = stamped.read_text()
    _, signed = statement.parted(text)
    other = stamp(service, request_for(b"something else"))
    stamped.write_text(forged(signed, text, stamp=base64.b64encode(other).decode()))
    assert run(capsys, "verify", str(stamped))[0] == 3


def request_for(message: bytes) -> bytes:
    from netcheck.seal.stamping import request

    return request(message)


def test_without_an_answer_it_is_signed_all_the_same_and_says_so(capsys, tmp_path, monkeypatch):
    trusted = trusted_by(monkeypatch, tmp_path)
    (tmp_path / "config").mkdir()
    with serving(Collector(answers=[(500, {}, b"")]), trusted, tmp_path) as there:
        (tmp_path / "config/config.toml").write_text(f'[report]\ntimestamp = "{there.url}"\n')
        code, out, wrong = run(capsys, "history", "--statement")
    assert code == 0
    assert wrong.startswith("No time stamp came from https://")
    assert "It has no time stamp of a third party" in out
