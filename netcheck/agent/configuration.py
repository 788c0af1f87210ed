"""What the user, the environment and an administrator want: read once, checked, then frozen.

Policy outranks flags, flags the environment (`NETCHECK_*`), the environment the user's file. With
no file present nothing is parsed. A file that does not fit stops the run with the key's path and
the nearest valid key, since a typo that is passed over would look like a setting that works.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from netcheck.agent.crowd_settings import check_crowd
from netcheck.agent.report_settings import check_report
from netcheck.catalog import Catalog, CatalogError, load
from netcheck.catalog.loader import REPLACEABLE
from netcheck.catalog.shape import check_kind, nearest, unknown_key
from netcheck.store.paths import config_dir
from netcheck.store.unavailable import StoreUnavailable

SETTINGS: Mapping[str, type] = {
    "carrier": str,
    "country": str,
    "interface": str,
    "budget_ms": int,
    "no_input": bool,
    "labels": dict,
    "report": dict,
    "crowd": dict,
}
TABLES = {"report": check_report, "crowd": check_crowd}
"""Settings that are tables of their own keys: of several sources they are merged key by key."""
BUDGET_MS = range(100, 600_001)
PREFIX = "NETCHECK_"
ELSEWHERE = ("config", "config_dir", "debug", "state_dir")  # variables that others read
NEWLINE = b"\n"
TRUE_WORDS = ("1", "true", "yes", "on")
FALSE_WORDS = ("0", "false", "no", "off")
ADMINISTRATOR = 0  # whose files a policy may consist of, on POSIX


class ConfigurationError(ValueError):
    """A setting that does not fit. `where` is the file, variable or flag; `path` the key in it."""

    def __init__(self, where: str, path: str, reason: str) -> None:
        super().__init__(": ".join(part for part in (where, path, reason) if part))
        self.where = where
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a run was asked for. None: nobody said.

    `origins` says where each value came from. `notices` are sentences for stderr: what was
    ignored, and why. `overrides` is what a fleet replaces in the catalogue. `report` says where
    anonymized reports would go (REPORT_KEYS); its `consent` can only come from a policy. `crowd` is
    the status feed that is asked (CROWD_KEYS); empty: none is.
    """

    carrier: str | None = None  # as typed; the catalogue finds it
    country: str | None = None  # ISO 3166-1 alpha-2
    interface: str | None = None
    budget_ms: int | None = None
    no_input: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    report: Mapping[str, str] = field(default_factory=dict)
    crowd: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def catalog(self) -> Catalog:
        """The catalogue with this configuration's rows in it."""
        return load(self.overrides)


@dataclass(frozen=True, slots=True)
class _Level:
    """One source of settings, its values checked. `names` is what each setting is called there."""

    origin: str
    values: Mapping[str, Any]
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, key: str) -> str:
        return self.names.get(key, self.origin)


def read(
    flags: Mapping[str, object] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
    policy: Path | None = None,
) -> Configuration:
    """The configuration of this process.

    `flags` holds what the command line gave, by the names of SETTINGS (None: not given). `file`
    is one that the user named; without it `NETCHECK_CONFIG`, then `config.toml` in the user's
    folder, if it is there. `policy` is for tests; by default the administrator's file.

    Raises:
        ConfigurationError: a setting does not fit, or a file that was named is not there.
    """
    environment = os.environ if environment is None else environment
    notices: list[str] = []
    levels = (
        _from_file(file, environment, notices),
        _from_environment(environment, notices),
        _from_flags(flags or {}),
    )
    ruling = _from_policy(policy or policy_path(), notices)
    given = [level for level in levels if level is not None]
    for level in given:
        if "consent" in level.values.get("report", {}):
            reason = "only an administrator's policy may set it; see netcheck report on"
            raise ConfigurationError(level.name("report"), "report.consent", reason)
    if ruling is not None:
        notices += _overruled(ruling, given)
        given.append(ruling)
    return _merged(given, notices)


def policy_path() -> Path:
    """Where an administrator's policy lies: the folder that platformdirs calls site_config_dir.

    Written out on POSIX, because platformdirs follows XDG_CONFIG_DIRS there, with which an
    ordinary user could hide the policy.
    """
    if os.name == "nt":
        import platformdirs

        folder = Path(platformdirs.site_config_dir("netcheck", appauthor=False))
    elif sys.platform == "darwin":
        folder = Path("/Library/Application Support/netcheck")
    else:
        folder = Path("/etc/xdg/netcheck")
    return folder / "policy.toml"


