import pytest
from msgspec.structs import replace

from tests.made import a_job, a_task, variables
from worker.connections import ApiKey, Asker, Connections, NamedConnection
from worker.connector import Access
from worker.errors import InputError, SecretError
from worker.inputs import parse_task
from worker.secrets import EnvironmentSecrets, Policy, Secrets


async def test_each_endpoint_brings_its_key() -> None:
    """Every key is filled and masked; one that is missing is named with its place."""
    endpoints = [
        {"resource": name, "authentication": {"type": "apiKey", "apiKey": f"{{{{secrets.{name}}}}}"}}
        for name in ("EAST", "WEST")
    ]
    named = NamedConnection.model_validate({"endpoints": endpoints})
    task = a_task(connection={"name": "main"})

    def access(**secrets: str) -> Access:
        source = EnvironmentSecrets({f"S_{name}": value for name, value in secrets.items()}, prefix="S_")
        return Access(Secrets(source), Connections({"main": named}))

    choice, _, redactor = await access(EAST="east-key", WEST="west-key").grant(parse_task(variables(task)), a_job(task))
    given = [node.connection.authentication for node in choice.nodes]
    keys = [one.api_key.get_secret_value() for one in given if isinstance(one, ApiKey)]
    with pytest.raises(SecretError, match=r"connections\.main\.endpoints\[1\]\.authentication\.apiKey"):
        await access(EAST="east-key").grant(parse_task(variables(task)), a_job(task))

    assert ["east-key", "west-key"] == keys
    assert redactor.text("east-key, west-key") == "***, ***"


async def test_a_named_connection_brings_its_key() -> None:
    """The task says a name; the operator's key is filled whatever the allow-list says, and masked."""
    key = {"type": "apiKey", "apiKey": "{{secrets.KEY}}"}
    named = NamedConnection.model_validate({"resource": "main", "authentication": key, "override": ["headers"]})
    policy = Policy.model_validate({"allow": [{"names": ["HEADER"]}]})
    source = EnvironmentSecrets({"S_KEY": "operators", "S_HEADER": "tasks"}, prefix="S_")
    access = Access(Secrets(source, policy=policy), Connections({"main": named}))
    task = a_task(connection={"name": "main", "headers": {"X": "{{secrets.HEADER}}"}})

    choice, _, redactor = await access.grant(parse_task(variables(task)), a_job(task))

    assert isinstance(choice.first.connection.authentication, ApiKey)
    assert choice.first.connection.authentication.api_key.get_secret_value() == "operators"
    assert choice.first.connection.headers["X"].get_secret_value() == "tasks"
    assert redactor.text("operators, tasks") == "***, ***"


async def test_a_grant_stays_until_a_secret_changes() -> None:
    """Jobs of one task share the very same choice; a key that was exchanged at its source is used with the next job."""
    held = {"S_KEY": "one"}
    access = Access(Secrets(_Changing(held)), Connections())
    task = a_task(connection={"resource": "r", "authentication": {"type": "apiKey", "apiKey": "{{secrets.S_KEY}}"}})
    first, _, _ = await access.grant(parse_task(variables(task)), a_job(task))
    second, _, _ = await access.grant(parse_task(variables(task)), a_job(task))
    held["S_KEY"] = "two"
    third, _, redactor = await access.grant(parse_task(variables(task)), a_job(task))

    assert first is second
    assert isinstance(third.first.connection.authentication, ApiKey)
    assert "two" == third.first.connection.authentication.api_key.get_secret_value()
    assert "one, ***" == redactor.text("one, two")


async def test_a_grant_is_for_one_asker() -> None:
    """What one process was granted does not open it to another that asks for the same."""
    key = {"type": "apiKey", "apiKey": "{{secrets.KEY}}"}
    named = NamedConnection.model_validate({"resource": "main", "authentication": key, "processes": ["orders"]})
    access = Access(Secrets(EnvironmentSecrets({"S_KEY": "k"}, prefix="S_")), Connections({"main": named}))
    task = a_task(connection={"name": "main"})
    await access.grant(parse_task(variables(task)), replace(a_job(task), bpmn_process_id="orders"))

    with pytest.raises(InputError, match="has not opened"):
        await access.grant(parse_task(variables(task)), replace(a_job(task), bpmn_process_id="others"))


class _Changing:
    """A source whose secrets are exchanged meanwhile."""

    is_shared = False
    is_fixed = False
    label = "a changing source"

    def __init__(self, held: dict[str, str]) -> None:
        self._held = held

    async def get(self, name: str, _asker: Asker | None) -> str | None:
        return self._held.get(name)

    def advice(self, name: str, _asker: Asker | None) -> str:
        return f"keep {name}"

    async def close(self) -> None:
        """Nothing is open."""
