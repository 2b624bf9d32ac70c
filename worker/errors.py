"""
Everything that can go wrong with one job, as one tree.

ConnectorError
 ├─ TaskError             the model or its configuration is wrong: nobody but a person can mend it
 │   ├─ InputError            INVALID_INPUT
 │   ├─ SecretError           SECRET_NOT_AVAILABLE
 │   └─ ResultTooLarge        RESULT_TOO_LARGE
 ├─ CallError             no answer came
 │   ├─ TimedOut              TIMEOUT
 │   ├─ Unreachable           UNREACHABLE
 │   └─ InvalidResponse       INVALID_RESPONSE
 └─ ServiceError          an answer came, and it was a refusal
     ├─ AuthenticationFailed, PermissionDenied, DeploymentNotFound, ResourceNotFound
     ├─ ContentFiltered, ContextLengthExceeded, UnsupportedParameter, InvalidRequest
     ├─ RateLimited, QuotaExceeded
     └─ Conflict, UpstreamTimeout, ServiceUnavailable

The docstring of each leaf is its row in the README's error table, so it is written for the person who meets it.
"""

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from worker.wire import Reply

__all__ = [
    "AuthenticationFailed",
    "CallError",
    "Conflict",
    "ConnectorError",
    "ContentFiltered",
    "ContextLengthExceeded",
    "DeploymentNotFound",
    "InputError",
    "InvalidRequest",
    "InvalidResponse",
    "PermissionDenied",
    "QuotaExceeded",
    "RateLimited",
    "ResourceNotFound",
    "ResultTooLarge",
    "Retry",
    "SecretError",
    "ServiceError",
    "ServiceUnavailable",
    "TaskError",
    "TimedOut",
    "Unreachable",
    "UnsupportedParameter",
    "UpstreamTimeout",
    "leaves",
]


class Retry(Enum):
    """What trying the same job again would be good for."""

    NEVER = "an incident at once"
    COUNTED = "tried again, uses up a retry"
    FREE = "tried again, uses up no retry"


class ConnectorError(Exception):
    """
    One job could not be done.

    *code* is what an error expression and a boundary event match on: the HTTP status as text, "408" for our own
    time-out, else the reason itself. *reason* is one stable word. The text says what happened and what to change,
    and never holds a secret. *reply* is the service's answer, where there was one; *retry_after_s* the delay that the
    service itself asked for.
    """

    reason: ClassVar[str]
    default_code: ClassVar[str] = "the reason"
    retry: ClassVar[Retry] = Retry.NEVER
    reply: "Reply | None" = None
    retry_after_s: float | None = None

    @property
    def code(self) -> str:
        """What an error expression matches on."""
        return self.reason


class TaskError(ConnectorError):
    """The task, its process or its configuration is wrong; waiting does not mend it."""


class InputError(TaskError):
    """A field of the task is missing, unknown or out of range. The text names it, what it got and what it wanted."""

    reason = "INVALID_INPUT"

    def __init__(self, *, path: str, got: str, wanted: str) -> None:
        self.path = path
        self.got = got
        self.wanted = wanted
        super().__init__(f"{path}: got {got}, wanted {wanted}")


class SecretError(TaskError):
    """A secret that the task names is not available to it. Create it, or correct its name."""

    reason = "SECRET_NOT_AVAILABLE"

    def __init__(self, *, name: str, path: str, wanted: str) -> None:
        self.name = name
        self.path = path
        super().__init__(f"{path}: the secret '{name}' is not available; {wanted}")


class ResultTooLarge(TaskError):
    """The result is larger than the broker takes. Map only what the process needs with a result expression."""

    reason = "RESULT_TOO_LARGE"


class CallError(ConnectorError):
    """The service was asked, and no usable answer came back."""

    retry = Retry.COUNTED


class TimedOut(CallError):
    """No complete answer within options.timeout. Ask for less, or allow more time."""

    reason = "TIMEOUT"
    default_code = "408"

    @property
    def code(self) -> str:
        """As the HTTP status for it; Camunda's connectors do the same."""
        return self.default_code


class Unreachable(CallError):
    """The endpoint could not be reached: name, network, proxy or TLS. The text says which."""

    reason = "UNREACHABLE"


class InvalidResponse(CallError):
    """The answer was not what the operation promises (HTML, cut off, too large). Check the endpoint."""

    reason = "INVALID_RESPONSE"

    def __init__(self, message: str, *, reply: "Reply | None" = None) -> None:
        self.reply = reply
        super().__init__(message)


class ServiceError(ConnectorError):
    """The service answered with a refusal: *reply*."""

    default_code = "the HTTP status"
    reply: "Reply"

    def __init__(self, message: str, *, reply: "Reply", retry_after_s: float | None = None) -> None:
        self.reply = reply
        self.retry_after_s = retry_after_s
        super().__init__(message)

    @property
    def code(self) -> str:
        """The HTTP status as text."""
        return str(self.reply.status)


class RateLimited(ServiceError):
    """Too many requests or tokens for the deployment's quota. Waited out as the service asks."""

    reason = "RATE_LIMITED"
    retry = Retry.FREE


class QuotaExceeded(ServiceError):
    """The account has no budget left; waiting does not help. Check billing and the account's limits."""

    reason = "QUOTA_EXCEEDED"


class ContentFiltered(ServiceError):
    """The prompt was blocked by the content filter. Catch it with a boundary event, or change the prompt."""

    reason = "CONTENT_FILTERED"


class ContextLengthExceeded(ServiceError):
    """Prompt and answer together do not fit the model. Shorten the prompt or lower the token limit."""

    reason = "CONTEXT_LENGTH_EXCEEDED"


class UnsupportedParameter(ServiceError):
    """The model behind the deployment does not take a parameter or its value. The text names it, and the one to use."""

    reason = "UNSUPPORTED_PARAMETER"


class InvalidRequest(ServiceError):
    """The service found the request wrong; its own text is passed on."""

    reason = "INVALID_REQUEST"


class AuthenticationFailed(ServiceError):
    """The key or token was refused. Check that the key belongs to this resource."""

    reason = "AUTHENTICATION_FAILED"


class PermissionDenied(ServiceError):
    """The credentials are known but not allowed here: role assignment, firewall or a blocked resource."""

    reason = "PERMISSION_DENIED"


class DeploymentNotFound(ServiceError):
    """The resource has no deployment of that name. Check its spelling; a new one takes up to five minutes."""

    reason = "DEPLOYMENT_NOT_FOUND"


class ResourceNotFound(ServiceError):
    """Nothing answers at that path. Check endpoint, api-version and operation."""

    reason = "RESOURCE_NOT_FOUND"


class Conflict(ServiceError):
    """Another request works on the same thing at the moment."""

    reason = "CONFLICT"
    retry = Retry.COUNTED


class UpstreamTimeout(ServiceError):
    """The service itself gave up waiting."""

    reason = "UPSTREAM_TIMEOUT"
    retry = Retry.COUNTED


class ServiceUnavailable(ServiceError):
    """The service failed or is overloaded (5xx)."""

    reason = "SERVICE_UNAVAILABLE"
    retry = Retry.COUNTED


def leaves(root: type[ConnectorError] = ConnectorError) -> Iterator[type[ConnectorError]]:
    """Every error that can be raised, in the order of the tree above."""
    for child in root.__subclasses__():
        if child.__subclasses__():
            yield from leaves(child)
        else:
            yield child
