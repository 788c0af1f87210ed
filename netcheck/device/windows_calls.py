"""How Windows is asked: its types, its libraries, and memory that it filled.

Types have fixed widths here, so that a layout is the same wherever it is computed: Windows' ULONG
has four bytes, and C's `unsigned long` eight on most other systems. Pointers are as wide as this
interpreter's. A test holds every layout and number of the `windows_*` files against the headers.
"""

import ctypes
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple, TypeVar

UCHAR, USHORT, ULONG, ULONG64 = ctypes.c_uint8, ctypes.c_uint16, ctypes.c_uint32, ctypes.c_uint64
LONG, SIZE_T, POINTER = ctypes.c_int32, ctypes.c_size_t, ctypes.c_void_p
WCHAR = ctypes.c_uint16  # not c_wchar, which has four bytes elsewhere
ENUM = ctypes.c_uint32

_SYSTEM_FOLDER_ONLY = 0x800  # LOAD_LIBRARY_SEARCH_SYSTEM32: never a file beside the program
_MOST_LINKS = 4096
_LONGEST_TEXT = 4096


class Missing(Exception):
    """This system has no such library or function."""


class Refused(Exception):
    """A call came back with this error number (winerror.h), or with an HRESULT."""

    def __init__(self, code: int) -> None:
        super().__init__(f"error {code}")
        self.code = code


class Corrupt(Exception):
    """Memory that does not hold what it says: a pointer or a length that leads out of it."""


class Record(ctypes.Structure):
    """A structure of Windows. `declared_as` is its name in the headers; fields have theirs."""

    declared_as: ClassVar[str]


class Guid(Record):
    """guiddef.h."""

    declared_as = "GUID"
    _fields_ = (("Data1", ULONG), ("Data2", USHORT), ("Data3", USHORT), ("Data4", UCHAR * 8))

    @classmethod
    def of(cls, text: str) -> "Guid":
        """From `{dcb00000-570f-4a9b-8d69-199fdba5723b}`. Raises ValueError."""
        import uuid

        return cls.from_buffer_copy(uuid.UUID(text).bytes_le)


class Function(NamedTuple):
    """What a function gives back (None: nothing) and takes."""

    result: Any
    takes: tuple[Any, ...]


class Library:
    """The functions of one library, by name."""

    def __init__(
        self, functions: Mapping[str, Callable[..., Any]], last_error: Callable[[], int]
    ) -> None:
        self._functions = functions
        self.last_error = last_error

    def call(self, name: str, *arguments: Any) -> Any:
        """Call it. Raises Missing if this version of Windows has it not."""
        function = self._functions.get(name)
        if function is None:
            raise Missing(name)
        return function(*arguments)

    def checked(self, name: str, *arguments: Any) -> None:
        """Call one that gives back an error number. Raises Refused unless that is zero."""
        code = self.call(name, *arguments)
        if code:
            raise Refused(code)


Load = Callable[[str, Mapping[str, Function]], Library]
"""(library, functions) -> what is there of them. Raises Missing."""


def load(name: str, functions: Mapping[str, Function]) -> Library:
    """See Load. A system that is not Windows has none of these."""
    loader = getattr(ctypes, "WinDLL", None)
    if loader is None:
        raise Missing(name)
    try:
        library = loader(name, use_last_error=True, winmode=_SYSTEM_FOLDER_ONLY)
    except OSError:
        raise Missing(name) from None
    found = {}
    for called, function in functions.items():
        try:
            entry = getattr(library, called)
        except AttributeError:
            continue
        entry.restype, entry.argtypes = function.result, function.takes
        found[called] = entry
    return Library(found, getattr(ctypes, "get_last_error"))  # noqa: B009 (Windows only)


_R = TypeVar("_R", bound=Record)


class Block:
    """A copy of memory that Windows filled, read by the addresses in it. Nothing outside is ever
    touched: what leads out raises Corrupt."""

    def __init__(self, address: int, data: bytes) -> None:
        self.address = address
        self._data = data

    @classmethod
    def at(cls, address: int, size: int) -> "Block":
        """Copies `size` bytes from there, which must be readable."""
        return cls(address, ctypes.string_at(address, size))

    def part(self, address: int, size: int) -> bytes:
        """These bytes."""
        offset = address - self.address
        if offset < 0 or size < 0 or offset + size > len(self._data):
            raise Corrupt(f"{size} bytes at {offset} of {len(self._data)}")
        return self._data[offset : offset + size]

    def record(self, kind: type[_R], address: int) -> _R:
        """The structure there."""
        return kind.from_buffer_copy(self.part(address, ctypes.sizeof(kind)))

    def chain(self, kind: type[_R], first: int | None) -> Iterator[_R]:
        """A linked list by its field `Next`."""
        address = first
        seen: set[int] = set()
        while address:
            if address in seen or len(seen) >= _MOST_LINKS:
                raise Corrupt("a list without an end")
            seen.add(address)
            found = self.record(kind, address)
            yield found
            address = found.Next

    def wide(self, address: int | None) -> str:
        """A text that ends with a zero, in UTF-16; empty where there is none."""
        return text(self._from(address))

    def narrow(self, address: int | None) -> str:
        """A text that ends with a zero, in ASCII; empty where there is none."""
        return self._from(address).partition(b"\0")[0].decode("ascii", "replace")

    def _from(self, address: int | None) -> bytes:
        """What lies from there on, as far as a text may reach; nothing for no address."""
        if not address:
            return b""
        offset = address - self.address
        if not 0 <= offset < len(self._data):
            raise Corrupt("a text outside")
        return self._data[offset : offset + 2 * _LONGEST_TEXT]


def text(raw: bytes) -> str:
    """UTF-16 up to its first zero, or to its end."""
    units = memoryview(raw[: len(raw) // 2 * 2]).cast("H")
    length = next((place for place, unit in enumerate(units) if unit == 0), len(units))
    return raw[: 2 * length].decode("utf-16-le", "replace")


def text_at(address: int | None) -> str | None:
    """The text at an address that Windows gave, which ends with a zero; None for no address."""
    if not address:
        return None
    units = []
    for place in range(_LONGEST_TEXT):
        unit = WCHAR.from_address(address + 2 * place).value
        if unit == 0:
            break
        units.append(unit)
    return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", "replace")


def wide(value: str) -> Any:
    """A text as Windows takes it: an array of UTF-16 that ends with a zero."""
    raw = value.encode("utf-16-le", "replace") + b"\0\0"
    return (WCHAR * (len(raw) // 2)).from_buffer_copy(raw)
