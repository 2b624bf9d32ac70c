"""The headers of a task."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import msgspec
from pydantic import ConfigDict, TypeAdapter, ValidationError

from worker.errors import InputError
from worker.job import Job

__all__ = ["TaskHeaders", "parse_headers", "wanted_lease_s"]

_duration: Final = TypeAdapter(timedelta, config=ConfigDict(defer_build=True))  # few tasks have one


class TaskHeaders(msgspec.Struct, frozen=True, kw_only=True):
    """The task headers that the ecosystem's element templates set. Durations are in seconds; None where not given."""

    result_variable: str | None = None
    result_expression: str | None = None
    error_expression: str | None = None
    retry_backoff_s: float | None = None
    job_timeout_s: float | None = None


def parse_headers(job: Job) -> TaskHeaders:
    """The job's headers, typed. Raises InputError."""
    given = job.headers
    return TaskHeaders(
        result_variable=given.get("resultVariable") or None,
        result_expression=given.get("resultExpression") or None,
        error_expression=given.get("errorExpression") or None,
        retry_backoff_s=_seconds(given, "retryBackoff") if "retryBackoff" in given else None,
        job_timeout_s=_job_timeout_s(given) if "jobTimeout" in given else None,
    )


def wanted_lease_s(job: Job) -> float | None:
    """Seconds that the job's header `jobTimeout` asks for; None where it does not, or where `parse_headers` objects."""
    if "jobTimeout" not in job.headers:
        return None
    try:
        return _job_timeout_s(job.headers)
    except InputError:
        return None


def _seconds(headers: Mapping[str, str], name: str) -> float | None:
    text = headers.get(name)
    if not text:
        return None
    wrong = InputError(path=f"task header {name}", got=repr(text), wanted="an ISO 8601 duration such as PT30S")
    if not text.startswith("P"):
        raise wrong
    try:
        return _duration.validate_python(text).total_seconds()
    except ValidationError:
        raise wrong from None


def _job_timeout_s(headers: Mapping[str, str]) -> float | None:
    lease_s = _seconds(headers, "jobTimeout")
    if lease_s is not None and lease_s <= 0:
        wanted = "a duration of more than nothing, such as PT5M"
        raise InputError(path="task header jobTimeout", got=repr(headers["jobTimeout"]), wanted=wanted)
    return lease_s
