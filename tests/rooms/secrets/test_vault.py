import pytest
from pydantic import SecretStr

from worker.connections import ApiKey, Asker, Connection
from worker.errors import InputError, SecretError
from worker.secrets import EnvironmentSecrets, Policy, Secrets

ASKER = Asker("orders", "<default>")
SECRETS = Secrets(EnvironmentSecrets({"S_KEY": "v4lue", "S_HOST": "res.example", "S_EMPTY": ""}, prefix="S_"))


def connection(**changed: object) -> Connection:
    return Connection.model_validate(
        {
            "endpoint": "https://{{secrets.HOST}}",
            "authentication": {"type": "apiKey", "apiKey": "secrets.KEY"},
            **changed,
        }
    )


async def test_every_text_of_a_connection_is_filled() -> None:
    """Endpoint, key and headers may hold placeholders."""
    filled, _ = await SECRETS.fill(connection(headers={"X-Key": "<<secrets.KEY>>"}), "connection", asker=ASKER)

    assert filled.endpoint == "https://res.example"
    assert isinstance(filled.authentication, ApiKey)
    assert filled.authentication.api_key.get_secret_value() == "v4lue"
    assert filled.headers == {"X-Key": SecretStr("v4lue")}


async def test_what_was_filled_is_masked() -> None:
    """The redactor knows every value, and keys in plain text too."""
    _, redactor = await SECRETS.fill(connection(headers={"X": "plain-key"}), "connection", asker=ASKER)

    assert redactor.text("v4lue res.example plain-key other") == "*** *** *** other"


@pytest.mark.parametrize("name", ["OTHER", "EMPTY"])
async def test_an_unknown_secret_names_itself_and_the_field(name: str) -> None:
    """The incident says which secret, in which field, and what to do."""
    wrong = connection(authentication={"type": "apiKey", "apiKey": f"{{{{secrets.{name}}}}}"})
    with pytest.raises(SecretError) as caught:
        await SECRETS.fill(wrong, "connection", asker=ASKER)

    assert f"connection.authentication.apiKey: the secret '{name}' is not available" in str(caught.value)
    assert f"S_{name}" in str(caught.value)


async def test_a_placeholder_that_names_nothing_is_not_sent() -> None:
    """It would come back as a refused key; the error names the field instead, and repeats nothing."""
    wrong = connection(authentication={"type": "apiKey", "apiKey": "{{secrets.MY KEY}}"})
    with pytest.raises(InputError) as caught:
        await SECRETS.fill(wrong, "connection", asker=ASKER)

    assert "connection.authentication.apiKey: got a placeholder that names no secret" in str(caught.value)
    assert "MY KEY" not in str(caught.value)


def test_the_source_cannot_be_printed() -> None:
    """A repr shows how many secrets there are, not what they are."""
    assert "v4lue" not in repr(EnvironmentSecrets({"S_KEY": "v4lue"}, prefix="S_"))


async def test_headers_of_an_input_are_filled_too() -> None:
    """What a secret went into is masked as a whole, and what holds a key by its name; the rest is left readable."""
    own = {
        "Authorization": SecretStr("Bearer {{secrets.KEY}}"),
        "X-Api-Key": SecretStr("k3y"),
        "Accept": SecretStr("a"),
    }
    headers, redactor = await SECRETS.fill_headers(own, "input.headers", asker=ASKER)

    assert headers["Authorization"] == SecretStr("Bearer v4lue")
    assert redactor.text("v4lue k3y accept") == "*** *** accept"


async def test_an_unknown_secret_in_a_header_names_the_header() -> None:
    """The path is that of the task."""
    with pytest.raises(SecretError) as missing:
        await SECRETS.fill_headers({"X-A": SecretStr("{{secrets.NONE}}")}, "input.headers", asker=ASKER)

    assert missing.value.path == "input.headers.X-A"


