"""Inputs of operations, made by Hypothesis from the input models: each field there or not, null, or in its range."""

import itertools
import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from worker.operations import OPERATIONS

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=12)
SCHEMA = st.just({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]})
FUNCTION = st.fixed_dictionaries({"name": st.just("look_up")}, optional={"description": WORDS, "parameters": SCHEMA})
PART = st.fixed_dictionaries({"type": st.just("text"), "text": WORDS})
CONTENT = WORDS | st.lists(PART, min_size=1, max_size=2)
MESSAGE = (
    st.fixed_dictionaries({"role": st.just("user"), "content": CONTENT})
    | st.fixed_dictionaries({"role": st.sampled_from(["system", "assistant"]), "content": WORDS})
    | st.fixed_dictionaries({"role": st.just("tool"), "content": WORDS, "tool_call_id": WORDS})
)
ITEM = st.fixed_dictionaries({"role": st.sampled_from(["user", "system"]), "content": WORDS})
IMAGE = st.just("https://example.org/cat.png") | st.fixed_dictionaries(
    {"data": st.just("AAAA")}, optional={"detail": st.sampled_from(["auto", "low", "high"])}
)
FORMAT = st.sampled_from(["text", "json_object"]) | st.builds(
    lambda schema: {"type": "json_schema", "json_schema": {"name": "x", "schema": schema, "strict": True}}, SCHEMA
)
SEARCH = st.just(
    {
        "type": "azure_search",
        "parameters": {
            "endpoint": "https://s.example",
            "index_name": "i",
            "authentication": {"type": "system_assigned_managed_identity"},
        },
    }
)
# What a type alone does not tell: parts in the API's own shape, and texts of which only some are right.
BY_NAME: Mapping[str, st.SearchStrategy[Any]] = {
    "messages": st.lists(MESSAGE, min_size=1, max_size=3),
    "conversations": st.lists(st.lists(MESSAGE, min_size=1, max_size=2), min_size=1, max_size=2),
    "prompts": st.lists(CONTENT, min_size=1, max_size=2),
    "content": CONTENT,
    "role": st.just("user"),
    "images": st.lists(IMAGE, min_size=1, max_size=2),
    "tools": st.just([{"name": "look_up"}]) | st.lists(FUNCTION, min_size=1, max_size=2),
    "toolChoice": st.sampled_from(["none", "auto", "required", "look_up"]),
    "functions": st.lists(FUNCTION, min_size=1, max_size=2),
    "functionCall": st.sampled_from(["none", "auto", {"name": "look_up"}]),
    "responseFormat": FORMAT,
    "jsonSchema": SCHEMA,
    "reasoningEffort": st.sampled_from(["low", "medium", "high"]),
    "verbosity": st.sampled_from(["low", "medium", "high"]),
    "metadata": st.dictionaries(WORDS, WORDS, max_size=3),
    "audio": st.just({"voice": "alloy", "format": "mp3"}),
    "prediction": st.just({"type": "content", "content": "x"}),
    "userSecurityContext": st.just({"application_name": "x", "source_ip": "192.0.2.1"}),
    "dataSources": st.just([]) | st.lists(SEARCH, min_size=1, max_size=1),
    "seed": st.integers(-(2**63), 2**63 - 1),
    "logitBias": st.dictionaries(st.just("50256"), st.integers(-100, 100)),
    "text": st.just("A sentence. ") | st.just("A sentence. " * 60),
    "contextTokens": st.just(100),
    "createResponse.input": WORDS
    | st.lists(
        st.fixed_dictionaries({"role": st.sampled_from(["user", "system"]), "content": WORDS}), min_size=1, max_size=2
    ),
    "createResponse.text": st.sampled_from([{"format": {"type": "text"}}, {"format": {"type": "json_object"}}]),
    "createResponse.reasoning": st.sampled_from([{"effort": "low"}, {"effort": "high", "summary": "auto"}]),
    "createResponse.tools": st.just([{"type": "function", "name": "look_up", "parameters": {}, "strict": False}]),
    "createResponse.toolChoice": st.sampled_from(["none", "auto", "required", {"type": "function", "name": "look_up"}]),
    "createResponse.include": st.just(["file_search_call.results"]),
    "voice": st.sampled_from(["alloy", "echo", "fable", "onyx", "nova", "shimmer"]),
    "file": st.fixed_dictionaries({"content": st.just("UklGRiQA")}, optional={"name": st.just("talk.wav")}),
    "createImage.size": st.sampled_from(["auto", "1024x1024", "1792x1024"]),
    "createImage.images": st.just([{"content": "iVBORw0K", "name": "cat.png"}]),
    "mask": st.just({"content": "iVBORw0K", "name": "mask.png"}),
    "records": st.just([{"e-mail": "ann@example.org", "lines": [{"net": 1.5}]}]),
    "targetSchema": SCHEMA,
    "targetFields": st.just([{"name": "mail", "required": True}]),
    "sourceFields": st.just(["first", "last"]),
}
_OF_GPT_IMAGE = (
    "outputFormat", "outputCompression", "moderation", "images", "mask", "inputFidelity",
)  # fmt: skip
# Of each group an input has at most one, since the models refuse two.
RIVALS = (
    ("maxTokens", "maxCompletionTokens"),
    ("responseFormat", "jsonSchema"),
    ("prompts", "conversations"),
    ("targetSchema", "targetFields"),
    ("jsonSchema", "text"),
    ("background", "stream"),
    ("translate", "language"),
    ("translate", "timestampGranularities"),
    *itertools.product(_OF_GPT_IMAGE, ("style", "responseFormat")),
)


