import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import worker.operations
from tests.contracts.given_inputs import inputs
from tests.contracts.openapi import FILES, Contract, contract
from tests.forms import parts_of
from tests.made import CHAT_REPLY, a_reply, a_target
from tests.rooms.operations.conversing import conversation
from worker.errors import ConnectorError
from worker.operations.files import Form, InlineFile, form_body
from worker.wire import Call, Reply, Scope, Surface

OPERATIONS = {name for name in worker.operations.OPERATIONS if name != "rawRequest"}
NOT_THERE = {
    ("completion", "v1"),  # version 1 of the API has no legacy completions
    ("createResponse", "2024-10-21"),
    ("createSpeech", "2024-10-21"),
    ("listModels", "2024-10-21"),  # the dated contracts hold the authoring of a resource in a file of its own
    ("listModels", "2025-03-01-preview"),
    *((name, "v1") for name in ("createImage", "createSpeech", "transcribeAudio")),  # previews, says Azure's guide
}
# Parameters that came later than a contract. They are passed on for whoever sets them: the service knows best.
OF_GPT_IMAGE = {"output_format", "output_compression", "background", "moderation"}
NEWER_THAN_ALL = {"verbosity"}
NEWER = {
    "2024-10-21": {
        "reasoning_effort", "store", "metadata", "modalities", "audio", "prediction", "user_security_context",
        "timestamp_granularities[]", *OF_GPT_IMAGE,
    },
    "2025-03-01-preview": {
        "stream_options",  # of legacy completions; the version before has it
        "max_tool_calls", "instructions", "reasoning.summary", *OF_GPT_IMAGE,
    },
    "v1": {"input_type"},  # of embeddings; the dated versions have it
}  # fmt: skip
MISDECLARED = {"v1": {"modalities"}}  # an object and a list at once, which nothing is
# The contracts' images are those of DALL-E 3, of which there is one, in three sizes and two qualities.
ONLY_DALL_E = {"createImage": {"n", "size", "quality"}}
NO_CONTRACT = {"images/edits"}  # is in none of the files; the official client judges it
TARGETS = {
    "2024-10-21": a_target(),
    "2025-03-01-preview": a_target(api_version="2025-03-01-preview"),
    "v1": a_target(Surface.MODEL, None),
}
RESPONSE = {"id": "resp_1", "status": "completed", "output": []}


def calls(operation: str, asked: dict[str, Any], version: str) -> Iterator[Call]:
    """Every call that the operation makes for the input, the later ones included."""
    talk = conversation(operation, asked, target=TARGETS[version])
    try:
        batch = next(talk)
        while True:
            yield from batch.calls
            batch = talk.send([_answer(call) for call in batch.calls])
    except (StopIteration, ConnectorError):
        return


def _answer(call: Call) -> Reply:
    if call.path == "embeddings":
        texts = json.loads(call.body)["input"]
        vectors = [{"index": n, "embedding": [0.5]} for n in range(len(texts) if isinstance(texts, list) else 1)]
        return a_reply(body={"data": vectors, "model": "m"})
    if call.path.startswith("responses"):
        is_begun = call.method == "POST" and json.loads(call.body).get("background")
        return a_reply(body={**RESPONSE, "status": "queued"} if is_begun else RESPONSE)
    return a_reply(body=CHAT_REPLY)


def path_of(call: Call, version: str) -> str:
    """The call's path below the API's base."""
    target = TARGETS[version]
    is_below_the_base = call.scope is Scope.RESOURCE or target.surface is Surface.MODEL
    return f"/{call.path}" if is_below_the_base else f"/deployments/{target.deployment}/{call.path}"


def body_of(call: Call, described: Contract, path: str) -> dict[str, Any]:
    """The body as the contract sees it: a form's texts are what its fields are declared as."""
    if call.content_type == "application/json":
        body: dict[str, Any] = json.loads(call.body)
        return body
    fields: dict[str, Any] = {}
    for name, file, content in parts_of(call.body, call.content_type):
        value = content.decode("latin-1" if file else "utf-8")
        if name.endswith("[]"):
            fields[name] = [*fields.get(name, []), value]
        else:
            fields[name] = value if file or described.is_text(path, name) else json.loads(value)
    return fields


