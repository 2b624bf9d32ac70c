from datetime import timedelta
from typing import Any

import pytest

from worker.connections import ApiKey, Asker, Choice, Connections, Limits, NamedConnection, TaskConnection, Wish, choose
from worker.errors import InputError

ORDERS = Asker("order-handling", "<default>")
KEY = {"type": "apiKey", "apiKey": "operators-key"}
OWN = {"type": "apiKey", "apiKey": "tasks-key"}
MAIN: dict[str, Any] = {
    "resource": "main-res",
    "authentication": KEY,
    "headers": {"X-Team": "ops"},
    "deployment": "gpt",
    "processes": ["order-*"],
}


def a_wish(deployment: str | None = None, api_version: str | None = None, **connection: Any) -> Wish:
    typed = TaskConnection.model_validate({"name": "main", **connection})
    return Wish(connection=typed, deployment=deployment, api_version=api_version)


def chosen(wish: Wish, *, asker: Asker = ORDERS, **changed: Any) -> Choice:
    named = NamedConnection.model_validate({**MAIN, **changed})
    return choose(wish, Connections({"main": named, "hidden": named}).named(wish, asker))


def key_of(choice: Choice) -> str:
    assert isinstance(choice.first.connection.authentication, ApiKey)
    return choice.first.connection.authentication.api_key.get_secret_value()


def headers_of(choice: Choice) -> dict[str, str]:
    return {name: value.get_secret_value() for name, value in choice.first.connection.headers.items()}


def test_a_name_is_enough() -> None:
    """The operator's connection brings everything, its deployment included."""
    choice = chosen(a_wish(), apiVersion="v1", limits={"timeout": "PT30S"})

    assert (choice.first.connection.resource, key_of(choice), choice.first.deployment) == (
        "main-res",
        "operators-key",
        "gpt",
    )
    assert (choice.first.api_version, choice.limits) == ("v1", Limits(timeout=timedelta(seconds=30)))
    assert headers_of(choice) == {"X-Team": "ops"}


def test_without_a_name_the_task_says_it_all() -> None:
    """A connection of the task's own needs no operator."""
    choice = chosen(a_wish("mine", "v1", name=None, resource="my-res", authentication=OWN))

    assert (choice.first.connection.resource, key_of(choice), choice.first.deployment) == (
        "my-res",
        "tasks-key",
        "mine",
    )


@pytest.mark.parametrize(
    ("wish", "operators", "expected"),
    [
        pytest.param(
            a_wish("other"), {"override": ["deployment"]}, ("main-res", "operators-key", "other"), id="allowed"
        ),
        pytest.param(a_wish("gpt"), {}, ("main-res", "operators-key", "gpt"), id="the same is no change"),
        pytest.param(a_wish("open"), {"deployment": None}, ("main-res", "operators-key", "open"), id="left open"),
        pytest.param(
            a_wish(authentication=OWN), {"override": ["authentication"]}, ("main-res", "tasks-key", "gpt"), id="own key"
        ),
        pytest.param(
            a_wish(endpoint="https://elsewhere.example", authentication=OWN),
            {"override": ["endpoint", "authentication"]},
            (None, "tasks-key", "gpt"),
            id="elsewhere with an own key",
        ),
    ],
)
def test_overrides(wish: Wish, operators: dict[str, Any], expected: tuple[str | None, str, str]) -> None:
    """A task changes what the operator has allowed or left open."""
    choice = chosen(wish, **operators)

    assert expected == (choice.first.connection.resource, key_of(choice), choice.first.deployment)


def test_headers_are_merged_whatever_their_spelling() -> None:
    """A task's header takes the place of the operator's of the same name."""
    choice = chosen(a_wish(headers={"x-team": "mine", "X-B": "b"}), override=["headers"])

    assert headers_of(choice) == {"x-team": "mine", "X-B": "b"}


def test_nothing_of_the_operators_goes_elsewhere() -> None:
    """At another endpoint, neither the operator's key nor its headers are sent."""
    wish = a_wish(endpoint="https://elsewhere.example", authentication=OWN)
    choice = chosen(wish, override=["endpoint", "authentication"], organization="org")

    assert "operators" not in repr(choice) + key_of(choice)
    assert (headers_of(choice), choice.first.connection.organization) == ({}, None)


@pytest.mark.parametrize(
    ("wish", "asker", "operators", "path", "says"),
    [
        pytest.param(a_wish(name="mian"), ORDERS, {}, "connection.name", "did you mean 'main'?", id="unknown"),
        pytest.param(a_wish(), Asker("billing", "t"), {}, "connection.name", "'billing'", id="another process"),
        pytest.param(a_wish(), ORDERS, {"tenants": ["acme"]}, "connection.name", "'<default>'", id="another tenant"),
        pytest.param(a_wish("other"), ORDERS, {}, "deployment", "'main' does not let", id="deployment"),
        pytest.param(a_wish(None, "v1"), ORDERS, {"apiVersion": "v2"}, "apiVersion", "not let", id="version"),
        pytest.param(a_wish(headers={"A": "b"}), ORDERS, {}, "connection.headers", "not let", id="headers"),
        pytest.param(a_wish(resource="evil"), ORDERS, {}, "connection.resource", "not let", id="resource"),
        pytest.param(a_wish(provider="openai"), ORDERS, {}, "connection.provider", "not let", id="provider"),
        pytest.param(a_wish(authentication=OWN), ORDERS, {}, "connection.authentication", "not let", id="key"),
        pytest.param(
            a_wish(endpoint="https://evil.example"),
            ORDERS,
            {"override": ["endpoint", "authentication"]},
            "connection.authentication",
            "is not sent to another endpoint",
            id="the operator's key elsewhere",
        ),
        pytest.param(
            a_wish(provider="openai"),
            ORDERS,
            {"override": ["provider"]},
            "connection.authentication",
            "is not sent to another endpoint",
            id="the operator's key to another provider",
        ),
        pytest.param(
            a_wish(name=None, resource="r"), ORDERS, {}, "connection.authentication", "connection.name", id="no key"
        ),
    ],
)
def test_refused(wish: Wish, asker: Asker, operators: dict[str, Any], path: str, says: str) -> None:
    """The error names the field and what would be right."""
    with pytest.raises(InputError) as caught:
        chosen(wish, asker=asker, **operators)

    assert path == caught.value.path
    assert says in str(caught.value)


def test_names_of_others_are_not_told() -> None:
    """A task that may use no connection learns none of their names."""
    with pytest.raises(InputError) as caught:
        chosen(a_wish(name="mai"), asker=Asker("billing", "t"))

    assert "main" not in str(caught.value)
    assert "hidden" not in str(caught.value)
