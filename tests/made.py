"""Values that tests are made of: each builder gives a valid one, and takes what the test is about."""

import json
from collections.abc import Mapping
from typing import Any

from worker.job import Job
from worker.wire import Reply, Surface, Target

KEY = "k3y-0f-the-t3st"
AUTHENTICATION = {"type": "apiKey", "apiKey": "{{secrets.AZURE_OPENAI_API_KEY}}"}
CONNECTION = {"resource": "my-res", "authentication": AUTHENTICATION}
CHAT_REPLY: Mapping[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "model": "gpt-4.1-mini-2025-04-14",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Four."},
            "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}},
        }
    ],
    "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}],
    "usage": {
        "prompt_tokens": 9,
        "completion_tokens": 2,
        "total_tokens": 11,
        "prompt_tokens_details": {"cached_tokens": 1},
        "completion_tokens_details": {"reasoning_tokens": 0},
    },
}


def a_task(**changed: Any) -> dict[str, Any]:
    """The value of `azureOpenAI`; what is changed to None is left out."""
    task = {
        "operation": "chatCompletion",
        "connection": CONNECTION,
        "deployment": "gpt-4.1-mini",
        "input": {"content": "What is two and two?"},
        **changed,
    }
    return {name: value for name, value in task.items() if value is not None}


def variables(task: Any) -> bytes:
    """The job's variables that hold *task*."""
    return json.dumps({"azureOpenAI": task}).encode()


def a_job(task: Any = None, *, headers: Mapping[str, str] | None = None, retries: int = 3) -> Job:
    """An activated job."""
    return Job(
        key=2251799813685301,
        type="azure-openai",
        process_instance_key=2251799813685300,
        bpmn_process_id="chat-completion",
        process_definition_key=2251799813685200,
        process_definition_version=1,
        element_id="task",
        element_instance_key=2251799813685302,
        tenant_id="<default>",
        retries=retries,
        deadline_s=60.0,
        headers={"resultVariable": "result"} if headers is None else headers,
        variables=variables(a_task() if task is None else task),
    )


def a_reply(status: int = 200, body: Any = CHAT_REPLY, *, reason: str = "OK", **headers: str) -> Reply:
    """An answer; *body* is text as it is, anything else as JSON. Header names are written with `_` for `-`."""
    raw = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else json.dumps(body).encode()
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(status=status, reason=reason, headers=pairs, body=raw, duration_s=0.25)


def a_target(surface: Surface = Surface.CLASSIC, api_version: str | None = "2024-10-21") -> Target:
    """Where a call goes."""
    return Target(
        surface=surface,
        base_url="https://my-res.openai.azure.com/openai",
        deployment="gpt-4.1-mini",
        api_version=api_version,
    )
