import json
from typing import Any

import pytest

from tests.made import CONNECTION, a_job, a_task, variables
from worker.errors import InputError
from worker.inputs import parse_headers, parse_task, wanted_lease_s
from worker.operations.chat_completion import ChatInput


def wrong(text: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_task(text)
    return caught.value


def test_a_task_is_typed() -> None:
    """What a task holds arrives typed, with the defaults of the design."""
    task = parse_task(variables(a_task(variables={"orderId": 7})))

    assert isinstance(task.input, ChatInput)
    assert task.operation.name == "chatCompletion"
    assert task.options.timeout.total_seconds() == 600
    assert task.variables == {"orderId": 7}


def test_numbers_and_booleans_may_be_texts() -> None:
    """Numeric texts are accepted: older templates and FEEL give them."""
    given = {"content": "hi", "temperature": "0.5", "maxTokens": "16", "logprobs": "true"}

    task = parse_task(variables(a_task(input=given)))

    assert task.input.api_parameters() == {"temperature": 0.5, "max_tokens": 16, "logprobs": True}


def test_empty_fields_count_as_not_given() -> None:
    """A modeler's empty form field is not sent as null, which Azure refuses."""
    given = {"content": "hi", "temperature": "", "stop": None, "user": ""}

    task = parse_task(variables(a_task(input=given, apiVersion="", deployment="")))

    assert task.input.api_parameters() == {}
    assert task.wish.api_version is None
    assert task.wish.deployment is None


@pytest.mark.parametrize(
    ("changed", "path", "says"),
    [
        pytest.param({"operation": "chatCompletio"}, "operation", "did you mean chatCompletion?", id="typo"),
        pytest.param({"operation": None}, "operation", "got nothing", id="no operation"),
        pytest.param({"operation": 5}, "operation", "got 5", id="operation is a number"),
        pytest.param({"deploymnt": "x"}, "deploymnt", "did you mean deployment?", id="unknown part"),
        pytest.param({"input": {"content": "x", "temprature": 1}}, "input.temprature", "temperature?", id="unknown"),
        pytest.param({"input": {}}, "input", "content, images, or a list of messages", id="nothing to say"),
        pytest.param({"input": "hello"}, "input", "got 'hello'", id="input is a text"),
        pytest.param({"input": {"content": 5}}, "input.content", "got 5", id="content is a number"),
        pytest.param({"input": {"content": "x", "temperature": 3}}, "input.temperature", "got 3", id="out of range"),
        pytest.param({"input": {"content": "x", "n": 1.5}}, "input.n", "got 1.5", id="not whole"),
        pytest.param({"input": {"content": "x", "n": "many"}}, "input.n", "got 'many'", id="no number"),
        pytest.param(
            {"input": {"messages": [{"role": "user", "content": "x"}, {"content": "y"}]}},
            "input.messages[1].role",
            "got nothing",
            id="no role",
        ),
        pytest.param(
            {"input": {"messages": [{"role": "robot"}]}}, "input.messages[0].role", "got 'robot'", id="wrong role"
        ),
        pytest.param(
            {"input": {"content": "x", "maxTokens": 1, "maxCompletionTokens": 1}}, "input", "not both", id="two limits"
        ),
        pytest.param({"options": {"timeout": "soon"}}, "options.timeout", "got 'soon'", id="no duration"),
        pytest.param({"connection": None}, "connection", "got nothing", id="no connection"),
        pytest.param(
            {"connection": {"authentication": {"type": "magic"}}},
            "connection.authentication.type",
            "apiKey",
            id="unknown authentication",
        ),
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, Any], path: str, says: str) -> None:
    """Every message names the field, what it got and what it wanted."""
    error = wrong(variables(a_task(**changed)))

    assert error.path == path
    assert says in str(error)
    assert "wanted" in str(error)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{}", id="no variable"),
        pytest.param(b'{"azureOpenAI": null}', id="null variable"),
        pytest.param(b'{"azureOpenAI": "text"}', id="a text"),
        pytest.param(b"[" * 100_000, id="very deep"),
        pytest.param(b'{"azureOpenAI": "\xff"}', id="not UTF-8"),
    ],
)
def test_unreadable_variables(text: bytes) -> None:
    """Whatever a job holds, the worst that comes of it is an InputError."""
    assert "azureOpenAI" in str(wrong(text))


