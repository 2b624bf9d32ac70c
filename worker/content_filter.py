"""What a content filter found, in each of the forms that its findings come in."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

__all__ = ["FINDINGS", "blocked_by", "named"]

FINDINGS: Final = ("content_filter_result", "content_filter_results", "content_filters")
"""Under which names findings stand: recorded in the singular, in Azure's contract in the plural, and of responses."""

_Object = Mapping[str, object]


def blocked_by(findings: object) -> Iterator[tuple[str, str | None]]:
    """
    The categories in *findings* that were filtered, each with its severity where it has one.

    Findings are an object by category, or a list of objects that hold one.
    """
    if isinstance(findings, Mapping):
        for inner in (findings[name] for name in FINDINGS if name in findings):
            yield from blocked_by(inner)
        for name, verdict in findings.items():
            if name not in FINDINGS and _is_filtered(verdict):
                severity = verdict.get("severity") if isinstance(verdict, Mapping) else None
                yield str(name), severity if isinstance(severity, str) else None
    elif isinstance(findings, Sequence) and not isinstance(findings, str):
        for part in findings:
            yield from blocked_by(part)


def named(*findings: object) -> list[str]:
    """The categories that were filtered, each once."""
    return list(dict.fromkeys(name for part in findings for name, _ in blocked_by(part)))


def _is_filtered(verdict: object) -> bool:
    """Block lists of one's own are a list of verdicts in old versions."""
    if isinstance(verdict, Mapping):
        return verdict.get("filtered") is True
    return isinstance(verdict, list) and any(_is_filtered(part) for part in verdict if isinstance(part, Mapping))
