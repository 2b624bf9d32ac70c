"""What is reported of one exchange with the service."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import msgspec

from worker.errors import CallError
from worker.events import CallFinished, Exchange
from worker.trace import Trace
from worker.wire import Reply

__all__ = ["Circumstances", "fact_of"]

_REQUESTS_LEFT: Final = "x-ratelimit-remaining-requests"
_TOKENS_LEFT: Final = "x-ratelimit-remaining-tokens"


class Circumstances(msgspec.Struct, frozen=True):
    """How an exchange went, whatever came of it. *attempt* counts from 1; *mask* hides the secrets of its job."""

    deployment: str
    url: str
    attempt: int
    duration_s: float
    trace: Trace | None
    mask: Callable[[str], str] = str
    exchange: Exchange | None = None


def fact_of(outcome: Reply | CallError | None, around: Circumstances) -> CallFinished:
    """The fact about an exchange that came to *outcome*; None: it was broken off."""
    reply = outcome if isinstance(outcome, Reply) else None
    request_id = reply.request_id if reply else None
    return CallFinished(
        deployment=around.mask(around.deployment),
        status=reply.status if reply else None,
        duration_s=around.duration_s,
        error=outcome.reason if isinstance(outcome, CallError) else None,
        attempt=around.attempt,
        host=around.mask(_host(around.url)),
        request_id=around.mask(request_id) if request_id else None,
        remaining_requests=_count(reply, _REQUESTS_LEFT),
        remaining_tokens=_count(reply, _TOKENS_LEFT),
        trace=around.trace,
        exchange=around.exchange,
    )


@lru_cache(maxsize=1024)  # a worker calls few addresses
def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _count(reply: Reply | None, name: str) -> int | None:
    text = reply.header(name) if reply else None
    return int(text) if text and text.isdecimal() and text.isascii() else None
