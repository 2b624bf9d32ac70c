"""How a built-in function is declared: by a line such as "substring(string: string, start position: number)"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from worker.feel.errors import FeelEvaluationError
from worker.feel.run import Run
from worker.feel.values import Value, as_number, kind_of

_NUMBER: Final = "number"
_MANY: Final = 4  # types that a warning would not list
_GROUPS: Final = {
    "duration": {"days and time duration", "years and months duration"},
    "temporal": {"date", "date and time"},
    "point": {
        "number", "string", "date", "time", "date and time", "days and time duration", "years and months duration",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signature:
    """
    One way to call a function.

    *kinds* has for each parameter the types it takes, or None for any. With *variadic*, the last parameter is a list
    that may also be given item by item. *strict* turns a wrong argument type from null into an evaluation error.
    """

    name: str
    parameters: tuple[str, ...]
    kinds: tuple[frozenset[str] | None, ...]
    body: Callable[..., Value]
    variadic: bool
    strict: bool

    def takes(self, count: int) -> bool:
        """Whether it can be called with *count* positional arguments."""
        return count >= len(self.parameters) if self.variadic else count == len(self.parameters)

    def arranged(self, arguments: list[Value]) -> list[Value]:
        """Positional arguments as the body takes them: all that are left for the last parameter as one list."""
        last = len(self.parameters) - 1
        if not self.variadic or (last == 0 and len(arguments) == 1 and isinstance(arguments[0], list)):
            return arguments
        return [*arguments[:last], arguments[last:]]

    def complaint(self, arguments: list[Value]) -> str | None:
        """What is wrong with the types of *arguments*; None if nothing is. Numbers are made exact on the way."""
        for index, kinds in enumerate(self.kinds):
            if kinds is None:
                continue
            value = arguments[index]
            kind = kind_of(value)
            if kind not in kinds:
                wanted = " or ".join(sorted(kinds)) if len(kinds) < _MANY else "another type"
                return f"{self.name}: {self.parameters[index]} must be {wanted}, not {kind}"
            if kind == _NUMBER:
                arguments[index] = as_number(value)
        return None

    def call(self, run: Run, arguments: list[Value]) -> Value:
        """The function's value; *arguments* have the right types."""
        run.spend()
        return self.body(run, *arguments)


def define(declaration: str, body: Callable[..., Value], *, strict: bool = False) -> Signature:
    """
    A signature from its declaration.

    Each parameter is "name: type"; the type is a FEEL type, a group (duration, temporal, point), "any", or
    several joined by "|". "..." behind the last one makes it variadic. *body* takes the run and the arguments.
    """
    name, _, rest = declaration.partition("(")
    rest = rest.removesuffix(")")
    variadic = rest.endswith("...")
    pairs = [part.split(": ") for part in rest.removesuffix("...").split(", ") if part]
    return Signature(
        name, tuple(pair[0] for pair in pairs), tuple(_kinds(pair[1]) for pair in pairs), body, variadic, strict
    )


def _kinds(text: str) -> frozenset[str] | None:
    if text == "any":
        return None
    return frozenset().union(*(_GROUPS.get(part, {part}) for part in text.split("|")))


def call_one(signatures: Sequence[Signature], run: Run, arguments: Callable[[Signature], list[Value]]) -> Value:
    """The value of the first signature whose types fit; if none do, null with a warning, or an error if strict."""
    complaint: str | None = None
    strict = False
    for signature in signatures:
        values = arguments(signature)
        complaint = signature.complaint(values)
        if complaint is None:
            return signature.call(run, values)
        strict = signature.strict
    if strict:
        raise FeelEvaluationError(complaint or "wrong arguments")
    run.warn(complaint or "wrong arguments")
    return None
