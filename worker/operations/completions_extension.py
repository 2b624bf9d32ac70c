"""`completionsExtension`: a chat over the author's own data ("On your data", deprecated by Microsoft)."""

from typing import Annotated

from pydantic import Field

from worker.given import Given
from worker.hints import Hint
from worker.operations.chat_completion import ChatInput, JsonObject, chat_parameters, read_chat
from worker.operations.model import Asking, Operation, once, post
from worker.wire import Call

__all__ = ["COMPLETIONS_EXTENSION", "DataSource", "ExtensionInput"]

# The api-versions that had a path of their own; from 2024-02-15-preview on it is /chat/completions and snake case.
_OLD_API_VERSIONS = frozenset(
    f"{day}-preview" for day in ("2023-06-01", "2023-07-01", "2023-08-01", "2023-09-01", "2023-10-01", "2023-12-01")
)


class DataSource(Given):
    """A search index or database: *type* such as azure_search, *parameters* in the API's own spelling."""

    type: str
    parameters: JsonObject


class ExtensionInput(ChatInput):
    """A chat, and the data that its answers come from."""

    data_sources: Annotated[
        Annotated[list[DataSource], Field(min_length=1)],
        Hint(
            "A list of {type, parameters}, in the API's own form",
            feel=True,
            placeholder='[{"type": "azure_search", "parameters": {}}]',
        ),
    ]


def _build(given: ExtensionInput, asking: Asking) -> Call:
    parameters = chat_parameters(given, asking.target)
    if asking.target.api_version not in _OLD_API_VERSIONS:
        return post("chat/completions", parameters, asking)
    parameters["dataSources"] = parameters.pop("data_sources")
    return post("extensions/chat/completions", parameters, asking)


COMPLETIONS_EXTENSION = Operation(
    name="completionsExtension",
    summary="Chat completion over your own data",
    input=ExtensionInput,
    converse=once(_build, read_chat),
)
