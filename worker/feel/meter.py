"""The step counter that every costly operation reports to."""

from __future__ import annotations

from worker.feel.errors import FeelBudgetExceeded


class Meter:
    """Counts down from *budget_steps*; *spend* raises FeelBudgetExceeded once the budget is gone."""

    __slots__ = ("budget_steps", "steps_left")

    def __init__(self, budget_steps: int) -> None:
        self.budget_steps = budget_steps
        self.steps_left = budget_steps

    def spend(self, steps: int = 1) -> None:
        """Charge *steps*."""
        self.steps_left -= steps
        if self.steps_left < 0:
            raise FeelBudgetExceeded("steps", self.budget_steps)

    def spend_copy(self, items: int) -> None:
        """Charge for copying *items* list items or context entries: cheap, but memory must stay bounded."""
        self.spend(1 + (items >> 4))

    def spend_text(self, chars: int) -> None:
        """Charge for building a text of *chars* characters."""
        self.spend(1 + (chars >> 6))
