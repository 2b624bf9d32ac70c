"""A proposal of how target fields are filled: its JSON schema, and whether an answer is one."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec
from pydantic import JsonValue

from worker.operations.json_check import parsed
from worker.operations.mapping.fields import TargetField

__all__ = ["proposal_schema", "proposed"]

_NAMED_AT_MOST: Final = 5  # fields that a complaint names


def proposal_schema() -> dict[str, JsonValue]:
    """The JSON schema of a proposal, within what the service takes in strict mode."""
    fields: dict[str, JsonValue] = {
        "targetField": {"type": "string"},
        "sourceFields": {"type": "array", "items": {"type": "string"}},
        "transformation": {"type": ["string", "null"]},
        "confidence": {"type": "number"},
        "reason": {"type": "string"},
    }
    mapping: JsonValue = {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"mappings": {"type": "array", "items": mapping}},
        "required": ["mappings"],
        "additionalProperties": False,
    }


class _Mapping(msgspec.Struct, frozen=True, rename="camel"):
    target_field: str
    source_fields: list[str]
    transformation: str | None
    confidence: float
    reason: str


class _Proposal(msgspec.Struct, frozen=True):
    mappings: list[_Mapping]


def proposed(
    text: msgspec.Raw, targets: Sequence[TargetField], sources: Collection[str]
) -> tuple[msgspec.Raw | None, str | None]:
    """
    The proposal in *text* (a JSON text) in the order of *targets*, or None and what is wrong with it.

    Each target has to occur once, and each source it names to be one of *sources*.
    """
    value, problem = parsed(text, proposal_schema())
    if problem is not None:
        return None, problem
    found = msgspec.json.decode(value, type=_Proposal).mappings
    complaint = next(_complaints(found, [target.name for target in targets], sources), None)
    if complaint is not None:
        return None, complaint
    by_target = {mapping.target_field: mapping for mapping in found}
    ordered = _Proposal([by_target[target.name] for target in targets])
    return msgspec.Raw(msgspec.json.encode(ordered)), None


def _complaints(found: Sequence[_Mapping], targets: Sequence[str], sources: Collection[str]) -> Iterator[str]:
    counts = Counter(mapping.target_field for mapping in found)
    yield from _about("these target fields are missing", [name for name in targets if name not in counts])
    yield from _about("these target fields do not exist", [name for name in counts if name not in targets])
    yield from _about("these target fields occur more than once", [name for name, n in counts.items() if n > 1])
    used = {name for mapping in found for name in mapping.source_fields}
    yield from _about("these source fields do not exist", [name for name in used if name not in sources])
    doubtful = [mapping.target_field for mapping in found if not 0 <= mapping.confidence <= 1]
    yield from _about("the confidence of these target fields is not between 0 and 1", doubtful)


def _about(complaint: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        more = f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
        yield f"{complaint}: {', '.join(names[:_NAMED_AT_MOST])}{more}"
