"""Embeddings: made-up vectors of length 1, the same for the same text."""

import base64
import hashlib
import math
import struct
from typing import Final

from worker.demo.emulator.operations import checks, words
from worker.demo.emulator.operations.exchange import Exchange, Operation, Reply
from worker.demo.emulator.shapes import invalid

__all__ = ["EMBEDDINGS"]

_MOST_INPUTS: Final = 2_048


def _answer(exchange: Exchange) -> Reply:
    texts = _checked_input(exchange)
    dimensions = checks.count_of(exchange.body, "dimensions", exchange.deployment.dimensions)
    is_base64 = exchange.body.get("encoding_format") == "base64"
    tokens = sum(len(words.pieces(text)) for text in texts)
    vectors = [_vector(text, dimensions) for text in texts]
    data = [
        {"object": "embedding", "index": index, "embedding": _as_base64(vector) if is_base64 else vector}
        for index, vector in enumerate(vectors)
    ]
    used = {"prompt_tokens": tokens, "total_tokens": tokens}
    body = {"object": "list", "data": data, "model": exchange.deployment.model, "usage": used}
    return Reply(body=body, prompt_tokens=tokens)


def _checked_input(exchange: Exchange) -> list[str]:
    given = exchange.body.get("input")
    if given is None:
        raise invalid("input", "missing_required_parameter", "Missing required parameter: 'input'.")
    inputs = given if isinstance(given, list) else [given]
    texts = [text for text in inputs if isinstance(text, str) and text]
    if not texts or len(texts) != len(inputs) or len(texts) > _MOST_INPUTS:
        raise invalid("input", "invalid_input", "'$.input' is invalid. Please check the API reference.")
    return texts


def _vector(text: str, dimensions: int) -> list[float]:
    # As many 32-bit numbers as wanted, the same ones for the same text.
    digest = hashlib.shake_256(text.encode()).digest(4 * dimensions)
    raw = [number / 2**31 for number in struct.unpack(f"<{dimensions}i", digest)]
    length = math.sqrt(sum(number * number for number in raw))
    return [number / length for number in raw]


def _as_base64(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


EMBEDDINGS: Final = Operation(path="embeddings", name="embeddings", answer=_answer)
