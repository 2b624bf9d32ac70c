"""How a call ends: gRPC's statuses, and what HTTP/2 says in their place."""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote

__all__ = ["RpcError", "StatusCode", "of_reset", "of_response", "of_trailers"]


class StatusCode(IntEnum):
    """gRPC's statuses (doc/statuscodes.md of grpc/grpc)."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


class RpcError(Exception):
    """
    A call ended with another status than OK.

    *is_remote* tells what the other side said from what went wrong on the way to it.
    """

    def __init__(self, code: StatusCode, details: str, *, is_remote: bool = False) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details
        self.is_remote = is_remote

    def anew(self) -> "RpcError":
        """The same, to be raised once more: an exception keeps the traces of everyone who raised it."""
        return RpcError(self.code, self.details, is_remote=self.is_remote)


_BY_NUMBER: Final[Mapping[str, StatusCode]] = MappingProxyType({str(code.value): code for code in StatusCode})

# doc/http-grpc-status-mapping.md of grpc/grpc: for what answers in gRPC's place, a proxy say.
_BY_HTTP_STATUS: Final[Mapping[str, StatusCode]] = MappingProxyType(
    {
        "400": StatusCode.INTERNAL,
        "401": StatusCode.UNAUTHENTICATED,
        "403": StatusCode.PERMISSION_DENIED,
        "404": StatusCode.UNIMPLEMENTED,
        "429": StatusCode.UNAVAILABLE,
        "502": StatusCode.UNAVAILABLE,
        "503": StatusCode.UNAVAILABLE,
        "504": StatusCode.UNAVAILABLE,
    }
)

# doc/PROTOCOL-HTTP2.md of grpc/grpc, "Errors"; all others are INTERNAL.
_BY_RESET: Final[Mapping[int, StatusCode]] = MappingProxyType(
    {
        0x7: StatusCode.UNAVAILABLE,  # REFUSED_STREAM
        0x8: StatusCode.CANCELLED,  # CANCEL
        0xB: StatusCode.RESOURCE_EXHAUSTED,  # ENHANCE_YOUR_CALM
        0xC: StatusCode.PERMISSION_DENIED,  # INADEQUATE_SECURITY
    }
)


def of_response(headers: Mapping[str, str]) -> RpcError | None:
    """What is wrong with the response that begins with *headers*; None when it is one of gRPC."""
    status, kind = headers.get(":status", ""), headers.get("content-type", "")
    if status == "200" and kind.startswith("application/grpc"):
        return None
    code = _BY_HTTP_STATUS.get(status, StatusCode.UNKNOWN)
    return RpcError(code, f"HTTP status {status} with content-type '{kind}' instead of gRPC", is_remote=True)


def of_trailers(headers: Mapping[str, str]) -> RpcError | None:
    """The end that *headers* tell of; None for a good one."""
    said = headers.get("grpc-status", "")
    code = _BY_NUMBER.get(said, StatusCode.UNKNOWN)
    if code is StatusCode.OK:
        return None
    details = unquote(headers.get("grpc-message", ""), errors="replace")
    return RpcError(code, details if said else "the call ended without a status", is_remote=True)


def of_reset(error_code: int) -> RpcError:
    """The end of a call whose stream was reset with HTTP/2's *error_code* (RFC 9113, 7)."""
    code = _BY_RESET.get(error_code, StatusCode.INTERNAL)
    return RpcError(code, f"stream reset, HTTP/2 error {error_code}", is_remote=True)
