"""The phone as a witness: what the user says, and what a phone or a modem says of itself."""

from tests import android_dumps as android
from tests.fake_phone import FakePhone
from tests.lab.acts import drops
from tests.lab.acts_phone import has_a_modem, has_a_phone, loses_its_network_again_and_again
from tests.lab.scenario import Scenario, verdict
from tests.lab.scenarios.isp import everything_behind_the_router
from tests.lab.words import NOTHING, Deviation, home

WITH_PHONE = ("--carrier", "att", "--adb")
OUTAGE = verdict(side="carrier", fault="carrier-registration-outage", calling_ready=True)
WELL = verdict(side="none", fault="all-well", calling_ready=True)
DENIED = android.service(
    android.OUT,
    android.OUT,
    android.NO_TUNNEL,
    android.registration("CS", "DENIED", cause=3),
    android.registration("PS", "DENIED", cause=3),
)
CONGESTED = DENIED.replace("rejectCause=3", "rejectCause=22")
SWITCHED_OFF = android.service(
    android.OFF, android.OFF, android.registration("CS", "UNKNOWN", plmn="")
)


def phone(*slots: str, **more: dict[str, str]) -> Deviation:
    """A phone on the cable whose slots stand like this; `more` are properties and settings that
    differ from those of a healthy one."""
    fake = FakePhone(registry=android.dump(*(slots or (android.HEALTHY,))))
    fake.properties |= more.get("properties", {})
    fake.settings |= more.get("settings", {})
    return home(device=has_a_phone(fake))


def two_sims(first: str, second: str, *, plmns: str) -> Deviation:
    """As above, with a SIM in each of two slots."""
    return phone(
        first,
        second,
        properties={
            "gsm.sim.state": "LOADED,LOADED",
            "gsm.sim.operator.numeric": plmns,
            "gsm.sim.operator.alpha": "First,Second",
            "gsm.operator.numeric": ",",
            "gsm.operator.alpha": ",",
        },
    )


def with_few_bars(slot: str, *, wifi_calling: bool) -> Deviation:
    """A phone that hears its mast hardly, with Wi-Fi calling on or off."""
    weak = android.dump(slot).replace(android.signal(), android.signal(-121, 1))
    fake = FakePhone(registry=weak)
    fake.siminfo = fake.siminfo.replace("enabled=1", f"enabled={int(wifi_calling)}")
    return home(device=has_a_phone(fake))


def calling_off(slot: str) -> Deviation:
    """A phone whose Wi-Fi calling is switched off."""
    fake = FakePhone(registry=android.dump(slot))
    fake.siminfo = fake.siminfo.replace("enabled=1", "enabled=0")
    return home(device=has_a_phone(fake))


def data_off() -> Deviation:
    """A phone whose mobile data is switched off."""
    fake = FakePhone(registry=android.dump(android.HEALTHY).replace("State= true", "State= false"))
    fake.settings["mobile_data"] = "0"
    return home(device=has_a_phone(fake))


SAID = (
    Scenario(
        "SOS, and another phone on the carrier beside it has no service either",
        given=NOTHING,
        then=OUTAGE,
        args=("--carrier", "att", "--symptom", "sos", "--beside-me", "fails"),
        rival="SOS, but another phone on the carrier beside it has service",
    ),
    Scenario(
        "SOS, but another phone on the carrier beside it has service",
        given=NOTHING,
        then=verdict(side="inconclusive", fault="coverage-or-account", calling_ready=True),
        args=("--carrier", "att", "--symptom", "sos", "--beside-me", "works"),
    ),
    Scenario(
        "no service, and airplane mode is on by the user's own word",
        given=NOTHING,
        then=verdict(side="local", fault="airplane-mode-on"),
        args=("--carrier", "att", "--symptom", "no-service", "--airplane", "on"),
        rival="the phone has no service, everything that can be seen works",
    ),
    Scenario(
        "the network here comes from the user's phone, and nothing comes through it",
        given=everything_behind_the_router(),
        then=verdict(side="carrier", fault="hotspot-without-data"),
        args=("--carrier", "att", "--same-wifi", "hotspot"),
        rival="the provider is dead behind a living router",
    ),
    Scenario(
        "the network here comes from the user's phone, and all is well",
        given=NOTHING,
        then=WELL,
        args=("--carrier", "att", "--same-wifi", "hotspot"),
    ),
)

