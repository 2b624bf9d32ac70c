import socket

import pytest

from tests.rooms.azure.transport.pools import a_pool, post
from tests.rooms.azure.transport.servers import answering, http, serving
from worker.azure import AzureOptions
from worker.azure.guard import AddressDenied, AddressGuard
from worker.errors import AddressNotAllowed

ALL = ("loopback", "private", "link-local", "metadata", "multicast")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1.2.3", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0",
        "::1", "[::1]", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "198.18.0.1",
        "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "fc00::1", "fd12:3456::1", "fec0::1", "0xa.0.0.1",
        "169.254.169.254", "2852039166", "0xa9fea9fe", "169.254.170.2", "168.63.129.16", "100.100.100.200",
        "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254", "169.254.1.1", "fe80::1", "fe80::1%eth0",
        "224.0.0.1", "ff02::1", "255.255.255.255",
    ],
)  # fmt: skip
def test_denied(host: str) -> None:
    """Every spelling of an address in a closed range is refused; a guard that denies nothing lets it through."""
    AddressGuard(()).check(host)

    with pytest.raises(AddressDenied):
        AddressGuard(ALL).check(host)


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "20.42.0.1", "2603:1030::1", "my-res.openai.azure.com", "172.32.0.1", "169.253.1.1", "11.0.0.1"]
)
def test_open(host: str) -> None:
    """The rest of the world stays open; a name is judged by what it leads to."""
    AddressGuard(ALL).check(host)


def test_nothing_is_denied_by_default() -> None:
    """A model server on the same machine is a usual thing."""
    AddressGuard(()).check("127.0.0.1")


def test_a_range_of_ones_own() -> None:
    """CIDR ranges stand beside the names."""
    with pytest.raises(AddressDenied):
        AddressGuard(["203.0.113.0/24"]).check("203.0.113.7")


def test_a_range_that_is_none() -> None:
    """A typo must not leave the door open."""
    with pytest.raises(ValueError, match="'privat'"):
        AddressGuard(["privat"])


def test_it_looks_at_what_is_connected_to() -> None:
    """As a socket factory it sees the very address, whatever name led there."""
    with pytest.raises(AddressDenied):
        AddressGuard(["loopback"])((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 443)))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_no_call_gets_there(host: str) -> None:
    """Not one byte reaches the server, and the incident names the setting."""
    async with serving(answering(http(b"{}"))) as server, a_pool(AzureOptions(denied_addresses=("loopback",))) as pool:
        with pytest.raises(AddressNotAllowed, match="WORKER_DENIED_ADDRESSES"):
            await post(pool, f"http://{host}:{server.port}/")

    assert server.connections == 0


async def test_without_the_guard_it_does() -> None:
    """The same call arrives where nothing is denied: the refusal above is the guard's own."""
    async with serving(answering(http(b"{}"))) as server, a_pool() as pool:
        await post(pool, f"http://localhost:{server.port}/")

    assert server.connections == 1
