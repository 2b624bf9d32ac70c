"""
Names of metrics and attributes, each once.

Where OpenTelemetry's conventions for generative AI have a name, it is theirs, as the released packages have it
(semantic conventions 1.41, "development"). All else begins with `OURS`.
"""

from typing import Final

__all__ = [
    "ERROR_TYPE",
    "GEN_AI_DURATION",
    "GEN_AI_OPERATION",
    "GEN_AI_PROVIDER",
    "GEN_AI_REQUEST_MODEL",
    "GEN_AI_RESPONSE_MODEL",
    "GEN_AI_TOKENS",
    "GEN_AI_TOKEN_TYPE",
    "OURS",
    "REQUEST_ID",
    "SECONDS",
    "TOKENS",
    "operation_name",
    "provider_name",
]  # fmt: skip

OURS: Final = "azure_openai_worker"

GEN_AI_DURATION: Final = "gen_ai.client.operation.duration"
GEN_AI_TOKENS: Final = "gen_ai.client.token.usage"
GEN_AI_OPERATION: Final = "gen_ai.operation.name"
GEN_AI_PROVIDER: Final = "gen_ai.provider.name"
GEN_AI_REQUEST_MODEL: Final = "gen_ai.request.model"
GEN_AI_RESPONSE_MODEL: Final = "gen_ai.response.model"
GEN_AI_TOKEN_TYPE: Final = "gen_ai.token.type"  # noqa: S105 - tokens of a text
ERROR_TYPE: Final = "error.type"
REQUEST_ID: Final = "azure.service.request.id"

# The buckets that the conventions recommend, in seconds and in tokens.
SECONDS: Final = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
TOKENS: Final = (
    1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
)  # fmt: skip

_OPERATIONS: Final = {  # what the conventions have a word for; an operation of ours keeps its own name
    "chatCompletion": "chat",
    "completionsExtension": "chat",
    "multipleChatCompletions": "chat",
    "summarizeText": "chat",
    "generalQuery": "chat",
    "mapData": "chat",
    "createResponse": "chat",
    "completion": "text_completion",
    "createEmbedding": "embeddings",
}
_PROVIDERS: Final = {"azure": "azure.ai.openai", "openai": "openai"}


def operation_name(operation: str) -> str:
    """The conventions' word for one of our operations."""
    return _OPERATIONS.get(operation, operation)


def provider_name(provider: str) -> str:
    """The conventions' word for a connection's provider."""
    return _PROVIDERS.get(provider, provider)
