"""Code for function calls: the expression's own functions first, then the caller's, then the built-in ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from worker.feel.errors import FeelEvaluationError
from worker.feel.evaluation.literals import Build
from worker.feel.run import Code, FeelFunction, Run, Scope
from worker.feel.signatures import Signature, call_one
from worker.feel.syntax.tree import Invocation
from worker.feel.values import Function, Value

Library = dict[str, tuple[Signature, ...]]
Place = Callable[[int], tuple[int, int]]  # line and column of an offset


class Arguments:
    """The arguments of one call, to be evaluated and put into the order of a function's parameters."""

    def __init__(self, node: Invocation, build: Build) -> None:
        self.codes = [build(value) for value in node.positional] or [build(value) for _, value in node.named]
        self.names = tuple(name for name, _ in node.named)

    def evaluate(self, scope: Scope) -> list[Value]:
        """Their values, as they stand in the text."""
        return [code(scope) for code in self.codes]

    def fit(self, parameters: tuple[str, ...]) -> bool:
        """Whether each of *parameters* has exactly one argument."""
        if self.names:
            return len(self.names) == len(parameters) and set(self.names) == set(parameters)
        return len(self.codes) == len(parameters)

    def ordered(self, values: list[Value], parameters: tuple[str, ...]) -> list[Value]:
        """*values* in the order of *parameters*, which they must fit."""
        if not self.names:
            return list(values)
        return [values[self.names.index(name)] for name in parameters]

    def signatures(self, candidates: Sequence[Signature]) -> list[Signature]:
        """Those of *candidates* that take these names or this many values."""
        if self.names:
            fitting = [each for each in candidates if self.fit(each.parameters)]
            return sorted(fitting, key=lambda each: each.parameters != self.names)  # as written before rearranged
        return [each for each in candidates if each.takes(len(self.codes))]

    def arranged(self, values: list[Value], signature: Signature) -> list[Value]:
        """*values* as *signature* takes them."""
        return self.ordered(values, signature.parameters) if self.names else signature.arranged(list(values))


def invocation(node: Invocation, build: Build, library: Library, place: Place) -> Code:
    """A call; null with a warning if there is no such function or it takes other arguments."""
    name, arguments = node.name, Arguments(node, build)
    builtin = arguments.signatures(library.get(name, ()))
    known = name in library

    def evaluate(scope: Scope) -> Value:
        run = scope.run
        own = scope.function(name) or run.functions.get(name)
        values = arguments.evaluate(scope)
        if own is not None and arguments.fit(own.parameters):
            return _call_own(own, arguments.ordered(values, own.parameters), run)
        if not builtin:
            run.warn(f"function '{name}' takes other arguments" if known or own else f"no function '{name}'")
            return None
        try:
            return call_one(builtin, run, lambda signature: arguments.arranged(values, signature))
        except FeelEvaluationError as error:
            raise error.located(*place(node.offset)) from error.__cause__

    return evaluate


def _call_own(function: Function | FeelFunction, values: list[Value], run: Run) -> Value:
    if isinstance(function, Function):
        return run.call(function, values)
    run.spend()
    return function.call(*values)


def method(node: Invocation, base: Code, build: Build) -> Code:
    """A call of a function that is an entry of a context."""
    name, arguments = node.name, Arguments(node, build)

    def evaluate(scope: Scope) -> Value:
        holder = base(scope)
        function = holder.get(name) if isinstance(holder, dict) else None
        if not isinstance(function, Function) or not arguments.fit(function.parameters):
            scope.run.warn(f"no function '{name}' with these arguments in the context")
            return None
        return scope.run.call(function, arguments.ordered(arguments.evaluate(scope), function.parameters))

    return evaluate
