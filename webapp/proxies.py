"""Who the visitor is when proxies stand before us: only what a trusted one says is believed."""

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from webapp.config import Network

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class TrustedProxies:
    """Takes address and scheme from X-Forwarded-For and -Proto where the peer is one of ours.

    Counting hops instead would believe anybody who reaches the port without passing the proxy.
    """

    def __init__(self, application: Application, networks: Sequence[Network]) -> None:
        self.application = application
        self.networks = networks

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        chain = environ.pop("HTTP_X_FORWARDED_FOR", "")
        scheme = environ.pop("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
        if self.ours(environ.get("REMOTE_ADDR", "")):
            environ["REMOTE_ADDR"] = self.visitor(chain, environ["REMOTE_ADDR"])
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self.application(environ, start_response)

    def visitor(self, chain: str, peer: str) -> str:
        """Walk from the nearest proxy outwards to the first address that is none of ours."""
        for part in reversed(chain.split(",")):
            found = address(part)
            if found is None:
                return peer
            peer = str(found)
            if not self.ours(peer):
                return peer
        return peer

    def ours(self, text: str) -> bool:
        """Say whether an address is a proxy's."""
        found = address(text)
        return found is not None and any(found in network for network in self.networks)


def address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address; one of IPv4 that is written as IPv6 is what it is."""
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
