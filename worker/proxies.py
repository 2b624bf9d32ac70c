"""Which proxy a request takes, by the rules that HTTPS_PROXY and NO_PROXY have everywhere. Reads no environment."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

__all__ = ["Proxies"]

_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class _Exception:
    """One entry of NO_PROXY: a domain with all below it, or a range of addresses; *port* None means any."""

    domain: str
    addresses: IPv4Network | IPv6Network | None
    port: int | None

    def covers(self, host: str, port: int) -> bool:
        if self.port not in {None, port}:
            return False
        if self.addresses is None:
            return self.domain == "*" or f".{host}".endswith(f".{self.domain}")
        try:
            return ip_address(host) in self.addresses
        except ValueError:
            return False


class Proxies:
    """
    The proxies for http and https targets, None for neither.

    A loopback target is always reached directly, as in Go: a proxy could only reach its own. Raises ValueError naming
    the option where one is unusable, without repeating it: it may hold a password.
    """

    def __init__(self, *, http: str | None, https: str | None, no_proxy: str = "") -> None:
        proxies = {"http": _proxy(http, "http_proxy"), "https": _proxy(https, "https_proxy")}
        self._by_scheme = {scheme: proxy for scheme, proxy in proxies.items() if proxy}
        self._exceptions = [_exception(entry) for entry in no_proxy.replace(",", " ").lower().split()]

    def proxy_for(self, url: str) -> str | None:
        """Return the proxy's own URL, or None to connect directly."""
        if not self._by_scheme:
            return None
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port = parts.port or _PORTS[parts.scheme]
        if _is_loopback(host) or any(entry.covers(host, port) for entry in self._exceptions):
            return None
        return self._by_scheme.get(parts.scheme)


def _proxy(text: str | None, option: str) -> str | None:
    text = (text or "").strip()
    if not text:
        return None
    text = text if "://" in text else f"http://{text}"  # curl's habit: host:port alone is common
    try:
        parts = urlsplit(text)
        usable = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError:
        usable = None
    if not usable:
        message = f"{option}: wanted a URL such as http://proxy.example:3128 (SOCKS is not supported)"
        raise ValueError(message)
    return text


def _exception(entry: str) -> _Exception:
    try:
        return _Exception("", ip_network(entry.strip("[]"), strict=False), None)
    except ValueError:
        name, colon, port = entry.rpartition(":")
    if not colon or not port.isdecimal():
        name, port = entry, ""
    number = int(port) if port else None
    try:
        return _Exception("", ip_network(name.strip("[]"), strict=False), number)
    except ValueError:
        return _Exception(name if name == "*" else name.removeprefix("*").strip("."), None, number)


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
