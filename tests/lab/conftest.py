"""One world for a whole test session, built when the first lab test asks for it."""

from collections.abc import Iterator

import pytest

from tests.lab.world import World, missing


def _world(*, ipv6: bool) -> Iterator[World]:
    lacks = missing()
    if lacks:
        pytest.skip(f"the lab needs {', '.join(lacks)}")
    with World(ipv6=ipv6) as world:
        yield world


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """The small internet with an IPv4 home."""
    yield from _world(ipv6=False)


@pytest.fixture(scope="session")
def dual_world() -> Iterator[World]:
    """The small internet with a dual-stack home."""
    yield from _world(ipv6=True)
