"""Bringing a report to its collector: HTTPS, or Oblivious HTTP through a relay.

No cookies, no names of programs or versions, no redirects, no credentials; one deadline over all.
A proxy that the environment names is used, since it may be the only way out; it sees the host's
name and no more. Where a relay or a gateway's key is set, nothing ever goes out without both.
"""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netcheck.report.delivery import Answer, Came, Way

if TYPE_CHECKING:
    import requests

DEADLINE_S = 20.0
CONNECT_S, READ_S = 6.0, 10.0
REPORT_TYPE = "application/json"
_MOST_ANSWER_BYTES = 65_536
_TAKEN = (200, 201, 202, 204, 409)  # 409: it was there before
_BUSY = (408, 425, 429)


def lacking(way: Way) -> Came | None:
    """What is missing before anything could be sent this way; None: nothing."""
    if way.collector is None:
        return Came.NO_COLLECTOR
    if not way.oblivious:
        return None
    if way.relay is None:
        return Came.NO_RELAY
    if way.key is None:
        return Came.NO_KEY
    from netcheck.report import oblivious

    return oblivious.lacking(way.key)


def deliver(body: bytes, way: Way, *, deadline_s: float = DEADLINE_S) -> Answer:
    """Try once, within the deadline. Never raises for what the network or the other side does; a
    defect of our own is raised here, not lost in a thread."""
    missing = lacking(way)
    if missing is not None:
        return Answer(missing)
    found: list[Answer | Exception] = []

    def attempt() -> None:
        try:
            found.append(_deliver(body, way))
        except Exception as defect:
            found.append(defect)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(deadline_s)
    came = found[0] if found else Answer(Came.TIMEOUT)
    if isinstance(came, Exception):
        raise came
    return came


def _deliver(body: bytes, way: Way) -> Answer:
    if not way.oblivious:
        assert way.collector is not None
        return _read(post(way.collector, body, REPORT_TYPE, reads_on=False))
    from netcheck.report import oblivious

    assert way.relay is not None and way.key is not None and way.collector is not None
    sealed = oblivious.seal(body, way.collector, way.key, REPORT_TYPE)
    answer = post(way.relay, sealed.message, oblivious.REQUEST_TYPE)
    if isinstance(answer, Answer):
        return answer
    if answer.status != 200:
        return _read(answer)
    status = sealed.open(answer.body)
    return Answer(Came.NOT_OBLIVIOUS) if status is None else _of_status(status, None)


@dataclass(frozen=True, slots=True)
class Http:
    """What the other side said. `after_s`: Retry-After."""

    status: int
    after_s: float | None
    body: bytes


def _read(answer: "Http | Answer") -> Answer:
    return answer if isinstance(answer, Answer) else _of_status(answer.status, answer.after_s)


def _of_status(status: int, after_s: float | None) -> Answer:
    if status in _TAKEN:
        return Answer(Came.ACCEPTED)
    if 300 <= status < 400:
        return Answer(Came.REDIRECTED)
    if status in _BUSY or status >= 500:
        return Answer(Came.BUSY, after_s)
    return Answer(Came.REFUSED)


def post(url: str, body: bytes, kind: str, *, reads_on: bool = True) -> "Http | Answer":
    """One POST, as the module says. An `Answer` where there was none from the other side.

    `reads_on` False: the status is all that matters. Who took a report and then never ends its
    answer has still taken it."""
    import requests
    import urllib3.exceptions

    from netcheck.probe.session import session
    from netcheck.probe.trust import EmptyTrust

    headers = {
        "Content-Type": kind,
        "Accept": "*/*",
        "User-Agent": "netcheck",
        "Connection": "close",
    }
    try:
        with session() as opened:
            response = opened.post(
                url,
                data=body,
                headers=headers,
                proxies=requests.utils.get_environ_proxies(url),
                allow_redirects=False,
                stream=True,
                timeout=(CONNECT_S, READ_S),
            )
            with response:
                read = _body(response) if reads_on else b""
                return Http(response.status_code, _after_s(response), read)
    except EmptyTrust:
        return Answer(Came.NO_TRUST)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as wrong:
        return Answer(_why(wrong))


def _body(response: "requests.Response") -> bytes:
    return response.raw.read(_MOST_ANSWER_BYTES, decode_content=False) or b""


def _after_s(response: "requests.Response") -> float | None:
    """Retry-After in seconds (RFC 9110 10.2.3); as a date it is not read."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _why(wrong: BaseException) -> Came:
    import ssl

    import requests
    import urllib3.exceptions

    seen: BaseException | None = wrong
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError | requests.exceptions.SSLError):
            return Came.UNTRUSTED
        if isinstance(seen, urllib3.exceptions.NewConnectionError):
            return Came.NO_WAY  # urllib3 derives it from its timeouts
        if isinstance(seen, TimeoutError | requests.Timeout | urllib3.exceptions.TimeoutError):
            return Came.TIMEOUT
        seen = seen.__cause__ or seen.__context__
    return Came.NO_WAY
