"""When a field is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from worker.hints import Pick

__all__ = ["ALWAYS", "Condition", "equals", "one_of", "picked"]


@dataclass(frozen=True, slots=True)
class Condition:
    """All of *parts* hold."""

    parts: tuple[dict[str, Any], ...] = ()

    def __and__(self, other: "Condition") -> "Condition":
        return Condition((*self.parts, *other.parts))

    def json(self) -> dict[str, Any]:
        """As a template says it; without parts there is none to say."""
        return self.parts[0] if len(self.parts) == 1 else {"allMatch": list(self.parts)}


ALWAYS = Condition()
"""No condition."""


def equals(name: str, value: str) -> Condition:
    """The property *name* has that value."""
    return Condition(({"property": name, "equals": value},))


def one_of(name: str, values: Iterable[str]) -> Condition:
    """The property *name* has one of those values."""
    several = list(values)
    return equals(name, several[0]) if len(several) == 1 else Condition(({"property": name, "oneOf": several},))


def picked(pick: Pick, group: str) -> dict[str, Any]:
    """The property of a choice that the worker never sees: it stays in the model."""
    shape = {
        "id": pick.name, "type": "Dropdown", "label": pick.label, "tooltip": pick.tooltip, "group": group,
        "value": next(iter(pick.choices)),
        "choices": [{"name": name, "value": value} for value, name in pick.choices.items()],
        "binding": {"type": "zeebe:property", "name": f"azureOpenAI.{pick.name}"},
    }  # fmt: skip
    return {key: value for key, value in shape.items() if value is not None}
