"""Reading a bundle that came from anybody: bounded, checked, nothing ever written to a disk."""

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from netcheck.catalog.shape import located
from netcheck.desk.bundle import (
    FAILING,
    MANIFEST,
    MOST_BYTES,
    MOST_MEMBER_BYTES,
    MOST_MEMBERS,
    MOST_UNPACKED_BYTES,
    RESULT,
    SCHEMA,
)

ZIP_BEGINS = b"PK\x03\x04"
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,79}){0,3}")
_SYMLINK, _KIND_BITS = 0o120000, 0o170000


class UnreadableBundle(Exception):
    """It is no bundle, or damaged, or made to do harm. `id` names the sentence, `where` the file
    or field it is about, `reason` one clause for a field of the manifest."""

    def __init__(self, id: str, where: str = "", reason: str = "") -> None:
        super().__init__(f"{id} {where} {reason}".strip())
        self.id = id
        self.where = where
        self.reason = reason


class TamperedBundle(UnreadableBundle):
    """A file is not as its hash says."""


@dataclass(frozen=True, slots=True)
class File:
    """A row of the manifest."""

    name: str
    bytes: int
    sha256: str
    origin: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """As it was written."""

    schema: str
    ticket: str
    made_at: str
    netcheck_version: str
    rules_version: int
    system: str
    replays: dict[str, bool | None]
    replaced: dict[str, int]
    left_out: dict[str, int]
    files: list[File]


@dataclass(frozen=True, slots=True)
class Opened:
    """A bundle whose every file is as its manifest says."""

    manifest: Manifest
    members: Mapping[str, bytes]

    @property
    def result(self) -> str:
        """The result's text; the one of the last failing run where there is no other."""
        return self.text(RESULT) if RESULT in self.members else self.text(FAILING)

    def text(self, name: str) -> str:
        """A file as text. Raises UnreadableBundle."""
        try:
            return self.members[name].decode()
        except UnicodeDecodeError:
            raise UnreadableBundle("not-text", name) from None


def is_bundle(raw: bytes) -> bool:
    """Whether these bytes claim to be a zip."""
    return raw[:2] == b"PK"


def opened(raw: bytes) -> Opened:
    """The bundle. Raises UnreadableBundle, TamperedBundle."""
    if len(raw) > MOST_BYTES:
        raise UnreadableBundle("too-large")
    if not raw.startswith(ZIP_BEGINS):
        raise UnreadableBundle("damaged")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            members = _members(file)
    except UnreadableBundle:
        raise
    except Exception:  # the input is anybody's, and zipfile raises a dozen kinds for what it meets
        raise UnreadableBundle("damaged") from None
    return _checked(members)


def _members(file: zipfile.ZipFile) -> dict[str, bytes]:
    entries = file.infolist()
    if len(entries) > MOST_MEMBERS or sum(e.file_size for e in entries) > MOST_UNPACKED_BYTES:
        raise UnreadableBundle("too-large")
    members: dict[str, bytes] = {}
    left = MOST_UNPACKED_BYTES
    for entry in entries:
        _check_entry(entry, members)
        with file.open(entry) as member:
            raw = member.read(min(left, MOST_MEMBER_BYTES) + 1)
        left -= len(raw)
        if left < 0 or len(raw) > MOST_MEMBER_BYTES:
            raise UnreadableBundle("too-large", entry.filename)
        members[entry.filename] = raw
    return members


def _check_entry(entry: zipfile.ZipInfo, known: Mapping[str, bytes]) -> None:
    name = entry.filename
    is_odd = entry.orig_filename != name or ".." in name.split("/")
    if is_odd or not _NAME.fullmatch(name):
        raise UnreadableBundle("bad-name", name[:80])
    if name in known:
        raise UnreadableBundle("twice", name)
    if entry.flag_bits & 0x1:
        raise UnreadableBundle("locked", name)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableBundle("damaged", name)
    if (entry.external_attr >> 16) & _KIND_BITS == _SYMLINK:
        raise UnreadableBundle("bad-name", name)


def _checked(members: dict[str, bytes]) -> Opened:
    if MANIFEST not in members:
        raise UnreadableBundle("no-manifest")
    manifest = read_manifest(members[MANIFEST])
    listed = {one.name: one for one in manifest.files}
    for name in members:
        if name != MANIFEST and name not in listed:
            raise TamperedBundle("not-listed", name)
    for name, one in listed.items():
        if name not in members:
            raise TamperedBundle("missing", name)
        if hashlib.sha256(members[name]).hexdigest() != one.sha256:
            raise TamperedBundle("changed", name)
    if RESULT not in members and FAILING not in members:
        raise UnreadableBundle("no-result")
    return Opened(manifest, members)


def read_manifest(raw: bytes) -> Manifest:
    """The manifest. Raises UnreadableBundle with the path of the field that is wrong."""
    import msgspec

    try:
        document = msgspec.json.decode(raw, strict=True)
        found = document.get("schema") if isinstance(document, dict) else None
        if found != SCHEMA:
            raise UnreadableBundle("manifest", "$.schema", f"is not {SCHEMA}")
        manifest = msgspec.convert(document, Manifest, strict=True)
    except msgspec.ValidationError as wrong:
        raise UnreadableBundle("manifest", *located(str(wrong))) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise UnreadableBundle("manifest", "$", "is not JSON") from None
    _check_words(manifest)
    return manifest


def _check_words(manifest: Manifest) -> None:
    """What types cannot say; the schema beside this file says the same."""
    counts = {"$.replaced": manifest.replaced, "$.left_out": manifest.left_out}
    for where, found in counts.items():
        if any(count < 0 for count in found.values()):
            raise UnreadableBundle("manifest", where, "holds a negative number")
    patterns = {
        "$.ticket": (TICKET, manifest.ticket),
        "$.made_at": (_TIME, manifest.made_at),
        "$.netcheck_version": (_VERSION, manifest.netcheck_version),
        "$.system": (_WORD, manifest.system),
    }
    for index, one in enumerate(manifest.files):
        patterns[f"$.files[{index}].name"] = (_NAME, one.name)
        patterns[f"$.files[{index}].sha256"] = (_DIGEST, one.sha256)
        patterns[f"$.files[{index}].origin"] = (_WORD, one.origin)
        if one.bytes < 0:
            raise UnreadableBundle("manifest", f"$.files[{index}].bytes", "is negative")
    for path, (pattern, value) in patterns.items():
        if not pattern.fullmatch(value):
            raise UnreadableBundle("manifest", path, "is not of the form it must have")
    if manifest.rules_version < 0:
        raise UnreadableBundle("manifest", "$.rules_version", "is negative")
    if len({one.name for one in manifest.files}) < len(manifest.files):
        raise UnreadableBundle("manifest", "$.files", "names a file twice")


TICKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._#-]{0,39}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,40}")
_WORD = re.compile(r"[a-z0-9-]{1,40}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
