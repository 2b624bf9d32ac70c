"""What the emulator is told to do instead of answering normally: data, so that it can also arrive as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

from worker.demo.emulator.books import Entry

__all__ = ["NORMAL", "Answer", "Ending", "Rule", "Script"]

# reset   the connection breaks before any work is done        hang        no answer, ever
# lost    the model works and bills, then the connection breaks    truncated   the body breaks off in the middle
Ending = Literal["whole", "reset", "hang", "lost", "truncated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    One answer to order. Made by the class methods; the default is the normal answer.

    status_code     None: the normal answer with the changes below; otherwise this status with *body*
    body            a mapping is sent as JSON, text as it is, None as Azure's own error of that status
    after_s         seconds to wait first, on top of the emulator's latency
    content         what the model says, instead of the emulator's own words
    finish_reason   `content_filter` gives a choice that the filter has cut
    stream_error    a status reported within a stream that began well
    """

    status_code: int | None = None
    body: Mapping[str, object] | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    after_s: float = 0.0
    ending: Ending = "whole"
    content: str | None = None
    finish_reason: str | None = None
    stream_error: int | None = None

    @classmethod
    def status(
        cls,
        status: int,
        *,
        retry_after_s: int | None = None,
        retry_after_ms: int | None = None,
        body: Mapping[str, object] | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Answer with this status; without *body* it is the one that Azure sends with it."""
        waits = {"retry-after": retry_after_s, "retry-after-ms": retry_after_ms}
        asked = {name: str(wait) for name, wait in waits.items() if wait is not None}
        return cls(status_code=status, body=body, headers={**asked, **(headers or {})})

    @classmethod
    def html(cls, status: int = 502) -> Self:
        """Answer as a gateway in front of the service does."""
        page = f"<html><head><title>{status}</title></head><body><h1>{status} Bad Gateway</h1></body></html>"
        return cls(status_code=status, body=page, content_type="text/html")

    @classmethod
    def says(cls, content: str) -> Self:
        """Answer normally, in these words."""
        return cls(content=content)

    @classmethod
    def filtered_prompt(cls) -> Self:
        """Refuse the prompt with what the content filter says about it."""
        return cls(finish_reason="prompt_filter")

    @classmethod
    def cut_by_filter(cls) -> Self:
        """Answer with a choice whose message the content filter has removed."""
        return cls(finish_reason="content_filter")

    @classmethod
    def error_in_stream(cls, status: int = 429) -> Self:
        """Begin a stream well and report an error in the middle of it."""
        return cls(stream_error=status)

    @classmethod
    def broken(cls, ending: Ending) -> Self:
        """End the exchange in one of the ways above."""
        return cls(ending=ending)

    def later(self, after_s: float) -> Self:
        """Return the same answer, given *after_s* seconds later."""
        return replace(self, after_s=after_s)


NORMAL = Answer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    An answer and the calls it is for; a condition that is None is met by all.

    times       how many calls it serves, None: all
    contains    text that must occur in the body
    """

    answer: Answer
    times: int | None = 1
    deployment: str | None = None
    operation: str | None = None
    contains: str | None = None

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self:
        """Read a rule in which *answer* is a mapping of an answer's fields; TypeError for a field that is not one."""
        answer = fields.get("answer")
        if not isinstance(answer, Mapping):
            raise TypeError("a rule has an answer: a mapping")
        return cls(**{**fields, "answer": Answer(**answer)})

    def is_for(self, entry: Entry) -> bool:
        """Tell whether the rule's conditions are met by a request."""
        return (
            self.deployment in (None, entry.deployment)
            and self.operation in (None, entry.operation)
            and (self.contains is None or self.contains in str(entry.body))
        )


class Script:
    """Rules in the order they were given; the first one that fits a call serves it."""

    def __init__(self) -> None:
        self._rules: list[tuple[Rule, int | None]] = []

    def add(self, *rules: Rule) -> None:
        """Append rules."""
        self._rules.extend((rule, rule.times) for rule in rules)

    def clear(self) -> None:
        """Back to normal answers."""
        self._rules.clear()

    def take(self, entry: Entry) -> Answer:
        """Return the answer that a request gets, using up one of its rule's times."""
        for place, (rule, left) in enumerate(self._rules):
            if rule.is_for(entry):
                if left is not None:
                    self._rules[place : place + 1] = [(rule, left - 1)] if left > 1 else []
                return rule.answer
        return NORMAL
