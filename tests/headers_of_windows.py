"""What the `windows_*` files declare, as C that compiles only if Windows' own headers agree."""

import ctypes
import inspect
import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from pathlib import Path
from types import ModuleType

from netcheck.device import (
    windows_calls,
    windows_icmp,
    windows_iphlpapi,
    windows_nlm,
    windows_winhttp,
    windows_wlanapi,
)
from netcheck.device.windows_calls import POINTER, Function

MODULES: tuple[ModuleType, ...] = (
    windows_calls,
    windows_iphlpapi,
    windows_icmp,
    windows_wlanapi,
    windows_winhttp,
    windows_nlm,
)
FLAGS = (
    "-fsyntax-only",
    "-Werror=int-conversion",
    "-Werror=incompatible-pointer-types",
    "-Werror=conversion",
    "-Werror=traditional-conversion",
)
INCLUDED = """
#define WINVER 0x0A00
#define _WIN32_WINNT 0x0A00
#define NTDDI_VERSION 0x0A000008
#define WIN32_LEAN_AND_MEAN
#include <stddef.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <ws2ipdef.h>
#include <windows.h>
#include <objbase.h>
#include <iphlpapi.h>
#include <netioapi.h>
#include <ipexport.h>
#include <icmpapi.h>
#include <wlanapi.h>
#include <windot11.h>
#include <winhttp.h>
#include <ntddndis.h>
#undef DEFINE_GUID
#define DEFINE_GUID(n, l, a, b, c, d, e, f, g, h, i, j) \\
  enum { n##_1 = l, n##_2 = a, n##_3 = b, n##_4 = c, n##_5 = d, n##_6 = e, n##_7 = f, n##_8 = g, \\
         n##_9 = h, n##_10 = i, n##_11 = j }
#include <netlistmgr.h>
#define SAME(what, number) _Static_assert((what) == (number), #what " is not " #number)
"""
FORGOTTEN_PACKING = ("IPV6_ADDRESS_EX", "ICMPV6_ECHO_REPLY_LH")
"""Of ipexport.h: these headers lack the second, and the packing of the first that Microsoft's have.
So the file that is compiled declares both as Microsoft's do, and only their layout is compared."""
PACKED = """
#pragma pack(push, 1)
typedef struct { USHORT sin6_port; ULONG sin6_flowinfo; USHORT sin6_addr[8]; ULONG sin6_scope_id; }
  PACKED_IPV6_ADDRESS_EX;
#pragma pack(pop)
typedef struct { PACKED_IPV6_ADDRESS_EX Address; ULONG Status; unsigned int RoundTripTime; }
  PACKED_ICMPV6_ECHO_REPLY_LH;
"""
_MAY_BE_OLD = ("wlanapi.h", "wlantypes.h", "windot11.h", "ipifcons.h")
_WORDS = {
    ctypes.c_uint8: "UCHAR",
    ctypes.c_uint16: "USHORT",
    ctypes.c_uint32: "ULONG",
    ctypes.c_int32: "LONG",
    ctypes.c_uint64: "ULONG64",
    POINTER: "PVOID",
}
_ENUMERATIONS = {
    "WlanQueryInterface": {2: "WLAN_INTF_OPCODE"},
    "WlanGetNetworkBssList": {3: "DOT11_BSS_TYPE"},
}


def records(modules: Iterable[ModuleType] = MODULES) -> list[type[ctypes.Structure]]:
    """Every structure and union that is declared there."""
    found = []
    for module in modules:
        for _, one in inspect.getmembers(module, inspect.isclass):
            if one.__module__ == module.__name__ and hasattr(one, "declared_as"):
                found.append(one)
    return found


def constants(modules: Iterable[ModuleType] = MODULES) -> dict[str, int]:
    """Every number that has the headers' name, those of later headers among them."""
    found: dict[str, int] = {}
    for module in modules:
        for _, one in inspect.getmembers(module, inspect.isclass):
            if one.__module__ == module.__name__ and issubclass(one, IntEnum):
                found |= {name: int(member) for name, member in one.__members__.items()}
    return found


