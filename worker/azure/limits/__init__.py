"""How much each deployment takes: permits that shrink on a 429 and grow back, and budgets per minute."""

from worker.azure.limits.limiter import Limiter, LimitOptions
from worker.azure.limits.redis_store import RedisStore
from worker.azure.limits.shared import SharedLimits
from worker.azure.limits.shares import Shares

__all__ = ["LimitOptions", "Limiter", "RedisStore", "SharedLimits", "Shares"]
