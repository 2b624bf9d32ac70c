"""What an operation gets, and what it gives back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from worker.demo.emulator.deployments import Deployment
from worker.demo.emulator.operations.memory import Memory
from worker.demo.emulator.script import Answer

__all__ = ["Exchange", "Operation", "Reply"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """
    One call that has passed the gate.

    *wanted* is what the script asks of the answer; *number* makes ids different; *created* is in Unix seconds. *memory*
    is the resource's; *item* is what of it the path names.
    """

    name: str
    deployment: Deployment
    deployments: Mapping[str, Deployment]
    body: Mapping[str, object]
    api_version: str | None
    is_v1: bool
    wanted: Answer
    number: int
    created: int
    memory: Memory
    item: str | None = None

    @property
    def wants_stream(self) -> bool:
        return self.body.get("stream") is True

    @property
    def wants_usage_in_stream(self) -> bool:
        options = self.body.get("stream_options")
        return isinstance(options, Mapping) and options.get("include_usage") is True

    def new_id(self, prefix: str) -> str:
        """Return an id in the service's manner."""
        return f"{prefix}-emulated{self.number:021d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """
    A successful answer.

    *chunks*, each one event of a stream, instead of *body* when a stream was asked for; *raw* bytes of *content_type*
    where the answer is no JSON.
    *prompt_tokens* and *completion_tokens* are what is billed; both 0 for what costs nothing.
    """

    body: Mapping[str, object] = field(default_factory=dict)
    chunks: Sequence[Mapping[str, object]] | None = None
    raw: bytes | None = None
    content_type: str = "application/json"
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """
    One operation of the service.

    *path* is the part of the URL that names it; *name* is what the service calls it in messages;
    *only_versions* are the api-versions that have it, empty: all. With *model_in_body* the body names the deployment
    on every path.
    """

    path: str
    name: str
    answer: Callable[[Exchange], Reply]
    method: str = "POST"
    needs_deployment: bool = True
    only_versions: frozenset[str] = frozenset()
    model_in_body: bool = False
