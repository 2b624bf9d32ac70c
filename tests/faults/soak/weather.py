"""What befalls the service during a soak, drawn by a seed; and what of it may be billed again."""

import random
from collections import Counter
from collections.abc import Iterable

from worker.demo.emulator import Answer, Emulator, Rule

__all__ = ["Bills", "Weather", "bills_of"]

_CALM = (1, 12)  # calls between two troubles
_BURST = (5, 40)  # refusals in a row
_PAID_UNSEEN = ("lost", "truncated")


class Weather:
    """Bursts of rate limits, refusals, resets, lost, cut off and slow answers at about one call in eight."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.fallen: Counter[str] = Counter()

    def over(self, azure: Emulator, *, calls: int) -> None:
        """Let it befall the next *calls* calls."""
        while calls > 0:
            calm, (kind, rule) = self._chance.randint(*_CALM), self._trouble()
            azure.script(Rule(answer=Answer(), times=calm), rule)
            self.fallen[kind] += rule.times or 0
            calls -= calm + (rule.times or 0)

    def _trouble(self) -> tuple[str, Rule]:
        chance = self._chance
        kinds = {
            "burst of 429": Rule(answer=Answer.status(429, retry_after_ms=200), times=chance.randint(*_BURST)),
            "429": Rule(answer=Answer.status(429, retry_after_s=1)),
            "500": Rule(answer=Answer.status(500, retry_after_ms=50)),
            "503": Rule(answer=Answer.status(503)),
            "408": Rule(answer=Answer.status(408)),
            "HTML 502": Rule(answer=Answer.html(502)),
            "reset": Rule(answer=Answer.broken("reset"), times=chance.randint(1, 3)),
            "lost": Rule(answer=Answer.broken("lost")),
            "truncated": Rule(answer=Answer.broken("truncated")),
            "slow": Rule(answer=Answer().later(chance.uniform(0.5, 3.0))),
        }
        weights = [1 if kind == "burst of 429" else 10 for kind in kinds]
        [kind] = chance.choices(list(kinds), weights)
        return kind, kinds[kind]


class Bills:
    """What the service billed for one job, and how many of its answers were lost on their way."""

    __slots__ = ("billed", "unseen")

    def __init__(self) -> None:
        self.billed = self.unseen = 0

    @property
    def beyond_one(self) -> int:
        """Bills that neither the first answer nor a lost one explains."""
        return self.billed - self.unseen - 1


def bills_of(azure: Emulator, prompts: Iterable[str]) -> dict[str, Bills]:
    """What was billed for each of *prompts*."""
    bills = {prompt: Bills() for prompt in prompts}
    for entry in azure.books.entries:
        if not entry.is_billed or not isinstance(entry.body, dict):
            continue
        prompt = entry.body["messages"][-1]["content"]
        if prompt in bills:
            bills[prompt].billed += 1
            bills[prompt].unseen += entry.ending in _PAID_UNSEEN
    return bills
