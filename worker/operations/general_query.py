"""`generalQuery`: a question in, an answer out."""

from typing import Annotated, ClassVar, Final

from worker.hints import Hint
from worker.operations.brief import Brief, chat_call, spoken
from worker.operations.model import Answer, Asking, Operation, once
from worker.operations.reading import read_completion
from worker.wire import Call, Reply

__all__ = ["GENERAL_QUERY", "QueryInput"]

_SYSTEM: Final = "Answer the question briefly and to the point. If you do not know the answer, say so."
_SYSTEM_WITH_CONTEXT: Final = (
    "Answer the question from the context that comes with it, briefly and to the point. "
    "If the context does not hold the answer, say so."
)


class QueryInput(Brief):
    """A *question*, the *context* that its answer is to come from, and a *system_prompt* in place of ours."""

    not_sent: ClassVar = Brief.not_sent | {"question", "context", "system_prompt"}

    question: Annotated[str, Hint("What is asked", long=True)]
    context: Annotated[
        str | None, Hint("What the answer has to come from; without it the model answers from what it knows", long=True)
    ] = None
    system_prompt: Annotated[str | None, Hint("In place of our own", long=True, group="advanced")] = None


def _build(given: QueryInput, asking: Asking) -> Call:
    usual = _SYSTEM if given.context is None else _SYSTEM_WITH_CONTEXT
    asked = given.question
    if given.context is not None:
        asked = f"Context:\n<<<\n{given.context}\n>>>\n\nQuestion: {given.question}"
    return chat_call(given, [spoken("system", given.system_prompt or usual), spoken("user", asked)], asking)


def _read(reply: Reply, _given: QueryInput) -> Answer:
    return read_completion(reply)


GENERAL_QUERY = Operation(
    name="generalQuery", summary="A question in, an answer out", input=QueryInput, converse=once(_build, _read)
)
"""The ready-made action: no messages, no roles."""
