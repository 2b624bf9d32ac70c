"""The connection in a form: the operator's by name, or all of it in the task."""

import json
from collections.abc import Iterator
from typing import Any, Final, get_args

from pydantic import BaseModel

from worker.connections import TaskConnection
from worker.hints import Pick
from worker.templates.form.conditions import Condition, equals, one_of, picked
from worker.templates.form.fields import Entry, Shape, entries, entry, input_binding, looks_like
from worker.templates.form.words import label_of

__all__ = ["connection", "deployment"]

BY: Final = Pick(
    "connectionBy",
    "Connection",
    {"name": "By name, as the operator has set it up", "task": "Entered here"},
    tooltip="With a name no key and no address is part of the model",
)
_SERVICE: Final = Pick(
    "service",
    "Service",
    {
        "resource": "Azure OpenAI, by the resource's name",
        "endpoint": "Azure OpenAI, by its endpoint",
        "openai": "OpenAI",
        "compatible": "Another service with the same API",
    },
)
_PROVIDERS: Final = {"azure": ("resource", "endpoint"), "openai": ("openai",), "compatible": ("compatible",)}
_SERVICES_OF: Final = {  # the field, the services that have it
    "resource": ("resource",),
    "endpoint": ("endpoint", "compatible"),
    "organization": ("openai",),
    "project": ("openai",),
}
_NEEDED: Final = {"resource", "endpoint"}
_TYPE: Final = "authenticationType"
_NAMES: Final = {"none": "None", "bearer": "Bearer token", "clientCredentials": "Entra ID: client secret",
                 "clientCertificate": "Entra ID: client certificate",
                 "managedIdentity": "Entra ID: managed identity"}  # fmt: skip


def connection() -> Iterator[Shape]:
    """The fields of `connection`."""
    own = equals(BY.name, "task")
    yield picked(BY, "authentication")
    yield _field("name", [equals(BY.name, "name")], needed=True)
    yield {**picked(_SERVICE, "authentication"), "condition": own.json()}
    for provider, services in _PROVIDERS.items():
        yield {
            "id": f"provider_{provider}", "type": "Hidden", "value": provider,
            "binding": input_binding("connection.provider"),
            "condition": (own & one_of(_SERVICE.name, services)).json(),
        }  # fmt: skip
    for name, services in _SERVICES_OF.items():
        yield _field(name, [own, one_of(_SERVICE.name, services)], needed=name in _NEEDED)
    yield from _authentication(own)
    yield _field("headers", [own])


def deployment(asked: Condition) -> Iterator[Shape]:
    """`deployment` and `apiVersion`, the first where the operation has one (*asked*)."""
    binding = input_binding("deployment")
    common = {"type": "String", "label": "Deployment", "group": "authentication", "feel": "optional"}
    placeholder = {"placeholder": "gpt-4.1-mini"}
    named, own = equals(BY.name, "name"), equals(BY.name, "task")
    yield {
        "id": "deployment", **common, "tooltip": "Where the operator's connection leaves it open",
        **placeholder, "binding": binding, "condition": (asked & named).json(),
    }  # fmt: skip
    yield {
        "id": "ownDeployment", **common, "tooltip": "Name of the deployment, or of the model with OpenAI itself",
        **placeholder, "constraints": {"notEmpty": True}, "binding": binding, "condition": (asked & own).json(),
    }  # fmt: skip
    yield {
        "id": "apiVersion", "type": "String", "label": "API version", "group": "authentication", "feel": "optional",
        "tooltip": "v1 or the date of a version; the worker's own default if empty", "placeholder": "2024-10-21",
        "constraints": {"pattern": looks_like(
            r"v1|preview|latest|\d{4}-\d{2}-\d{2}(-preview)?",
            "v1, or a date such as 2024-10-21, with -preview behind it for a preview",
        )},
        "binding": input_binding("apiVersion"),
    }  # fmt: skip


def _field(name: str, conditions: list[Condition], *, needed: bool = False) -> Shape:
    shape = entry(f"connection.{name}", TaskConnection.model_fields[name]).shape
    if needed:
        shape["constraints"] = {**shape.get("constraints", {}), "notEmpty": True}
    shape["group"] = "authentication"
    together = conditions[0] if len(conditions) == 1 else conditions[0] & conditions[1]
    return {"id": f"connection_{name}", **shape, "condition": together.json()}


def _authentication(own: Condition) -> Iterator[Shape]:
    ways = {get_args(way.model_fields["type"].annotation)[0]: way for way in _ways()}
    yield {
        "id": _TYPE, "type": "Dropdown", "label": "Authentication", "group": "authentication", "value": "apiKey",
        "choices": [{"name": _NAMES.get(name) or label_of(name), "value": name} for name in ways],
        "binding": input_binding("connection.authentication.type"), "condition": own.json(),
    }  # fmt: skip
    fields: dict[str, tuple[Entry, list[str]]] = {}
    for name, way in ways.items():
        for field in entries(way, "connection.authentication"):
            if field.name != "type":
                fields.setdefault(json.dumps(field.shape), (field, []))[1].append(name)
    for field, names in fields.values():
        shown = {**field.shape, "group": "authentication"}
        yield {"id": f"{names[0]}_{field.name}", **shown, "condition": (own & one_of(_TYPE, names)).json()}


def _ways() -> Iterator[type[BaseModel]]:
    annotation: Any = TaskConnection.model_fields["authentication"].annotation
    for member in get_args(annotation):
        yield from (way for way in (member, *get_args(member), *_nested(member)) if _is_way(way))


def _nested(member: object) -> Iterator[object]:
    return (each for inner in get_args(member) for each in get_args(inner))


def _is_way(member: object) -> bool:
    return isinstance(member, type) and issubclass(member, BaseModel)
