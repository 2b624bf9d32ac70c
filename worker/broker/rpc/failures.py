"""Why there is no connection, in words that say what to look at."""

import errno
import socket
import ssl
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["in_words"]

_HOSTNAME_MISMATCH, _IP_ADDRESS_MISMATCH = 62, 64  # X509_V_ERR_… of OpenSSL
_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST"})
_BY_NUMBER: Final[Mapping[int | None, str]] = MappingProxyType(
    {
        errno.ECONNREFUSED: "connection refused",
        errno.EHOSTUNREACH: "no route to the host",
        errno.ENETUNREACH: "the network is unreachable",
        errno.ETIMEDOUT: "no connection within the time allowed",
        errno.ECONNRESET: "the connection was reset",
        errno.EPIPE: "the connection was closed",
    }
)


def in_words(error: OSError) -> str:
    """What *error* means to the person who has to mend it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in {_HOSTNAME_MISMATCH, _IP_ADDRESS_MISMATCH}:
            return "TLS: the gateway's certificate is for another name"
        return "TLS: the gateway's certificate is not trusted; set the CA file"
    if isinstance(error, ssl.SSLError):
        if error.reason in _NO_TLS:
            return "TLS: the gateway does not speak TLS at this port"
        return f"TLS: the handshake failed ({error.reason})"
    if isinstance(error, socket.gaierror):
        return "the name cannot be resolved (DNS)"
    return _BY_NUMBER.get(error.errno, str(error) or type(error).__name__)
