"""The `{status, headers, body, reason, document, output}` envelope, and its counterpart for failures."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from worker.errors import ConnectorError, ContentFiltered
from worker.operations import Result, output_of, verdict_in
from worker.wire import Reply, Target

__all__ = ["error_variables", "flat_headers", "response_variables", "result"]

_BODY_AT_MOST = 100_000  # bytes of a refusal's body that travel in variables: room for any real one, none for a flood


class _Envelope(msgspec.Struct, frozen=True):
    status: int
    headers: Mapping[str, str | list[str]]
    body: msgspec.Raw | str
    reason: str
    output: msgspec.Raw
    document: object = None


_encode = msgspec.json.Encoder().encode


def result(come_to: Result, target: Target, *, documents: Sequence[object] = ()) -> bytes:
    """
    The result as JSON text. *documents* are the references to its files, in order.

    The reply's body is spliced in as it came: the operation has proven that it is JSON, or given another one.
    """
    reply = come_to.reply
    body = msgspec.Raw(reply.body if come_to.body is None else come_to.body)
    output = output_of(come_to.answer, reply, target, documents=documents)
    document = documents[0] if documents else None
    return _encode(_Envelope(reply.status, flat_headers(reply), body, reply.reason, output, document))


def error_variables(error: ConnectorError) -> dict[str, object]:
    """
    `{code, reason, type, message, variables: {response: {headers, body}}}`, as plain JSON values.

    Where the content filter blocked the prompt, `variables.contentFilter` says why, as `output.contentFilter` does.
    """
    shown: dict[str, object] = {
        "code": error.code,
        "reason": error.reason,
        "type": type(error).__name__,
        "message": str(error),
    }
    response = response_variables(error)
    if response:
        variables: dict[str, object] = {"response": {name: response[name] for name in ("headers", "body")}}
        if isinstance(error, ContentFiltered):
            variables["contentFilter"] = msgspec.json.decode(_encode(verdict_in(error.reply)))
        shown["variables"] = variables
    return shown


def response_variables(error: ConnectorError) -> dict[str, object]:
    """The service's answer to a call that failed, as `{status, headers, body, reason}`; empty where there was none."""
    reply = error.reply
    if reply is None:
        return {}
    return {
        "status": reply.status,
        "headers": flat_headers(reply),
        "body": _readable(reply.body),
        "reason": reply.reason,
    }


def flat_headers(reply: Reply) -> dict[str, str | list[str]]:
    """Headers as Camunda's connectors give them: the service's spelling, a list where a name came more than once."""
    flat: dict[str, str | list[str]] = dict(reply.headers)
    return flat if len(flat) == len(reply.headers) else _gathered(reply.headers)


def _gathered(headers: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    flat: dict[str, str | list[str]] = {}
    for name, value in headers:
        before = flat.get(name)
        flat[name] = value if before is None else [*([before] if isinstance(before, str) else before), value]
    return flat


def _readable(body: bytes) -> object:
    """JSON as it is, else text, null when empty; cut where it is too long to travel."""
    if not body:
        return None
    if len(body) > _BODY_AT_MOST:
        return body[:_BODY_AT_MOST].decode(errors="replace") + f"… ({len(body)} bytes)"
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return body.decode(errors="replace")
