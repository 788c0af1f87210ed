"""What a phone says of itself, as a sheet for a person."""

from collections.abc import Iterator, Mapping

from netcheck.model.finding import Parameter
from netcheck.model.phone import Phone, PhoneLine, PhoneTest, Source
from netcheck.render.sheet import Sheet
from netcheck.text import Words

_COLUMN = 17
_Row = tuple[str, str | None]


def write(phone: Phone, words: Words, page: Sheet) -> None:
    """The phone's own switches, then each line, then what it tried, then what is missing."""
    page.paragraph(words.say(f"phone.source.{phone.source}"))
    _rows(page, words, _switches(phone, words))
    for line in phone.lines:
        page.blank()
        page.paragraph(_head(line, words, alone=len(phone.lines) == 1))
        _rows(page, words, _of_line(line, words))
    if not phone.lines:
        page.paragraph(words.say("phone.none"))
    page.blank()
    for test in phone.tests:
        _rows(page, words, [("tests", _test(test, words))])
    for name in ("not-permitted", "not-measured"):
        facts = phone.not_permitted if name == "not-permitted" else phone.not_measured
        told = words.joined("comma", [words.say(f"phone.fact.{one}") for one in facts])
        _rows(page, words, [(name, told)])
    if phone.unknown:
        page.paragraph(words.say("phone.unknown", {"count": phone.unknown}))
    if phone.source in (Source.ADB, Source.TERMUX):
        page.paragraph(words.say("phone.verdict", {"name": f"--{phone.source}"}))


def _rows(page: Sheet, words: Words, rows: "Iterator[_Row] | list[_Row]") -> None:
    for name, said in rows:
        if said:
            page.row(words.say(f"phone.row.{name}"), said, _COLUMN)


def _switches(phone: Phone, words: Words) -> Iterator[_Row]:
    yield "airplane-mode", _switch(phone.airplane_mode, words)
    yield "mobile-data", _switch(phone.mobile_data_on, words)
    yield "wifi", _switch(phone.wifi_on, words)
    if phone.private_dns is not None:
        yield "private-dns", words.say(f"phone.private-dns.{phone.private_dns}")


def _head(line: PhoneLine, words: Words, *, alone: bool) -> str:
    params: dict[str, Parameter] = {"slot": line.slot or 1}
    if line.sim_name is not None:
        params["name"] = line.sim_name
    head = words.say("phone.only-line" if alone or line.slot is None else "phone.line", params)
    return words.say("phone.preferred", {"name": head}) if line.preferred and not alone else head


def _of_line(line: PhoneLine, words: Words) -> Iterator[_Row]:
    yield "sim", words.say(f"phone.sim.{line.sim}") if line.sim else None
    yield "modem", words.say("phone.modem.failed") if line.modem_failed else None
    yield "calls", words.say(f"phone.service.{line.voice}") if line.voice else None
    yield "data", words.say(f"phone.service.{line.data}") if line.data else None
    yield "emergency-only", words.say("phone.yes") if line.emergency_only else None
    yield "refused", _refused(line, words)
    yield "network", _network(line.network_name, line.network_plmn, words)
    if line.sim_plmn != line.network_plmn:
        yield "home", _network(None, line.sim_plmn, words)
    yield "generation", line.generation.value.upper() if line.generation else None
    yield "signal", _signal(line, words)
    yield "connected", _yes(line.bearer_connected, words)
    yield "wifi-calling", _switch(line.wifi_calling_enabled, words)
    if line.wifi_calling_tunnel is not None:
        state = "up" if line.wifi_calling_tunnel else "down"
        yield "tunnel", words.say(f"phone.tunnel.{state}")


def _refused(line: PhoneLine, words: Words) -> str | None:
    if line.reject_cause is None:
        return None
    params: dict[str, Parameter] = {"count": line.reject_cause}
    reason = f"phone.cause.{line.reject_cause}"
    if reason in words:
        params["name"] = words.say(reason)
    return words.say("phone.refused", params)


def _network(name: str | None, plmn: str | None, words: Words) -> str | None:
    if name is None or plmn is None:
        return name or plmn
    return words.say("phone.plmn", {"name": name, "plmn": plmn})


def _signal(line: PhoneLine, words: Words) -> str | None:
    if line.signal_level is None:
        return f"{line.signal_dbm} dBm" if line.signal_dbm is not None else None
    bars = words.say(f"phone.level.{line.signal_level}")
    if line.signal_dbm is None:
        return bars
    return words.say("phone.dbm", {"name": bars, "signal_dbm": line.signal_dbm})


def _test(test: PhoneTest, words: Words) -> str | None:
    if test.passed is None:
        return None
    params: Mapping[str, Parameter] = {"host": test.host, "port": test.port or 0}
    return words.say(f"phone.test.{test.kind}" + ("" if test.passed else "-failed"), params)


def _switch(on: bool | None, words: Words) -> str | None:
    return None if on is None else words.say("phone.on" if on else "phone.off")


def _yes(value: bool | None, words: Words) -> str | None:
    return None if value is None else words.say("phone.yes" if value else "phone.no")
