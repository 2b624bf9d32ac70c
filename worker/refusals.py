"""What a refusal means: from a reply that says no to the error that says what to change."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import msgspec

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
from worker.wire import Reply

__all__ = ["asked_delay_s", "is_refusal", "refusal"]

_FIRST_REFUSAL = 300
_ERROR_FIRST = re.compile(rb'\s*\{\s*"error"\s*:\s*\{')
_QUOTED_AT_MOST = 2_000  # characters of the service's own text; an HTML page of a gateway may be long

_BY_CODE: Final[Mapping[str, type[ServiceError]]] = {
    "content_filter": ContentFiltered,
    "content_policy_violation": ContentFiltered,
    "ResponsibleAIPolicyViolation": ContentFiltered,
    "context_length_exceeded": ContextLengthExceeded,
    "unsupported_parameter": UnsupportedParameter,
    "unsupported_value": UnsupportedParameter,
    "insufficient_quota": QuotaExceeded,
    "DeploymentNotFound": DeploymentNotFound,
    "model_not_found": DeploymentNotFound,
}
_BY_STATUS: Final[Mapping[int, type[ServiceError]]] = {
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: ResourceNotFound,
    408: UpstreamTimeout,
    409: Conflict,
    429: RateLimited,
}
_HINTS: Final[Mapping[type[ServiceError], str]] = {
    AuthenticationFailed: "check that the key or token belongs to this endpoint",
    PermissionDenied: "check the role 'Cognitive Services OpenAI User', the resource's firewall and its status",
    DeploymentNotFound: "check `deployment` against the resource's list; a new one takes up to five minutes",
    ResourceNotFound: "check `connection.endpoint`, `apiVersion` and `operation`: nothing answers at this path",
    ContentFiltered: "catch it with a boundary event, or change the prompt",
    ContextLengthExceeded: "shorten the prompt or lower the token limit",
    QuotaExceeded: "check billing and the account's limits; waiting does not help",
}
_SUCCESSOR: Final[Mapping[str, str]] = {
    "max_tokens": "use `input.maxCompletionTokens` with this model",
    "max_completion_tokens": "use `input.maxTokens` with this model or a newer `apiVersion`",
    "temperature": "leave `input.temperature` empty with this model",
    "top_p": "leave `input.topP` empty with this model",
    "stop": "leave `input.stop` empty with this model",
}


class _Error(msgspec.Struct, frozen=True):
    message: str | None = None
    code: str | int | None = None
    param: str | None = None
    type: str | None = None
    innererror: "_Inner | None" = None
    inner_error: "_Inner | None" = None


class _Inner(msgspec.Struct, frozen=True):
    code: str | None = None


class _Body(msgspec.Struct, frozen=True):
    """Azure's and OpenAI's `{error: …}`, and API Management's `{statusCode, message}`."""

    error: _Error | str | None = None
    message: str | None = None


def is_refusal(reply: Reply) -> bool:
    """
    Whether *reply* says no: by its status, a redirect included, or by an error in place of an answer.

    A prompt that the content filter blocked has been recorded with the status 200.
    """
    return reply.status >= _FIRST_REFUSAL or _ERROR_FIRST.match(reply.body) is not None


def refusal(reply: Reply) -> ServiceError:
    """The error that *reply*, a refusal, stands for."""
    error = _error(reply)
    kind = _kind(reply.status, error)
    message = f"{reply.status} {reply.reason}".rstrip() + f": {_said(reply, error)}"
    return kind(message + _advice(kind, reply, error), reply=reply, retry_after_s=asked_delay_s(reply))


def asked_delay_s(reply: Reply) -> float | None:
    """
    Seconds that the service asks to wait: the longer of `retry-after-ms` and `retry-after`, None without either.

    Azure has been recorded sending `Retry-After: 1` beside `Retry-After-Ms: 0`.
    """
    asked = [_number(reply.header("retry-after-ms"), per_second=1000.0), _after_s(reply)]
    return max((delay for delay in asked if delay is not None), default=None)


def _kind(status: int, error: _Error) -> type[ServiceError]:
    inner = error.innererror or error.inner_error
    for code in (error.code, inner.code if inner else None, error.type):
        if isinstance(code, str) and code in _BY_CODE:
            return _BY_CODE[code]
    if status >= 500:  # noqa: PLR2004 - the HTTP standard's own border
        return ServiceUnavailable
    if 300 <= status < 400:  # noqa: PLR2004 - likewise
        return ResourceNotFound
    return _BY_STATUS.get(status, InvalidRequest)


def _error(reply: Reply) -> _Error:
    try:
        body = msgspec.json.decode(reply.body, type=_Body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _Error()
    match body.error:
        case _Error():
            return body.error
        case str():
            return _Error(message=body.error)
        case None:
            return _Error(message=body.message)


def _said(reply: Reply, error: _Error) -> str:
    if error.message:
        return error.message[:_QUOTED_AT_MOST]
    if not reply.body:
        return "the answer is empty"
    kind = reply.header("content-type") or "no content type"
    return f"the answer is not in the API's own form ({kind}, {len(reply.body)} bytes)"


def _advice(kind: type[ServiceError], reply: Reply, error: _Error) -> str:
    if location := reply.header("location"):
        return f" (redirects are not followed; enter this address instead: {_bare(location)})"
    hint = _SUCCESSOR.get(error.param or "") if kind is UnsupportedParameter else _HINTS.get(kind)
    return f" ({hint})" if hint else ""


def _bare(location: str) -> str:
    """The address without its query, which may hold credentials."""
    parts = urlsplit(location)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _number(text: str | None, *, per_second: float = 1.0) -> float | None:
    try:
        number = float(text) / per_second if text else -1.0
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _after_s(reply: Reply) -> float | None:
    """`retry-after` in seconds, or as a date, which is read against the reply's own `date`: no clock needed."""
    text = reply.header("retry-after")
    if (seconds := _number(text)) is not None:
        return seconds
    try:
        until, now = parsedate_to_datetime(text or ""), parsedate_to_datetime(reply.header("date") or "")
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return None
