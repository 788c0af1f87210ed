"""Every layout, number and function that is declared of Windows, held against its own headers.

They are those of mingw-w64, and its compiler judges them: nothing is run.
"""

import ctypes
import shutil
import subprocess
from pathlib import Path

import pytest

import netcheck
from netcheck.device import windows_iphlpapi
from netcheck.device.windows_calls import POINTER, USHORT, Function, Record
from tests import headers_of_windows as headers

COMPILER = "x86_64-w64-mingw32-gcc"
FOLDER = Path("/usr/x86_64-w64-mingw32/include")

pytestmark = pytest.mark.skipif(
    shutil.which(COMPILER) is None or not FOLDER.is_dir(),
    reason=f"no {COMPILER} (Debian: gcc-mingw-w64-x86-64)",
)


def _complaints(folder: Path, source: str) -> str:
    file = folder / "declared.c"
    file.write_text(source)
    run = subprocess.run(
        [COMPILER, *headers.FLAGS, str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return run.stderr if run.returncode else ""


def test_every_layout_number_and_function_is_that_of_the_headers(tmp_path: Path) -> None:
    assert _complaints(tmp_path, headers.source(FOLDER)) == ""


def test_nothing_that_is_declared_is_left_out() -> None:
    source = headers.source(FOLDER)
    declaring = {
        path.stem
        for path in (Path(netcheck.__file__).parent / "device").glob("windows*.py")
        if "declared_as = " in path.read_text() or "Function(" in path.read_text()
    }
    assert {module.__name__.rpartition(".")[2] for module in headers.MODULES} == declaring
    for record in headers.records():
        assert f"sizeof({record.declared_as})" in source.replace("PACKED_", "")
    for name in headers.constants().keys() - headers.later():
        assert f"SAME({name}, " in source
    for name in headers.functions():
        assert f"ask_{name}(" in source


class _Shifted(Record):
    """MIB_IPFORWARD_ROW2 with a narrow metric: the fields behind it move."""

    declared_as = "MIB_IPFORWARD_ROW2"
    _fields_ = tuple(
        (name, USHORT if name in ("Metric", "PreferredLifetime") else kind)
        for name, kind in windows_iphlpapi.ForwardRow._fields_
    )


class _Swapped(Record):
    """SOCKET_ADDRESS the wrong way round."""

    declared_as = "SOCKET_ADDRESS"
    _fields_ = (("iSockaddrLength", ctypes.c_int32), ("lpSockaddr", POINTER))


def test_a_field_a_number_or_an_argument_that_is_off_does_not_compile(tmp_path: Path) -> None:
    best_route = headers.functions()["GetBestRoute2"]
    wrong = [
        headers.INCLUDED,
        *headers.of_record(_Shifted),
        *headers.of_record(_Swapped),
        "SAME(ERROR_NOT_FOUND, 0x491u);",
        headers.of_function("GetBestRoute2", Function(best_route.result, best_route.takes[1:])),
        headers.of_function("GetIfEntry2", Function(ctypes.c_uint64, (ctypes.c_uint32,))),
    ]
    said = _complaints(tmp_path, "\n".join(wrong))
    expected = [
        "offsetof(MIB_IPFORWARD_ROW2, Protocol) is not",
        "sizeof(((MIB_IPFORWARD_ROW2 *)0)->Metric) is not",
        "offsetof(SOCKET_ADDRESS, lpSockaddr) is not",
        "ERROR_NOT_FOUND is not",
        "too few arguments to function",
        "sizeof(GetIfEntry2(a0)) is not",
        "makes pointer from integer",
    ]
    assert [one for one in expected if one not in said] == []
