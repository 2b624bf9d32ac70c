import errno
import socket
import ssl

import pytest

from worker.broker.rpc.failures import in_words


def _untrusted(verify_code: int) -> OSError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = verify_code
    return error


def _tls(reason: str) -> OSError:
    error = ssl.SSLError(1, "handshake")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ECONNREFUSED, "x"), "connection refused"),
        (OSError(errno.EHOSTUNREACH, "x"), "no route to the host"),
        (OSError(errno.ENETUNREACH, "x"), "the network is unreachable"),
        (OSError(errno.ETIMEDOUT, "x"), "no connection within the time allowed"),
        (ConnectionResetError(errno.ECONNRESET, "x"), "the connection was reset"),
        (BrokenPipeError(errno.EPIPE, "x"), "the connection was closed"),
        (socket.gaierror(-2, "Name or service not known"), "the name cannot be resolved (DNS)"),
        (_untrusted(62), "TLS: the gateway's certificate is for another name"),
        (_untrusted(64), "TLS: the gateway's certificate is for another name"),
        (_untrusted(20), "TLS: the gateway's certificate is not trusted; set the CA file"),
        (_untrusted(10), "TLS: the gateway's certificate is not trusted; set the CA file"),
        (_tls("WRONG_VERSION_NUMBER"), "TLS: the gateway does not speak TLS at this port"),
        (_tls("RECORD_LAYER_FAILURE"), "TLS: the gateway does not speak TLS at this port"),
        (_tls("PACKET_LENGTH_TOO_LONG"), "TLS: the gateway does not speak TLS at this port"),
        (_tls("HTTP_REQUEST"), "TLS: the gateway does not speak TLS at this port"),
        (_tls("NO_SHARED_CIPHER"), "TLS: the handshake failed (NO_SHARED_CIPHER)"),
        (OSError(errno.EACCES, "permission denied"), f"[Errno {errno.EACCES}] permission denied"),
        (OSError("several things at once"), "several things at once"),
        (ConnectionAbortedError(), "ConnectionAbortedError"),
    ],
    ids=repr,
)
def test_failures_are_told_in_words(error: OSError, words: str) -> None:
    """Each failure says what to look at, and none is without words."""
    assert words == in_words(error)
