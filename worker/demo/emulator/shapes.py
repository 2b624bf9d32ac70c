"""Shapes that several operations share: Azure's errors, filter results, usage and headers."""

import uuid
from collections.abc import Mapping
from typing import Final

__all__ = [
    "CATEGORIES",
    "RefusedError",
    "common_headers",
    "deployment_not_found",
    "filter_results",
    "invalid",
    "plain_error",
    "prompt_filter_results",
    "prompt_filtered",
    "rate_limited",
    "usage",
    "wrong_operation",
]

CATEGORIES: Final = ("hate", "self_harm", "sexual", "violence")
_REGION: Final = "East US 2"

_UNAUTHORIZED: Final = (
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an"
    " active subscription and use a correct regional API endpoint for your resource."
)
_NO_DEPLOYMENT: Final = (
    "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes,"
    " please wait a moment and try again."
)
_FILTERED: Final = (
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify"
    " your prompt and retry. To learn more about our content filtering policies please read our documentation:"
    " https://go.microsoft.com/fwlink/?linkid=2198766"
)
# What the service says where nothing more particular is known.
_PLAIN: Final = {
    400: ("BadRequest", "The request is invalid."),
    401: ("401", _UNAUTHORIZED),
    403: ("403", "Access denied due to Virtual Network/Firewall rules."),
    404: ("404", "Resource not found"),
    408: ("Timeout", "The operation was timeout."),
    500: ("InternalServerError", "The server had an error while processing your request. Sorry about that!"),
    503: ("ServiceUnavailable", "The service is temporarily unable to process your request. Please try again later."),
}


class RefusedError(Exception):
    """An answer other than 200, on its way to the caller; *error* is what stands under `error` in the body."""

    def __init__(self, status: int, error: Mapping[str, object], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status}: {error.get('message')}")
        self.status, self.error, self.headers = status, error, headers or {}


def plain_error(status: int) -> RefusedError:
    """Return Azure's error for *status* when the request itself gives no reason for it."""
    code, message = _PLAIN.get(status, (str(status), "The service returned an error."))
    return RefusedError(status, {"code": code, "message": message})


def deployment_not_found() -> RefusedError:
    """Return the error of a deployment that does not exist."""
    return RefusedError(404, {"type": "invalid_request_error", "code": "DeploymentNotFound", "message": _NO_DEPLOYMENT})


def wrong_operation(operation: str, model: str) -> RefusedError:
    """Return the error of a deployment whose model does something else."""
    message = (
        f"The {operation} operation does not work with the specified model, {model}. Please choose different model."
    )
    return RefusedError(400, {"code": "OperationNotSupported", "message": message})


def invalid(param: str | None, code: str | None, message: str) -> RefusedError:
    """Return the error of a request whose field *param* is wrong."""
    return RefusedError(400, {"message": message, "type": "invalid_request_error", "param": param, "code": code})


def prompt_filtered(category: str = "violence") -> RefusedError:
    """Return the error of a prompt that the content filter has stopped."""
    verdict = {**filter_results(category), "jailbreak": {"detected": False, "filtered": False}}
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": verdict}
    error = {"message": _FILTERED, "type": None, "param": "prompt", "code": "content_filter", "status": 400}
    return RefusedError(400, {**error, "innererror": inner})


def rate_limited(*, is_v1: bool, deployment: str, api_version: str | None, wait_s: int) -> RefusedError:
    """Return the error of a caller that is too fast; the two generations of the API word it differently."""
    if is_v1:
        text = f"Your requests to {deployment} for {deployment} in eastus2 have exceeded rate limit."
        return RefusedError(429, {"code": "RateLimitReached", "message": text, "details": text})
    text = (
        f"Requests to the ChatCompletions_Create Operation under Azure OpenAI API version {api_version} have exceeded"
        f" token rate limit of your current OpenAI S0 pricing tier. Please retry after {wait_s} seconds."
    )
    return RefusedError(429, {"code": "429", "message": text})


def filter_results(filtered: str | None = None) -> dict[str, object]:
    """Return the filter's findings, harmless in all but the category *filtered*."""
    safe, high = {"filtered": False, "severity": "safe"}, {"filtered": True, "severity": "high"}
    return {category: high if category == filtered else safe for category in CATEGORIES}


def prompt_filter_results() -> list[dict[str, object]]:
    """Return the findings on a harmless prompt."""
    found = {**filter_results(), "jailbreak": {"detected": False, "filtered": False}}
    return [{"prompt_index": 0, "content_filter_results": found}]


def usage(prompt: int, completion: int, *, reasoning: int = 0) -> dict[str, object]:
    """Return the count of tokens as it stands in an answer; *completion* contains *reasoning*."""
    generated = {"accepted_prediction_tokens": 0, "audio_tokens": 0, "rejected_prediction_tokens": 0}
    return {
        "completion_tokens": completion,
        "completion_tokens_details": {**generated, "reasoning_tokens": reasoning},
        "prompt_tokens": prompt,
        "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
        "total_tokens": prompt + completion,
    }


def common_headers(asked: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of every answer; *asked* are the request's."""
    request_id = str(uuid.uuid4())
    return {
        "apim-request-id": request_id,
        "x-request-id": str(uuid.uuid4()),
        "x-ms-client-request-id": asked.get("x-ms-client-request-id", request_id),
        "x-ms-region": _REGION,
        "x-content-type-options": "nosniff",
        "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
    }