def later(modules: Iterable[ModuleType] = MODULES) -> frozenset[str]:
    """The names of those that some sets of headers lack."""
    classes = (getattr(module, "LaterNumber", None) for module in modules)
    return frozenset(name for one in classes if one is not None for name in one.__members__)


def functions() -> dict[str, Function]:
    """Every function that is declared there."""
    found: dict[str, Function] = {}
    for module in MODULES:
        found |= getattr(module, "FUNCTIONS", {}) | getattr(module, "MEMORY_FUNCTIONS", {})
    return found


def source(folder: Path) -> str:
    """The whole file, for the headers of that folder."""
    known = "\n".join((folder / name).read_text("utf-8", "replace") for name in _MAY_BE_OLD)
    words = frozenset(re.findall(r"\w+", known))
    lines = [INCLUDED, PACKED]
    for record in records():
        lines += of_record(record)
    lines += [
        f"SAME({name}, {number:#x}u);"
        for name, number in constants().items()
        if name not in later() or name in words
    ]
    lines += of_guids()
    lines += [of_function(name, one) for name, one in functions().items()]
    return "\n".join(lines) + "\n"


def of_record(record: type[ctypes.Structure]) -> Iterator[str]:
    """Its size and its alignment, and the place and the size of each of its fields."""
    name = str(getattr(record, "declared_as"))  # noqa: B009 (of the class that is tested)
    if name in FORGOTTEN_PACKING:
        name = f"PACKED_{name}"
    yield f"SAME(sizeof({name}), {ctypes.sizeof(record)});"
    yield f"SAME(_Alignof({name}), {ctypes.alignment(record)});"
    for field, kind, *_ in record._fields_:
        place, size = getattr(record, field).offset, ctypes.sizeof(kind)
        yield f"SAME(offsetof({name}, {field}), {place});"
        if field != "InterfaceAndOperStatusFlags":  # eight fields of one bit, without a name
            yield f"SAME(sizeof((({name} *)0)->{field}), {size});"


def of_guids() -> Iterator[str]:
    """The two names of COM, and the places of the two methods in their table."""
    for name in ("CLSID_NetworkListManager", "IID_INetworkListManager"):
        guid = windows_calls.Guid.of(getattr(windows_nlm, name))
        for place, value in enumerate((guid.Data1, guid.Data2, guid.Data3, *guid.Data4), 1):
            yield f"SAME({name}_{place}, {value:#x}u);"
    for method, place in (("Release", 2), ("GetConnectivity", 13)):
        assert place in windows_nlm.METHODS
        yield f"SAME(offsetof(INetworkListManagerVtbl, {method}), {place} * sizeof(void *));"


def of_function(name: str, function: Function) -> str:
    """A call with arguments of just these widths. With FLAGS the compiler takes another count, a
    pointer for a number or a number of another width as an error; but it has something to say of
    every number of 16 bits, so that a function with such a one is not asked about narrow ones."""
    words = []
    for place, kind in enumerate(function.takes):
        word = _ENUMERATIONS.get(name, {}).get(place) or _WORDS[kind]
        words.append("SIZE_T" if kind is ctypes.c_size_t else word)
    given = ", ".join(f"{word} a{place}" for place, word in enumerate(words)) or "void"
    passed = ", ".join(f"a{place}" for place in range(len(words)))
    call = f"{name}({passed})"
    lines = [f"void ask_{name}({given});", f"void ask_{name}({given}) {{"]
    if function.result is None:
        lines.append(f"  _Static_assert(__builtin_types_compatible_p(__typeof__({call}), void), "
                     f'"{name} gives something");')  # fmt: skip
    else:
        lines.append(f"  SAME(sizeof({call}), {ctypes.sizeof(function.result)});")
    lines += [f"  {'(void) ' if function.result is not None else ''}{call};", "}"]
    if ctypes.c_uint16 in function.takes:
        ignored = '#pragma GCC diagnostic ignored "-Wtraditional-conversion"'
        lines = ["#pragma GCC diagnostic push", ignored, *lines, "#pragma GCC diagnostic pop"]
    return "\n".join(lines)
