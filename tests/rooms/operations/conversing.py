"""Plays the service for an operation: what it asks first, and what it makes of the replies."""

from collections.abc import Mapping
from typing import Any

from tests.made import a_target
from worker.errors import ConnectorError
from worker.inputs import Options
from worker.operations import OPERATIONS, Asking, Batch, Conversation, Result
from worker.wire import Call, Reply, Target


def conversation(
    operation: str,
    given: Mapping[str, Any],
    *,
    target: Target | None = None,
    options: Options | None = None,
    stores_files: bool = False,
) -> Conversation:
    """The conversation that a task with the input *given* begins."""
    asked, typed = OPERATIONS[operation], OPERATIONS[operation].input.model_validate(given)
    asking = Asking(
        target=target or a_target(),
        extras=options or Options(),
        headers=typed.own_headers(),
        stores_files=stores_files,
    )
    return asked.converse(typed, asking)


def first_call(
    operation: str, given: Mapping[str, Any], *, target: Target | None = None, options: Options | None = None
) -> Call:
    """The only call that is asked first."""
    [call] = next(conversation(operation, given, target=target, options=options)).calls
    return call


def result(
    operation: str, given: Mapping[str, Any], *replies: Reply | ConnectorError, stores_files: bool = False
) -> Result:
    """What the operation makes of *replies*, which are given to its batches in order."""
    talk, left = conversation(operation, given, stores_files=stores_files), list(replies)
    batch: Batch = next(talk)
    while True:
        told, left = left[: len(batch.calls)], left[len(batch.calls) :]
        try:
            batch = talk.send(told)
        except StopIteration as end:
            assert not left
            value: Result = end.value
            return value