def distrust(path: Path) -> str | None:
    """Why a policy file is not to be believed: how an ordinary user could have written it. None
    where none could. On POSIX every folder above counts too.

    Weakness: a folder link that leads through further links is judged by where it ends.
    """
    if os.name == "nt":
        return _distrust_on_windows(path)
    path, real = path.absolute(), path.resolve()
    for place in dict.fromkeys((path, *path.parents, real, *real.parents)):
        facts = place.lstat()
        if facts.st_uid not in (0, ADMINISTRATOR):
            return f"{place} does not belong to the administrator"
        is_link = facts.st_mode & 0o170000 == 0o120000
        # In a folder with the sticky bit nobody can replace what belongs to the administrator.
        is_sticky_folder = facts.st_mode & 0o171000 == 0o041000
        if facts.st_mode & 0o022 and not is_link and not is_sticky_folder:
            return f"others than the administrator may write {place}"
    return None


def _distrust_on_windows(path: Path) -> str | None:
    """Whether this user could write it, asked by opening it for that. An elevated process can
    write everything, so there it cannot be told, and the file is believed."""
    import ctypes

    windll = getattr(ctypes, "windll")  # noqa: B009  (typed on Windows only)
    if windll.shell32.IsUserAnAdmin():
        return None
    try:
        with path.open("r+b"):
            return f"this user may write {path}"
    except OSError:
        return None


def _from_file(
    named: Path | None, environment: Mapping[str, str], notices: list[str]
) -> _Level | None:
    if named is None and environment.get(PREFIX + "CONFIG"):
        named = Path(environment[PREFIX + "CONFIG"])
    if named is not None:
        raw = _bytes_of(named)
        if raw is None:
            raise ConfigurationError(str(named), "", "no such file")
        return _parsed(named, raw)
    try:
        usual = config_dir() / "config.toml"
    except StoreUnavailable as without:
        notices.append(f"No configuration file was looked for: {without.reason}.")
        return None
    raw = _bytes_of(usual)
    return None if raw is None else _parsed(usual, raw)


def _from_policy(path: Path, notices: list[str]) -> _Level | None:
    try:
        if not path.exists():
            return None
        why = distrust(path)
        if why is not None:
            notices.append(f"The policy {path} is ignored, because {why}.")
            return None
        raw = path.read_bytes()
    except OSError as error:
        what = os.strerror(error.errno or 0).lower()
        notices.append(f"The policy {path} cannot be read: {what}.")
        return None
    return _parsed(path, raw)


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigurationError(str(path), "", os.strerror(error.errno or 0).lower()) from None