def judge(call: Call, version: str, *, unjudged: set[str]) -> None:
    """Hold one call to the contract: its path, its keys, and their values but for those that are *unjudged*."""
    described, path = contract(version), path_of(call, version)
    later = NEWER_THAN_ALL | NEWER[version]
    assert described.declares(call.method, path)
    if call.method == "POST":
        body = body_of(call, described, path)
        assert described.undeclared(path, body) <= later
        fixed = {k: v for k, v in body.items() if k not in later | unjudged | MISDECLARED.get(version, set())}
        assert [] == described.misfits(path, fixed)


@pytest.mark.parametrize(
    ("operation", "version"),
    [(name, version) for name in sorted(OPERATIONS) for version in FILES if (name, version) not in NOT_THERE],
)
def test_every_request_is_one_that_azure_declares(operation: str, version: str) -> None:
    """Whatever a task gives, the body fits Azure's own schema and has no key that the schema does not know."""
    contract(version)  # skips where it is not at hand

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        for call in calls(operation, data.draw(inputs(operation)), version):
            if call.path not in NO_CONTRACT:
                judge(call, version, unjudged=ONLY_DALL_E.get(operation, set()))

    holds()


@pytest.mark.parametrize("operation", ["chatCompletion", "completion", "createEmbedding", "createResponse"])
def test_a_raw_request_to_a_known_path(operation: str) -> None:
    """What another operation would send can be sent by hand, and is the very same request."""
    version = "2025-03-01-preview"
    contract(version)  # skips where it is not at hand

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        for call in calls(operation, data.draw(inputs(operation)), version):
            path = path_of(call, version)
            asked = {"path": path, "method": call.method, "body": json.loads(call.body) if call.body else None}
            [raw] = calls("rawRequest", asked, version)
            assert (raw.method, path_of(raw, version)) == (call.method, path)
            assert (json.loads(raw.body) if raw.body else None) == asked["body"]
            judge(raw, version, unjudged=set())

    holds()


def test_every_operation_is_held_to_a_contract() -> None:
    """Each of them by at least one version, so that a new one cannot be left out."""
    judged = {name for name in OPERATIONS for version in FILES if (name, version) not in NOT_THERE}

    assert judged | {"rawRequest"} == set(worker.operations.OPERATIONS)


@pytest.mark.parametrize(
    ("body", "misfits", "undeclared"),
    [
        pytest.param({"messages": []}, 1, set(), id="no messages"),
        pytest.param({"messages": [{"role": "user", "content": "x"}], "temperature": 3}, 1, set(), id="out of range"),
        pytest.param({"messages": [{"role": "user", "content": "x"}], "topP": 1}, 0, {"topP"}, id="misspelt"),
        pytest.param(
            {"messages": [{"role": "user", "content": "x"}], "response_format": {"type": "text", "scheme": 1}},
            0,
            {"response_format.scheme"},
            id="misspelt inside",
        ),
    ],
)
@pytest.mark.parametrize("version", ["2024-10-21", "2025-03-01-preview"])
def test_the_contract_has_teeth(body: Any, misfits: int, undeclared: set[str], version: str) -> None:
    """What is wrong is found; else the test above would prove nothing."""
    described = contract(version)

    assert bool(described.misfits("/deployments/x/chat/completions", body)) is bool(misfits)
    assert described.undeclared("/deployments/x/chat/completions", body) == undeclared


@pytest.mark.parametrize(
    ("given_fields", "misfits", "undeclared"),
    [
        pytest.param({"response_format": "verbose_json", "temperature": "0.5"}, 0, set(), id="right"),
        pytest.param({"response_format": "doc"}, 1, set(), id="no such format"),
        pytest.param({"speaker": "Ann"}, 0, {"speaker"}, id="no such field"),
    ],
)
def test_the_contract_of_forms_has_teeth(given_fields: dict[str, str], misfits: int, undeclared: set[str]) -> None:
    """A form is judged as a JSON body is."""
    described, path = contract("2024-10-21"), "/deployments/x/audio/transcriptions"
    file = InlineFile(content="UklGRiQA", name="talk.wav")
    body, content_type = form_body(Form(given_fields.items(), [("file", file)]))
    call = Call(path="audio/transcriptions", body=body, content_type=content_type)

    seen = body_of(call, described, path)

    assert (len(described.misfits(path, seen)), described.undeclared(path, seen)) == (misfits, undeclared)
