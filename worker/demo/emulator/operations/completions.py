"""Legacy text completions."""

from typing import Final

from worker.demo.emulator.operations import checks, streams, words
from worker.demo.emulator.operations.exchange import Exchange, Operation, Reply
from worker.demo.emulator.shapes import filter_results, invalid

__all__ = ["COMPLETIONS"]

_DEFAULT_MAX_TOKENS: Final = 16


def _answer(exchange: Exchange) -> Reply:
    prompts = _checked_prompts(exchange)
    prompt_tokens = sum(len(words.pieces(prompt)) for prompt in prompts)
    checks.check_prompt(exchange, "\n".join(prompts), prompt_tokens)
    texts = [prompt for prompt in prompts for _ in range(checks.count_of(exchange.body, "n", 1))]
    spoken = [_say(exchange, prompt) for prompt in texts]
    tokens = sum(len(words.pieces(text)) for text, _ in spoken)
    body = {
        "choices": [_choice(exchange, index, *said, prompt=texts[index]) for index, said in enumerate(spoken)],
        "created": exchange.created,
        "id": exchange.new_id("cmpl"),
        "model": exchange.deployment.model,
        "object": "text_completion",
        "prompt_filter_results": [
            {"prompt_index": place, "content_filter_results": filter_results()} for place in range(len(prompts))
        ],
        "usage": {
            "completion_tokens": tokens,
            "prompt_tokens": prompt_tokens,
            "total_tokens": prompt_tokens + tokens,
        },
    }
    chunks = streams.text_chunks(exchange, body) if exchange.wants_stream else None
    return Reply(body=body, chunks=chunks, prompt_tokens=prompt_tokens, completion_tokens=tokens)


def _checked_prompts(exchange: Exchange) -> list[str]:
    prompt = exchange.body.get("prompt", "<|endoftext|>")
    given = prompt if isinstance(prompt, list) else [prompt]
    prompts = [each for each in given if isinstance(each, str)]
    if not prompts or len(prompts) != len(given):
        raise invalid("prompt", "invalid_type", "Invalid type for 'prompt': expected a string or an array of strings.")
    checks.check_numbers(exchange.body)
    return prompts


def _say(exchange: Exchange, prompt: str) -> tuple[str, str]:
    """Return the text of one choice and why it ended."""
    if checks.is_answer_filtered(exchange, prompt):
        return "", "content_filter"
    wanted = exchange.wanted.content
    said = words.pieces("\n\n" + words.answer_to(prompt, exchange.name) if wanted is None else wanted)
    kept = said[: checks.count_of(exchange.body, "max_tokens", _DEFAULT_MAX_TOKENS)]
    return "".join(kept), "stop" if kept == said else "length"


def _choice(exchange: Exchange, index: int, text: str, reason: str, *, prompt: str) -> dict[str, object]:
    echoed = prompt if exchange.body.get("echo") is True else ""
    return {
        "content_filter_results": filter_results("hate" if reason == "content_filter" else None),
        "finish_reason": reason,
        "index": index,
        "logprobs": None,
        "text": echoed + text,
    }


COMPLETIONS: Final = Operation(path="completions", name="completion", answer=_answer)
