"""How long a service asks to be left alone, as its answer's headers tell."""

from email.utils import parsedate_to_datetime

from worker.wire import Reply

__all__ = ["asked_delay_s"]


def asked_delay_s(reply: Reply) -> float | None:
    """
    Seconds that the service asks to wait: the longer of `retry-after-ms` and `retry-after`, None without either.

    Azure has been recorded sending `Retry-After: 1` beside `Retry-After-Ms: 0`.
    """
    asked = [_number(reply.header("retry-after-ms"), per_second=1000.0), _after_s(reply)]
    return max((delay for delay in asked if delay is not None), default=None)


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
