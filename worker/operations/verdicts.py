"""The content filter's verdicts: on an answer that came, and on a prompt that was refused."""

from collections.abc import Mapping, Sequence

import msgspec

from worker.content_filter import named
from worker.error_bodies import stated
from worker.operations.model import NULL, ContentFilter
from worker.wire import Reply

__all__ = ["categories", "overall", "verdict_in"]

_PROMPT = "prompt"


def categories(*findings: msgspec.Raw) -> list[str]:
    """The categories in *findings* that were filtered."""
    return named(*(msgspec.json.decode(part) for part in findings))


def overall(verdicts: Sequence[ContentFilter]) -> ContentFilter:
    """One verdict on the answers of several calls; the findings themselves stand with each of them."""
    return ContentFilter(
        filtered=any(verdict.filtered for verdict in verdicts),
        categories=list(dict.fromkeys(name for verdict in verdicts for name in verdict.categories)),
        error=next((verdict.error for verdict in verdicts if verdict.error is not None), None),
    )


def verdict_in(reply: Reply) -> ContentFilter:
    """What the filter said in *reply*, a refusal; its findings are null where it gives none."""
    said = stated(reply)
    of_prompt, of_answer = _sides(said.findings)
    return ContentFilter(filtered=True, categories=named(said.findings), prompt=_raw(of_prompt), answer=_raw(of_answer))


def _sides(findings: object) -> tuple[object, object]:
    """What of *findings* is about the prompt and what about the answer; the Responses API says so in each of them."""
    if not isinstance(findings, Sequence) or isinstance(findings, str):
        return findings, None
    of_answer = [
        part for part in findings if isinstance(part, Mapping) and part.get("source_type") not in {None, _PROMPT}
    ]
    return [part for part in findings if part not in of_answer] or None, of_answer or None


def _raw(findings: object) -> msgspec.Raw:
    return NULL if findings is None else msgspec.Raw(msgspec.json.encode(findings))
