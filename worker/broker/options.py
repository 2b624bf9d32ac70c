"""Connections to the gateway: where it is, how it proves who it is, and what keeps the line alive."""

from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["GatewayOptions", "Tls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """
    TLS, always verified.

    *ca_file* (PEM) takes the place of the system's authorities. *cert_file* and *key_file* (PEM), both or neither, are
    our own certificate. *authority* is the name the gateway's certificate is for, where it is not the address's.
    """

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    authority: str | None = None

    def __post_init__(self) -> None:
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file belong together")


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayOptions:
    """
    Where the gateway is and how long to wait for it.

    address            host:port
    tls                None: plain text
    proxy              URL of the HTTP proxy that leads there, None for none; it may hold a user and a password
    command_timeout_s  for one complete, fail, throw, extend or topology
    poll_margin_s      what a poll may take on top of the time that the gateway was told to wait
    connect_timeout_s  for one attempt to connect, TLS included
    reconnect_most_s   longest pause between two attempts: a gateway that is back is found within it
    keepalive_s        between pings while a call is open; Zeebe's gateway hangs up on less than 30
    keepalive_timeout_s  for the answer to a ping, and for data sent to be acknowledged
    max_message_bytes  largest message taken in; above the gateway's own limit (4 MB), which it can exceed itself
    """

    address: str = "localhost:26500"
    tls: Tls | None = None
    proxy: str | None = field(default=None, repr=False)
    command_timeout_s: float = 10.0
    poll_margin_s: float = 10.0
    connect_timeout_s: float = 10.0
    reconnect_most_s: float = 2.0
    keepalive_s: float = 45.0
    keepalive_timeout_s: float = 10.0
    max_message_bytes: int = 64 * 1024 * 1024
