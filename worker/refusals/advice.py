"""What to change, for each kind of refusal and each parameter that some models do not take."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from worker.error_bodies import Stated
from worker.errors import (
    AuthenticationFailed,
    ContentFiltered,
    ContextLengthExceeded,
    DeploymentNotFound,
    PermissionDenied,
    QuotaExceeded,
    ResourceNotFound,
    ServiceError,
    UnsupportedParameter,
)
from worker.wire import Reply

__all__ = ["hint"]

_HINTS: Final[Mapping[type[ServiceError], str]] = {
    AuthenticationFailed: "check that the key or token belongs to this endpoint",
    PermissionDenied: "check the role 'Cognitive Services OpenAI User', the resource's firewall and its status",
    DeploymentNotFound: "check `deployment` against the resource's list; a new one takes up to five minutes",
    ResourceNotFound: "check `connection.endpoint`, `apiVersion` and `operation`: nothing answers at this path",
    ContentFiltered: "catch it with a boundary event, or change the prompt",
    ContextLengthExceeded: "shorten the prompt or lower the token limit",
    QuotaExceeded: "check billing and the account's limits; waiting does not help",
}
_BY_WORDS: Final = (
    (re.compile(r"api version not supported", re.IGNORECASE), "set `apiVersion`, e.g. 2024-10-21 or v1"),
    (
        re.compile(r"enabled only for api versions", re.IGNORECASE),
        "set `apiVersion` to 2024-10-21, a newer one or v1",
    ),
    (
        re.compile(r"operation does not work with the specified model", re.IGNORECASE),
        "choose a `deployment` whose model does this `operation`",
    ),
    (
        re.compile(r"key.based authentication is disabled", re.IGNORECASE),
        "this resource takes tokens of Microsoft Entra only, no keys: change `connection.authentication`",
    ),
)
_NEWER_VERSION: Final = "leave `input.{field}` empty with this model, or set a newer `apiVersion`"
_SUCCESSOR: Final[Mapping[str, str]] = {
    "max_tokens": "use `input.maxCompletionTokens` with this model",
    "max_completion_tokens": "use `input.maxTokens` with this model, or a newer `apiVersion`",
    "temperature": "leave `input.temperature` empty with this model, which takes its default only",
    "functions": "use `input.tools` with this model",
    "function_call": "use `input.toolChoice` with this model",
    "stream_options": "set a newer `apiVersion`, or leave `input.stream` empty",
    "reasoning_effort": "leave `input.reasoningEffort` empty: no reasoning model, or it does not know that level",
    "verbosity": "leave `input.verbosity` empty: only the gpt-5 family takes it",
    "dimensions": "leave `input.dimensions` empty: only text-embedding-3 and later take it",
    "data_sources": "use a `deployment` of a model that answers over own data, such as gpt-4o",
    "response_format": "use a model that takes this `input.responseFormat`, or set a newer `apiVersion`",
    "tools": "use a `deployment` whose model calls tools",
    "image_url": "use a `deployment` whose model sees images",
}
# `messages[0].role` does not support 'system' or 'developer' with this model.
_ROLE: Final = re.compile(r"messages\[\d+\]\.role")
_QUOTED: Final = re.compile(r"['\"`]([a-z_]+)(?:[.\[][^'\"`]*)?['\"`]|(?:supplied|parameter): ([a-z_]+)", re.IGNORECASE)


def hint(kind: type[ServiceError], reply: Reply, said: Stated) -> str:
    """What the author of the task could change, in brackets after a space; empty where we know nothing better."""
    if location := reply.header("location"):
        return f" (redirects are not followed; enter this address instead: {_bare(location)})"
    text = next((advice for words, advice in _BY_WORDS if words.search(said.message)), None)
    if text is None:
        text = _for_parameter(said) if kind is UnsupportedParameter else _HINTS.get(kind)
    if kind is ContentFiltered and said.filtered:
        text = f"the filter found: {', '.join(said.filtered)}; {text}"
    return f" ({text})" if text else ""


def _for_parameter(said: Stated) -> str | None:
    quoted = _QUOTED.search(said.message)
    name = said.param or (quoted and (quoted[1] or quoted[2])) or ""
    if _ROLE.match(name) or _ROLE.search(said.message):
        return (
            "this model does not take that role: try `developer` for `system`, or put the instructions into `content`"
        )
    name = re.split(r"[.\[]", name)[0]
    if not name:
        return None
    return _SUCCESSOR.get(name) or _NEWER_VERSION.format(field=_camel(name))


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _bare(location: str) -> str:
    """The address without its query, which may hold credentials."""
    parts = urlsplit(location)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
