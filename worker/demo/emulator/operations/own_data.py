"""Chat over one's own data: what is found there, in the new shape and in the two retired ones."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, cast

from worker.demo.emulator.operations import words
from worker.demo.emulator.operations.exchange import Exchange, Reply
from worker.demo.emulator.shapes import invalid

__all__ = ["OLD_VERSIONS", "check", "context_for", "in_old_shape"]

_FIRST_VERSION: Final = "2023-06-01-preview"
OLD_VERSIONS: Final = frozenset(
    {
        _FIRST_VERSION,
        "2023-07-01-preview",
        "2023-08-01-preview",
        "2023-09-01-preview",
        "2023-10-01-preview",
        "2023-12-01-preview",
    }
)
_INTENT: Final = '["what the emulator knows"]'


def check(body: Mapping[str, object]) -> None:
    """Refuse data sources that are none."""
    for name in ("data_sources", "dataSources"):
        sources = body.get(name)
        if sources is None:
            continue
        if not isinstance(sources, list) or not sources:
            raise invalid(name, None, f"Validation error at #/{name}: a list with at least one data source is expected")
        for place, source in enumerate(sources):
            if not isinstance(source, Mapping) or not isinstance(source.get("parameters"), Mapping):
                where = f"#/{name}/{place}/parameters"
                raise invalid(name, None, f"Validation error at {where}: Input should be a valid dictionary")


def context_for(body: Mapping[str, object]) -> dict[str, object]:
    """Return what a message over own data has besides its text; nothing when no data was asked for."""
    sources = body.get("data_sources")
    if not isinstance(sources, list):
        return {}
    return {"end_turn": True, "context": {"citations": _citations(sources), "intent": _INTENT}}


def _citations(sources: list[Mapping[str, object]]) -> list[dict[str, object]]:
    return [
        {
            "content": f"A passage that the emulator has found in the data source {source.get('type')}.",
            "title": f"Document {number}",
            "url": None,
            "filepath": f"document-{number}.md",
            "chunk_id": "0",
        }
        for number, source in enumerate(sources, start=1)
    ]


def in_old_shape(exchange: Exchange, reply: Reply) -> Reply:
    """Return an answer as the `/extensions/` path gave it, where findings were the message of a tool."""
    sources = exchange.body.get("dataSources")
    if not isinstance(sources, list):
        raise invalid("dataSources", None, "Validation error at #/dataSources: Field required")
    found = {"citations": _citations(sources), "intent": _INTENT}
    tool = {"role": "tool", "content": words.as_json(found), "end_turn": False}
    is_first = exchange.api_version == _FIRST_VERSION
    choices = cast("list[dict[str, object]]", reply.body["choices"])
    old = [_old_choice(choice, tool, is_first=is_first) for choice in choices]
    return replace(reply, body={**reply.body, "object": "extensions.chat.completion", "choices": old})


def _old_choice(choice: dict[str, object], tool: dict[str, object], *, is_first: bool) -> dict[str, object]:
    message = choice.get("message")
    if not isinstance(message, dict):
        return choice
    spoken = {"role": "assistant", "content": message.get("content"), "end_turn": True}
    rest = {name: value for name, value in choice.items() if name != "message"}
    if is_first:
        return {**rest, "messages": [{"index": 0, **tool}, {"index": 1, **spoken}]}
    return {**rest, "message": {**spoken, "context": {"messages": [tool]}}}
