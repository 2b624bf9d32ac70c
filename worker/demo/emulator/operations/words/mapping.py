"""What a model would propose that is asked how a target's fields are filled: names that look alike belong together."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

__all__ = ["proposal_for"]

_ALIKE: Final = 0.5  # of two names, from 0 to 1
_SURE: Final = 0.95  # of names that are the same but for their spelling


def proposal_for(question: str) -> Mapping[str, object] | None:
    """The mapping that *question* asks for, None where it is not about `sourceFields` and `targetFields` in JSON."""
    try:
        asked, _ = json.JSONDecoder().raw_decode(question)
    except (ValueError, RecursionError):
        return None
    sources, targets = (list(_names(asked, part)) for part in ("sourceFields", "targetFields"))
    return {"mappings": [_mapping(target, sources) for target in targets]} if sources and targets else None


def _names(asked: object, part: str) -> Iterator[str]:
    fields = asked.get(part) if isinstance(asked, Mapping) else None
    for field in fields if isinstance(fields, list) else ():
        name = field.get("name") if isinstance(field, Mapping) else field
        if isinstance(name, str):
            yield name


def _mapping(target: str, sources: Sequence[str]) -> dict[str, object]:
    likeness, source = max((_likeness(target, source), source) for source in sources)
    is_found = likeness >= _ALIKE
    return {
        "targetField": target,
        "sourceFields": [source] if is_found else [],
        "transformation": None,
        "confidence": round(min(likeness, _SURE), 2) if is_found else 0.0,
        "reason": "The names look alike." if is_found else "No name looks alike.",
    }


def _likeness(one: str, other: str) -> float:
    first, second = (re.sub(r"[^a-z0-9]", "", name.lower().rpartition(".")[2]) for name in (one, other))
    if first and second and (first in second or second in first):
        return _SURE
    return difflib.SequenceMatcher(None, first, second).ratio()
