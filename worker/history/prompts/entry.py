"""One entry of the history, and how what was said becomes a text that may be kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from worker.history.databases import LARGEST_INTEGER, Value
from worker.history.told import Masks, Told
from worker.outcome import Complete, outcome_name
from worker.wire import Call, Reply

__all__ = ["OUTCOMES", "Entry", "entry_of"]

_BROKEN_OFF: Final = "broken_off"
OUTCOMES: Final = ("completed", "failed", "incident", "bpmn_error", _BROKEN_OFF)
"""How a job may end. A failed one is handed out again; a broken-off one lost its lease or was not waited for."""

_JSON: Final = "application/json"
_TEXTUAL: Final = (_JSON, "text/")
_ALWAYS_BYTES: Final = 500  # what a row takes beside its texts, about


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    Who asked what, when, at what cost, and with what answer. Field by field a column of the table `prompts`.

    *ended_at* is in seconds since 1970. *calls_reused* of the *calls* were answered from what was kept, and not paid
    again. *cost_usd* is the list price, None where it is not known. *message*, *request* and *answer* are None where
    only metadata is kept; of several calls, each has a line of its own.
    """

    id: str
    ended_at: float
    duration_s: float
    worker: str
    tenant: str
    process: str
    process_version: int
    process_instance: int
    element: str
    element_instance: int
    job: int
    operation: str | None
    connection: str | None
    provider: str | None
    deployment: str | None
    model: str | None
    outcome: str
    reason: str | None
    calls: int
    calls_reused: int
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    cost_usd: float | None
    request_id: str | None
    trace_id: str | None
    message: str | None
    request: str | None
    answer: str | None
    size_bytes: int


def entry_of(told: Told, *, number: str, ended_at: float, worker: str, text_bytes: int | None) -> Entry:
    """
    What is kept of *told*, under the id *number*: every secret masked, each text cut after *text_bytes*.

    None of the texts is kept where *text_bytes* is None.
    """
    texts = _texts(told, text_bytes) if text_bytes is not None else {}
    columns = {**_whose(told), **_consumed(told), "worker": worker}
    given = {
        **{name: _plain(value, told.masks) for name, value in columns.items()},
        "message": None,
        "request": None,
        "answer": None,
        **texts,
        "id": number,
        "ended_at": ended_at,
        "duration_s": told.finished.duration_s,
        "outcome": _BROKEN_OFF if told.is_broken_off else outcome_name(told.finished.outcome),
        "calls": len(told.exchanges),
        "calls_reused": sum(exchange.is_reused for exchange in told.exchanges),
        "size_bytes": _ALWAYS_BYTES + sum(len(text.encode()) for text in texts.values()),
    }
    return msgspec.convert(given, Entry)


def _whose(told: Told) -> dict[str, Value]:
    job, finished = told.finished.job, told.finished
    return {
        "tenant": job.tenant_id,
        "process": job.bpmn_process_id,
        "process_version": job.process_definition_version,
        "process_instance": job.process_instance_key,
        "element": job.element_id,
        "element_instance": job.element_instance_key,
        "job": job.key,
        "operation": finished.operation,
        "connection": told.connection,
        "provider": finished.provider,
        "deployment": finished.deployment,
        "reason": finished.reason,
        "request_id": finished.request_id,
        "trace_id": finished.trace.ids()[0] if finished.trace else None,
    }


def _consumed(told: Told) -> dict[str, Value]:
    used = told.finished.consumed
    return {
        "model": used.model if used else None,
        "input_tokens": used.input_tokens if used else None,
        "output_tokens": used.output_tokens if used else None,
        "cached_tokens": used.cached_tokens if used else None,
        "reasoning_tokens": used.reasoning_tokens if used else None,
        "cost_usd": used.cost_usd if used else None,
    }


def _plain(value: Value, masks: Masks) -> Value:
    """As every database takes it: an answer may state any number of tokens."""
    match value:
        case str():
            return _storable(masks.text(value))
        case int():
            return min(value, LARGEST_INTEGER)
        case _:
            return value


def _texts(told: Told, most_bytes: int) -> dict[str, str]:
    """The texts of a job, without those that it has not."""
    masks, outcome = told.masks, told.finished.outcome
    texts = {
        "message": "" if isinstance(outcome, Complete) else _cut(outcome.message.encode(errors="replace"), most_bytes),
        "request": _lines([_asked(each.call, masks, most_bytes) for each in told.exchanges], most_bytes),
        "answer": _lines([_answered(each.reply, masks, most_bytes) for each in told.exchanges], most_bytes),
    }
    return {name: text for name, text in texts.items() if text}


def _lines(texts: Sequence[str], most_bytes: int) -> str:
    return texts[0] if len(texts) == 1 else _cut("\n".join(texts).encode(), most_bytes)


def _asked(call: Call, masks: Masks, most_bytes: int) -> str:
    return _shown(call.body, call.content_type, masks, most_bytes) if call.body else call.method


def _answered(reply: Reply | None, masks: Masks, most_bytes: int) -> str:
    return "" if reply is None else _shown(reply.body, reply.header("content-type") or _JSON, masks, most_bytes)


def _shown(body: bytes, content_type: str, masks: Masks, most_bytes: int) -> str:
    """A body as text, masked before it is cut, so that no piece of a secret is left at the end."""
    if not content_type.startswith(_TEXTUAL):
        return f"({content_type.partition(';')[0]}, {len(body)} bytes)"
    return _cut(_masked(body, masks) if masks.is_in(body) else body, most_bytes)


def _masked(body: bytes, masks: Masks) -> bytes:
    try:
        return masks.json(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return masks.text(body.decode(errors="replace")).encode()


def _cut(body: bytes, most_bytes: int) -> str:
    mark = "" if len(body) <= most_bytes else f"… (cut after {most_bytes} of {len(body)} bytes)"
    return _storable(body[:most_bytes].decode(errors="ignore" if mark else "replace")) + mark


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL, and no half of a pair of code units has bytes."""
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
