"""Reads an Android phone on a cable, over the `adb` that its user installed.

Only what Android's shell user may read, nothing is changed on the phone: a dump of the telephony
registry (filtered on the phone, so that numbers and logs stay there), properties and settings by
name. `adb` starts its own server on this machine if none runs; that is adb's way, not ours.
Weakness: never run on real hardware. The formats are those of AOSP 9 to 16; see `registry`.
"""

import os
import re
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from netcheck.device.program import NotThere, TooSlow, run
from netcheck.model.phone import Phone, PhoneTest, Source
from netcheck.phone import android, from_the_phone, registry
from netcheck.phone.contract import CannotRead, Fact, Unread

_REGISTRY = (
    "dumpsys telephony.registry | sed '/local logs:/q' | "
    f"grep -E '^ *({'|'.join(registry.KEYS)})=|Denial'"
)
_PROPERTIES = f'for p in {" ".join(android.PROPERTIES)}; do echo "$p=$(getprop $p)"; done'
_SETTINGS = (
    f"for s in {' '.join(android.SETTINGS)}; do "
    'echo "$s=$(settings get global $s)"; done; '
    'echo "mobile_data_of_sim=$(settings get global '
    'mobile_data$(settings get global multi_sim_data_call))"'
)
_SWITCHES = (
    "content query --uri content://telephony/siminfo --projection sim_id:wfc_ims_enabled 2>&1"
)
_LISTED = re.compile(r"(\S+)\s+(device|unauthorized|authorizing|offline|no permissions|\w+)\b.*")
_ONE_QUESTION_S = 5.0


class AdbReader:
    """See PhoneReader. `hosts` are looked up and connected to from the phone itself."""

    source = Source.ADB

    def __init__(
        self, *, program: str = "adb", serial: str | None = None, hosts: Sequence[str] = ()
    ) -> None:
        self._program = program
        self._serial = serial or os.environ.get("ANDROID_SERIAL") or None
        self._hosts = tuple(host for host in hosts if from_the_phone.script(host))

    @property
    def commands(self) -> tuple[str, ...]:
        """See PhoneReader."""
        scripts = [_REGISTRY, _PROPERTIES, _SETTINGS, _SWITCHES]
        scripts += [from_the_phone.script(host) or "" for host in self._hosts]
        return ("adb devices", *(f"adb shell {script}" for script in scripts))

    def read(self, timeout_s: float) -> Phone:
        """See PhoneReader."""
        program = shutil.which(self._program)
        if program is None:
            raise CannotRead(Unread.NO_PROGRAM)
        ends_s = time.monotonic() + timeout_s
        serial = self._chosen(program, ends_s)
        shell = _Shell([program, "-s", serial, "shell"], ends_s)
        dump = shell.ask(_REGISTRY)
        properties = _named(shell.ask(_PROPERTIES), android.PROPERTIES)
        settings = _named(shell.ask(_SETTINGS), (*android.SETTINGS, "mobile_data_of_sim"))
        switches = shell.ask(_SWITCHES)
        if not shell.answered:
            raise CannotRead(Unread.TIMEOUT if shell.was_slow else Unread.OFFLINE)
        phone = android.phone(dump, properties, settings, switches)
        if phone is None:
            raise CannotRead(Unread.NOT_UNDERSTOOD)
        return self._tested(phone, shell)

    def _tested(self, phone: Phone, shell: "_Shell") -> Phone:
        tests: list[PhoneTest] = []
        for host in self._hosts:
            printed = shell.ask(from_the_phone.script(host) or "", most_s=9.5)
            tests += from_the_phone.parse(host, printed)
        measured = any(test.passed is not None for test in tests)
        missing = phone.not_measured if measured else (*phone.not_measured, Fact.TESTS)
        return replace(phone, tests=tuple(tests), not_measured=missing)

    def _chosen(self, program: str, ends_s: float) -> str:
        """The phone to ask. Its serial number goes to adb and nowhere else."""
        try:
            listed = run([program, "devices"], ends_s - time.monotonic()).text
        except NotThere:
            raise CannotRead(Unread.NO_PROGRAM) from None
        except TooSlow:
            raise CannotRead(Unread.TIMEOUT) from None
        rows = [match for line in listed.splitlines() if (match := _LISTED.fullmatch(line))]
        found = {row[1]: row[2] for row in rows if row[1] not in ("List", "*")}
        if self._serial is not None:
            if self._serial not in found:
                raise CannotRead(Unread.UNKNOWN_PHONE if found else Unread.NO_PHONE)
            found = {self._serial: found[self._serial]}
        ready = [serial for serial, state in found.items() if state == "device"]
        if len(ready) > 1:
            raise CannotRead(Unread.SEVERAL_PHONES)
        if not ready:
            raise CannotRead(_why_not(found.values()))
        return ready[0]


class _Shell:
    """Asks one phone, question by question, until the time is spent."""

    def __init__(self, prefix: list[str], ends_s: float) -> None:
        self._prefix = prefix
        self._ends_s = ends_s
        self.answered = False
        self.was_slow = False

    def ask(self, script: str, most_s: float = _ONE_QUESTION_S) -> str | None:
        """What was printed; None: nothing, or not in time."""
        left_s = min(self._ends_s - time.monotonic(), most_s)
        if left_s <= 0:
            self.was_slow = True
            return None
        try:
            text = run([*self._prefix, script], left_s).text
        except NotThere:
            return None
        except TooSlow:
            self.was_slow = True
            return None
        self.answered = self.answered or bool(text.strip())
        return text if text.strip() else None


def _why_not(states: Iterable[str]) -> Unread:
    """The state that its user can do most about comes first."""
    for state, why in (
        ("unauthorized", Unread.UNAUTHORIZED),
        ("authorizing", Unread.UNAUTHORIZED),
        ("no permissions", Unread.NOT_PERMITTED),
    ):
        if state in states:
            return why
    return Unread.OFFLINE if list(states) else Unread.NO_PHONE


def _named(text: str | None, names: Iterable[str]) -> Mapping[str, str] | None:
    """`name=value` lines with these names; what the phone has no value for is left out."""
    if text is None:
        return None
    allowed = frozenset(names)
    found = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and name in allowed and value not in ("", "null"):
            found[name] = value
    return found
