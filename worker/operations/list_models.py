"""`listModels`: what the resource has to offer."""

import msgspec

from worker.errors import InvalidResponse
from worker.operations.model import Answer, Asking, InputModel, Operation, once
from worker.wire import Call, Reply, Scope

__all__ = ["LIST_MODELS"]


class ListModelsInput(InputModel):
    """Nothing: the connection says all."""


class _Models(msgspec.Struct, frozen=True):
    data: msgspec.Raw


def _build(_given: ListModelsInput, asking: Asking) -> Call:
    return Call(path="models", method="GET", scope=Scope.RESOURCE, query=asking.extras.extra_query)


def _read(reply: Reply, _given: ListModelsInput) -> Answer:
    try:
        reply.body.decode()
        return Answer(json=msgspec.json.decode(reply.body, type=_Models).data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as cause:
        raise InvalidResponse(f"the answer is no list of models: {cause}; check the endpoint", reply=reply) from cause


LIST_MODELS = Operation(
    name="listModels",
    summary="List the models of the resource, without a deployment",
    input=ListModelsInput,
    converse=once(_build, _read),
    scope=Scope.RESOURCE,
)
