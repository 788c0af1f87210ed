"""What each reader claims to tell."""

from netcheck.device import reader
from netcheck.device.contract import Fact
from netcheck.device.systems import SYSTEMS, Telling, facts_of


def test_every_system_has_a_row_and_every_fact_an_answer():
    readers = ("linux", "macos", "windows", "android")
    assert tuple(system.name for system in SYSTEMS) == (*readers, "other")
    for system in SYSTEMS:
        assert set(facts_of(system)) == set(Fact)
        assert set(facts_of(system).values()) - {Telling.NOT_AVAILABLE} != set()


def test_what_linux_claims_to_tell_it_tells_here():
    """Of a machine without Wi-Fi nothing of Wi-Fi is missing either."""
    device = reader("linux").read()
    claimed = {fact for fact, told in facts_of(SYSTEMS[0]).items() if told is Telling.MEASURED}
    exceptions = {Fact.SPEED, Fact.NAMESERVERS}  # a driver, a container may lack them
    assert claimed & {*device.not_measured, *device.not_permitted} <= exceptions
