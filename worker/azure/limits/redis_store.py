"""Budgets in Redis or Valkey: one small script books a call's turn, on the server's own clock."""

from typing import Any, Final
from uuid import uuid4

from worker.azure.limits.shared import Booking, Drawn, StoreDown
from worker.extras import optional

__all__ = ["RedisStore"]

_TIMEOUT_S: Final = 1.0
_SEEN_S: Final = 60.0  # a worker that has booked nothing for so long takes no part in the budget
_KEPT_S: Final = 600
_PREFIX: Final = "azure-openai-worker:limits"

# The generic cell rate algorithm, for several budgets at once. Each is kept as the moment at which all that was taken
# from it is worked off. ARGV: worker, how long it counts as one, longest wait, seconds to keep; then for each budget
# its name, the seconds that this call takes of it, and how many seconds it may be ahead.
_BOOK: Final = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[2])
local due = now
for i = 5, #ARGV, 3 do
  due = math.max(due, (redis.call('HGET', KEYS[1], ARGV[i]) or 0) - ARGV[i + 2])
end
if due - now <= tonumber(ARGV[3]) then
  for i = 5, #ARGV, 3 do
    local off = math.max(due, redis.call('HGET', KEYS[1], ARGV[i]) or 0) + ARGV[i + 1]
    redis.call('HSET', KEYS[1], ARGV[i], string.format('%.6f', off))
  end
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return {string.format('%.6f', due - now), redis.call('ZCARD', KEYS[2])}
"""


class RedisStore:
    """
    Budgets at *url* (`redis://`, `rediss://` or `unix://`), connected to with the first booking.

    A command has a second to be answered. Raises MissingExtra without the `redis` extra, ValueError for no such URL.
    """

    def __init__(self, url: str) -> None:
        redis: Any = optional("redis.asyncio", extra="redis", purpose="a shared budget")
        self._failures: tuple[type[Exception], ...] = (redis.RedisError, OSError)
        self._client = redis.Redis.from_url(
            url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S, retry=None, decode_responses=True
        )
        self._book = self._client.register_script(_BOOK)
        self._worker = uuid4().hex

    async def book(self, lane: str, drawn: tuple[Drawn, ...], *, most_s: float) -> Booking:
        """See Store."""
        keys = [f"{_PREFIX}:{{{lane}}}:budgets", f"{_PREFIX}:{{{lane}}}:workers"]  # in one slot of a cluster
        arguments = [part for each in drawn for part in (each.what, each.takes_s, each.ahead_s)]
        try:
            wait_s, workers = await self._book(keys=keys, args=[self._worker, _SEEN_S, most_s, _KEPT_S, *arguments])
        except self._failures as error:
            raise StoreDown(f"{type(error).__name__}: {error}") from None
        return Booking(wait_s=float(wait_s), workers=max(1, int(workers)))

    async def close(self) -> None:
        """See Store."""
        await self._client.aclose()
