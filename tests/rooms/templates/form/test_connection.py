from typing import Any

import pytest

from worker.connections import TaskConnection
from worker.templates.form import connection, deployment
from worker.templates.form.conditions import ALWAYS

SHAPES = {shape["id"]: shape for shape in connection()}


def filled(**chosen: str) -> dict[str, Any]:
    """The connection that a task gets when the form's choices are *chosen* and its needed texts are filled in."""
    values = {each["id"]: chosen.get(each["id"], each.get("value")) for each in SHAPES.values()}
    found: dict[str, Any] = {}
    for each in SHAPES.values():
        if each["binding"]["type"] == "zeebe:input" and _holds(each, values):
            value = values[each["id"]] or ("https://x" if each.get("constraints", {}).get("notEmpty") else None)
            _put(found, each["binding"]["name"].removeprefix("azureOpenAI.connection.").split("."), value)
    return found


def _holds(shape: dict[str, Any], values: dict[str, Any]) -> bool:
    condition = shape.get("condition", {"allMatch": []})
    return all(
        values[part["property"]] in (part.get("oneOf") or [part["equals"]])
        for part in condition.get("allMatch", [condition])
    )


def _put(found: dict[str, Any], path: list[str], value: object) -> None:
    for step in path[:-1]:
        found = found.setdefault(step, {})
    assert path[-1] not in found
    found[path[-1]] = value


def test_by_name_nothing_else_is_said() -> None:
    """The first choice needs no address and no key."""
    assert filled(connection_name="main") == {"name": "main"}


@pytest.mark.parametrize("service", [choice["value"] for choice in SHAPES["service"]["choices"]])
@pytest.mark.parametrize("way", [choice["value"] for choice in SHAPES["authenticationType"]["choices"]])
def test_every_choice_is_a_connection(service: str, way: str) -> None:
    """Whatever is chosen, the worker understands what comes of it."""
    given = TaskConnection.model_validate(filled(connectionBy="task", service=service, authenticationType=way))

    assert given.authentication is not None
    assert given.authentication.type == way
    assert (given.provider == "openai") is (given.resource is None and given.endpoint is None)


def test_a_deployment_is_needed_only_beside_a_connection_of_ones_own() -> None:
    """The operator's connection may have one already."""
    named, own, _ = deployment(ALWAYS)

    assert "constraints" not in named
    assert own["constraints"] == {"notEmpty": True}