@pytest.mark.parametrize(
    ("allow", "asker", "is_open"),
    [
        pytest.param([], ASKER, True, id="no list: what stands under the prefix is meant for tasks"),
        pytest.param([{"names": ["KEY"]}], ASKER, True, id="named"),
        pytest.param([{"names": ["K*"], "processes": ["ord*"]}], ASKER, True, id="by patterns"),
        pytest.param([{"names": ["OTHER"]}], ASKER, False, id="not named"),
        pytest.param([{"names": ["KEY"], "processes": ["invoices"]}], ASKER, False, id="another process"),
        pytest.param([{"names": ["KEY"], "tenants": ["acme"]}], ASKER, False, id="another tenant"),
        pytest.param([{"names": ["key"]}], ASKER, False, id="another spelling"),
        pytest.param(
            [{"names": ["KEY"], "processes": ["x"]}, {"names": ["X"]}], ASKER, False, id="two rules do not add up"
        ),
        pytest.param([{"names": ["OTHER"]}], None, True, id="the operator's own placeholder"),
    ],
)
async def test_the_allow_list(allow: list[dict[str, list[str]]], asker: Asker | None, *, is_open: bool) -> None:
    """A task gets what a rule opens to its process and tenant; the list is not for what the operator writes."""
    secrets = Secrets(
        EnvironmentSecrets({"S_KEY": "v4lue"}, prefix="S_"), policy=Policy.model_validate({"allow": allow})
    )

    assert is_open == await _is_filled(secrets, asker)


@pytest.mark.parametrize(
    ("policy", "asker", "is_open"),
    [
        pytest.param({}, ASKER, False, id="strict is the default"),
        pytest.param({"mode": "lax"}, ASKER, True, id="lax"),
        pytest.param({"allow": [{"names": ["KEY"]}]}, ASKER, True, id="strict, named"),
        pytest.param({"mode": "lax", "allow": [{"names": ["X"]}]}, ASKER, False, id="lax does not overrule a list"),
        pytest.param({}, None, True, id="the operator"),
    ],
)
async def test_a_shared_store_opens_by_name(policy: dict[str, object], asker: Asker | None, *, is_open: bool) -> None:
    """Without an allow-list no task reads a store in which others keep their secrets too."""
    store = EnvironmentSecrets({"S_KEY": "v4lue"}, prefix="S_")
    store.is_shared = True

    assert is_open == await _is_filled(Secrets(store, policy=Policy.model_validate(policy)), asker)


async def test_the_first_source_wins() -> None:
    """Sources are asked in order; a later one only where the earlier ones have nothing."""
    first = EnvironmentSecrets({"S_A": "1"}, prefix="S_")
    second = EnvironmentSecrets({"S_A": "2", "S_B": "2"}, prefix="S_")
    secrets = Secrets(first, second)

    filled, _ = await secrets.fill({"a": "{{secrets.A}}", "b": "{{secrets.B}}"}, "headers", asker=ASKER)

    assert filled == {"a": "1", "b": "2"}


@pytest.mark.parametrize("is_fixed", [True, False])
async def test_what_can_change_is_looked_up_for_every_job(*, is_fixed: bool) -> None:
    """And what cannot is looked up once."""
    asked: list[str] = []

    class Source(EnvironmentSecrets):
        async def get(self, name: str, asker: Asker | None) -> str | None:
            asked.append(name)
            return await super().get(name, asker)

    source = Source({"S_KEY": "v4lue"}, prefix="S_")
    source.is_fixed = is_fixed
    template = Secrets(source).template("{{secrets.KEY}}", "headers", asker=ASKER)

    assert ["v4lue"] * 3 == [(await template.filled())[0] for _ in range(3)]
    assert ["KEY"] * (1 if is_fixed else 3) == asked


async def _is_filled(secrets: Secrets, asker: Asker | None) -> bool:
    try:
        filled, _ = await secrets.fill(SecretStr("{{secrets.KEY}}"), "connection.authentication.apiKey", asker=asker)
    except SecretError as error:
        refused = error
    else:
        return filled.get_secret_value() == "v4lue"
    assert "connection.authentication.apiKey: the secret 'KEY'" in str(refused)
    return False
