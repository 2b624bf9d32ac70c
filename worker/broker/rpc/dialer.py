"""From an address to a connection: the name, a proxy, TLS, and the gateway's first word."""

import asyncio
import socket
import ssl
from contextlib import suppress
from typing import Final

import aiohappyeyeballs

from worker.broker.options import GatewayOptions, Tls
from worker.broker.rpc.failures import in_words
from worker.broker.rpc.http2 import Connection
from worker.broker.rpc.status import RpcError, StatusCode
from worker.broker.rpc.tunnel import open_tunnel, proxy_of

__all__ = ["Dialer"]

_HTTP2: Final = "h2"  # as ALPN calls it
_PROXY_PORT: Final = 80
_NEXT_ADDRESS_AFTER_S: Final = 0.25  # RFC 8305: how long one address has before the next is tried beside it
_MS_PER_S: Final = 1000


class Dialer:
    """
    Knows how the gateway is reached.

    Raises OSError when a TLS file cannot be read, ValueError for a proxy that no tunnel can be asked of.
    """

    def __init__(self, options: GatewayOptions) -> None:
        self._options = options
        host, _, port = options.address.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)
        self._trust = _trusted(options.tls) if options.tls else None
        self._proxy = proxy_of(options.proxy) if options.proxy else None

    @property
    def authority(self) -> str:
        """The gateway's name, as it is told to the gateway itself."""
        tls = self._options.tls
        return (tls.authority if tls else None) or self._options.address

    async def dial(self) -> Connection:
        """A connection that is ready. Raises RpcError, UNAVAILABLE with the cause in words."""
        try:
            async with asyncio.timeout(self._options.connect_timeout_s):
                return await self._dial()
        except TimeoutError:
            raise RpcError(StatusCode.UNAVAILABLE, "no connection within the time allowed") from None
        except OSError as error:
            raise RpcError(StatusCode.UNAVAILABLE, in_words(error)) from error
        except ValueError as error:  # no name can be like that
            raise RpcError(StatusCode.UNAVAILABLE, f"the gateway's name cannot be used: {error}") from error

    async def _dial(self) -> Connection:
        reached = await self._reach()
        try:
            if self._proxy is not None:
                await open_tunnel(reached, self._proxy, host=self._host, port=self._port)
            transport, connection = await asyncio.get_running_loop().create_connection(
                lambda: Connection(self._options), sock=reached, ssl=self._trust, server_hostname=self._name_in_tls()
            )
        except BaseException:
            reached.close()
            raise
        try:
            _check_protocol(transport.get_extra_info("ssl_object"))
            await connection.ready()
        except BaseException:
            connection.close()
            raise
        return connection

    async def _reach(self) -> socket.socket:
        host, port = self._host, self._port
        if self._proxy is not None:
            host, port = self._proxy.hostname or "", self._proxy.port or _PROXY_PORT
        addresses = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        reached = await aiohappyeyeballs.start_connection(
            list(addresses), happy_eyeballs_delay=_NEXT_ADDRESS_AFTER_S, interleave=1
        )
        reached.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(AttributeError, OSError):  # not every system has it
            most_ms = round(self._options.keepalive_timeout_s * _MS_PER_S)
            reached.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, most_ms)
        return reached

    def _name_in_tls(self) -> str | None:
        if self._options.tls is None:
            return None
        return self._options.tls.authority or self._host.rstrip(".")


def _trusted(tls: Tls) -> ssl.SSLContext:
    for file in filter(None, (tls.ca_file, tls.cert_file, tls.key_file)):
        file.open("rb").close()  # OSError with the name of the file, which ssl leaves out
    context = ssl.create_default_context(cafile=tls.ca_file)
    context.set_alpn_protocols([_HTTP2])
    if tls.cert_file is not None:
        context.load_cert_chain(tls.cert_file, tls.key_file)
    return context


def _check_protocol(secured: ssl.SSLObject | None) -> None:
    if secured is not None and secured.selected_alpn_protocol() != _HTTP2:
        raise RpcError(StatusCode.UNAVAILABLE, "TLS: the gateway does not offer HTTP/2 (ALPN) at this port")
