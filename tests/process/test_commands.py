import asyncio
import json
import os
import sys
from typing import Any

import pytest

from tests.canary import CANARY
from worker.demo.emulator import Answer, Emulator


async def command(azure: Emulator, name: str, task: Any, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command, the emulator's key being a secret."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker", name, *arguments,
        env={**os.environ, "SECRET_AZURE_OPENAI_API_KEY": azure.key},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate(json.dumps(task).encode())
    assert process.returncode is not None
    CANARY.saw("a command", out + err)
    return process.returncode, out.decode(), err.decode()


def a_task(azure: Emulator, **changed: Any) -> dict[str, Any]:
    key = {"type": "apiKey", "apiKey": "{{secrets.AZURE_OPENAI_API_KEY}}"}
    connection = {"endpoint": azure.url, "authentication": key}
    return {
        "operation": "chatCompletion",
        "connection": connection,
        "deployment": "gpt-4o",
        "input": {"content": "Hi"},
    } | changed


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        pytest.param({}, ("output", "text"), id="chat"),
        pytest.param(
            {"operation": "createImage", "deployment": "dall-e-3", "input": {"prompt": "x"}},
            ("body", "data"),
            id="image",
        ),
        pytest.param({"operation": "listModels", "input": {}}, ("output", "json"), id="models"),
    ],
)
async def test_a_call_without_a_broker(azure: Emulator, changed: dict[str, Any], path: tuple[str, str]) -> None:
    """The envelope that a process would get, from a real call."""
    code, out, _ = await command(azure, "call", a_task(azure, **changed), "-", "--json")

    assert code == 0
    assert json.loads(out)[path[0]][path[1]]


async def test_a_call_that_is_refused(azure: Emulator) -> None:
    """Exit code 1, the reason and no key."""
    code, out, err = await command(azure, "call", a_task(azure, deployment="none"), "--json")

    assert (code, json.loads(out)["error"]["reason"]) == (1, "DEPLOYMENT_NOT_FOUND")
    assert azure.key not in out + err


async def test_a_connection_that_works(azure: Emulator) -> None:
    """One cheap call: how long it took, which model answered and what is left of the limits."""
    code, out, _ = await command(
        azure, "test-connection", None, "--endpoint", azure.url, "--deployment", "gpt-4o", "--json"
    )

    report = json.loads(out)
    assert (code, report["ok"], report["model"]) == (0, True, "gpt-4o-2024-11-20")
    assert report["latency"] > 0
    assert int(report["remaining"]["requests"]) > 0
    assert azure.books.calls == 1


async def test_a_connection_of_the_workers_own(azure: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that the operator's file names is tried by its name."""
    key = 'type = "apiKey"\napiKey = "{{secrets.AZURE_OPENAI_API_KEY}}"'
    config = f'[connections.main]\nendpoint = "{azure.url}"\n[connections.main.authentication]\n{key}\n'
    monkeypatch.setenv("WORKER_CONFIG", config)

    code, out, _ = await command(azure, "test-connection", None, "--connection", "main", "--deployment", "gpt-4o")

    assert (0, "ok") == (code, out.splitlines()[0])


@pytest.mark.parametrize(
    ("deployment", "says"),
    [
        pytest.param(None, "models on offer", id="no deployment: the list of models"),
        pytest.param("text-embedding-3-small", "does not chat", id="a deployment for something else"),
    ],
)
async def test_a_connection_without_a_chat(azure: Emulator, deployment: str | None, says: str) -> None:
    """It works all the same."""
    task = a_task(azure, deployment=deployment)
    code, out, _ = await command(azure, "test-connection", {k: v for k, v in task.items() if v is not None}, "-")

    assert code == 0
    assert says in out


@pytest.mark.parametrize(
    ("status", "reason", "advice"),
    [
        pytest.param(401, "AUTHENTICATION_FAILED", "key belongs to this resource", id="key"),
        pytest.param(403, "PERMISSION_DENIED", "firewall", id="firewall"),
        pytest.param(404, "RESOURCE_NOT_FOUND", "api-version", id="path"),
        pytest.param(429, "RATE_LIMITED", "quota", id="quota"),
        pytest.param(503, "SERVICE_UNAVAILABLE", "overloaded", id="service"),
    ],
)
async def test_a_connection_that_does_not_work(azure: Emulator, status: int, reason: str, advice: str) -> None:
    """One call, the reason, and what to do about it."""
    azure.always(Answer.status(status))
    code, out, _ = await command(azure, "test-connection", a_task(azure), "-")

    assert code == 1
    assert out.startswith(f"failed: {reason}")
    assert advice in out
    assert azure.books.calls == 1


@pytest.mark.parametrize(
    ("changed", "code", "reason", "advice"),
    [
        pytest.param({"deployment": "none"}, 1, "DEPLOYMENT_NOT_FOUND", "Check its spelling", id="deployment"),
        pytest.param({"apiVersion": "2099"}, 2, "INVALID_INPUT", "wanted a version such as 2024-10-21", id="version"),
        pytest.param(
            {"connection": {"endpoint": "http://127.0.0.1:9", "authentication": {"type": "none"}}},
            1, "UNREACHABLE", "name, network, proxy or TLS", id="nobody there",
        ),
        pytest.param(
            {"connection": {"resource": "r", "authentication": {"type": "apiKey", "apiKey": "{{secrets.NO_SUCH}}"}}},
            2, "SECRET_NOT_AVAILABLE", "SECRET_NO_SUCH", id="no such secret",
        ),
    ],
)  # fmt: skip
async def test_a_connection_that_is_not_right(
    azure: Emulator, changed: dict[str, Any], code: int, reason: str, advice: str
) -> None:
    """What only the operator can mend is told with what to do as well."""
    got, out, _ = await command(azure, "test-connection", a_task(azure, **changed), "-")

    assert (got, out.splitlines()[0].split(" (")[0]) == (code, f"failed: {reason}")
    assert "what to do: " in out
    assert advice in out


async def test_how_a_connection_is_given(azure: Emulator) -> None:
    """By a file or by --endpoint: neither and both are wrong."""
    code, _, err = await command(azure, "test-connection", None)

    assert code == 2
    assert "one of a file, --endpoint and --connection" in err
