"""Connections to the gateway: where it is, how it proves who it is, and what keeps the line alive."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import grpc
from grpc import aio

__all__ = ["GatewayOptions", "Tls", "open_channel"]

_MS_PER_S: Final = 1000

# The broker hands a job to a stream as soon as the transport takes it, so with grpc's defaults a stream that nobody
# reads swallows 2,881 jobs of 2 KB, all of them leased. With these two it is none or one (measured, grpcio 1.85).
_TIGHT_FLOW_CONTROL: Final = (("grpc.http2.bdp_probe", 0), ("grpc.http2.lookahead_bytes", 1024))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """
    TLS, always verified.

    *ca_file* (PEM) takes the place of the built-in authorities. *cert_file* and *key_file* (PEM), both or neither, are
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
    command_timeout_s: float = 10.0
    poll_margin_s: float = 10.0
    connect_timeout_s: float = 10.0
    reconnect_most_s: float = 2.0
    keepalive_s: float = 45.0
    keepalive_timeout_s: float = 10.0
    max_message_bytes: int = 64 * 1024 * 1024


def open_channel(options: GatewayOptions, *, tight: bool) -> aio.Channel:
    """
    A channel that connects when it is first used. *tight*: takes nothing in that nobody reads.

    Raises OSError when a file of *options.tls* cannot be read.
    """
    arguments = _arguments(options, tight=tight)
    if options.tls is None:
        return aio.insecure_channel(options.address, options=arguments)
    return aio.secure_channel(options.address, _credentials(options.tls), options=arguments)


def _credentials(tls: Tls) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(
        root_certificates=tls.ca_file.read_bytes() if tls.ca_file else None,
        private_key=tls.key_file.read_bytes() if tls.key_file else None,
        certificate_chain=tls.cert_file.read_bytes() if tls.cert_file else None,
    )


def _arguments(options: GatewayOptions, *, tight: bool) -> list[tuple[str, int | str]]:
    arguments: list[tuple[str, int | str]] = [
        ("grpc.keepalive_time_ms", _ms(options.keepalive_s)),
        ("grpc.keepalive_timeout_ms", _ms(options.keepalive_timeout_s)),
        ("grpc.http2.max_pings_without_data", 0),  # else pings stop after two on a stream without jobs
        ("grpc.max_receive_message_length", options.max_message_bytes),
        ("grpc.max_send_message_length", -1),  # the gateway's own limit counts, and it says so
        ("grpc.initial_reconnect_backoff_ms", min(500, _ms(options.reconnect_most_s))),
        ("grpc.max_reconnect_backoff_ms", _ms(options.reconnect_most_s)),
        ("grpc.min_reconnect_backoff_ms", _ms(options.connect_timeout_s)),  # grpc-core's name for the connect time-out
        ("grpc.dns_min_time_between_resolutions_ms", _ms(options.reconnect_most_s)),  # a pod comes back elsewhere
        ("grpc.use_local_subchannel_pool", 1),  # two channels to one address share a connection otherwise
        ("grpc.enable_retries", 0),  # the loop repeats, and knows what may be repeated
    ]
    if options.tls is not None and options.tls.authority:
        arguments.append(("grpc.ssl_target_name_override", options.tls.authority))
        arguments.append(("grpc.default_authority", options.tls.authority))
    return [*arguments, *_TIGHT_FLOW_CONTROL] if tight else arguments


def _ms(seconds: float) -> int:
    return max(1, round(seconds * _MS_PER_S))
