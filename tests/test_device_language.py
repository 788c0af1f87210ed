"""The user's language where no variable names it: asked of stand-ins for the system's libraries,
with the byte layouts that their headers declare. Not run on real Windows or macOS."""

import ctypes
from types import SimpleNamespace

import pytest

from netcheck.device.language import system_language


class Function:
    """A library's function: it may be given a return type, as ctypes does."""

    def __init__(self, does) -> None:
        self._does = does

    def __call__(self, *given):
        return self._does(*given)


def kernel32(name: str):
    def write(buffer, size: int) -> int:
        assert size == 85
        buffer.value = name
        return len(name) + 1 if name else 0

    return SimpleNamespace(GetUserDefaultLocaleName=write)


class CoreFoundation:
    """An array at address 1 that holds strings at addresses 100 and up."""

    def __init__(self, names: list[str]) -> None:
        self.released: list[int] = []
        self.CFLocaleCopyPreferredLanguages = Function(lambda: 1)
        self.CFArrayGetCount = Function(lambda array: len(names))
        self.CFArrayGetValueAtIndex = Function(lambda array, place: 100 + place)
        self.CFRelease = Function(self.released.append)

        def copy(string: int, buffer, size: int, encoding: int) -> bool:
            assert (size, encoding) == (85, 0x08000100)
            buffer.value = names[string - 100].encode()
            return True

        self.CFStringGetCString = Function(copy)


@pytest.mark.parametrize(("name", "said"), [("es-MX", "es-MX"), ("", None)])
def test_windows_names_the_users_locale(name: str, said: str | None) -> None:
    assert system_language("win32", lambda library: kernel32(name)) == said


@pytest.mark.parametrize(
    ("names", "said"), [(["fr-CA", "en-CA"], "fr-CA"), (["es-419"], "es-419"), ([], None)]
)
def test_macos_names_the_first_preferred_language(names: list[str], said: str | None) -> None:
    library = CoreFoundation(names)
    assert system_language("darwin", lambda name: library) == said
    assert library.released == [1]


def test_a_system_without_the_function_says_nothing() -> None:
    def gone(name: str):
        raise OSError("no such library")

    assert system_language("win32", lambda name: SimpleNamespace()) is None
    assert system_language("darwin", gone) is None


def test_elsewhere_the_environment_alone_says_it() -> None:
    assert system_language("linux", lambda name: ctypes.CDLL(None)) is None
