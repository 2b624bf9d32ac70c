"""Each deployment's share of the current minute."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from worker.demo.emulator.deployments import Deployment

__all__ = ["Limits"]


@dataclass(slots=True)
class _Minute:
    began_s: float
    length_s: float
    requests: int = 0
    tokens: int = 0


@dataclass(slots=True)
class Limits:
    """Counts calls and tokens by deployment; a count starts anew when its minute is over."""

    now_s: Callable[[], float] = time.monotonic
    _minutes: dict[str, _Minute] = field(default_factory=dict)

    def wait_s(self, name: str, deployment: Deployment) -> int | None:
        """Return the seconds a caller has to wait, or None when it may go on, which counts as one request."""
        minute = self._minute(name, deployment.minute_s)
        if deployment.enforces_limits and (
            minute.requests >= deployment.requests_per_minute or minute.tokens >= deployment.tokens_per_minute
        ):
            return max(1, math.ceil(minute.began_s + minute.length_s - self.now_s()))
        minute.requests += 1
        return None

    def use(self, name: str, tokens: int) -> None:
        """Count tokens that were used by a call that was let in."""
        self._minutes[name].tokens += tokens

    def headers(self, name: str, deployment: Deployment, *, is_v1: bool) -> dict[str, str]:
        """Return the headers that tell how much is left; resets in ms on the classic paths, in s on version 1's."""
        minute = self._minute(name, deployment.minute_s)
        unit = 1 if is_v1 else 1_000
        found: dict[str, str] = {"x-ratelimit-key": name, "x-ratelimit-abusepenalty-active": "False"}
        limits = (
            ("requests", deployment.requests_per_minute, minute.requests),
            ("tokens", deployment.tokens_per_minute, minute.tokens),
        )
        for what, limit, used in limits:
            found[f"x-ratelimit-limit-{what}"] = str(limit)
            found[f"x-ratelimit-remaining-{what}"] = str(max(0, limit - used))
            found[f"x-ratelimit-reset-{what}"] = str(int(used * minute.length_s * unit / limit))
            found[f"x-ratelimit-renewalperiod-{what}"] = str(max(1, int(minute.length_s)))
        return found

    def _minute(self, name: str, length_s: float) -> _Minute:
        now_s = self.now_s()
        minute = self._minutes.get(name)
        if minute is None or now_s - minute.began_s >= length_s:
            minute = self._minutes[name] = _Minute(now_s, length_s)
        return minute
