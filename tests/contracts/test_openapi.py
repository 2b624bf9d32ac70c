import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts.given_inputs import inputs
from tests.contracts.openapi import FILES, contract
from tests.made import CHAT_REPLY, a_reply, a_target
from tests.rooms.operations.conversing import conversation
from worker.errors import ConnectorError
from worker.wire import Call, Reply, Surface

OPERATIONS = (
    "chatCompletion",
    "completion",
    "completionsExtension",
    "multipleChatCompletions",
    "generalQuery",
    "summarizeText",
    "mapData",
    "createEmbedding",
)
NOT_THERE = {("completion", "v1")}  # version 1 of the API has no legacy completions
# Parameters that came later than a contract. They are passed on for whoever sets them: the service knows best.
NEWER_THAN_ALL = {"verbosity"}
NEWER = {
    "2024-10-21": {
        "reasoning_effort", "store", "metadata", "modalities", "audio", "prediction", "user_security_context",
    },
    "2025-03-01-preview": {"stream_options"},  # of legacy completions; the version before has it
    "v1": {"input_type"},  # of embeddings; the dated versions have it
}  # fmt: skip
MISDECLARED = {"v1": {"modalities"}}  # an object and a list at once, which nothing is
TARGETS = {
    "2024-10-21": a_target(),
    "2025-03-01-preview": a_target(api_version="2025-03-01-preview"),
    "v1": a_target(Surface.MODEL, None),
}


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
    return a_reply(body=CHAT_REPLY)


@pytest.mark.parametrize(
    ("operation", "version"),
    [(name, version) for name in OPERATIONS for version in FILES if (name, version) not in NOT_THERE],
)
def test_every_request_is_one_that_azure_declares(operation: str, version: str) -> None:
    """Whatever a task gives, the body fits Azure's own schema and has no key that the schema does not know."""
    described = contract(version)
    later = NEWER_THAN_ALL | NEWER[version]
    not_judged = later | MISDECLARED.get(version, set())

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        for call in calls(operation, data.draw(inputs(operation)), version):
            body = json.loads(call.body)
            assert described.undeclared(call.path, body) <= later
            assert [] == described.misfits(call.path, {k: v for k, v in body.items() if k not in not_judged})

    holds()


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

    assert bool(described.misfits("chat/completions", body)) is bool(misfits)
    assert described.undeclared("chat/completions", body) == undeclared
