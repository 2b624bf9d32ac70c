"""What all operations share: the base of their inputs, their answer, and the shape of an operation."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, Protocol, TypeVar

import msgspec
from pydantic import SecretStr

from worker.errors import ConnectorError
from worker.given import Given
from worker.wire import Call, File, Reply, Scope, Surface, Target

__all__ = [
    "NULL",
    "Answer",
    "Asking",
    "Batch",
    "ContentFilter",
    "Conversation",
    "Extras",
    "InputModel",
    "Operation",
    "Result",
    "Usage",
    "once",
    "post",
]

NULL = msgspec.Raw(b"null")
"""A raw part that is not there, or null: msgspec has no optional raw parts."""

_PLAIN: Final = frozenset({str, int, float, bool})  # what is the same in JSON, and all that most inputs hold


class InputModel(Given):
    """An operation's input. A field has the API's own name, unless *not_sent* lists it."""

    not_sent: ClassVar[frozenset[str]] = frozenset()
    """The fields that are no parameters of the API under their own name."""

    def api_parameters(self) -> dict[str, object]:
        """The API's parameters that were given, under the API's names."""
        names = sorted(self.model_fields_set - self.not_sent)  # a few of many; sorted, to be alike in every process
        if not names:
            return {}
        values = vars(self)
        given = {name: values[name] for name in names if values[name] is not None}
        if _PLAIN.issuperset(map(type, given.values())):
            return given
        return self.model_dump(exclude_none=True, exclude=set(self.not_sent))

    def own_headers(self) -> Mapping[str, SecretStr]:
        """Headers that the input asks for: with `connection` the only place where secrets are filled in."""
        return {}


class Extras(Protocol):
    """The author's own additions to a request, merged last; `options.extraBody` and `options.extraQuery`."""

    @property
    def extra_body(self) -> Mapping[str, object]:
        """On top of the body's first level."""

    @property
    def extra_query(self) -> Mapping[str, str]:
        """On top of the query."""


class Usage(msgspec.Struct, frozen=True, rename="camel"):
    """Tokens, as the service counted them."""

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0


class ContentFilter(msgspec.Struct, frozen=True, rename="camel"):
    """
    What the content filter said of the prompt and of the answer.

    *filtered* when it cut an answer, for what is in *categories*. *error* is its own text when it did not run: the
    answer is then unfiltered.
    """

    filtered: bool = False
    categories: list[str] = []
    error: str | None = None
    prompt: msgspec.Raw = NULL
    answer: msgspec.Raw = NULL


class Answer(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """
    What people dig for in a reply, ready to use. An operation with more to say adds fields of its own.

    *text* is the first choice's text, null when it has none. *messages* holds each choice's message. *json* is the text
    parsed, where JSON was asked for; where the text does not fit, it is null and *json_error* says why. *refusal* is
    what the model says in place of an answer. Raw parts are spliced in as the service sent them. *cost* is in US
    dollars; None leaves it to the price of *usage* as that of one call.
    """

    text: msgspec.Raw = NULL
    json: msgspec.Raw = NULL
    json_error: str | None = None
    refusal: msgspec.Raw = NULL
    messages: list[msgspec.Raw] = []
    tool_calls: msgspec.Raw = NULL
    finish_reason: str | None = None
    content_filter: ContentFilter = ContentFilter()
    model: str | None = None
    usage: Usage | None = None
    cost: float | None = None


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """
    Where an operation's calls go, and what the author adds to each of them.

    *headers* are the input's own, their secrets filled. *stores_files* says whether there is a place for files, so that
    they need not travel in the result's body.
    """

    target: Target
    extras: Extras
    headers: Mapping[str, SecretStr] = {}
    stores_files: bool = False


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """
    Calls that may run side by side, at most *concurrency* at a time, not before *delay_s* seconds have passed.

    A delay that would outlive the task's time-out is not begun: the operation ends with TimedOut. A failure of a kind
    that the batch *tolerates* takes the place of its reply; any other ends the operation.
    """

    calls: Sequence[Call]
    concurrency: int = 1
    tolerates: tuple[type[ConnectorError], ...] = ()
    delay_s: float = 0.0


class Result(msgspec.Struct, frozen=True):
    """
    What an operation came to: the *answer*, and the *reply* that the envelope shows as the service's own.

    *body* (JSON text) is shown in place of the reply's own, which otherwise has to be JSON. *files* are to be stored.
    """

    answer: Answer
    reply: Reply
    body: bytes | None = None
    files: Sequence[File] = ()


Conversation = Generator[Batch, Sequence[Reply | ConnectorError], Result]
"""Asks with what it yields, is told the replies in the same order, and returns the result. Does no I/O itself."""

_I = TypeVar("_I", bound=InputModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[_I]):
    """
    One thing that a task can ask for.

    *converse* asks the service on behalf of a typed input, once or several times. It raises InvalidResponse when a
    reply is not what the operation promises. *scope* RESOURCE needs no deployment. *default_api_version* is for an
    operation that the usual default does not have.
    """

    name: str
    summary: str
    input: type[_I]
    converse: Callable[[_I, Asking], Conversation]
    scope: Scope = Scope.DEPLOYMENT
    default_api_version: str | None = None


def once(
    build: Callable[[_I, Asking], Call], read: Callable[[Reply, _I], Answer]
) -> Callable[[_I, Asking], Conversation]:
    """The usual conversation: one call, and its reply read."""

    def converse(given: _I, asking: Asking) -> Conversation:
        [reply] = yield Batch(calls=[build(given, asking)])
        if isinstance(reply, ConnectorError):
            raise reply
        return Result(read(reply, given), reply)

    return converse


def post(path: str, parameters: Mapping[str, object], asking: Asking) -> Call:
    """A JSON request: *parameters*, the deployment as `model` where the target wants it there, extras on top."""
    target, extras = asking.target, asking.extras
    model = {"model": target.deployment} if target.surface is Surface.MODEL else {}
    body = {**model, **parameters, **extras.extra_body}
    return Call(path=path, body=_encode(body), query=extras.extra_query, joins_streams=True)


_encode = msgspec.json.Encoder().encode
