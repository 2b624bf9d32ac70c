"""What is asked of the service and what came back, free of any HTTP library."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

import msgspec
from pydantic import SecretStr

from worker.trace import Trace

__all__ = ["Behalf", "Call", "File", "Reply", "Scope", "Surface", "Target"]

# `apim-request-id` is what Azure's support asks for; OpenAI and proxies send only the other.
_REQUEST_IDS: Final = ("apim-request-id", "x-request-id")


class Surface(Enum):
    """Which of the API's two shapes a target speaks."""

    CLASSIC = "dated"  # {base}/deployments/{deployment}/{path}?api-version=2024-10-21
    MODEL = "model"  # {base}/{path}, the deployment is the body's `model`: Azure's v1, OpenAI, compatible servers


class Scope(Enum):
    """What a call's path lies below."""

    DEPLOYMENT = "deployment"  # a model is asked
    RESOURCE = "resource"  # the resource itself is asked, e.g. for its list of models


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """
    A service, ready to be asked.

    *base_url* ends without a slash, right before `/deployments` (classic) or the operation's path (model). *deployment*
    is the plain name, not percent-encoded; empty where only the resource is asked. *api_version* is None where none is
    sent. *warnings* say what in the task contradicted itself, and what won. What an operator may keep as a secret does
    not stand in the repr.
    """

    surface: Surface
    base_url: str
    deployment: str
    api_version: str | None
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Target(surface={self.surface}, api_version={self.api_version!r})"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """
    One request, before anyone knows as whom it goes.

    *path* is relative to its *scope*, already percent-encoded, without a leading slash. *body* is sent as it is, with
    *content_type*; an empty one is not sent. Where the call *joins_streams*, a reply that is a stream of events becomes
    one document, asked for or not; else it is passed on as it came.
    *headers* are the author's own; credentials are never among them. *timeout_s* shortens what is left of the task's
    time, for this call alone; *most_attempts* is how often it is sent at most, None for the operator's own number.
    """

    path: str
    body: bytes = b""
    method: str = "POST"
    scope: Scope = Scope.DEPLOYMENT
    content_type: str = "application/json"
    query: Mapping[str, str] = {}
    joins_streams: bool = False
    headers: Mapping[str, SecretStr] = {}
    timeout_s: float | None = None
    most_attempts: int | None = None


class Behalf(msgspec.Struct, frozen=True):
    """
    For whom a call is made.

    Where calls wait, *owner*s take turns. Texts that are reported go through *mask*, which hides the job's secrets: an
    operator may keep a host or a deployment as one too, and a service may repeat a key in its request id. Its exchanges
    are spans below *trace*, the job's.
    """

    owner: str = ""
    mask: Callable[[str], str] = str
    trace: Trace | None = None


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """
    One answer, whatever its status.

    *headers* are (name, value) as received, in order and in the service's own spelling: expressions see them so. *body*
    is as received, after transfer and content decoding. *duration_s* runs from the first byte sent to the last read.
    *answered_by* is whose it is where several endpoints could have answered, else None.
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    duration_s: float = 0.0
    attempts: int = 1
    answered_by: Target | None = None

    def header(self, name: str) -> str | None:
        """The first value of the header *name* (given in lower case), or None."""
        length = len(name)  # compared first: asked for several times for each job, and most names differ in it
        for key, value in self.headers:
            if len(key) == length and key.lower() == name:
                return value
        return None

    @property
    def request_id(self) -> str | None:
        """What the service's own support asks for."""
        return self.header(_REQUEST_IDS[0]) or self.header(_REQUEST_IDS[1]) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Something that was generated: its bytes, its media type, and the ending (without a dot) that its name has."""

    content: bytes
    content_type: str
    ending: str
