from typing import Any

import pytest

from worker.connections import ApiKey, Asker, Choice, Connections, NamedConnection, TaskConnection, Wish, choose
from worker.errors import InputError

ASKER = Asker("p", "t")
POOL: dict[str, Any] = {
    "authentication": {"type": "apiKey", "apiKey": "shared"},
    "headers": {"X-Team": "ops", "X-Region": "any"},
    "apiVersion": "2024-10-21",
    "endpoints": [
        {"resource": "payg", "deployment": "gpt-payg", "priority": 2, "weight": 3},
        {
            "endpoint": "https://ptu.example",
            "deployment": "gpt-ptu",
            "apiVersion": "v1",
            "authentication": {"type": "apiKey", "apiKey": "ptus"},
            "headers": {"x-region": "west"},
        },
    ],
}


def chosen(wish: dict[str, Any] | None = None, *, deployment: str | None = None, **changed: Any) -> Choice:
    named = NamedConnection.model_validate({**POOL, **changed})
    asked = Wish(connection=TaskConnection.model_validate({"name": "pool", **(wish or {})}), deployment=deployment)
    return choose(asked, Connections({"pool": named}).named(asked, ASKER))


def keys_of(choice: Choice) -> list[str]:
    return [
        node.connection.authentication.api_key.get_secret_value()
        for node in choice.nodes
        if isinstance(node.connection.authentication, ApiKey)
    ]


def test_the_best_comes_first() -> None:
    """Each endpoint has its own place, and of everything else what it says itself or the connection says for all."""
    choice = chosen()
    ptu, payg = choice.nodes

    assert ("https://ptu.example", "gpt-ptu", "v1") == (ptu.connection.endpoint, ptu.deployment, ptu.api_version)
    assert ("payg", "gpt-payg", "2024-10-21") == (payg.connection.resource, payg.deployment, payg.api_version)
    assert [(1, 1.0), (2, 3.0)] == [(node.priority, node.weight) for node in choice.nodes]
    assert ["ptus", "shared"] == keys_of(choice)
    assert "pool" == choice.name


def test_headers_are_merged_whatever_their_spelling() -> None:
    """An endpoint's header takes the place of the connection's of the same name."""
    headers = [
        {name: value.get_secret_value() for name, value in node.connection.headers.items()} for node in chosen().nodes
    ]

    assert [{"X-Team": "ops", "x-region": "west"}, {"X-Team": "ops", "X-Region": "any"}] == headers


@pytest.mark.parametrize(
    ("changed", "deployments"),
    [
        pytest.param({"override": ["deployment"]}, ["mine", "mine"], id="allowed"),
        pytest.param({"endpoints": [{"resource": "a"}, {"resource": "b"}]}, ["mine", "mine"], id="left open"),
        pytest.param(
            {"endpoints": [{"resource": "a", "deployment": "x"}, {"resource": "b"}]}, ["x", "mine"], id="open at one"
        ),
    ],
)
def test_a_tasks_deployment(changed: dict[str, Any], deployments: list[str]) -> None:
    """It holds wherever the operator lets it."""
    assert deployments == [node.deployment for node in chosen(deployment="mine", **changed).nodes]


def test_a_tasks_own_key_goes_to_every_endpoint() -> None:
    """Where the operator lets a task bring its key, no key of the operator's is left."""
    own = {"authentication": {"type": "apiKey", "apiKey": "tasks"}}

    assert ["tasks", "tasks"] == keys_of(chosen(own, override=["authentication"]))


def test_elsewhere_there_is_one_place_and_nothing_of_the_operators() -> None:
    """A task that may go elsewhere goes there alone."""
    own = {"endpoint": "https://else.example", "authentication": {"type": "apiKey", "apiKey": "tasks"}}
    choice = chosen(own, override=["endpoint", "authentication"])
    [node] = choice.nodes

    assert "https://else.example" == node.connection.endpoint
    assert ({}, ["tasks"]) == (node.connection.headers, keys_of(choice))


@pytest.mark.parametrize(
    "wish", [{"endpoint": "https://else.example"}, {"authentication": POOL["authentication"]}, {"headers": {"A": "b"}}]
)
def test_what_is_not_allowed(wish: dict[str, Any]) -> None:
    """Several endpoints are protected like one."""
    with pytest.raises(InputError, match="does not let a task override it"):
        chosen(wish)


def test_another_deployment_is_refused() -> None:
    """Where every endpoint has its own, a task may only repeat one of them."""
    assert ["gpt-ptu", "gpt-payg"] == [node.deployment for node in chosen(deployment="gpt-payg").nodes]
    with pytest.raises(InputError, match="does not let a task override it"):
        chosen(deployment="mine")
