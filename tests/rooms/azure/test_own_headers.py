import pytest
from pydantic import SecretStr

from worker.azure import AzureOptions, request
from worker.connections import Connection
from worker.errors import InputError
from worker.wire import Call, Surface, Target

TARGET = Target(surface=Surface.MODEL, base_url="https://r.example/openai/v1", deployment="", api_version=None)
CONNECTION = Connection.model_validate(
    {
        "endpoint": "https://r.example",
        "authentication": {"type": "apiKey", "apiKey": "k3y"},
        "headers": {"X-Gateway": "the connection's"},
    }
)


def sent(**own: str) -> dict[str, str]:
    headers = {name.replace("_", "-"): SecretStr(value) for name, value in own.items()}
    call = Call(path="models", method="GET", headers=headers)
    return dict(request(call, TARGET, CONNECTION, AzureOptions()).headers)


def test_a_calls_own_headers_are_sent() -> None:
    """They stand beside the credentials, and win over the connection's further headers."""
    headers = sent(X_Own="1", x_gateway="the call's")

    assert (headers["api-key"], headers["x-own"], headers["x-gateway"]) == ("k3y", "1", "the call's")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("Api_Key", "other", id="the credential"),
        pytest.param("Host", "other.example", id="routing"),
        pytest.param("Content_Length", "0", id="framing"),
        pytest.param("X_Own", "a\r\nX-Injected: b", id="a line break"),
        pytest.param("X:Own", "v4lue", id="no name"),
    ],
)
def test_what_a_header_of_a_call_may_not_be(name: str, value: str) -> None:
    """No credential of the connection is replaced, nothing that belongs to the transport, and nothing is injected."""
    with pytest.raises(InputError) as refused:
        sent(**{name: value})

    assert refused.value.path.startswith("input.headers")
    assert value not in str(refused.value)


def test_an_authorization_of_ones_own_where_the_connection_has_none() -> None:
    """With a key in `api-key`, the other header is free for whatever stands before the service."""
    assert sent(Authorization="Basic eA==")["authorization"] == "Basic eA=="