BY_ITSELF = (
    Scenario(
        "a phone on the cable is on its network, everything works",
        given=phone(),
        then=WELL,
        args=WITH_PHONE,
    ),
    Scenario(
        "a phone on the cable is a guest abroad, everything works",
        given=phone(android.ROAMING),
        then=WELL,
        args=WITH_PHONE,
    ),
    Scenario(
        "the phone itself says SOS, everything else works",
        given=phone(android.SOS_CAMPED),
        then=OUTAGE,
        args=WITH_PHONE,
        rival="a phone on the cable is on its network, everything works",
    ),
    Scenario(
        "the phone itself says SOS and its owner says so too",
        given=phone(android.SOS_CAMPED),
        then=OUTAGE,
        args=(*WITH_PHONE, "--symptom", "sos"),
    ),
    Scenario(
        "the phone itself says SOS, and the home router drops IKE",
        given=phone(android.SOS_CAMPED) + home(router=drops(udp=(500, 4500))),
        then=verdict(side="carrier", fault="carrier-registration-outage", also=("lan-blocks-ike",)),
        args=WITH_PHONE,
        rival="the home router drops IKE, everything else works",
    ),
    Scenario(
        "the phone looks for its network and finds none",
        given=phone(android.SEARCHING),
        then=verdict(side="carrier", calling_ready=True),
        args=WITH_PHONE,
    ),
    Scenario(
        "the network turns the phone away as if it did not know the line",
        given=phone(DENIED),
        then=verdict(side="carrier", fault="line-refused", calling_ready=True),
        args=WITH_PHONE,
        rival="the network turns the phone away as if it were in trouble",
    ),
    Scenario(
        "the network turns the phone away as if it were in trouble",
        given=phone(CONGESTED),
        then=OUTAGE,
        args=WITH_PHONE,
    ),
    Scenario(
        "the phone is in airplane mode",
        given=phone(SWITCHED_OFF, settings={"airplane_mode_on": "1"}),
        then=verdict(side="local", fault="airplane-mode-on"),
        args=WITH_PHONE,
        rival="the phone looks for its network and finds none",
    ),
    Scenario(
        "there is no SIM in the phone",
        given=phone(
            android.SOS_CAMPED,
            properties={"gsm.sim.state": "ABSENT", "gsm.sim.operator.numeric": ""},
        ),
        then=verdict(side="local", fault="sim-missing"),
        args=WITH_PHONE,
        rival="the phone itself says SOS, everything else works",
    ),
    Scenario(
        "the SIM in the phone does not answer",
        given=phone(android.SOS_CAMPED, properties={"gsm.sim.state": "CARD_IO_ERROR"}),
        then=verdict(side="local", fault="phone-or-sim"),
        args=WITH_PHONE,
        rival="there is no SIM in the phone",
    ),
    Scenario(
        "the SIM in the phone waits for its PIN",
        given=phone(android.SOS_CAMPED, properties={"gsm.sim.state": "PIN_REQUIRED"}),
        then=verdict(side="local", fault="sim-locked"),
        args=WITH_PHONE,
        rival="the phone itself says SOS, everything else works",
    ),
    Scenario(
        "the phone has calls from its network and no data",
        given=phone(android.VOICE_WITHOUT_DATA),
        then=verdict(side="carrier", fault="carrier-data-fails"),
        args=WITH_PHONE,
    ),
    Scenario(
        "the phone is off the Wi-Fi, slow, and its mobile data is switched off",
        given=data_off(),
        then=verdict(side="local", fault="mobile-data-off"),
        args=(*WITH_PHONE, "--symptom", "slow", "--same-wifi", "no"),
    ),
    Scenario(
        "calls fail on a phone with few bars and Wi-Fi calling off",
        given=with_few_bars(android.HEALTHY, wifi_calling=False),
        then=verdict(side="local", fault="wifi-calling-switched-off", calling_ready=True),
        args=(*WITH_PHONE, "--symptom", "calls-fail"),
        rival="the phone says it is on its network, its owner that calls fail",
    ),
    Scenario(
        "Wi-Fi calling is off on a phone that is well",
        given=calling_off(android.HEALTHY),
        then=WELL,
        args=WITH_PHONE,
    ),
    Scenario(
        "the phone says SOS, and its Wi-Fi calling is switched off",
        given=calling_off(android.SOS_CAMPED),
        then=OUTAGE,
        args=WITH_PHONE,
    ),
    Scenario(
        "the phone hears no mast, and is linked to its carrier over Wi-Fi",
        given=phone(android.WIFI_CALLING_WITHOUT_COVERAGE),
        then=verdict(side="carrier", calling_ready=True),
        args=WITH_PHONE,
    ),
    Scenario(
        "the phone says it is on its network, its owner that calls fail",
        given=phone(android.HEALTHY),
        then=verdict(side="inconclusive", calling_ready=True),
        args=(*WITH_PHONE, "--symptom", "calls-fail"),
    ),
    Scenario(
        "the phone that gives this network has no data itself, and nothing comes through it",
        given=phone(android.VOICE_WITHOUT_DATA) + everything_behind_the_router(),
        then=verdict(side="carrier", fault="hotspot-without-data"),
        args=(*WITH_PHONE, "--same-wifi", "hotspot"),
        rival="the provider is dead behind a living router",
    ),
)

