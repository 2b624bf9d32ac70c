"""What one evaluation carries with it: its budget, its warnings, what the caller injects, and the names in sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from worker.feel.errors import FeelBudgetExceeded
from worker.feel.limits import MAX_CALL_DEPTH, MAX_WARNINGS
from worker.feel.meter import Meter
from worker.feel.values import Function, Value


@dataclass(frozen=True, slots=True)
class FeelFunction:
    """
    A function that the caller of an evaluation provides.

    *call* gets as many values as there are *parameters*; None stands for null, numbers are int, float or Decimal.
    """

    parameters: tuple[str, ...]
    call: Callable[..., Value]


class Run(Meter):
    """
    One evaluation.

    *clock* gives the present time with its zone, *chance* a number in [0, 1); an expression that needs a missing one
    gets null and a warning.
    """

    __slots__ = ("calls", "chance", "clock", "functions", "warnings")

    def __init__(
        self,
        budget_steps: int,
        *,
        clock: Callable[[], datetime] | None = None,
        chance: Callable[[], float] | None = None,
        functions: Mapping[str, FeelFunction] | None = None,
    ) -> None:
        super().__init__(budget_steps)
        self.clock = clock
        self.chance = chance
        self.functions: Mapping[str, FeelFunction] = functions or {}
        self.warnings: list[str] = []
        self.calls = 0

    def warn(self, text: str) -> None:
        """Note why something is null; the same text once, and not too many."""
        if len(self.warnings) < MAX_WARNINGS and text not in self.warnings:
            self.warnings.append(text)

    def call(self, function: Function, arguments: list[Value]) -> Value:
        """What a function of the expression gives; *arguments* must be as many as its parameters."""
        self.spend()
        if self.calls >= MAX_CALL_DEPTH:
            raise FeelBudgetExceeded("functions calling each other", MAX_CALL_DEPTH)
        self.calls += 1
        try:
            return function.call(arguments)
        finally:
            self.calls -= 1


class Scope:
    """Names and their values; what is not in *names* may be in *outer*."""

    __slots__ = ("names", "outer", "run")

    def __init__(self, names: dict[str, Value], outer: Scope | None, run: Run) -> None:
        self.names = names
        self.outer = outer
        self.run = run

    def inside(self, names: dict[str, Value]) -> Scope:
        """A scope whose *names* hide those of this one."""
        return Scope(names, self, self.run)

    def holder_of(self, name: str) -> dict[str, Value] | None:
        """The innermost names that have *name*; None if it is unknown."""
        place: Scope | None = self
        while place is not None:
            if name in place.names:
                return place.names
            place = place.outer
        return None

    def function(self, name: str) -> Function | None:
        """The innermost function called *name* that the expression itself defines."""
        place: Scope | None = self
        while place is not None:
            value = place.names.get(name)
            if isinstance(value, Function):
                return value
            place = place.outer
        return None


Code = Callable[[Scope], Value]
