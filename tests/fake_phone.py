"""An `adb` that is a shell script, with a phone behind it whose programs are shell scripts too.

What netcheck asks the phone's shell is really run by a shell, pipes and all. That shell finds no
program of this machine but a few harmless ones: no ping of the phone's may leave this machine.
"""

import os
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from tests.android_dumps import CANARIES, HEALTHY, SERIAL, dump

_ADB = """#!/bin/sh
case "$1" in
devices) printf '* daemon started successfully\\n' >&2; cat "$PHONE/devices" ;;
-s)
    [ "$3" = shell ] || exit 1
    PATH="$PHONE/bin" exec /bin/sh -c "$4" ;;
esac
"""
_BORROWED = ("cat", "grep", "sed", "sleep", "sh")
_PROGRAMS = {
    "dumpsys": '#!/bin/sh\n[ "$1" = telephony.registry ] && cat "$PHONE/registry"\n',
    "getprop": '#!/bin/sh\ncat "$PHONE/getprop.$1" 2>/dev/null || echo\n',
    "settings": '#!/bin/sh\ncat "$PHONE/settings.$3" 2>/dev/null || echo null\n',
    "content": '#!/bin/sh\ncat "$PHONE/siminfo"\n',
}


@dataclass
class FakePhone:
    """What the phone says; written out by `plug`."""

    registry: str = field(default_factory=lambda: dump(HEALTHY))
    properties: dict[str, str] = field(
        default_factory=lambda: {
            "gsm.sim.state": "LOADED",
            "gsm.operator.numeric": "310410",
            "gsm.operator.alpha": "AT&T",
            "gsm.sim.operator.numeric": "310410",
            "gsm.sim.operator.alpha": "Cricket",
            "ro.serialno": SERIAL,
        }
    )
    settings: dict[str, str] = field(
        default_factory=lambda: {
            "airplane_mode_on": "0",
            "mobile_data": "1",
            "wifi_on": "1",
            "private_dns_mode": "opportunistic",
            "android_id": CANARIES["android id"],
        }
    )
    siminfo: str = (
        f"Row: 0 sim_id=0, wfc_ims_enabled=1, icc_id={CANARIES['ICCID']}, imsi={CANARIES['IMSI']}\n"
    )
    devices: str = f"List of devices attached\n{SERIAL}\tdevice\n\n"
    programs: dict[str, str] = field(default_factory=dict)

    def plug(self, folder: Path, *, adb: str = _ADB) -> Path:
        """Write it to the folder. The adb to call."""
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "registry").write_text(self.registry)
        (folder / "siminfo").write_text(self.siminfo)
        (folder / "devices").write_text(self.devices)
        for name, value in self.properties.items():
            (folder / f"getprop.{name}").write_text(value + "\n")
        for name, value in self.settings.items():
            (folder / f"settings.{name}").write_text(value + "\n")
        for name in _BORROWED:
            found = shutil.which(name, path="/usr/bin:/bin")
            assert found is not None
            (folder / "bin" / name).unlink(missing_ok=True)
            (folder / "bin" / name).symlink_to(found)
        for name, text in {**_PROGRAMS, **self.programs}.items():
            _script(folder / "bin" / name, text)
        where = f"PHONE={shlex.quote(str(folder))}; export PHONE\n"
        return _script(folder / "adb", adb.replace("\n", f"\n{where}", 1))


def _script(path: Path, text: str) -> Path:
    path.write_text(text)
    os.chmod(path, 0o755)
    return path
