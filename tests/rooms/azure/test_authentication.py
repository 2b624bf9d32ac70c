from typing import Any

import pytest

from worker.azure.authentication import headers_of, second_headers_of
from worker.connections import Connection
from worker.errors import InputError

_KEY = {"type": "apiKey", "apiKey": "hunter2"}
_BEARER = {"type": "bearer", "token": "hunter2"}
_NONE = {"type": "none"}
_SERVER = {"provider": "compatible", "endpoint": "http://localhost:8000/v1"}
_OPENAI = {"provider": "openai", "organization": "org-1", "project": "proj-1"}


def a_connection(authentication: dict[str, str], **fields: Any) -> Connection:
    fields = {"resource": "r"} | fields if fields.get("provider") is None and "endpoint" not in fields else fields
    return Connection.model_validate({"authentication": authentication, **fields})


@pytest.mark.parametrize(
    ("authentication", "fields", "expected"),
    [
        pytest.param(_KEY, {}, {"api-key": "hunter2"}, id="key, Azure"),
        pytest.param(_KEY, {"endpoint": "https://gw.example"}, {"api-key": "hunter2"}, id="key, gateway"),
        pytest.param(_KEY, _SERVER, {"authorization": "Bearer hunter2"}, id="key, compatible"),
        pytest.param(
            _KEY,
            _OPENAI,
            {"authorization": "Bearer hunter2", "openai-organization": "org-1", "openai-project": "proj-1"},
            id="key, OpenAI",
        ),
        pytest.param(
            _KEY, {"endpoint": "https://api.openai.com"}, {"authorization": "Bearer hunter2"}, id="key, OpenAI's host"
        ),
        pytest.param(_BEARER, {}, {"authorization": "Bearer hunter2"}, id="token, Azure"),
        pytest.param(_NONE, _SERVER, {}, id="none"),
        pytest.param(_KEY, {"organization": "org-1"}, {"api-key": "hunter2"}, id="organization means nothing to Azure"),
        pytest.param(
            _KEY,
            {"headers": {"Ocp-Apim-Subscription-Key": "s3", "X-A": "a\tb"}},
            {"api-key": "hunter2", "ocp-apim-subscription-key": "s3", "x-a": "a\tb"},
            id="extra headers",
        ),
        pytest.param(_KEY, {"headers": {"API-Key": "other"}}, {"api-key": "other"}, id="an extra header wins"),
    ],
)
def test_headers(authentication: dict[str, str], fields: dict[str, Any], expected: dict[str, str]) -> None:
    """Each kind of authentication becomes the header that its service reads."""
    assert expected == headers_of(a_connection(authentication, **fields))


@pytest.mark.parametrize(
    ("authentication", "fields", "path"),
    [
        pytest.param(
            _KEY | {"apiKey": "hunter2\r\nX: 1"}, {}, "connection.authentication.apiKey", id="line break in key"
        ),
        pytest.param(
            _KEY | {"apiKey": "hunter2\n"}, {}, "connection.authentication.apiKey", id="line break at its end"
        ),
        pytest.param(_KEY | {"apiKey": "hunter2\0"}, {}, "connection.authentication.apiKey", id="null"),
        pytest.param(_KEY | {"apiKey": "hunter2\u2028"}, {}, "connection.authentication.apiKey", id="beyond ASCII"),
        pytest.param(_KEY | {"apiKey": " "}, {}, "connection.authentication.apiKey", id="blank key"),
        pytest.param(_BEARER | {"token": "hunter2\r"}, {}, "connection.authentication.token", id="token"),
        pytest.param(_BEARER | {"token": "\t"}, {}, "connection.authentication.token", id="blank token"),
        pytest.param(_KEY, _OPENAI | {"organization": "hunter2\n"}, "connection.organization", id="organization"),
        pytest.param(_KEY, _OPENAI | {"project": "hunter2\x7f"}, "connection.project", id="project"),
        pytest.param(_KEY, {"headers": {"X-A": "hunter2\r\nB: c"}}, "connection.headers.X-A", id="value of a header"),
        pytest.param(_KEY, {"headers": {"hunter2: x\r\nB": "c"}}, "connection.headers", id="name of a header"),
        pytest.param(_KEY, {"headers": {"": "c"}}, "connection.headers", id="empty name"),
        pytest.param(_KEY, {"headers": {"X\u00c4": "c"}}, "connection.headers", id="name beyond ASCII"),
        pytest.param(_KEY, {"headers": {"Host": "hunter2"}}, "connection.headers.Host", id="host"),
        pytest.param(_KEY, {"headers": {"Content-Length": "0"}}, "connection.headers.Content-Length", id="length"),
        pytest.param(
            _KEY, {"headers": {"TRANSFER-ENCODING": "chunked"}}, "connection.headers.TRANSFER-ENCODING", id="framing"
        ),
    ],
)
def test_refused(authentication: dict[str, str], fields: dict[str, Any], path: str) -> None:
    """What would begin a header of its own, or change the framing, is refused by its field's name alone."""
    with pytest.raises(InputError) as caught:
        headers_of(a_connection(authentication, **fields))

    assert path == caught.value.path
    assert "hunter2" not in str(caught.value)


def test_second_key() -> None:
    """The secondary key takes the first one's place, everything else stays."""
    connection = a_connection(_KEY | {"secondaryApiKey": "other"}, headers={"X-A": "b"})

    assert second_headers_of(connection) == {"api-key": "other", "x-a": "b"}


@pytest.mark.parametrize(
    "authentication",
    [
        pytest.param(_KEY, id="none given"),
        pytest.param(_KEY | {"secondaryApiKey": ""}, id="empty"),
        pytest.param(_KEY | {"secondaryApiKey": "hunter2"}, id="the same again"),
        pytest.param(_BEARER, id="a token has none"),
        pytest.param(_NONE, id="nothing to authenticate"),
    ],
)
def test_no_second_key(authentication: dict[str, str]) -> None:
    """Where there is no other key, there is nothing to try."""
    assert second_headers_of(a_connection(authentication)) is None


def test_refuses_second_key() -> None:
    """A secondary key that cannot be sent is refused under its own name."""
    connection = a_connection(_KEY | {"secondaryApiKey": "hunter2\n"})

    with pytest.raises(InputError, match="secondaryApiKey"):
        second_headers_of(connection)
