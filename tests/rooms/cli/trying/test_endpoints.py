"""Every kind of endpoint, from a task's fields to the request that would be sent."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from worker.cli import app

KEY = {"type": "apiKey", "apiKey": "k3y-0f-the-t3st"}
DATED = "/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21"
V1 = "/openai/v1/chat/completions"
PASTED = "/openai/deployments/gpt/chat/completions?api-version=2025-01-01-preview"


def shown(connection: dict[str, Any], **more: Any) -> Result:
    task = {
        "operation": "chatCompletion",
        "connection": {"authentication": KEY, **connection},
        "input": {"content": "Hi"},
        **more,
    }
    return CliRunner().invoke(app, ["call", "--dry-run", "--json"], input=json.dumps(task))


@pytest.mark.parametrize(
    ("connection", "api_version", "url"),
    [
        pytest.param({"resource": "my-res"}, None, f"https://my-res.openai.azure.com{DATED}", id="resource"),
        pytest.param({"resource": "my-res"}, "v1", f"https://my-res.openai.azure.com{V1}", id="resource, v1"),
        pytest.param(
            {"resource": "r"}, "preview", f"https://r.openai.azure.com{V1}?api-version=preview", id="v1 preview"
        ),
        *(
            pytest.param({"endpoint": f"https://r.{host}{end}"}, None, f"https://r.{host}{DATED}", id=f"{host}{end}")
            for host in (
                "openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com", "openai.azure.us",
                "openai.azure.cn", "privatelink.openai.azure.com",
            )
            for end in ("", "/", "/openai")
        ),
        pytest.param(
            {"endpoint": "https://r.services.ai.azure.com/api/projects/p"},
            None,
            "https://r.services.ai.azure.com/api/projects/p/openai/v1/chat/completions",
            id="Foundry project",
        ),
        pytest.param(
            {"endpoint": "https://r.openai.azure.com/openai/v1/"}, None, f"https://r.openai.azure.com{V1}", id="v1 URL"
        ),
        pytest.param(
            {"endpoint": "https://gw.azure-api.net/any/prefix"},
            None,
            f"https://gw.azure-api.net/any/prefix{DATED}",
            id="API Management",
        ),
        pytest.param(
            {"endpoint": "https://gw.azure-api.net/ai/deployments/other/chat/completions?api-version=2024-06-01"},
            None,
            "https://gw.azure-api.net/ai/deployments/my%20gpt/chat/completions?api-version=2024-06-01",
            id="API Management that drops /openai",
        ),
        pytest.param(
            {"endpoint": "https://westeurope.api.cognitive.microsoft.com/"},
            None,
            f"https://westeurope.api.cognitive.microsoft.com{DATED}",
            id="a region's host",
        ),
        pytest.param(
            {"endpoint": "https://r.services.ai.azure.com/models"},
            None,
            "https://r.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
            id="Foundry model inference",
        ),
        pytest.param(
            {"endpoint": "https://r.openai.azure.com/openai/v1/chat/completions?api-version=preview"},
            None,
            f"https://r.openai.azure.com{V1}?api-version=preview",
            id="v1 operation URL with a version",
        ),
        pytest.param(
            {"endpoint": "https://r.openai.azure.com/openai/responses?api-version=2025-04-01-preview"},
            None,
            "https://r.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2025-04-01-preview",
            id="the URL of another operation",
        ),
        pytest.param(
            {"endpoint": "https://gw.azure-api.net/any/openai/v1"},
            None,
            "https://gw.azure-api.net/any/openai/v1/chat/completions",
            id="API Management, v1",
        ),
        pytest.param(
            {"endpoint": "https://eu.api.openai.com/v1"}, None, "https://eu.api.openai.com/v1/chat/completions",
            id="OpenAI in a region",
        ),
        pytest.param(
            {"provider": "compatible", "endpoint": "https://llm.example/api/v1/chat/completions"},
            None,
            "https://llm.example/api/v1/chat/completions",
            id="compatible, an operation's URL",
        ),
        pytest.param(
            {"provider": "openai"}, None, "https://api.openai.com/v1/chat/completions", id="OpenAI"
        ),
        pytest.param(
            {"provider": "compatible", "endpoint": "http://localhost:11434/v1"},
            None,
            "http://localhost:11434/v1/chat/completions",
            id="compatible",
        ),
    ],
)  # fmt: skip
def test_where_it_goes(connection: dict[str, Any], api_version: str | None, url: str) -> None:
    """The deployment stands in the path, percent-encoded, or in the body, as the API there wants it."""
    ran = shown(connection, deployment="my gpt", **({"apiVersion": api_version} if api_version else {}))

    sent = json.loads(ran.stdout)
    assert sent["url"] == url
    assert ("my%20gpt" in url) != (sent["body"].get("model") == "my gpt")


@pytest.mark.parametrize(
    ("connection", "headers"),
    [
        pytest.param({"resource": "r"}, {"api-key": "***"}, id="Azure"),
        pytest.param(
            {"provider": "openai", "organization": "org-1", "project": "proj-1"},
            {"authorization": "Bearer ***", "openai-organization": "org-1", "openai-project": "proj-1"},
            id="OpenAI with organization and project",
        ),
        pytest.param(
            {"resource": "r", "authentication": {"type": "bearer", "token": "t0ken-0f-the-test"}},
            {"authorization": "Bearer ***"},
            id="a token",
        ),
        pytest.param(
            {"provider": "compatible", "endpoint": "http://localhost:1/v1", "authentication": {"type": "none"}},
            {},
            id="no key at all",
        ),
        pytest.param(
            {"endpoint": "https://gw.azure-api.net/x", "headers": {"Ocp-Apim-Subscription-Key": "k3y-0f-the-gateway"}},
            {"api-key": "***", "ocp-apim-subscription-key": "***"},
            id="API Management with a key of its own",
        ),
    ],
)
def test_as_whom_it_goes(connection: dict[str, Any], headers: dict[str, str]) -> None:
    """Each provider's own header lines, keys masked, and no other credential."""
    sent = json.loads(shown(connection, deployment="gpt").stdout)
    ours = {"user-agent", "accept-encoding", "content-type"}

    assert {name: value for name, value in sent["headers"].items() if name not in ours} == headers


def test_a_pasted_url_says_all() -> None:
    """Deployment and version are taken from it."""
    assert json.loads(shown({"endpoint": f"https://r.openai.azure.com{PASTED}"}).stdout)["url"].endswith(PASTED)


def test_explicit_fields_win_with_a_warning() -> None:
    """What contradicts a pasted URL is used, and said."""
    ran = shown({"endpoint": f"https://r.openai.azure.com{PASTED}"}, deployment="mine", apiVersion="2024-10-21")

    assert "/deployments/mine/chat/completions?api-version=2024-10-21" in json.loads(ran.stdout)["url"]
    assert ran.stderr.count("warning: ") == 2