def inputs(operation: str) -> st.SearchStrategy[dict[str, Any]]:
    """Inputs that the operation takes."""
    model = OPERATIONS[operation].input
    fields = {str(field.alias): _field(operation, str(field.alias), field) for field in model.model_fields.values()}
    needed = {name for field in model.model_fields.values() if field.is_required() and (name := str(field.alias))}
    drawn = st.fixed_dictionaries(
        {name: strategy for name, strategy in fields.items() if name in needed},
        optional={name: st.none() | strategy for name, strategy in fields.items() if name not in needed},
    )
    return drawn.map(_without_rivals).filter(lambda given: _is_taken(model, given))


def _without_rivals(given: dict[str, Any]) -> dict[str, Any]:
    beaten = {name for group in RIVALS for name in [n for n in group if given.get(n) is not None][1:]}
    if given.get("toolChoice") == "look_up" and not given.get("tools"):
        beaten |= {"toolChoice"}
    return {name: value for name, value in given.items() if name not in beaten}


def _is_taken(model: type[BaseModel], given: dict[str, Any]) -> bool:
    try:
        model.model_validate(given)
    except ValidationError:
        return False
    return True


def _field(operation: str, name: str, field: FieldInfo) -> st.SearchStrategy[Any]:
    for known in (f"{operation}.{name}", name):
        if known in BY_NAME:
            return BY_NAME[known]
    return _typed(Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation)


def _typed(annotation: Any, bounds: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _typed(arguments[0], (*arguments[1:], *bounds))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in {Union, types.UnionType}:
        return st.one_of([_typed(part, bounds) for part in arguments if part is not type(None)])
    if origin is list:
        return st.lists(_typed(arguments[0]), min_size=_bound(bounds, "min_length", 0), max_size=3)
    if annotation in {int, float}:
        return _number(annotation, bounds)
    return {bool: st.booleans(), str: WORDS}[annotation]  # a KeyError here asks for a line in BY_NAME


def _number(kind: type, bounds: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    low, high = _bound(bounds, "ge", 0), _bound(bounds, "le", 1_000)
    if kind is int:
        return st.integers(low, high) | st.integers(low, high).map(str)
    return st.floats(low, high, allow_nan=False)


def _bound(bounds: tuple[Any, ...], name: str, default: int) -> Any:
    flat = [part for bound in bounds for part in getattr(bound, "metadata", [bound])]
    known = (
        getattr(part, name) for part in flat if isinstance(part, annotated_types.BaseMetadata) and hasattr(part, name)
    )
    return next((value for value in known if value is not None), default)
