"""Whom this device trusts: the system's certificates, loaded once and passed on explicitly."""

import os
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

# Where systems keep their certificates when OpenSSL was built to look elsewhere (a Python that
# came in one file, for example). truststore's list, and Fedora's third name.
KNOWN_BUNDLES = (
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
)
_lock = threading.Lock()
_contexts: "dict[tuple[object, ...], ssl.SSLContext]" = {}
HTTP, DNS_OVER_TLS = ("http/1.1",), ("dot",)  # what to speak inside, by its ALPN name


class EmptyTrust(Exception):
    """No certificate authority could be loaded: nothing can be verified, so nothing may be blamed.

    The message is one sentence that names the place that was looked at.
    """


def context(speaking: tuple[str, ...] = HTTP) -> "ssl.SSLContext":
    """The one TLS context of this process for what is spoken inside. Raises `EmptyTrust`.

    `SSL_CERT_FILE` and `SSL_CERT_DIR` are respected as OpenSSL does; a named file that holds no
    certificate is an error and not passed over. Safe to call from several threads.
    """
    key = (os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"), speaking)
    with _lock:
        if key not in _contexts:
            _contexts[key] = _load(speaking)
        return _contexts[key]


def without_trust(speaking: tuple[str, ...]) -> "ssl.SSLContext":
    """A context that takes any certificate: only to see what a program sees that asks for none,
    and nothing that identifies may be sent over it."""
    import ssl

    loaded = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    loaded.check_hostname = False
    loaded.verify_mode = ssl.CERT_NONE
    loaded.set_alpn_protocols(list(speaking))
    return loaded


def _load(speaking: tuple[str, ...]) -> "ssl.SSLContext":
    named = os.environ.get("SSL_CERT_FILE")
    if sys.platform in ("darwin", "win32"):
        loaded = _system_verifier()
        if named:
            _add(loaded, named, None)
    else:
        loaded = _openssl_context(named)
    loaded.set_alpn_protocols(list(speaking))
    return loaded


def _system_verifier() -> "ssl.SSLContext":
    import ssl

    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _openssl_context(named: str | None) -> "ssl.SSLContext":
    """The same certificates truststore would take, but read once.

    On these systems truststore reads the whole bundle anew for every connection (18 ms here) and
    holds one lock through each handshake, so one silent server would stall all the others.
    """
    import ssl

    loaded = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    paths = ssl.get_default_verify_paths()
    folder = paths.capath if paths.capath and _holds_certificates(paths.capath) else None
    file = named or paths.cafile
    if file is None and folder is None:
        file = next((path for path in KNOWN_BUNDLES if os.access(path, os.R_OK)), None)
    if file is None and folder is None:
        raise EmptyTrust("this system has no certificate store where OpenSSL looks for one")
    _add(loaded, file, folder)
    # A folder is read certificate by certificate when one is needed: it counts nothing here.
    if folder is None and not loaded.cert_store_stats()["x509_ca"]:
        raise EmptyTrust(f"{file} holds no certificate authority")
    return loaded


def _add(loaded: "ssl.SSLContext", file: str | None, folder: str | None) -> None:
    try:
        loaded.load_verify_locations(cafile=file, capath=folder)
    except OSError as error:  # ssl.SSLError is one: a file without a certificate
        raise EmptyTrust(f"{file} holds no certificate that can be read ({error})") from error


def _holds_certificates(folder: str) -> bool:
    """Whether there is a name as OpenSSL looks for them: eight hex digits, a point, a digit."""
    try:
        with os.scandir(folder) as entries:
            return any(len(entry.name) == 10 and entry.name[8] == "." for entry in entries)
    except OSError:
        return False
