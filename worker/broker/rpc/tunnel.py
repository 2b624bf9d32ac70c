"""A way through an HTTP proxy (CONNECT, RFC 9110, 9.3.6)."""

import asyncio
import base64
import re
import socket
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from worker.broker.rpc.status import RpcError, StatusCode

__all__ = ["open_tunnel", "proxy_of"]

_HEAD_AT_MOST: Final = 16 * 1024  # bytes
_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] ([0-9]{3})\b")
_PROXY_AUTHENTICATION_REQUIRED: Final = "407"


def proxy_of(url: str) -> SplitResult:
    """The proxy at *url*, with a host and a port. ValueError for what no tunnel can be asked of."""
    parts = urlsplit(url)
    try:
        is_one = parts.scheme == "http" and parts.hostname and parts.port != 0
    except ValueError:  # a port that is none
        is_one = False
    if not is_one:
        raise ValueError("wanted a proxy at http://host:port for the gateway; name the gateway in NO_PROXY otherwise")
    return parts


async def open_tunnel(reached: socket.socket, proxy: SplitResult, *, host: str, port: int) -> None:
    """Ask the *proxy* that was *reached* for the way to the gateway. Raises RpcError when it declines, and OSError."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(reached, _request(proxy, f"[{host}]:{port}" if ":" in host else f"{host}:{port}"))
    status = await _status(reached)
    if status == _PROXY_AUTHENTICATION_REQUIRED:
        raise RpcError(StatusCode.UNAVAILABLE, "the proxy wants a user and a password, or others (407)")
    if not status.startswith("2"):
        raise RpcError(StatusCode.UNAVAILABLE, f"the proxy does not lead to the gateway: it answered {status}")


async def _status(reached: socket.socket) -> str:
    loop, head = asyncio.get_running_loop(), bytearray()
    while not head.endswith(b"\r\n\r\n"):
        byte = await loop.sock_recv(reached, 1)  # not one more: what follows is the gateway's
        head += byte
        if not byte or len(head) > _HEAD_AT_MOST:
            head.clear()
            break
    said = _STATUS_LINE.match(head)
    if said is None:
        raise RpcError(StatusCode.UNAVAILABLE, "the proxy did not answer in HTTP")
    return said[1].decode("ascii")


def _request(proxy: SplitResult, target: str) -> bytes:
    lines = [f"CONNECT {target} HTTP/1.1", f"host: {target}"]
    if proxy.username is not None:
        pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
        lines.append(f"proxy-authorization: Basic {base64.b64encode(pair.encode()).decode()}")
    return "\r\n".join([*lines, "", ""]).encode("ascii")
