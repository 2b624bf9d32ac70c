"""What a refusal means: from a reply that says no to the error that says what to change."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from worker.error_bodies import Stated, stated
from worker.errors import (
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
from worker.refusals.advice import hint
from worker.retry_after import asked_delay_s
from worker.wire import Reply

__all__ = ["is_refusal", "refusal"]

_FIRST_REFUSAL = 300
_ERROR_FIRST = re.compile(rb'\s*\{\s*"error"\s*:\s*\{')

_BY_CODE: Final[Mapping[str, type[ServiceError]]] = {
    "content_filter": ContentFiltered,
    "contentFilter": ContentFiltered,
    "content_policy_violation": ContentFiltered,
    "moderation_blocked": ContentFiltered,
    "invalid_prompt": ContentFiltered,  # a reasoning model's prompt that was flagged
    "ResponsibleAIPolicyViolation": ContentFiltered,
    "context_length_exceeded": ContextLengthExceeded,
    "tokens_limit_reached": ContextLengthExceeded,
    "unsupported_parameter": UnsupportedParameter,
    "unsupported_value": UnsupportedParameter,
    "unknown_parameter": UnsupportedParameter,
    "insufficient_quota": QuotaExceeded,
    "billing_hard_limit_reached": QuotaExceeded,
    "DeploymentNotFound": DeploymentNotFound,
    "model_not_found": DeploymentNotFound,
    "unknown_model": DeploymentNotFound,
    "unavailable_model": DeploymentNotFound,
    "PermissionDenied": PermissionDenied,  # a token without the role gets 401, but another key would not help
    "RateLimitReached": RateLimited,
    "rate_limit_exceeded": RateLimited,
    "server_error": ServiceUnavailable,
}
# Refusals that have no code of their own, by the service's words.
_BY_WORDS: Final[Sequence[tuple[re.Pattern[str], type[ServiceError]]]] = (
    (re.compile(r"maximum context length", re.IGNORECASE), ContextLengthExceeded),
    (re.compile(r"out of call volume quota", re.IGNORECASE), QuotaExceeded),
    (
        re.compile(
            r"unrecognized request argument|is enabled only for api versions|extra inputs are not permitted"
            r"|additional properties are not allowed",
            re.IGNORECASE,
        ),
        UnsupportedParameter,
    ),
)
_BY_STATUS: Final[Mapping[int, type[ServiceError]]] = {
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: ResourceNotFound,
    408: UpstreamTimeout,
    409: Conflict,
    429: RateLimited,
}


def is_refusal(reply: Reply) -> bool:
    """
    Whether *reply* says no: by its status, a redirect included, or by an error in place of an answer.

    A prompt that the content filter blocked has been recorded with the status 200.
    """
    return reply.status >= _FIRST_REFUSAL or _ERROR_FIRST.match(reply.body) is not None


def refusal(reply: Reply) -> ServiceError:
    """
    The error that *reply*, a refusal, stands for.

    A refusal inside a success, as in a stream that had begun well, gets the status that it would have had by itself.
    """
    said = stated(reply)
    if reply.status < _FIRST_REFUSAL:
        known = any(code in _BY_CODE for code in said.codes)
        reply = replace(reply, status=said.status or (400 if known else 500), reason="")
    kind = _kind(reply.status, said)
    message = f"{reply.status} {reply.reason}".rstrip() + f": {said.message}"
    return kind(message + hint(kind, reply, said), reply=reply, retry_after_s=asked_delay_s(reply))


def _kind(status: int, said: Stated) -> type[ServiceError]:
    for code in said.codes:
        if code in _BY_CODE:
            return _BY_CODE[code]
    if status >= 500:  # noqa: PLR2004 - the HTTP standard's own border
        return ServiceUnavailable
    if 300 <= status < 400:  # noqa: PLR2004 - likewise
        return ResourceNotFound
    by_words = (kind for words, kind in _BY_WORDS if words.search(said.message))
    return next(by_words, _BY_STATUS.get(status, InvalidRequest))
