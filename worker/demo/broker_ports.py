"""Free ports on loopback."""

import random
import socket

__all__ = ["LOOPBACK", "free_ports"]

LOOPBACK = "127.0.0.1"
# Below what Linux, macOS and Windows hand out for outgoing connections: a client that keeps knocking at the port
# of a stopped broker can otherwise be given that very port, connect to itself, and keep the broker from coming back.
_LOWEST, _HIGHEST = 20_000, 32_000


def free_ports(count: int) -> list[int]:
    """Return *count* different ports that nobody listens on at this moment."""
    found: list[int] = []
    for port in random.sample(range(_LOWEST, _HIGHEST), k=_HIGHEST - _LOWEST):
        if len(found) == count:
            return found
        if _is_free(port):
            found.append(port)
    raise RuntimeError(f"fewer than {count} free ports between {_LOWEST} and {_HIGHEST}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
