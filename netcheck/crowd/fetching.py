"""One GET for one country's file: HTTPS, no cookies, no redirects, no credentials, no more bytes
than a file may have. Whoever serves it learns that somebody in a country uses netcheck."""

from netcheck.crowd.form import MOST_BYTES
from netcheck.crowd.verifying import Ignored
from netcheck.model.crowd import Unheard

CONNECT_S, READ_S = 1.0, 1.0


def address_of(folder: str, country: str) -> str:
    """Where that country's file lies in a feed's folder."""
    return f"{folder.rstrip('/')}/{country}.jws"


def fetched(url: str) -> bytes:
    """The file there. Its total time is kept by whoever waits. Raises Ignored."""
    import requests
    import urllib3.exceptions

    from netcheck.probe.session import session
    from netcheck.probe.trust import EmptyTrust

    headers = {"Accept": "*/*", "User-Agent": "netcheck", "Connection": "close"}
    try:
        with (
            session() as opened,
            opened.get(
                url,
                headers=headers,
                proxies=requests.utils.get_environ_proxies(url),
                allow_redirects=False,
                stream=True,
                timeout=(CONNECT_S, READ_S),
            ) as response,
        ):
            if 300 <= response.status_code < 400:
                raise Ignored(Unheard.REDIRECTED)
            if response.status_code != 200:
                raise Ignored(Unheard.NO_ANSWER)
            raw: bytes = response.raw.read(MOST_BYTES + 1, decode_content=False) or b""
    except EmptyTrust:
        raise Ignored(Unheard.UNTRUSTED) from None
    except requests.exceptions.SSLError:
        raise Ignored(Unheard.UNTRUSTED) from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError):
        raise Ignored(Unheard.NO_ANSWER) from None
    if len(raw) > MOST_BYTES:
        raise Ignored(Unheard.TOO_LARGE)
    return raw
