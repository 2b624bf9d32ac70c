"""
Everything that can go wrong with one job, as one tree.

ConnectorError
 ├─ SecretsUnreachable    SECRETS_UNREACHABLE
 ├─ TaskError             the model or its configuration is wrong: nobody but a person can mend it
 │   ├─ InputError            INVALID_INPUT
 │   ├─ SecretError           SECRET_NOT_AVAILABLE
 │   ├─ SignInRefused         SIGN_IN_REFUSED
 │   ├─ AddressNotAllowed     ADDRESS_NOT_ALLOWED
 │   ├─ ExpressionError       INVALID_EXPRESSION
 │   ├─ ResultTooLarge        RESULT_TOO_LARGE
 │   └─ DocumentNotStored     DOCUMENT_NOT_STORED
 ├─ CallError             no answer came
 │   ├─ TimedOut              TIMEOUT
 │   ├─ Unreachable           UNREACHABLE
 │   ├─ InvalidResponse       INVALID_RESPONSE
 │   └─ Throttled             THROTTLED
 └─ ServiceError          an answer came, and it was a refusal
     ├─ AuthenticationFailed, PermissionDenied, DeploymentNotFound, ResourceNotFound
     ├─ ContentFiltered, ContextLengthExceeded, UnsupportedParameter, InvalidRequest
     ├─ RateLimited, QuotaExceeded
     └─ Conflict, UpstreamTimeout, ServiceUnavailable

The docstring of each leaf is its row in the README's error table, so it is written for the person who meets it.
"""

from worker.errors.base import ConnectorError, Retry, leaves
from worker.errors.call import CallError, InvalidResponse, SecretsUnreachable, Throttled, TimedOut, Unreachable
from worker.errors.service import (
    AuthenticationFailed,
    Conflict,
    ContentFiltered,
    ContextLengthExceeded,
    DeploymentNotFound,
    InvalidRequest,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    ResourceNotFound,
    ServiceError,
    ServiceUnavailable,
    UnsupportedParameter,
    UpstreamTimeout,
)
from worker.errors.task import (
    AddressNotAllowed,
    DocumentNotStored,
    ExpressionError,
    InputError,
    ResultTooLarge,
    SecretError,
    SignInRefused,
    TaskError,
)

__all__ = [
    "AddressNotAllowed",
    "AuthenticationFailed",
    "CallError",
    "Conflict",
    "ConnectorError",
    "ContentFiltered",
    "ContextLengthExceeded",
    "DeploymentNotFound",
    "DocumentNotStored",
    "ExpressionError",
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
    "SecretsUnreachable",
    "ServiceError",
    "ServiceUnavailable",
    "SignInRefused",
    "TaskError",
    "Throttled",
    "TimedOut",
    "Unreachable",
    "UnsupportedParameter",
    "UpstreamTimeout",
    "leaves",
]
