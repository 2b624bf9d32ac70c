import json

import pytest

from tests.made import CHAT_REPLY, a_reply
from worker.azure.facts import exchange_of
from worker.errors import Unreachable
from worker.events import Exchange
from worker.wire import Call, Reply

URL = "https://my-res.openai.azure.com:8443/openai/deployments/d/chat/completions?api-version=2024-10-21"
ASKED = {"messages": [{"role": "user", "content": "my prompt"}], "temperature": 0.5, "max_tokens": 50}
RESPONSE = {
    "id": "resp_1",
    "model": "gpt-4.1",
    "output": [],
    "usage": {"input_tokens": 3, "output_tokens": 4, "output_tokens_details": {"reasoning_tokens": 2}},
}


def a_call(body: object = ASKED, **changed: str) -> Call:
    return Call(path="chat/completions", body=json.dumps(body).encode(), **changed)  # type: ignore[arg-type] # texts


def about(call: Call, outcome: Reply | Unreachable | None) -> Exchange:
    return exchange_of(call, URL, "azure", outcome, mask=lambda text: text.replace("gpt", "***"))


def test_what_a_chat_was_about() -> None:
    """Parameters, names and tokens, masked where a text is told; nothing of what was said."""
    found = about(a_call(), a_reply(body=CHAT_REPLY))

    assert found == Exchange(
        provider="azure",
        method="POST",
        path="chat/completions",
        port=8443,
        asked={"temperature": 0.5, "max_tokens": 50},
        model="***-4.1-mini-2025-04-14",
        response_id="chatcmpl-1",
        finish_reasons=("stop",),
        input_tokens=9,
        output_tokens=2,
        cached_tokens=1,
        reasoning_tokens=0,
    )


def test_a_response_names_its_tokens_otherwise() -> None:
    """The Responses API's names mean the same."""
    found = about(a_call(), a_reply(body=RESPONSE))

    assert (3, 4, None, 2) == (
        found.input_tokens,
        found.output_tokens,
        found.cached_tokens,
        found.reasoning_tokens,
    )


@pytest.mark.parametrize(
    ("call", "outcome"),
    [
        pytest.param(a_call({"temperature": "hot"}), a_reply(body="<html>"), id="no JSON"),
        pytest.param(a_call(content_type="multipart/form-data"), a_reply(body=b"\xff\xfe"), id="bytes"),
        pytest.param(a_call([]), a_reply(body='data: {"choices": []}\n\n'), id="a stream"),
        pytest.param(a_call({}), Unreachable("refused"), id="no answer"),
        pytest.param(a_call({}), None, id="broken off"),
    ],
)
def test_what_says_nothing_of_itself(call: Call, outcome: Reply | Unreachable | None) -> None:
    """A shape that is not known is no trouble: the exchange is told without."""
    assert about(call, outcome) == Exchange(provider="azure", method="POST", path="chat/completions", port=8443)
