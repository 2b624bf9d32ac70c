import json

import pytest

from tests.made import CHAT_REPLY, a_reply, a_target
from worker.envelope import error_variables, flat_headers, result
from worker.errors import InputError
from worker.operations.chat_completion import ChatInput, read_chat
from worker.operations.model import Result
from worker.refusals import refusal

ASKED = ChatInput.model_validate({"content": "What is two and two?"})


def test_the_envelope_is_camundas_with_an_output() -> None:
    """Old result expressions keep working, and `output` has what people dig for."""
    reply = a_reply(Content_Type="application/json", apim_request_id="abc")

    shown = json.loads(result(Result(read_chat(reply, ASKED), reply), a_target()))

    assert {name: shown[name] for name in ("status", "headers", "reason", "document", "body")} == {
        "status": 200,
        "headers": {"Content-Type": "application/json", "apim-request-id": "abc"},
        "reason": "OK",
        "document": None,
        "body": CHAT_REPLY,
    }
    assert shown["output"] == {
        "text": "Four.",
        "json": None,
        "jsonError": None,
        "refusal": None,
        "messages": [{"role": "assistant", "content": "Four."}],
        "toolCalls": None,
        "finishReason": "stop",
        "contentFilter": {
            "filtered": False,
            "categories": [],
            "error": None,
            "prompt": [{"prompt_index": 0, "content_filter_results": {}}],
            "answer": {"hate": {"filtered": False, "severity": "safe"}},
        },
        "model": "gpt-4.1-mini-2025-04-14",
        "deployment": "gpt-4.1-mini",
        "usage": {"inputTokens": 9, "outputTokens": 2, "totalTokens": 11, "cachedTokens": 1, "reasoningTokens": 0},
        "cost": pytest.approx(8 * 0.4e-6 + 1 * 0.1e-6 + 2 * 1.6e-6),
        "requestId": "abc",
        "attempts": 1,
        "duration": 0.25,
        "documents": [],
    }


def test_the_body_is_not_touched() -> None:
    """What nobody looks into travels as it came: number spelling, key order and escapes."""
    body = '{"choices": [], "big": 12345678901234567890123, "f": 1.10, "e": "\\u00e9", "z": 1, "a": 2}'
    reply = a_reply(body=body)

    text = result(Result(read_chat(reply, ASKED), reply), a_target()).decode()

    assert body in text


def test_repeated_headers_become_a_list() -> None:
    """As in Camunda's connectors."""
    reply = a_reply()
    several = type(reply)(
        status=200, reason="OK", headers=(("Set-Cookie", "a"), ("Set-Cookie", "b"), ("Set-Cookie", "c")), body=b""
    )

    assert flat_headers(several) == {"Set-Cookie": ["a", "b", "c"]}


FOUND = {"violence": {"filtered": True, "severity": "medium"}, "hate": {"filtered": False, "severity": "safe"}}
OF_PROMPT = {"blocked": True, "source_type": "prompt", "content_filter_results": FOUND}
OF_ANSWER = {**OF_PROMPT, "source_type": "completion"}


@pytest.mark.parametrize(
    ("error", "prompt", "answer", "categories"),
    [
        pytest.param({"innererror": {"content_filter_result": FOUND}}, FOUND, None, ["violence"], id="as recorded"),
        pytest.param({"inner_error": {"content_filter_results": FOUND}}, FOUND, None, ["violence"], id="as declared"),
        pytest.param({"content_filters": [OF_PROMPT]}, [OF_PROMPT], None, ["violence"], id="of a response"),
        pytest.param({"content_filters": [OF_ANSWER]}, None, [OF_ANSWER], ["violence"], id="of a response's answer"),
        pytest.param({}, None, None, [], id="nothing said"),
    ],
)
def test_a_blocked_prompt(error: dict[str, object], prompt: object, answer: object, categories: list[str]) -> None:
    """An error expression sees the filter's verdict where a result expression would, in one form for all."""
    body = {"error": {"code": "content_filter", "message": "filtered", **error}}

    shown = error_variables(refusal(a_reply(400, body)))["variables"]

    assert isinstance(shown, dict)
    assert shown["contentFilter"] == {
        "filtered": True, "categories": categories, "error": None, "prompt": prompt, "answer": answer,
    }  # fmt: skip


def test_an_error_of_the_service() -> None:
    """The error expression sees code, reason, type, message and the response."""
    shown = error_variables(refusal(a_reply(429, {"error": {"message": "slow down"}}, Retry_After="3")))

    assert shown["code"] == "429"
    assert shown["reason"] == "RATE_LIMITED"
    assert shown["type"] == "RateLimited"
    assert "slow down" in str(shown["message"])
    assert shown["variables"] == {
        "response": {"headers": {"Retry-After": "3"}, "body": {"error": {"message": "slow down"}}}
    }


def test_an_error_before_the_call_has_no_response() -> None:
    """Nothing was asked, so there is no response to show."""
    shown = error_variables(InputError(path="input.n", got="0", wanted="1 or more"))

    assert shown["code"] == "INVALID_INPUT"
    assert "variables" not in shown


def test_a_huge_refusal_is_cut() -> None:
    """A flood in a refusal does not flood the process."""
    shown = error_variables(refusal(a_reply(500, "x" * 1_000_000)))

    assert len(json.dumps(shown)) < 110_000
