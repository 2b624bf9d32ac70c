from typing import Any

import pytest

from worker.azure.endpoint import provider_of, resolve, url
from worker.connections import Connection
from worker.errors import InputError
from worker.wire import Call, Scope, Surface

_CHAT = Call(path="chat/completions")
_LIST = Call(path="models", method="GET", scope=Scope.RESOURCE)
_PASTED = "https://r.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-02-01"
_GATEWAY = "https://gw.azure-api.net/ai/deployments/gpt/chat/completions?api-version=2024-02-01"
_MODELS = "https://r.services.ai.azure.com/models/chat/completions"
_PROJECT = "https://r.services.ai.azure.com/api/projects/p"


def a_connection(**fields: Any) -> Connection:
    return Connection.model_validate({"authentication": {"type": "none"}, **fields})


@pytest.mark.parametrize(
    ("fields", "api_version", "expected"),
    [
        pytest.param(
            {"resource": "My-Res"},
            None,
            "https://my-res.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21",
            id="resource",
        ),
        pytest.param(
            {"resource": "r", "endpoint": ""},
            "",
            "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21",
            id="empty fields are not given",
        ),
        pytest.param(
            {"resource": "r"},
            "2025-04-01-preview",
            "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2025-04-01-preview",
            id="version",
        ),
        pytest.param({"resource": "r"}, "v1", "https://r.openai.azure.com/openai/v1/chat/completions", id="v1"),
        pytest.param(
            {"resource": "r"},
            "preview",
            "https://r.openai.azure.com/openai/v1/chat/completions?api-version=preview",
            id="v1 preview",
        ),
        pytest.param(
            {"endpoint": "https://r.openai.azure.us"},
            None,
            "https://r.openai.azure.us/openai/deployments/d/chat/completions?api-version=2024-10-21",
            id="sovereign cloud",
        ),
        pytest.param(
            {"endpoint": _PASTED},
            None,
            "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-02-01",
            id="pasted",
        ),
        pytest.param(
            {"endpoint": _GATEWAY},
            None,
            "https://gw.azure-api.net/ai/deployments/d/chat/completions?api-version=2024-02-01",
            id="gateway without openai",
        ),
        pytest.param(
            {"endpoint": _GATEWAY}, "v1", "https://gw.azure-api.net/ai/v1/chat/completions", id="gateway, asked for v1"
        ),
        pytest.param(
            {"endpoint": "https://gw.azure-api.net/ai/v1"},
            "v1",
            "https://gw.azure-api.net/ai/v1/chat/completions",
            id="gateway's own v1",
        ),
        pytest.param(
            {"endpoint": "https://r.openai.azure.com/openai/v1?api-version=preview"},
            None,
            "https://r.openai.azure.com/openai/v1/chat/completions?api-version=preview",
            id="v1 URL with preview",
        ),
        pytest.param({"endpoint": _PROJECT}, None, f"{_PROJECT}/openai/v1/chat/completions", id="project"),
        pytest.param(
            {"endpoint": _PROJECT},
            "2024-10-21",
            "https://r.services.ai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21",
            id="project, dated",
        ),
        pytest.param({"endpoint": _MODELS}, None, f"{_MODELS}?api-version=2024-05-01-preview", id="model inference"),
        pytest.param(
            {"endpoint": _MODELS},
            "v1",
            "https://r.services.ai.azure.com/openai/v1/chat/completions",
            id="model inference, asked for v1",
        ),
        pytest.param({"provider": "openai"}, None, "https://api.openai.com/v1/chat/completions", id="OpenAI"),
        pytest.param(
            {"provider": "openai", "endpoint": "https://eu.api.openai.com"},
            None,
            "https://eu.api.openai.com/v1/chat/completions",
            id="OpenAI in Europe",
        ),
        pytest.param(
            {"provider": "openai", "endpoint": "https://proxy.example/openai-api/v1/"},
            None,
            "https://proxy.example/openai-api/v1/chat/completions",
            id="OpenAI behind a proxy",
        ),
        pytest.param(
            {"provider": "compatible", "endpoint": "http://localhost:8000/v1/chat/completions"},
            None,
            "http://localhost:8000/v1/chat/completions",
            id="compatible, operation pasted along",
        ),
        pytest.param(
            {"provider": "compatible", "endpoint": "http://localhost:8000/api"},
            "v1",
            "http://localhost:8000/api/chat/completions",
            id="compatible, as it stands",
        ),
        pytest.param(
            {"provider": "compatible", "endpoint": _GATEWAY},
            None,
            "https://gw.azure-api.net/ai/deployments/d/chat/completions?api-version=2024-02-01",
            id="compatible with Azure",
        ),
    ],
)
def test_addresses(fields: dict[str, str], api_version: str | None, expected: str) -> None:
    """Connection, deployment and version become the one address that the service has for them."""
    target = resolve(a_connection(**fields), deployment="d", api_version=api_version)

    assert expected == url(target, _CHAT)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"resource": "r"}, "https://r.openai.azure.com/openai/models?api-version=2024-10-21", id="dated"),
        pytest.param({"endpoint": "https://r.example/openai/v1"}, "https://r.example/openai/v1/models", id="v1"),
        pytest.param({"provider": "openai"}, "https://api.openai.com/v1/models", id="OpenAI"),
    ],
)
def test_resource_scope(fields: dict[str, str], expected: str) -> None:
    """A call to the resource itself needs no deployment and has none in its path."""
    target = resolve(a_connection(**fields), deployment=None, api_version=None, scope=Scope.RESOURCE)

    assert expected == url(target, _LIST)
    assert target.deployment == ""


