"""The hints of fields that several operations have."""

from typing import Final

from worker.hints import Hint

__all__ = [
    "CONCURRENCY",
    "EFFORT",
    "END_USER",
    "METADATA",
    "MOST_COMPLETION_TOKENS",
    "MOST_TOKENS",
    "PARALLEL_TOOLS",
    "SEED",
    "STORE",
    "STREAM",
    "TEMPERATURE",
    "TOOLS",
    "TOP_P",
]

CONCURRENCY: Final = Hint("How many calls may run at a time, up to 50", group="advanced")
EFFORT: Final = Hint(
    "How long a reasoning model thinks, e.g. low, medium or high", placeholder="medium", group="sampling"
)
END_USER: Final = Hint(
    "A stable, anonymous id of who asks, for the service's watch on abuse", label="End user", group="advanced"
)
METADATA: Final = Hint("Up to 16 texts that are kept with a stored answer", group="advanced")
MOST_COMPLETION_TOKENS: Final = Hint(
    "Most tokens of an answer, thoughts included. For reasoning models", group="sampling"
)
MOST_TOKENS: Final = Hint(
    "Most tokens of an answer. For older models: reasoning models take the other limit", group="sampling"
)
PARALLEL_TOOLS: Final = Hint("Whether the model may call several at once", group="tools")
SEED: Final = Hint("The same number draws the same answer, as far as the service can", group="sampling")
STORE: Final = Hint("Whether the service keeps the answer for later use", group="advanced")
STREAM: Final = Hint("The answer is still one result; its bytes arrive sooner", group="advanced")
TEMPERATURE: Final = Hint("From 0, always the same, to 2, surprising. Reasoning models refuse it", group="sampling")
TOOLS: Final = Hint("What the model may call, in the API's own form", group="tools", feel=True)
TOP_P: Final = Hint("From 0 to 1: in place of the temperature", label="Top P", group="sampling")
