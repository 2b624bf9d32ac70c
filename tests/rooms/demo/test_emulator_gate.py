"""Who is let in to the emulator, and to what."""

import pytest

from tests.rooms.demo.conftest import CHAT, Caller
from worker.demo.emulator import Answer

MESSAGES = {"messages": [{"role": "user", "content": "Hello"}]}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"api-key": "emulator-key"}, 200, id="api-key"),
        pytest.param({"Authorization": "Bearer emulator-key"}, 200, id="bearer"),
        pytest.param({"api-key": "another"}, 401, id="wrong key"),
        pytest.param({"Authorization": "Basic emulator-key"}, 401, id="wrong scheme"),
        pytest.param({}, 401, id="none"),
    ],
)
async def test_key(caller: Caller, headers: dict[str, str], status: int) -> None:
    """A key is taken from either header, and only a known one."""
    seen = await caller.post(CHAT.format("gpt-4o"), MESSAGES, headers=headers)

    assert status == seen.status


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        pytest.param(CHAT.format("nobody"), 404, "DeploymentNotFound", id="unknown deployment"),
        pytest.param(CHAT.format("gpt-35-turbo-instruct"), 400, "OperationNotSupported", id="wrong kind of model"),
        pytest.param(CHAT.format("gpt-4o").split("?")[0], 404, "404", id="no api-version"),
        pytest.param(CHAT.format("gpt-4o").replace("2024", "24"), 404, "404", id="no such api-version"),
        pytest.param("/openai/deployments/gpt-4o/thoughts?api-version=2024-10-21", 404, "404", id="no such path"),
        pytest.param("/", 404, "404", id="not Azure OpenAI"),
        pytest.param("/openai/v1/chat/completions", 400, "missing_required_parameter", id="v1 without model"),
        pytest.param("/openai/v1/chat/completions?api-version=2024-10-21", 400, "BadRequest", id="v1 with a date"),
    ],
)
async def test_refuses(caller: Caller, path: str, status: int, code: str) -> None:
    """A wrong address gets the service's own error."""
    seen = await caller.post(path, MESSAGES)

    assert (status, code) == (seen.status, seen.error["code"])


async def test_version_1_names_the_deployment_in_the_body(caller: Caller) -> None:
    """On the v1 path the body's model is the deployment."""
    seen = await caller.post("/openai/v1/chat/completions", {"model": "gpt-4o", **MESSAGES})

    assert (200, "gpt-4o-2024-11-20") == (seen.status, seen.json["model"])


async def test_doubled_slash(caller: Caller) -> None:
    """A doubled slash does no harm."""
    assert (await caller.post("/" + CHAT.format("gpt-4o"), MESSAGES)).status == 200


async def test_headers(caller: Caller) -> None:
    """Each answer carries the ids and limits of the real service."""
    seen = await caller.chat()

    assert seen.headers["x-ratelimit-remaining-requests"] == "2499"
    assert seen.headers["x-ms-deployment-name"] == "gpt-4o"
    assert seen.headers["apim-request-id"]


async def test_models(caller: Caller) -> None:
    """The models of all deployments are listed, each with what it can do."""
    url = f"{caller.azure.url}/openai/models?api-version=2024-10-21"
    async with caller.session.get(url, headers={"api-key": caller.azure.key}) as answer:
        listed = {model["id"]: model["capabilities"]["chat_completion"] for model in (await answer.json())["data"]}

    assert listed["gpt-4o-2024-11-20"]
    assert not listed["text-embedding-3-small"]


async def test_a_rule_comes_before_the_gate(caller: Caller) -> None:
    """A scripted answer stands for what lies in front of the service, and so asks for no key."""
    caller.azure.next(Answer.status(503))

    assert (await caller.post("/anything", {}, headers={})).status == 503
