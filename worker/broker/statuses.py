"""gRPC's statuses in our words: which error of ours each one is, and what a person should read."""

from types import MappingProxyType
from typing import Final

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
from worker.broker.rpc import RpcError, StatusCode

__all__ = ["ERRORS", "in_our_words"]

ERRORS: Final = MappingProxyType(
    {
        StatusCode.CANCELLED: GatewayUnavailable,  # by the other side; one that we cancel ourselves is no error
        StatusCode.UNKNOWN: GatewayUnavailable,  # what a proxy or a gateway in trouble says
        StatusCode.DEADLINE_EXCEEDED: GatewayUnavailable,
        StatusCode.ABORTED: GatewayUnavailable,
        StatusCode.INTERNAL: GatewayUnavailable,  # a leader in transition; another's time-out (camunda/camunda#25596)
        StatusCode.UNAVAILABLE: GatewayUnavailable,
        StatusCode.DATA_LOSS: GatewayUnavailable,
        StatusCode.RESOURCE_EXHAUSTED: GatewayBusy,
        StatusCode.UNAUTHENTICATED: NotPermitted,
        StatusCode.PERMISSION_DENIED: NotPermitted,
        StatusCode.UNIMPLEMENTED: NotSupported,
        StatusCode.NOT_FOUND: JobGone,
        StatusCode.FAILED_PRECONDITION: NotLeased,  # Zeebe: INVALID_STATE, "is not active" or "in state 'FAILED'"
        StatusCode.INVALID_ARGUMENT: Refused,
        StatusCode.ALREADY_EXISTS: Refused,
        StatusCode.OUT_OF_RANGE: Refused,
    }
)

# Netty ("gRPC message exceeds maximum size") and our own side ("larger than max") call it RESOURCE_EXHAUSTED, as they
# do back-pressure. The broker's own limit is lower and comes as UNKNOWN (seen with 8.5.8 for 3 MB of variables).
_TOO_LARGE: Final = (
    "exceeds maximum size",
    "larger than max",
    "exceeded_batch_record_size",
)

_GENERAL: Final = {
    StatusCode.CANCELLED: "the gateway broke the call off",
    StatusCode.DEADLINE_EXCEEDED: "no answer in time",
    StatusCode.UNAUTHENTICATED: "not authenticated: the credentials are missing or wrong",
    StatusCode.PERMISSION_DENIED: "not permitted: the credentials lack the right",
    StatusCode.UNIMPLEMENTED: "the gateway does not know this command",
    StatusCode.RESOURCE_EXHAUSTED: "the broker is busy (back-pressure)",
}
_MAX_DETAILS = 300  # characters of the gateway's own text; it can hold whole messages


def in_our_words(error: RpcError) -> GatewayError:
    """The error of ours that stands for *error*."""
    kind: type[GatewayError] = ERRORS[error.code]
    text = _shortened(error.details)
    if any(sign in error.details.lower() for sign in _TOO_LARGE):
        return TooLarge(text)
    if error.code is StatusCode.UNAVAILABLE and not error.is_remote:  # it says by itself what is wrong on the way
        return kind(text)
    general = _GENERAL.get(error.code, error.code.name.lower().replace("_", " "))
    return kind(f"{general}: {text}" if text else general)


def _shortened(details: str) -> str:
    return " ".join(details.split())[:_MAX_DETAILS]
