"""
aiohttp's exceptions in our own words, in one table.

The foreign exception is not chained: it can hold the request's headers (ClientResponseError.request_info) and the
URL with its query, and whoever prints a traceback would print them. What a reader needs of it is in the text.
"""

import errno
import os
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from worker.azure.guard import AddressDenied
from worker.azure.transport.direct import NotConnected, NotInTime
from worker.azure.transport.exchange import CutOff, NoAnswer, NotHttp, Silence
from worker.azure.transport.seam import Timeouts
from worker.errors import AddressNotAllowed, CallError, ConnectorError, InvalidResponse, TimedOut, Unreachable

__all__ = ["ROWS", "Attempt", "translate"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried, for the text."""

    url: str
    proxy: str | None
    timeouts: Timeouts

    @property
    def where(self) -> str:
        """The service's host and port, with the way to it."""
        return f"{_host(self.url)} (through the proxy {_host(self.proxy)})" if self.proxy else _host(self.url)


def _host(url: str | None) -> str:
    parts = urlsplit(url or "")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{host}:{parts.port or {'http': 80}.get(parts.scheme, 443)}"


def _denied(_error: BaseException, attempt: Attempt) -> ConnectorError:
    return AddressNotAllowed(
        f"{attempt.where} leads to an address that the worker may not reach (WORKER_DENIED_ADDRESSES); "
        "check the endpoint, or ask the operator"
    )


def _not_connected(error: BaseException, attempt: Attempt) -> ConnectorError:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError | NotConnected) else error
    if isinstance(cause, AddressDenied):
        return _denied(cause, attempt)
    if isinstance(cause, ConnectionRefusedError) or getattr(cause, "errno", None) == errno.ECONNREFUSED:
        return Unreachable(f"{attempt.where} refused the connection; check host and port, and that the service runs")
    return Unreachable(f"no connection to {attempt.where}: {_reason(cause)}; check the network, firewall and proxy")


def _reason(error: BaseException) -> str:
    """Use the system's words for its number alone: aiohttp puts the URL with its query into some texts."""
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number) if number is not None and number > 0 else type(error).__name__


def _name_unknown(_error: BaseException, attempt: Attempt) -> CallError:
    return Unreachable(
        f"the name in {attempt.where} was not found in DNS; check its spelling, and the resolver and private DNS zone"
    )


def _untrusted(error: BaseException, attempt: Attempt) -> CallError:
    cause = error.certificate_error if isinstance(error, aiohttp.ClientConnectorCertificateError) else error
    reason = getattr(cause, "verify_message", "it is not valid")
    return Unreachable(
        f"the TLS certificate of {attempt.where} is not trusted: {reason}; "
        "if a company's own authority signed it, give the worker that authority's certificate (WORKER_CA_FILE)"
    )


def _no_tls(error: BaseException, attempt: Attempt) -> CallError:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    reason = getattr(cause, "reason", None) or type(cause).__name__
    return Unreachable(f"no TLS with {attempt.where}: {reason}; check that this port speaks https")


def _no_proxy(error: BaseException, attempt: Attempt) -> CallError:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    return Unreachable(f"the proxy {_host(attempt.proxy)} cannot be reached: {_reason(cause)}; check its settings")


def _proxy_refused(error: BaseException, attempt: Attempt) -> CallError:
    status = error.status if isinstance(error, aiohttp.ClientResponseError) else 0
    return Unreachable(
        f"the proxy {_host(attempt.proxy)} answered {status} instead of connecting to {_host(attempt.url)}; "
        "check its credentials and rules, or add the host to the exceptions (no proxy)"
    )


def _connect_timeout(_error: BaseException, attempt: Attempt) -> CallError:
    return Unreachable(
        f"no connection to {attempt.where} within {attempt.timeouts.connect_s:g} s (connect time-out); "
        "check the network, firewall and proxy"
    )


def _read_timeout(_error: BaseException, attempt: Attempt) -> CallError:
    if attempt.timeouts.read_s is None:
        return TimedOut(f"{attempt.where} took too long (time-out of the system's own)")
    return TimedOut(f"{attempt.where} sent nothing for {attempt.timeouts.read_s:g} s (read time-out)")


def _hung_up(_error: BaseException, attempt: Attempt) -> CallError:
    return Unreachable(
        f"{attempt.where} closed the connection before it answered; whether it worked on the request is not known"
    )


def _broken_off(error: BaseException, attempt: Attempt) -> CallError:
    return Unreachable(f"the connection to {attempt.where} broke: {_reason(error)}")


def _cut_off(_error: BaseException, attempt: Attempt) -> CallError:
    return InvalidResponse(f"the answer of {attempt.where} was cut off")


def _no_http(_error: BaseException, attempt: Attempt) -> CallError:
    return InvalidResponse(f"{attempt.where} did not answer in HTTP/1.1; check that the endpoint is the service's own")


def _no_url(_error: BaseException, attempt: Attempt) -> CallError:
    return Unreachable(f"{attempt.where} cannot be called: its URL is not usable; check the endpoint")


Text = Callable[[BaseException, Attempt], ConnectorError]

# Looked up by the exception's class, then its bases in order: the most particular row wins.
ROWS: Final[dict[type[BaseException], Text]] = {
    aiohttp.ClientConnectorDNSError: _name_unknown,
    aiohttp.ClientConnectorCertificateError: _untrusted,
    aiohttp.ServerFingerprintMismatch: _untrusted,
    aiohttp.ClientConnectorSSLError: _no_tls,
    aiohttp.ClientSSLError: _no_tls,
    aiohttp.ClientProxyConnectionError: _no_proxy,
    aiohttp.ClientHttpProxyError: _proxy_refused,
    aiohttp.ClientConnectorError: _not_connected,
    aiohttp.ConnectionTimeoutError: _connect_timeout,
    aiohttp.SocketTimeoutError: _read_timeout,
    aiohttp.ServerTimeoutError: _read_timeout,
    aiohttp.ServerDisconnectedError: _hung_up,
    aiohttp.ServerConnectionError: _hung_up,
    aiohttp.ClientConnectionResetError: _broken_off,
    aiohttp.ClientOSError: _broken_off,
    aiohttp.ClientConnectionError: _broken_off,
    aiohttp.ClientPayloadError: _cut_off,
    aiohttp.ClientResponseError: _no_http,
    aiohttp.InvalidURL: _no_url,
    aiohttp.NonHttpUrlClientError: _no_url,
    aiohttp.RedirectClientError: _no_url,
    aiohttp.ClientError: _broken_off,
    NotConnected: _not_connected,
    NotInTime: _connect_timeout,
    NoAnswer: _hung_up,
    CutOff: _cut_off,
    NotHttp: _no_http,
    Silence: _read_timeout,
    socket.gaierror: _name_unknown,
    ssl.SSLCertVerificationError: _untrusted,
    ssl.SSLError: _no_tls,
    AddressDenied: _denied,
    TimeoutError: _read_timeout,
    OSError: _broken_off,
}


_MIDWAY: Final = frozenset({_read_timeout, _hung_up, _broken_off, _cut_off})


def translate(error: BaseException, attempt: Attempt) -> ConnectorError:
    """Our own error for one of aiohttp's or the system's. The caller raises it where *error* is no longer handled."""
    row = next(ROWS[kind] for kind in type(error).__mro__ if kind in ROWS)
    failure = row(error, attempt)
    if isinstance(failure, CallError):
        failure.broke_off = row in _MIDWAY
    return failure
