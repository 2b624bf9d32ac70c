"""No usable answer came."""

from typing import TYPE_CHECKING

from worker.errors.base import ConnectorError, Retry

if TYPE_CHECKING:
    from worker.wire import Reply

__all__ = ["CallError", "InvalidResponse", "SecretsUnreachable", "Throttled", "TimedOut", "Unreachable"]


class CallError(ConnectorError):
    """
    The service was asked, and no usable answer came back.

    *broke_off* when the request was under way: the service may have worked on it, and may charge for it.
    """

    retry = Retry.COUNTED
    broke_off: bool = False


class TimedOut(CallError):
    """No complete answer within options.timeout. Ask for less, or allow more time."""

    reason = "TIMEOUT"
    default_code = "408"  # as Camunda's connectors have it


class Unreachable(CallError):
    """The endpoint could not be reached: name, network, proxy or TLS. The text says which."""

    reason = "UNREACHABLE"


class InvalidResponse(CallError):
    """The answer was not what the operation promises (HTML, cut off, too large). Check the endpoint."""

    reason = "INVALID_RESPONSE"

    def __init__(self, message: str, *, reply: "Reply | None" = None) -> None:
        self.reply = reply
        super().__init__(message)


class Throttled(CallError):
    """The deployment's quota is used up for now, so the call was not sent. The job comes again when there is room."""

    reason = "THROTTLED"
    default_code = "429"
    retry = Retry.FREE

    def __init__(self, *, wait_s: float, what: str = "the deployment") -> None:
        self.retry_after_s = wait_s
        super().__init__(f"{what} is at its limit for about {wait_s:.0f} s more, so the call was not sent")


class SecretsUnreachable(ConnectorError):
    """A store of secrets does not answer, or does not let the worker in. The text says which, and what it said."""

    reason = "SECRETS_UNREACHABLE"
    retry = Retry.COUNTED
