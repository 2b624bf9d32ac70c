"""An answer came, and it was a refusal."""

from typing import TYPE_CHECKING

from worker.errors.base import ConnectorError, Retry

if TYPE_CHECKING:
    from worker.wire import Reply

__all__ = [
    "AuthenticationFailed",
    "Conflict",
    "ContentFiltered",
    "ContextLengthExceeded",
    "DeploymentNotFound",
    "InvalidRequest",
    "PermissionDenied",
    "QuotaExceeded",
    "RateLimited",
    "ResourceNotFound",
    "ServiceError",
    "ServiceUnavailable",
    "UnsupportedParameter",
    "UpstreamTimeout",
]


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