TWO_SIMS = (
    Scenario(
        "one SIM of two says SOS, the other carrier's works",
        given=two_sims(android.SOS_CAMPED, android.HEALTHY, plmns="310410,310260"),
        then=OUTAGE,
        args=WITH_PHONE,
        rival="one SIM of two says SOS, the other on the same network works",
    ),
    Scenario(
        "one SIM of two says SOS, the other on the same network works",
        given=two_sims(android.SOS_CAMPED, android.HEALTHY, plmns="310410,310410"),
        then=verdict(side="carrier", fault="coverage-or-account"),
        args=WITH_PHONE,
    ),
    Scenario(
        "one SIM of two works, the other carrier's says SOS",
        given=two_sims(android.HEALTHY, android.SOS_CAMPED, plmns="310410,310260"),
        then=WELL,
        args=WITH_PHONE,
    ),
)


def modem(**says: object) -> Deviation:
    """A modem inside the device that says this."""
    return home(device=has_a_modem(**says))


BY_MODEM = (
    Scenario(
        "the modem inside the device is on its network, everything works",
        given=modem(),
        then=WELL,
    ),
    Scenario(
        "the modem inside the device says emergency calls at most",
        given=modem(registration=8, state=7, emergency_only=True),
        then=OUTAGE,
        rival="the modem inside the device is on its network, everything works",
    ),
    Scenario(
        "the modem's network turns it away as if it did not know the line",
        given=modem(registration=3, state=7, cause=8),
        then=verdict(side="carrier", fault="line-refused", calling_ready=True),
    ),
    Scenario(
        "the modem looks for its network",
        given=modem(registration=2, state=7),
        then=verdict(side="carrier", calling_ready=True),
    ),
    Scenario(
        "the modem is a guest on another network",
        given=modem(registration=5),
        then=WELL,
    ),
    Scenario(
        "the modem is on its network and gets no packet service",
        given=modem(packet=1),
        then=verdict(side="carrier", fault="carrier-data-fails"),
        rival="the modem inside the device is on its network, everything works",
    ),
    Scenario(
        "nobody uses the modem, and there is no SIM in it",
        given=modem(registration=0, state=-1, failed=2, sim="/"),
        then=WELL,
        rival="there is no SIM in the phone",
    ),
    Scenario(
        "nobody uses the modem, and it is switched off",
        given=modem(registration=0, state=3),
        then=WELL,
        rival="the phone is in airplane mode",
    ),
    Scenario(
        "the modem of another carrier says SOS, the carrier asked about is well",
        given=modem(registration=8, state=7, emergency_only=True, plmn="310260"),
        then=WELL,
    ),
    Scenario(
        "the modem loses its network again and again",
        given=home(device=loses_its_network_again_and_again(share_lost=0.85)),
        then=verdict(side="carrier", calling_ready=True),
        runs=5,
        at_least=2,
    ),
)

SCENARIOS = (*SAID, *BY_ITSELF, *TWO_SIMS, *BY_MODEM)
