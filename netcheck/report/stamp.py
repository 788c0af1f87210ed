"""A third party's time stamp (RFC 3161 3.4, over HTTPS) of something that was signed here.

The service sees the digest of a signature, and this device's address; nothing of what was signed.
Asked only when a statement is written, and only where a service is set.
"""

import threading

from netcheck.report.sending import DEADLINE_S, Http, post
from netcheck.seal.stamping import REQUEST_TYPE, BadStamp, request, when


def stamped(service: str, message: bytes, *, deadline_s: float = DEADLINE_S) -> bytes | None:
    """The service's answer; None where none came in time that is of this message."""
    found: list[bytes] = []

    def ask() -> None:
        answer = post(service, request(message), REQUEST_TYPE)
        if isinstance(answer, Http) and answer.status == 200:
            found.append(answer.body)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(deadline_s)
    try:
        if found:
            when(found[0], message)
            return found[0]
    except BadStamp:
        pass
    return None
