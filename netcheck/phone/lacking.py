"""Which facts a reading is without."""

from netcheck.model.phone import Phone
from netcheck.phone.contract import Fact


def lacking(phone: Phone, but: tuple[Fact, ...] = ()) -> tuple[Fact, ...]:
    """The facts that no line has, without those that were refused."""
    has: dict[Fact, list[object]] = {
        Fact.SERVICE: [line.voice or line.data for line in phone.lines],
        Fact.EMERGENCY_ONLY: [line.emergency_only for line in phone.lines],
        Fact.NETWORK: [line.network_plmn or line.network_name for line in phone.lines],
        Fact.SIM: [line.sim for line in phone.lines],
        Fact.SIM_NETWORK: [line.sim_plmn for line in phone.lines],
        Fact.GENERATION: [line.generation for line in phone.lines],
        Fact.SIGNAL: [line.signal_level or line.signal_dbm for line in phone.lines],
        Fact.PACKET_SERVICE: [line.packet_attached for line in phone.lines],
        Fact.BEARER: [line.bearer_connected for line in phone.lines],
        Fact.WIFI_CALLING_TUNNEL: [line.wifi_calling_tunnel for line in phone.lines],
        Fact.WIFI_CALLING_SWITCH: [line.wifi_calling_enabled for line in phone.lines],
        Fact.AIRPLANE_MODE: [phone.airplane_mode],
        Fact.MOBILE_DATA: [phone.mobile_data_on],
        Fact.PRIVATE_DNS: [phone.private_dns],
    }
    absent = [fact for fact, values in has.items() if all(value is None for value in values)]
    return tuple(fact for fact in absent if fact not in but)