def test_deployment_from_the_url() -> None:
    """A pasted URL's deployment is used when the task names none."""
    target = resolve(a_connection(endpoint=_PASTED), deployment="", api_version=None)

    assert (Surface.CLASSIC, "gpt", ()) == (target.surface, target.deployment, target.warnings)


@pytest.mark.parametrize(
    ("fields", "deployment", "api_version", "word"),
    [
        pytest.param({"endpoint": _PASTED}, "other", None, "deployment", id="deployment"),
        pytest.param({"endpoint": _PASTED}, "gpt", "2024-10-21", "2024-10-21", id="version"),
        pytest.param({"endpoint": _PASTED}, "gpt", "v1", "v1", id="dated URL, v1 asked"),
        pytest.param({"endpoint": _PASTED.partition("?")[0]}, "gpt", "v1", "v1", id="dated URL alone, v1 asked"),
        pytest.param(
            {"endpoint": "https://r.example/openai/v1"}, "gpt", "2024-10-21", "dated", id="v1 URL, date asked"
        ),
        pytest.param(
            {"endpoint": "https://r.example/openai/v1?api-version=2024-10-21"}, "g", None, "v1", id="v1 + date"
        ),
        pytest.param({"endpoint": "https://api.openai.com/v1"}, "gpt", None, "openai", id="OpenAI's host"),
        pytest.param({"provider": "openai"}, "gpt", "2024-10-21", "apiVersion", id="OpenAI has no versions"),
        pytest.param({"endpoint": "https://r.example?code=hunter2"}, "gpt", None, "query", id="other parameters"),
    ],
)
def test_contradictions(fields: dict[str, str], deployment: str, api_version: str | None, word: str) -> None:
    """Where fields and URL differ, one warning says what is used."""
    target = resolve(a_connection(**fields), deployment=deployment, api_version=api_version)

    (warning,) = target.warnings
    assert word in warning
    assert "hunter2" not in warning


@pytest.mark.parametrize(
    ("fields", "deployment", "api_version", "path"),
    [
        pytest.param({}, "d", None, "connection", id="neither resource nor endpoint"),
        pytest.param({"resource": "r", "endpoint": "https://r"}, "d", None, "connection", id="both"),
        pytest.param({"resource": "r.openai.azure.com"}, "d", None, "connection.resource", id="a host as resource"),
        pytest.param({"resource": "evil.example/"}, "d", None, "connection.resource", id="a path as resource"),
        pytest.param({"resource": "a@b"}, "d", None, "connection.resource", id="user information"),
        pytest.param({"resource": "r\r\nx"}, "d", None, "connection.resource", id="line break"),
        pytest.param({"resource": "-r"}, "d", None, "connection.resource", id="hyphen"),
        pytest.param({"resource": "r" * 64}, "d", None, "connection.resource", id="too long for DNS"),
        pytest.param({"resource": "0f" * 16}, "d", None, "connection.resource", id="a key as resource"),
        pytest.param({"provider": "openai", "resource": "r"}, "d", None, "connection.resource", id="OpenAI"),
        pytest.param({"provider": "compatible"}, "d", None, "connection.endpoint", id="compatible with nothing"),
        pytest.param({"resource": "r"}, None, None, "deployment", id="no deployment"),
        pytest.param({"resource": "r"}, " ", "v1", "deployment", id="blank deployment"),
        pytest.param({"resource": "r"}, ".", None, "deployment", id="dot"),
        pytest.param({"resource": "r"}, "..", None, "deployment", id="dots"),
        pytest.param({"resource": "r"}, "\ud800", None, "deployment", id="half a character"),
        pytest.param({"resource": "r"}, "d", "latest", "apiVersion", id="no version"),
        pytest.param({"resource": "r"}, "d", "2024-10-21&x=1", "apiVersion", id="a version that injects"),
    ],
)
def test_refused(fields: dict[str, str], deployment: str | None, api_version: str | None, path: str) -> None:
    """What cannot become an address is refused with the field that is wrong."""
    with pytest.raises(InputError) as caught:
        resolve(a_connection(**fields), deployment=deployment, api_version=api_version)

    assert path == caught.value.path


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"resource": "r"}, "azure", id="Azure"),
        pytest.param({"endpoint": "https://us.api.openai.com/v1"}, "openai", id="OpenAI's own host"),
        pytest.param({"endpoint": "https://api.openai.com.evil.example"}, "azure", id="a host that only begins so"),
        pytest.param({"endpoint": "https://myapi.openai.com"}, "azure", id="a host that only ends so"),
        pytest.param({"provider": "compatible", "endpoint": "http://localhost/v1"}, "compatible", id="compatible"),
    ],
)
def test_provider(fields: dict[str, str], expected: str) -> None:
    """OpenAI's own host is OpenAI whatever the provider field says; every other is what the field says."""
    assert expected == provider_of(a_connection(**fields))


@pytest.mark.parametrize(
    ("fields", "api_version", "expected"),
    [
        pytest.param({"resource": "r"}, None, "https://r.openai.azure.com/openai/v1/responses", id="nothing said"),
        pytest.param({"resource": "r"}, "2025-03-01-preview", "/openai/responses?api-version=2025", id="the task says"),
        pytest.param({"endpoint": _PASTED}, None, "/openai/responses?api-version=2024-02-01", id="the URL says"),
        pytest.param({"endpoint": _PROJECT}, None, "/api/projects/p/openai/v1/responses", id="the shape says"),
    ],
)
def test_an_operation_with_a_default_of_its_own(fields: Any, api_version: str | None, expected: str) -> None:
    """It counts where neither the task nor the endpoint says which version is meant."""
    target = resolve(
        a_connection(**fields), deployment=None, api_version=api_version, scope=Scope.RESOURCE, default_api_version="v1"
    )

    assert expected in url(target, Call(path="responses", scope=Scope.RESOURCE))
    assert target.warnings == ()
