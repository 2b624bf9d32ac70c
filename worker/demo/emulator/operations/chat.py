"""Chat completions, with one's own data too, and the retired path for that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from worker.demo.emulator.operations import checks, own_data, streams, words
from worker.demo.emulator.operations.exchange import Exchange, Operation, Reply
from worker.demo.emulator.shapes import filter_results, invalid, prompt_filter_results, usage

__all__ = ["CHAT", "EXTENSIONS_CHAT"]

_REASONING_TOKENS: Final = 64
_TOKENS_PER_MESSAGE, _TOKENS_PER_REQUEST = 4, 3
_TOKENS_PER_IMAGE: Final = 85
_PROTECTED: Final = {
    "protected_material_code": {"detected": False, "filtered": False},
    "protected_material_text": {"detected": False, "filtered": False},
}


@dataclass(frozen=True, slots=True)
class _Said:
    """What the model has said in one choice; *message* is None when the content filter has removed it."""

    message: dict[str, object] | None
    finish_reason: str
    tokens: int


def _answer(exchange: Exchange) -> Reply:
    messages = _checked_messages(exchange)
    prompt = "\n".join(_text_of(message) for message in messages)
    prompt_tokens = _TOKENS_PER_REQUEST + sum(_tokens_of(message) for message in messages)
    checks.check_prompt(exchange, prompt, prompt_tokens)
    said = _say(exchange, messages, prompt)
    count = checks.count_of(exchange.body, "n", 1)
    tokens = said.tokens * count
    used = usage(prompt_tokens, tokens, reasoning=_REASONING_TOKENS * count if exchange.deployment.reasoning else 0)
    body = {
        "choices": [_choice(said, index) for index in range(count)],
        "created": exchange.created,
        "id": exchange.new_id("chatcmpl"),
        "model": exchange.deployment.model,
        "object": "chat.completion",
        "prompt_filter_results": prompt_filter_results(),
        "system_fingerprint": "fp_emulator00",
        "usage": used,
    }
    chunks = streams.chat_chunks(exchange, body) if exchange.wants_stream else None
    return Reply(body=body, chunks=chunks, prompt_tokens=prompt_tokens, completion_tokens=tokens)


def _choice(said: _Said, index: int) -> dict[str, object]:
    if said.message is None:  # as recorded: a cut choice may come without any message
        cut = filter_results("hate")
        return {"content_filter_results": cut, "finish_reason": said.finish_reason, "index": index, "logprobs": None}
    return {
        "content_filter_results": {**filter_results(), **_PROTECTED},
        "finish_reason": said.finish_reason,
        "index": index,
        "logprobs": None,
        "message": said.message,
    }


def _checked_messages(exchange: Exchange) -> list[Mapping[str, object]]:
    messages = exchange.body.get("messages")
    if messages is None:
        raise invalid("messages", "missing_required_parameter", "Missing required parameter: 'messages'.")
    if not isinstance(messages, list) or not messages:
        wanted = "Expected an array with minimum length 1, but got an empty array instead."
        raise invalid("messages", "empty_array", f"Invalid 'messages': empty array. {wanted}")
    for place, message in enumerate(messages):
        if not isinstance(message, Mapping) or "role" not in message:
            where = f"messages[{place}].role"
            raise invalid(where, "missing_required_parameter", f"Missing required parameter: '{where}'.")
    checks.check_numbers(exchange.body)
    checks.check_reasoning(exchange)
    own_data.check(exchange.body)
    return messages


def _text_of(message: Mapping[str, object]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return "\n".join(str(part["text"]) for part in content if isinstance(part, Mapping) and "text" in part)
    return content if isinstance(content, str) else ""


def _tokens_of(message: Mapping[str, object]) -> int:
    content = message.get("content")
    images = sum("image_url" in part for part in content) if isinstance(content, list) else 0
    return _TOKENS_PER_MESSAGE + len(words.pieces(_text_of(message))) + images * _TOKENS_PER_IMAGE


def _say(exchange: Exchange, messages: list[Mapping[str, object]], prompt: str) -> _Said:
    thought = _REASONING_TOKENS if exchange.deployment.reasoning else 0
    if checks.is_answer_filtered(exchange, prompt):
        return _Said(None, "content_filter", thought)
    if (call := _tool_call(exchange, messages)) is not None:
        asked: dict[str, object] = {"content": None, "refusal": None, "role": "assistant", "tool_calls": [call]}
        return _Said(asked, "tool_calls", thought + len(words.pieces(words.as_json(call["function"]))))
    said = words.pieces(_text(exchange, messages))
    older_limit = checks.count_of(exchange.body, "max_tokens", len(said) + thought)
    longest = checks.count_of(exchange.body, "max_completion_tokens", older_limit)
    kept = said[: max(0, longest - thought)]  # reasoning comes first and may leave nothing for the answer
    reason = exchange.wanted.finish_reason or ("stop" if kept == said else "length")
    spoken: dict[str, object] = {"annotations": [], "content": "".join(kept), "refusal": None, "role": "assistant"}
    return _Said({**spoken, **own_data.context_for(exchange.body)}, reason, thought + len(kept))


def _text(exchange: Exchange, messages: list[Mapping[str, object]]) -> str:
    if exchange.wanted.content is not None:
        return exchange.wanted.content
    questions = [_text_of(message) for message in messages if message["role"] == "user"]
    form = exchange.body.get("response_format")
    kind = form.get("type") if isinstance(form, Mapping) else None
    answer = words.answer_to(questions[-1] if questions else "", exchange.name)
    proposal = words.proposal_for(questions[-1]) if kind and questions else None
    if proposal is not None:
        return words.as_json(proposal)
    if kind == "json_object":
        return words.as_json({"answer": answer})
    if isinstance(form, Mapping) and kind == "json_schema":
        wrapped = form.get("json_schema")
        return words.as_json(words.example_of(wrapped.get("schema") if isinstance(wrapped, Mapping) else None))
    return answer


def _tool_call(exchange: Exchange, messages: list[Mapping[str, object]]) -> dict[str, object] | None:
    """Call the first tool on offer as soon as a user has spoken, and answer in words once it has been run."""
    tools = exchange.body.get("tools")
    is_asked = messages[-1]["role"] == "user" and exchange.body.get("tool_choice") != "none"
    if not isinstance(tools, list) or not tools or not is_asked or exchange.wanted.content is not None:
        return None
    function = tools[0].get("function", {})
    arguments = words.as_json(words.example_of({"type": "object", **(function.get("parameters") or {})}))
    called = {"arguments": arguments, "name": function.get("name")}
    return {"function": called, "id": exchange.new_id("call"), "type": "function"}


def _extension_answer(exchange: Exchange) -> Reply:
    return own_data.in_old_shape(exchange, _answer(exchange))


CHAT: Final = Operation(path="chat/completions", name="chatCompletion", answer=_answer)
EXTENSIONS_CHAT: Final = Operation(
    path="extensions/chat/completions",
    name="extensionsChatCompletion",
    answer=_extension_answer,
    only_versions=own_data.OLD_VERSIONS,
)
