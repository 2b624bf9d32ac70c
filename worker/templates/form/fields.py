"""From a typed field to an entry of a form: the same model parses the task and draws its form, so they cannot drift."""

import inspect
from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from worker.hints import Hint, Pick
from worker.templates.form.words import label_of, snake

__all__ = ["DURATION", "Entry", "Shape", "entries", "entry", "input_binding", "looks_like"]

Shape = dict[str, Any]
"""A property of a template, still without id and condition."""


def looks_like(pattern: str, wanted: str) -> Shape:
    """
    What a field's text has to match as a whole, unless it is empty or an expression; *wanted* follows "must be".

    `undefined` is what the modeler makes of a field that nothing was ever typed into.
    """
    return {"value": f"^(=.*|undefined|{pattern})?$", "message": f"must be {wanted}"}


DURATION: Final = looks_like(r"P(?=.)(\d+[YMWD])*(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?", "a duration such as PT30S or PT5M")
_SECRET: Final = looks_like(
    r".*(\{\{\s*secrets\.[^}]+\}\}|<<secrets\.[^>]+>>).*|secrets\.\S+",
    "a placeholder such as {{secrets.AZURE_OPENAI_API_KEY}}; a key does not belong in a model",
)
_NONE_CHOSEN: Final = {"name": "Default", "value": ""}
_PLAIN: Final = (bool, int, float, str)


class Entry(NamedTuple):
    """A field of the form: its *name* below the input, its *shape*, and the choice that shows it, if any."""

    name: str
    shape: Shape
    when: tuple[Pick, str] | None = None


def entries(model: type[BaseModel], below: str) -> Iterator[Entry]:
    """
    The form of *model*, whose values lie below `azureOpenAI.<below>`; a model inside it is opened up.

    One that may be left out altogether is a single expression instead.
    """
    for name in _own_first(model):
        field = model.model_fields[name]
        path = f"{below}.{field.alias}"
        inner = _inner_model(field)
        if inner is not None and field.is_required():
            yield from (entry._replace(name=f"{field.alias}.{entry.name}") for entry in entries(inner, path))
        else:
            yield entry(path, field)


def entry(path: str, field: FieldInfo) -> Entry:
    """The form of one field."""
    hint = next((each for each in field.metadata if isinstance(each, Hint)), Hint())
    name = path.rpartition(".")[2]
    if hint.fixed is not None:
        return Entry(name, {"type": "Hidden", "value": hint.fixed, "binding": input_binding(path)}, hint.when)
    constraints = _constraints(field, hint, needed=hint.needed or field.is_required())
    shape = {
        "label": hint.label or label_of(name),
        "tooltip": hint.tooltip,
        "group": hint.group,
        "placeholder": hint.placeholder,
        **_typed(field, hint, name),
        "constraints": constraints,
        "binding": input_binding(path),
    }
    if "pattern" in shape:
        shape["constraints"] = {**constraints, "pattern": shape.pop("pattern")}
    if shape["type"] not in {"String", "Text"}:
        shape.pop("placeholder")
    return Entry(name, {key: value for key, value in shape.items() if value not in (None, {})}, hint.when)


def _own_first(model: type[BaseModel]) -> list[str]:
    """Its fields: its own ones, then those of its bases."""
    return list(
        dict.fromkeys(n for each in model.__mro__ for n in inspect.get_annotations(each) if n in model.model_fields)
    )


def input_binding(path: str) -> Shape:
    """Where an input goes."""
    return {"type": "zeebe:input", "name": f"azureOpenAI.{path}"}


def _typed(field: FieldInfo, hint: Hint, name: str) -> Shape:
    members = set() if hint.feel else set(_members(field.annotation))
    default = field.default if isinstance(field.default, _PLAIN) else None
    if members == {bool}:
        return _switch(default)
    if members and members <= {int, float}:
        return {"type": "Number", "feel": "optional", "value": default}
    choices = () if hint.feel else hint.choices or _choices(field.annotation)
    if choices:
        return _dropdown(choices, default, required=field.is_required())
    if members == {SecretStr}:
        return _secret(name, required=field.is_required())
    return _text(members, default, long=hint.long)


def _text(members: set[Any], default: object, *, long: bool) -> Shape:
    if members == {timedelta}:
        return {"type": "String", "feel": "optional", "pattern": DURATION}
    if str in members:
        return {"type": "Text" if long else "String", "feel": "optional", "value": default}
    return {"type": "Text", "feel": "required"}


def _switch(default: object) -> Shape:
    """A box to tick; where nothing said differs from no, a list, since a box cannot be left alone."""
    if default is not None:
        return {"type": "Boolean", "feel": "optional", "value": default}
    choices = [_NONE_CHOSEN, {"name": "Yes", "value": "true"}, {"name": "No", "value": "false"}]
    return {"type": "Dropdown", "choices": choices, "value": ""}


def _dropdown(choices: tuple[str, ...], default: object, *, required: bool) -> Shape:
    named = [{"name": label_of(choice), "value": choice} for choice in choices]
    if default is not None or required:
        return {"type": "Dropdown", "choices": named, "value": default or choices[0]}
    return {"type": "Dropdown", "choices": [_NONE_CHOSEN, *named], "value": ""}


def _secret(name: str, *, required: bool) -> Shape:
    written = f"{{{{secrets.AZURE_OPENAI_{snake(name).upper()}}}}}"
    filled = {"value": written} if required else {"placeholder": written}
    return {"type": "String", "feel": "optional", "pattern": _SECRET, **filled}


def _constraints(field: FieldInfo, hint: Hint, *, needed: bool) -> Shape:
    found: Mapping[str, object] = {}
    pattern = next((each.pattern for each in _metadata(field) if getattr(each, "pattern", None)), None)
    if pattern is not None:
        inner = str(pattern).removeprefix("^").removesuffix("$")
        found = {"pattern": looks_like(inner, hint.wanted or f"text that matches {inner}")}
    return {**({"notEmpty": True} if needed else {}), **found}


def _metadata(field: FieldInfo) -> Iterator[Any]:
    """What is said about the field's values, inside a union too."""
    yield from field.metadata
    for member in get_args(field.annotation):
        if get_origin(member) is Annotated:
            for each in get_args(member)[1:]:
                yield from each.metadata if isinstance(each, FieldInfo) else [each]


def _inner_model(field: FieldInfo) -> type[BaseModel] | None:
    members = [member for member in _members(field.annotation) if isinstance(member, type)]
    if len(members) == 1 and issubclass(members[0], BaseModel):
        return members[0]
    return None


def _members(annotation: object) -> Iterator[Any]:
    """What a value may be, without None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif origin in {Union, UnionType}:
        for member in get_args(annotation):
            yield from _members(member)
    elif origin is not None and origin is not Literal:
        yield origin
    elif annotation is not NoneType:
        yield annotation


def _choices(annotation: object) -> tuple[str, ...]:
    """The texts to choose from, where nothing else is possible."""
    members = list(_members(annotation))
    if members and all(get_origin(member) is Literal for member in members):
        return tuple(str(choice) for member in members for choice in get_args(member))
    return ()
