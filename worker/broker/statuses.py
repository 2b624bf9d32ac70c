"""gRPC's statuses in our words: which error of ours each one is, and what a person should read."""

from types import MappingProxyType
from typing import Final

import grpc
from grpc import aio

from worker.broker.gateway import (
    GatewayBusy,
    GatewayError,
    GatewayUnavailable,
    JobGone,
    NotLeased,
    NotPermitted,
    NotSupported,
    Refused,
    TooLarge,
)

__all__ = ["ERRORS", "in_our_words", "translated"]

_Code = grpc.StatusCode

ERRORS: Final = MappingProxyType(
    {
        _Code.CANCELLED: GatewayUnavailable,  # by the other side; one that we cancel ourselves is no error
        _Code.UNKNOWN: GatewayUnavailable,  # what a proxy or a gateway in trouble says
        _Code.DEADLINE_EXCEEDED: GatewayUnavailable,
        _Code.ABORTED: GatewayUnavailable,
        _Code.INTERNAL: GatewayUnavailable,  # Zeebe: PROCESSING_ERROR, a leader in transition
        _Code.UNAVAILABLE: GatewayUnavailable,
        _Code.DATA_LOSS: GatewayUnavailable,
        _Code.RESOURCE_EXHAUSTED: GatewayBusy,
        _Code.UNAUTHENTICATED: NotPermitted,
        _Code.PERMISSION_DENIED: NotPermitted,
        _Code.UNIMPLEMENTED: NotSupported,
        _Code.NOT_FOUND: JobGone,
        _Code.FAILED_PRECONDITION: NotLeased,  # Zeebe: INVALID_STATE, the job "is not active" or "in state 'FAILED'"
        _Code.INVALID_ARGUMENT: Refused,
        _Code.ALREADY_EXISTS: Refused,
        _Code.OUT_OF_RANGE: Refused,
    }
)

# Netty ("gRPC message exceeds maximum size") and grpc-core ("larger than max") call it RESOURCE_EXHAUSTED, the same as
# back-pressure. The broker's own limit is lower and comes as UNKNOWN (seen with 8.5.8 for 3 MB of variables).
_TOO_LARGE: Final = (
    "exceeds maximum size",
    "larger than max",
    "exceeded_batch_record_size",
)

# Order matters: the first text that is found names the cause.
_CAUSES: Final = (
    ("certificate_verify_failed", "TLS: the gateway's certificate is not trusted; set the CA file"),
    ("certificate verify failed", "TLS: the gateway's certificate is not trusted; set the CA file"),
    ("hostname verification", "TLS: the gateway's certificate is for another name"),
    ("wrong_version_number", "TLS: the gateway does not speak TLS at this port"),
    ("ssl", "TLS: the handshake failed"),
    ("tls", "TLS: the handshake failed"),
    ("handshake", "TLS: the handshake failed"),
    ("dns resolution failed", "the name cannot be resolved (DNS)"),
    ("name resolution", "the name cannot be resolved (DNS)"),
    ("domain name not found", "the name cannot be resolved (DNS)"),
    ("connection refused", "connection refused"),
    ("no route to host", "no route to the host"),
    ("network is unreachable", "the network is unreachable"),
    ("failed to connect before the deadline", "no connection within the time allowed"),
    ("connection timed out", "no connection within the time allowed"),
    ("ping timeout", "the connection went silent"),
    ("keepalive", "the connection went silent"),
    ("connection reset", "the connection was reset"),
    ("socket closed", "the connection was closed"),
    ("goaway", "the gateway closed the connection"),
)
_GENERAL: Final = {
    _Code.CANCELLED: "the gateway broke the call off",
    _Code.DEADLINE_EXCEEDED: "no answer in time",
    _Code.UNAUTHENTICATED: "not authenticated: the credentials are missing or wrong",
    _Code.PERMISSION_DENIED: "not permitted: the credentials lack the right",
    _Code.UNIMPLEMENTED: "the gateway does not know this command",
    _Code.RESOURCE_EXHAUSTED: "the broker is busy (back-pressure)",
}
_MAX_DETAILS = 300  # characters of the gateway's own text; it can hold whole messages


def in_our_words(error: aio.AioRpcError) -> GatewayError:
    """The error of ours that stands for *error*."""
    return translated(error.code(), error.details() or "")


def translated(code: grpc.StatusCode, details: str) -> GatewayError:
    """The error of ours that stands for the status *code* with its text *details*."""
    kind: type[GatewayError] = ERRORS[code]
    folded = details.lower()
    if any(sign in folded for sign in _TOO_LARGE):
        return TooLarge(_shortened(details))
    return kind(_cause(code, details, folded))


def _cause(code: grpc.StatusCode, details: str, folded: str) -> str:
    if code is _Code.UNAVAILABLE:
        for sign, words in _CAUSES:
            if sign in folded:
                return words
    text = _shortened(details)
    general = _GENERAL.get(code, code.name.lower().replace("_", " "))
    return f"{general}: {text}" if text else general


def _shortened(details: str) -> str:
    return " ".join(details.split())[:_MAX_DETAILS]
