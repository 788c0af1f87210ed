"""Which language the system speaks to its user, where no environment variable says so."""

import sys
from collections.abc import Callable
from typing import Any

_LONGEST = 85  # characters of a locale's name, with its end (LOCALE_NAME_MAX_LENGTH, winnls.h)
_UTF8 = 0x08000100  # kCFStringEncodingUTF8 (CFString.h)
_CORE_FOUNDATION = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"


def system_language(
    platform: str = sys.platform, load: Callable[[str], Any] | None = None
) -> str | None:
    """A name such as `es-MX`; None where the system has none or keeps it in the environment.
    `load` opens one of the system's own libraries by its name."""
    read = {"win32": _of_windows, "darwin": _of_macos}.get(platform)
    if read is None:
        return None
    try:
        return read(load or _opened)
    except (OSError, AttributeError):  # an older system, without that library or function
        return None


def _opened(name: str) -> Any:
    import ctypes

    return getattr(ctypes, "WinDLL", ctypes.CDLL)(name)


def _of_windows(load: Callable[[str], Any]) -> str | None:
    """GetUserDefaultLocaleName (winnls.h): how many characters it wrote, 0 where it failed."""
    import ctypes

    buffer = ctypes.create_unicode_buffer(_LONGEST)
    written = load("kernel32").GetUserDefaultLocaleName(buffer, _LONGEST)
    return buffer.value or None if written else None


def _of_macos(load: Callable[[str], Any]) -> str | None:
    """The first of CFLocaleCopyPreferredLanguages: an array that is ours to release."""
    import ctypes

    library = load(_CORE_FOUNDATION)
    library.CFLocaleCopyPreferredLanguages.restype = ctypes.c_void_p
    library.CFArrayGetCount.restype = ctypes.c_long
    library.CFArrayGetCount.argtypes = [ctypes.c_void_p]
    library.CFArrayGetValueAtIndex.restype = ctypes.c_void_p
    library.CFArrayGetValueAtIndex.argtypes = [ctypes.c_void_p, ctypes.c_long]
    library.CFStringGetCString.restype = ctypes.c_bool
    library.CFStringGetCString.argtypes = [
        *(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_long, ctypes.c_uint32)
    ]
    library.CFRelease.argtypes = [ctypes.c_void_p]
    languages = library.CFLocaleCopyPreferredLanguages()
    if not languages:
        return None
    try:
        if not library.CFArrayGetCount(languages):
            return None
        buffer = ctypes.create_string_buffer(_LONGEST)
        first = library.CFArrayGetValueAtIndex(languages, 0)
        known = library.CFStringGetCString(first, buffer, _LONGEST, _UTF8)
        return buffer.value.decode() or None if known else None
    finally:
        library.CFRelease(languages)
