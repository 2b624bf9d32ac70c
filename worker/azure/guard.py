"""Addresses that no call may reach, checked on the one that is really connected to."""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

__all__ = ["AddressDenied", "AddressGuard"]

_Address = IPv4Address | IPv6Address

_RANGES: Final = {
    "loopback": ("127.0.0.0/8", "0.0.0.0/8", "::1/128", "::/128"),  # Linux takes 0.0.0.0 for itself
    "private": (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15", "fc00::/7", "fec0::/10",
    ),
    "link-local": ("169.254.0.0/16", "fe80::/10"),
    # Azure and most others, Azure's wire server, ECS tasks, Alibaba, AWS over IPv6, Google over IPv6
    "metadata": (
        "169.254.169.254/32", "168.63.129.16/32", "169.254.170.2/32", "169.254.170.23/32", "100.100.100.200/32",
        "fd00:ec2::254/128", "fd20:ce::254/128",
    ),
    "multicast": ("224.0.0.0/4", "ff00::/8", "255.255.255.255/32"),
}  # fmt: skip
_TRANSLATED: Final = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("::/96"))  # RFC 6052, 8215


class AddressDenied(OSError):
    """The address lies in a range that the operator has denied."""


class AddressGuard:
    """
    Refuses connections into *denied*: names of ranges (loopback, private, link-local, metadata, multicast) or CIDR.

    An instance is aiohttp's socket factory: it sees the very address that is connected to, after every look-up, so a
    name that changes its answer between look and use gains nothing. ValueError for a range that is none.
    """

    def __init__(self, denied: Iterable[str]) -> None:
        self._networks = [_network(text) for name in denied for text in _RANGES.get(name.lower(), (name,))]

    def __bool__(self) -> bool:
        return bool(self._networks)

    def __call__(self, info: tuple[Any, ...]) -> socket.socket:
        """A socket for one answer of getaddrinfo. Raises AddressDenied."""
        family, kind, protocol, _, place = info
        self.check(place[0])
        return socket.socket(family=family, type=kind, proto=protocol)

    def check(self, host: str) -> None:
        """Refuse *host* if it is a denied address in any spelling; a name passes. Raises AddressDenied."""
        address = _address(host)
        if address is not None and any(one in network for one in _meant(address) for network in self._networks):
            raise AddressDenied("an address that the operator has denied")


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        message = f"denied_addresses: wanted {', '.join(_RANGES)} or a range such as 10.0.0.0/8, got '{text}'"
        raise ValueError(message) from None


def _address(host: str) -> _Address | None:
    """The address that *host* spells, as the system reads it: 2130706433, 0x7f.1 and 0177.0.0.1 are 127.0.0.1 too."""
    bare = host.strip("[]").partition("%")[0]
    try:
        return ip_address(bare)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(bare))
    except (OSError, ValueError, UnicodeEncodeError):
        return None


def _meant(address: _Address) -> Iterable[_Address]:
    """The address, and the older one that is wrapped in it: mapped, 6to4, Teredo, or translated by a gateway."""
    yield address
    if isinstance(address, IPv4Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if any(address in network for network in _TRANSLATED):
        yield IPv4Address(int(address) & 0xFFFFFFFF)
