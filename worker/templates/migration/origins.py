"""
What tasks of Camunda's templates look like, and where each of their fields goes.

Names and compositions are facts of the templates' published versions: Azure OpenAI 1 to 4, OpenAI 0 to 8.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

__all__ = ["ORIGINS", "Origin", "Way"]

_IN: Final = "azureOpenAI.input."
_CONNECTION: Final = "azureOpenAI.connection."
_EXTRA: Final = "azureOpenAI.options.extraBody."


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """
    How the tasks of one operation go over.

    *moves* says for each input of theirs which one of ours takes its value. *drops* are those that only put the request
    together. *adds* are inputs of ours that have a fixed value. *picks* are the template's own choices, which no worker
    sees. *body* are the keys that their request may have; *url* is what their address is made of. *needs* are inputs
    without which the operation cannot go over.
    """

    operation: str
    moves: Mapping[str, str]
    drops: frozenset[str]
    adds: Mapping[str, str]
    picks: Mapping[str, str]
    body: frozenset[str]
    url: str
    numbers: frozenset[str] = frozenset()
    needs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One of Camunda's templates: its *ways* by its own word for the operation, *usual* where a task says none."""

    name: str
    ways: Mapping[str, Way]
    usual: str


_SAMPLING: Final = {  # theirs, ours
    "maxTokens": "maxTokens", "temperature": "temperature", "stop": "stop", "presencePenalty": "presencePenalty",
    "frequencyPenalty": "frequencyPenalty", "logitBias": "logitBias", "user": "user",
}  # fmt: skip
_COMPLETION: Final = {
    **_SAMPLING, "prompt": "prompt", "topP": "topP", "numberOfCompletions": "n", "logprobs": "logprobs",
    "suffix": "suffix", "bestOf": "bestOf",
}  # fmt: skip
_CHAT: Final = {**_SAMPLING, "messageRole": "role", "messageContent": "content", "messages": "messages", "n": "n",
                "tools": "tools"}  # fmt: skip
_EXTENSION: Final = {**_SAMPLING, "messages": "messages", "n": "n", "tools": "tools", "dataSources": "dataSources"}

_NUMBERS: Final = ("maxTokens", "temperature", "topP", "n", "numberOfCompletions", "logprobs", "bestOf",
                   "presencePenalty", "frequencyPenalty")  # fmt: skip
_SAMPLING_KEYS: Final = {"max_tokens", "temperature", "n", "stream", "stop", "presence_penalty", "frequency_penalty",
                         "logit_bias", "user"}  # fmt: skip
_CHAT_KEYS: Final = _SAMPLING_KEYS | {
    "messages",
    "role",
    "content",
    "contentPart",
    "enhancements",
    "dataSources",
    "tools",
}
_COMPLETION_KEYS: Final = _SAMPLING_KEYS | {"prompt", "top_p", "logprobs", "suffix", "echo", "best_of"}

_AZURE_CONNECTION: Final = {
    "authentication.type": f"{_CONNECTION}authentication.type",
    "authentication.value": f"{_CONNECTION}authentication.apiKey",
}
_AZURE_DROPS: Final = frozenset({"authentication.apiKeyLocation", "authentication.name", "method", "url", "body"})
_MADE_HERE: Final = {"azureOpenAI.connectionBy": "task"}


def _azure(
    operation: str, fields: Mapping[str, str], *, path: str, body: set[str], extra: tuple[str, ...] = (), **more: str
) -> Way:
    """What all operations of the Azure template share, with a prefix of its own for each."""
    prefix = f"{operation}_"
    return Way(
        operation=operation,
        moves={
            **_AZURE_CONNECTION,
            "operation": "azureOpenAI.operation",
            f"{prefix}resourceName": f"{_CONNECTION}resource",
            f"{prefix}deploymentId": "azureOpenAI.deployment",
            f"{prefix}apiVersion": "azureOpenAI.apiVersion",
            **{f"{prefix}{theirs}": _IN + ours for theirs, ours in fields.items()},
            **{f"{prefix}{name}": _EXTRA + name for name in extra},
        },
        drops=_AZURE_DROPS | {f"{prefix}stream", f"{prefix}echo"},
        adds={f"{_CONNECTION}provider": "azure"},
        picks={**_MADE_HERE, "azureOpenAI.service": "resource"},
        body=frozenset(body),
        url=(
            f'"https://"+{prefix}resourceName+".openai.azure.com/openai/deployments/"+{prefix}deploymentId'
            f'+"{path}?api-version="+{prefix}apiVersion'
        ),
        numbers=frozenset(f"{prefix}{name}" for name in _NUMBERS),
        needs={f"{prefix}{name}": why for name, why in more.items()},
    )


_OPENAI_CONNECTION: Final = {
    "authentication.type": f"{_CONNECTION}authentication.type",
    "authentication.token": f"{_CONNECTION}authentication.token",
    "internal_organization": f"{_CONNECTION}organization",
    "operation": "azureOpenAI.operation",
}
_OPENAI_DROPS: Final = frozenset(
    {"headers", "method", "url", "body", "internal_messages", "connectionTimeoutInSeconds"}
)
_OPENAI: Final = {
    "chat": Way(
        operation="chatCompletion",
        moves={
            **_OPENAI_CONNECTION,
            "internal_model": "azureOpenAI.deployment",
            "internal_custom_model": "azureOpenAI.deployment",
            "internal_temperature": f"{_IN}temperature",
            "internal_systemMessage": f"{_IN}systemPrompt",
            "internal_chatHistory": f"{_IN}messages",
            "internal_prompt": f"{_IN}content",
            "internal_choices": f"{_IN}n",
        },
        drops=_OPENAI_DROPS,
        adds={f"{_CONNECTION}provider": "openai"},
        picks={**_MADE_HERE, "azureOpenAI.service": "openai"},
        body=frozenset({"model", "messages", "n", "temperature", "role", "content"}),
        url="https://api.openai.com/v1/chat/completions",
        numbers=frozenset({"internal_temperature", "internal_choices"}),
    ),
    "moderation": Way(
        operation="rawRequest",
        moves={**_OPENAI_CONNECTION, "internal_textToAnalyze": f"{_IN}body"},
        drops=_OPENAI_DROPS,
        adds={f"{_CONNECTION}provider": "openai", f"{_IN}method": "POST", f"{_IN}path": "moderations"},
        picks={**_MADE_HERE, "azureOpenAI.service": "openai", "azureOpenAI.requestBody": "body"},
        body=frozenset({"input"}),
        url="https://api.openai.com/v1/moderations",
    ),
}

ORIGINS: Final[Mapping[str, Origin]] = {
    "io.camunda.connectors.AzureOpenAI.outbound.v1": Origin(
        name="Azure OpenAI",
        ways={
            "completion": _azure("completion", _COMPLETION, path="/completions", body=_COMPLETION_KEYS),
            "chatCompletion": _azure(
                "chatCompletion", _CHAT, path="/chat/completions", body=_CHAT_KEYS,
                extra=("contentPart", "enhancements", "dataSources"),
            ),
            "completionsExtension": _azure(
                "completionsExtension", _EXTENSION, path="/extensions/chat/completions", body=_CHAT_KEYS,
                extra=("contentPart", "enhancements"),
                dataSources="without data sources this operation is a chat: choose chatCompletion by hand",
            ),
        },
        usual="completion",
    ),
    "io.camunda.connectors.OpenAI.v1": Origin(name="OpenAI", ways=_OPENAI, usual="chat"),
}  # fmt: skip
