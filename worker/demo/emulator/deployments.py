"""What the emulated resource has deployed."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["DEFAULT", "Deployment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """
    One deployment.

    model                 what answers call themselves; a real service names the model's version, not the deployment
    operations            which operations it takes, as the last part of their paths
    reasoning             a reasoning model: refuses `max_tokens`, a temperature other than 1 and the like
    context_tokens        longer prompts are refused
    requests_per_minute, tokens_per_minute    shown in the headers of each answer, and
    enforces_limits       makes calls beyond the former fail with 429 until the minute is over
    minute_s              how long such a minute takes; less than 60 lets tests see many
    dimensions            length of an embedding
    """

    model: str
    operations: frozenset[str] = frozenset({"chat/completions", "extensions/chat/completions", "responses"})
    reasoning: bool = False
    context_tokens: int = 128_000
    requests_per_minute: int = 2_500
    tokens_per_minute: int = 250_000
    enforces_limits: bool = False
    minute_s: float = 60.0
    dimensions: int = 1_536


# Each deployment has its model's family as its name, as people do.
DEFAULT: Final = MappingProxyType(
    {
        "gpt-4o": Deployment(model="gpt-4o-2024-11-20"),
        "gpt-4.1-mini": Deployment(model="gpt-4.1-mini-2025-04-14"),
        "gpt-5-mini": Deployment(model="gpt-5-mini-2025-08-07", reasoning=True, context_tokens=272_000),
        "gpt-35-turbo-instruct": Deployment(
            model="gpt-35-turbo-instruct", operations=frozenset({"completions"}), context_tokens=4_097
        ),
        "text-embedding-3-small": Deployment(
            model="text-embedding-3-small", operations=frozenset({"embeddings"}), context_tokens=8_192
        ),
        "dall-e-3": Deployment(model="dall-e-3", operations=frozenset({"images/generations"}), context_tokens=4_000),
        "gpt-image-1-mini": Deployment(
            model="gpt-image-1-mini", operations=frozenset({"images/generations", "images/edits"})
        ),
        "gpt-4o-mini-tts": Deployment(model="gpt-4o-mini-tts", operations=frozenset({"audio/speech"})),
        "whisper": Deployment(
            model="whisper-001", operations=frozenset({"audio/transcriptions", "audio/translations"})
        ),
    }
)