def _parsed(path: Path, raw: bytes) -> _Level:
    import tomllib

    origin = str(path)
    try:
        # utf-8-sig: editors on Windows put a mark at the beginning.
        table = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(origin, "", f"line {line} is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        end = f"at line {raw.rstrip().count(NEWLINE) + 1}, the last"
        reason = str(error).replace("at end of document", end)
        raise ConfigurationError(origin, "", reason) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, a list in a list in …
        reason = "holds a number too long, or lists too deep inside each other"
        raise ConfigurationError(origin, "", reason) from None
    _check(origin, table)
    return _Level(origin, table)


def _from_environment(environment: Mapping[str, str], notices: list[str]) -> _Level:
    values: dict[str, Any] = {}
    names: dict[str, str] = {}
    for variable in sorted(name for name in environment if name.startswith(PREFIX)):
        key = variable.removeprefix(PREFIX).lower()
        if key in SETTINGS and environment[variable]:
            values[key] = _typed(variable, environment[variable], SETTINGS[key])
            names[key] = variable
            _check_value(variable, "", key, values[key])
        elif key not in SETTINGS and key not in ELSEWHERE:
            near = nearest(key, (*SETTINGS, *ELSEWHERE))
            hint = f", did you mean {PREFIX}{near.upper()}?" if near else "."
            notices.append(f"{variable} means nothing to netcheck{hint}")
    return _Level("the environment", values, names)


def _from_flags(flags: Mapping[str, object]) -> _Level:
    values = {key: value for key, value in flags.items() if value is not None}
    names = {key: "--" + key.replace("_", "-") for key in values}
    for key, value in values.items():
        if key not in SETTINGS:
            raise ConfigurationError(names[key], "", unknown_key(key, SETTINGS))
        _check_value(names[key], "", key, value)
    return _Level("the command line", values, names)


def _typed(variable: str, text: str, kind: type) -> object:
    """A variable's text as its setting's type."""
    if kind is int:
        if not (text.isascii() and text.isdigit() and len(text) < 20):
            raise ConfigurationError(variable, "", f"is a whole number, not {text!r}")
        return int(text)
    if kind is bool:
        if text.casefold() not in TRUE_WORDS + FALSE_WORDS:
            raise ConfigurationError(variable, "", f"is 1 or 0, not {text!r}")
        return text.casefold() in TRUE_WORDS
    if kind is dict:
        pairs = [pair.partition("=") for pair in text.split(",")]
        if not all(name.strip() and equals for name, equals, _ in pairs):
            raise ConfigurationError(variable, "", f"is NAME=VALUE,NAME=VALUE, not {text!r}")
        return {name.strip(): value.strip() for name, _, value in pairs}
    return text


def _check(origin: str, table: Mapping[str, Any]) -> None:
    """Refuses what is in a file and does not fit."""
    for key, value in table.items():
        if key in SETTINGS:
            _check_value(origin, key, key, value)
        elif key not in REPLACEABLE:
            reason = unknown_key(key, (*SETTINGS, *REPLACEABLE))
            raise ConfigurationError(origin, key, reason)
    replaced = {key: table[key] for key in REPLACEABLE if key in table}
    try:
        load(replaced)
    except CatalogError as error:
        raise ConfigurationError(origin, error.path, error.reason) from None


def _check_value(where: str, path: str, key: str, value: object) -> None:
    """Refuses a value of another type, or out of its range."""
    try:
        if key == "labels":
            _check_labels(path, value)
            return
        if key in TABLES:
            TABLES[key](path, value)
            return
        check_kind(path, value, SETTINGS[key])
    except CatalogError as error:
        raise ConfigurationError(where, error.path, error.reason) from None
    if key == "budget_ms" and value not in BUDGET_MS:
        reason = f"is between {BUDGET_MS[0]} and {BUDGET_MS[-1]}, not {value!r}"
        raise ConfigurationError(where, path, reason)
    if key == "country" and not (isinstance(value, str) and _is_country(value)):
        raise ConfigurationError(where, path, f"is two capital letters, not {value!r}")


def _check_labels(path: str, labels: object) -> None:
    if not isinstance(labels, dict):
        raise CatalogError(path, "is a table of names and texts")
    for name, text in labels.items():
        check_kind(f"{path}.{name}".lstrip("."), text, str)


def _is_country(value: str) -> bool:
    return len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()


def _overruled(ruling: _Level, given: list[_Level]) -> Iterator[str]:
    """What the user said now and the policy decides."""
    for level in given:
        for key, name in level.names.items():
            if key in TABLES:
                yield from _overruled_keys(key, ruling, level)
            elif (
                key != "labels" and key in ruling.values and ruling.values[key] != level.values[key]
            ):
                yield f"{name} is not used: the policy {ruling.origin} decides `{key}`."


def _overruled_keys(table: str, ruling: _Level, level: _Level) -> Iterator[str]:
    ruled, said = ruling.values.get(table, {}), level.values[table]
    for key in sorted(said.keys() & ruled.keys()):
        if said[key] != ruled[key]:
            what = f"`{table}.{key}`"
            yield f"{what} is not used: the policy {ruling.origin} decides {what}."


def _merged(levels: list[_Level], notices: list[str]) -> Configuration:
    """Later levels win: labels, controls and TABLES name by name, carriers key by key, the rest
    whole."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for level in levels:
        for key, value in level.values.items():
            if key in TABLES:
                origins.update({f"{key}.{part}": level.name(key) for part in value})
            if key in ("labels", "controls", *TABLES):
                value = {**values.get(key, {}), **value}
            elif key == "carriers":
                rows = values.get(key, {})
                value = {**rows, **{row: {**rows.get(row, {}), **value[row]} for row in value}}
            values[key] = value
            origins[key] = level.name(key)
    return Configuration(
        carrier=values.get("carrier"),
        country=values.get("country"),
        interface=values.get("interface"),
        budget_ms=values.get("budget_ms"),
        no_input=values.get("no_input", False),
        labels=MappingProxyType(values.get("labels", {})),
        report=MappingProxyType(values.get("report", {})),
        crowd=MappingProxyType(values.get("crowd", {})),
        overrides=MappingProxyType({key: values[key] for key in REPLACEABLE if key in values}),
        origins=MappingProxyType(origins),
        notices=tuple(notices),
    )
