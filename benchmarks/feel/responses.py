"""What is evaluated: the usual result expression on replies of any size, and plain arithmetic."""

from dataclasses import dataclass
from typing import Any, Final

__all__ = ["CASES", "USUAL", "Case", "response"]

USUAL: Final = "{answer: response.body.choices[1].message.content, tokens: response.body.usage.total_tokens}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An expression, the size of the context that it is evaluated on, and the right value."""

    name: str
    expression: str
    size_bytes: int
    value: dict[str, Any]


CASES: Final = (
    *(
        Case(name=name, expression=USUAL, size_bytes=size_bytes, value={"answer": "Four.", "tokens": 11})
        for name, size_bytes in (("usual, 2 KB", 2_000), ("usual, 100 KB", 100_000), ("usual, 1 MB", 1_000_000))
    ),
    Case(name="arithmetic", expression="{a: 1 + 2 * 3, b: sum([1, 2, 3])}", size_bytes=0, value={"a": 7, "b": 6}),
)


def response(size_bytes: int) -> dict[str, Any]:
    """A context of about *size_bytes* of JSON: one chat reply among *n* choices that nobody asks for."""
    filler = {"index": 1, "finish_reason": "stop", "message": {"role": "assistant", "content": "x" * 60}}
    first = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Four."}}
    choices = [first, *([filler] * (size_bytes // 130))]
    body = {"id": "chatcmpl-1", "choices": choices, "usage": {"total_tokens": 11}}
    return {"response": {"status": 200, "headers": {}, "body": body}}