def test_a_key_in_plain_text_is_never_quoted() -> None:
    """Nothing below `connection` is repeated in an error: it may be a key."""
    secret = "plain-key-123"
    for bad in ({**CONNECTION, "authentication": secret}, {**CONNECTION, "headers": secret}, secret):
        assert secret not in str(wrong(variables(a_task(connection=bad))))


def test_a_prompt_is_not_quoted_at_length() -> None:
    """A wrong field shows enough of a text to recognise it, and no more."""
    error = wrong(variables(a_task(options={"timeout": "x" * 500})))

    assert len(str(error)) < 300


def test_headers() -> None:
    """Task headers are read under the ecosystem's own names; empty ones are not set."""
    headers = parse_headers(a_job(headers={"resultVariable": "", "retryBackoff": "PT1M30S", "other": "x"}))

    assert headers.result_variable is None
    assert headers.retry_backoff_s == 90


@pytest.mark.parametrize("text", ["30", "soon", "PT", "-PT5S x"])
def test_a_wrong_backoff_is_named(text: str) -> None:
    """A back-off that is no duration is the modeler's mistake."""
    with pytest.raises(InputError, match="retryBackoff"):
        parse_headers(a_job(headers={"retryBackoff": text}))


@pytest.mark.parametrize("text", ["300", "soon", "PT0S", "-PT5S"])
def test_a_wrong_lease_is_named(text: str) -> None:
    """A job time-out that is none, or of nothing, is the modeler's mistake; until it is told the usual one holds."""
    job = a_job(headers={"jobTimeout": text})

    assert wanted_lease_s(job) is None
    with pytest.raises(InputError, match="jobTimeout"):
        parse_headers(job)


@pytest.mark.parametrize(("text", "lease_s"), [("PT5M", 300), ("", None)])
def test_a_lease_of_the_jobs_own(text: str, lease_s: float | None) -> None:
    """The header of Camunda's connectors says for how long the job is leased."""
    job = a_job(headers={"jobTimeout": text})

    assert lease_s == wanted_lease_s(job) == parse_headers(job).job_timeout_s


def test_messages_keep_what_we_do_not_know() -> None:
    """A message's further fields are passed on as they are."""
    message = {"role": "tool", "content": "4", "tool_call_id": "call_1"}

    task = parse_task(variables(a_task(input={"messages": [message]})))

    assert json.loads(task.input.model_dump_json(exclude_unset=True))["messages"] == [message]


def test_jobs_of_one_task_share_what_is_the_same() -> None:
    """Whatever is said in them, two jobs get the very same wish and options; another connection is another wish."""
    one, two = (parse_task(variables(a_task(input={"content": said}, variables={"a": said}))) for said in ("a", "b"))
    other = parse_task(variables(a_task(connection={"name": "main"})))

    assert one.wish is two.wish
    assert one.options is two.options
    assert ({"a": "a"}, {"a": "b"}) == (one.variables, two.variables)
    assert other.wish is not one.wish


def test_a_frame_with_something_out_of_the_ordinary() -> None:
    """A field that is null or empty counts as not given, in every part, and a large frame is typed like a small one."""
    odd = parse_task(variables({**a_task(), "input": {"content": "a", "user": ""}, "options": None, "apiVersion": ""}))
    large = parse_task(variables(a_task(options={"extraBody": {"a": "x" * 20_000}})))

    assert odd.wish.api_version is None
    assert 600 == odd.options.timeout.total_seconds()
    assert 20_000 == len(str(large.options.extra_body["a"]))
