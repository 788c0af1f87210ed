"""HTTPS for what is no measurement: a session without the environment's passwords, which trusts
whom all of netcheck trusts and nobody else."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter


def session() -> "requests.Session":
    """Without the environment: a .netrc would add a name and a password. Raises EmptyTrust."""
    import requests

    opened = requests.Session()
    opened.trust_env = False
    opened.headers.clear()
    opened.mount("https://", _adapter())
    return opened


def _adapter() -> "HTTPAdapter":
    """Trusts whom all of netcheck trusts, and nobody else."""
    from typing import Any

    from requests.adapters import HTTPAdapter

    from netcheck.probe.trust import context

    trusted = context()

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *arguments: Any, **more: Any) -> None:
            super().init_poolmanager(*arguments, ssl_context=trusted, **more)

        def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
            return super().proxy_manager_for(proxy, ssl_context=trusted, **more)

        def build_connection_pool_key_attributes(self, *arguments: Any, **more: Any) -> Any:
            host, _ = super().build_connection_pool_key_attributes(*arguments, **more)
            return host, {"ssl_context": trusted, "cert_reqs": "CERT_REQUIRED"}

        def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
            conn.cert_reqs = "CERT_REQUIRED"

    return Adapter()
