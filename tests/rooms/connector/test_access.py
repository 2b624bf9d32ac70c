from tests.made import a_job, a_task, variables
from worker.connections import ApiKey, Connections, NamedConnection
from worker.connector import Access
from worker.inputs import parse_task
from worker.secrets import EnvironmentSecrets, Policy, Secrets


async def test_a_named_connection_brings_its_key() -> None:
    """The task says a name; the operator's key is filled whatever the allow-list says, and masked."""
    key = {"type": "apiKey", "apiKey": "{{secrets.KEY}}"}
    named = NamedConnection.model_validate({"resource": "main", "authentication": key, "override": ["headers"]})
    policy = Policy.model_validate({"allow": [{"names": ["HEADER"]}]})
    source = EnvironmentSecrets({"S_KEY": "operators", "S_HEADER": "tasks"}, prefix="S_")
    access = Access(Secrets(source, policy=policy), Connections({"main": named}))
    task = a_task(connection={"name": "main", "headers": {"X": "{{secrets.HEADER}}"}})

    choice, _, redactor = await access.grant(parse_task(variables(task)), a_job(task))

    assert isinstance(choice.connection.authentication, ApiKey)
    assert choice.connection.authentication.api_key.get_secret_value() == "operators"
    assert choice.connection.headers["X"].get_secret_value() == "tasks"
    assert redactor.text("operators, tasks") == "***, ***"
