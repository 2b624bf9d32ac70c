import pytest
from pydantic import SecretStr

from worker.connection import ApiKey, Connection
from worker.errors import SecretError
from worker.secrets import EnvironmentSecrets, Secrets

SECRETS = Secrets(EnvironmentSecrets({"S_KEY": "v4lue", "S_HOST": "res.example", "S_EMPTY": ""}, prefix="S_"))


def connection(**changed: object) -> Connection:
    return Connection.model_validate(
        {
            "endpoint": "https://{{secrets.HOST}}",
            "authentication": {"type": "apiKey", "apiKey": "secrets.KEY"},
            **changed,
        }
    )


def test_every_text_of_a_connection_is_filled() -> None:
    """Endpoint, key and headers may hold placeholders."""
    filled = SECRETS.fill(connection(headers={"X-Key": "<<secrets.KEY>>"}), {}).connection

    assert filled.endpoint == "https://res.example"
    assert isinstance(filled.authentication, ApiKey)
    assert filled.authentication.api_key.get_secret_value() == "v4lue"
    assert filled.headers == {"X-Key": SecretStr("v4lue")}


def test_what_was_filled_is_masked() -> None:
    """The redactor knows every value, and keys in plain text too."""
    redactor = SECRETS.fill(connection(headers={"X": "plain-key"}), {}).redactor

    assert redactor.text("v4lue res.example plain-key other") == "*** *** *** other"


@pytest.mark.parametrize("name", ["OTHER", "EMPTY"])
def test_an_unknown_secret_names_itself_and_the_field(name: str) -> None:
    """The incident says which secret, in which field, and what to do."""
    with pytest.raises(SecretError) as caught:
        SECRETS.fill(connection(authentication={"type": "apiKey", "apiKey": f"{{{{secrets.{name}}}}}"}), {})

    assert f"connection.authentication.apiKey: the secret '{name}' is not available" in str(caught.value)
    assert f"S_{name}" in str(caught.value)


def test_the_source_cannot_be_printed() -> None:
    """A repr shows how many secrets there are, not what they are."""
    assert "v4lue" not in repr(EnvironmentSecrets({"S_KEY": "v4lue"}, prefix="S_"))


def test_headers_of_an_input_are_filled_too() -> None:
    """What a secret went into is masked as a whole, and what holds a key by its name; the rest is left readable."""
    own = {
        "Authorization": SecretStr("Bearer {{secrets.KEY}}"),
        "X-Api-Key": SecretStr("k3y"),
        "Accept": SecretStr("a"),
    }
    filled = SECRETS.fill(connection(), own)

    assert filled.headers["Authorization"] == SecretStr("Bearer v4lue")
    assert filled.redactor.text("v4lue k3y accept") == "*** *** accept"


def test_an_unknown_secret_in_a_header_names_the_header() -> None:
    """The path is that of the task."""
    with pytest.raises(SecretError) as missing:
        SECRETS.fill(connection(), {"X-A": SecretStr("{{secrets.NONE}}")})

    assert missing.value.path == "input.headers.X-A"
