import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from openai import AsyncAzureOpenAI, AsyncOpenAI

from tests.asking import a_task_for, result_of
from worker.demo.emulator import Emulator
from worker.demo.emulator.books import Entry

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]
TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}
FORMAT = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}}
FLAT_FORMAT = {"type": "json_schema", "name": "answer", "schema": {"type": "object"}}
SEARCH = {"type": "azure_search", "parameters": {"endpoint": "https://s.example", "index_name": "i"}}
Client = AsyncAzureOpenAI | AsyncOpenAI
Ask = Callable[[Client, Mapping[str, Any]], Awaitable[Any]]


async def chat(client: Client, parameters: Mapping[str, Any]) -> Any:
    reply: Any = await client.chat.completions.create(**parameters)
    if parameters.get("stream"):
        async for _ in reply:
            pass


async def complete(client: Client, parameters: Mapping[str, Any]) -> Any:
    await client.completions.create(**parameters)


async def embed(client: Client, parameters: Mapping[str, Any]) -> Any:
    await client.embeddings.create(**parameters)


async def respond(client: Client, parameters: Mapping[str, Any]) -> Any:
    reply: Any = await client.responses.create(**parameters)
    if parameters.get("stream"):
        async for _ in reply:
            pass


async def draw(client: Client, parameters: Mapping[str, Any]) -> Any:
    await client.images.generate(**parameters)


async def redraw(client: Client, parameters: Mapping[str, Any]) -> Any:
    await client.images.edit(**parameters)


async def speak(client: Client, parameters: Mapping[str, Any]) -> Any:
    await client.audio.speech.create(**parameters)


async def transcribe(client: Client, parameters: Mapping[str, Any]) -> Any:
    await client.audio.transcriptions.create(**parameters)


async def translate(client: Client, parameters: Mapping[str, Any]) -> Any:
    await client.audio.translations.create(**parameters)


async def list_models(client: Client, _parameters: Mapping[str, Any]) -> Any:
    async for _ in client.models.list():
        pass


def a_file(name: str, kind: str) -> tuple[dict[str, str], tuple[str, bytes, str]]:
    """The same file for us and for the client."""
    content = f"{name}: \r\n--boundary".encode()
    return {"content": base64.b64encode(content).decode(), "name": name, "contentType": kind}, (name, content, kind)


OUR_TALK, THEIR_TALK = a_file("talk.wav", "audio/wav")
OUR_CAT, THEIR_CAT = a_file("cat.png", "image/png")
OUR_DOG, THEIR_DOG = a_file("dog.png", "image/png")
OUR_MASK, THEIR_MASK = a_file("mask.png", "image/png")
CASES = [
    pytest.param(
        "chatCompletion", "gpt-4.1-mini", chat,
        {"systemPrompt": "Be brief.", "content": "Hi", "temperature": 0.5, "maxTokens": 9, "stop": ["x"], "user": "u"},
        {"messages": MESSAGES, "temperature": 0.5, "max_tokens": 9, "stop": ["x"], "user": "u"},
        id="chat",
    ),
    pytest.param(
        "chatCompletion", "gpt-4.1-mini", chat,
        {"messages": MESSAGES, "tools": [TOOL], "toolChoice": "look_up", "parallelToolCalls": False},
        {
            "messages": MESSAGES, "tools": [TOOL], "parallel_tool_calls": False,
            "tool_choice": {"type": "function", "function": {"name": "look_up"}},
        },
        id="tools",
    ),
    pytest.param(
        "chatCompletion", "gpt-5-mini", chat,
        {"messages": MESSAGES, "jsonSchema": {"type": "object"}, "maxCompletionTokens": 99, "reasoningEffort": "low"},
        {"messages": MESSAGES, "response_format": FORMAT, "max_completion_tokens": 99, "reasoning_effort": "low"},
        id="a reasoning model and JSON",
    ),
    pytest.param(
        "chatCompletion", "gpt-4.1-mini", chat,
        {"messages": MESSAGES, "stream": True},
        {"messages": MESSAGES, "stream": True, "stream_options": {"include_usage": True}},
        id="stream",
    ),
    pytest.param(
        "completionsExtension", "gpt-4.1-mini", chat,
        {"messages": MESSAGES, "dataSources": [SEARCH]},
        {"messages": MESSAGES, "extra_body": {"data_sources": [SEARCH]}},
        id="own data",
    ),
    pytest.param(
        "completion", "gpt-35-turbo-instruct", complete,
        {"prompt": "Once", "maxTokens": 9, "logitBias": {"50256": -100}, "bestOf": 2},
        {"prompt": "Once", "max_tokens": 9, "logit_bias": {"50256": -100}, "best_of": 2},
        id="legacy",
    ),
    pytest.param(
        "createEmbedding", "text-embedding-3-small", embed,
        {"input": ["a", "b"], "dimensions": 8, "encodingFormat": "float"},
        {"input": ["a", "b"], "dimensions": 8, "encoding_format": "float"},
        id="embeddings",
    ),
    pytest.param(
        "createResponse", "gpt-4.1-mini", respond,
        {"input": "Hi", "instructions": "Be brief.", "previousResponseId": "resp_1", "reasoning": {"effort": "low"}},
        {"input": "Hi", "instructions": "Be brief.", "previous_response_id": "resp_1", "reasoning": {"effort": "low"}},
        id="response",
    ),
    pytest.param(
        "createResponse", "gpt-4.1-mini", respond,
        {"input": "Hi", "jsonSchema": {"type": "object"}, "stream": True},
        {"input": "Hi", "text": {"format": FLAT_FORMAT}, "stream": True},
        id="streamed response in JSON",
    ),
    pytest.param(
        "createImage", "gpt-image-1-mini", draw,
        {"prompt": "A cat", "n": 2, "size": "1024x1536", "quality": "low", "outputFormat": "jpeg"},
        {"prompt": "A cat", "n": 2, "size": "1024x1536", "quality": "low", "output_format": "jpeg"},
        id="image",
    ),
    pytest.param(
        "createImage", "gpt-image-1-mini", redraw,
        {"prompt": "A hat", "images": [OUR_CAT], "mask": OUR_MASK, "n": 1, "inputFidelity": "high"},
        {"prompt": "A hat", "image": THEIR_CAT, "mask": THEIR_MASK, "n": 1, "input_fidelity": "high"},
        id="edited image",
    ),
    pytest.param(
        "createImage", "gpt-image-1-mini", redraw,
        {"prompt": "Both", "images": [OUR_CAT, OUR_DOG]}, {"prompt": "Both", "image": [THEIR_CAT, THEIR_DOG]},
        id="two images",
    ),
    pytest.param(
        "createSpeech", "gpt-4o-mini-tts", speak,
        {"input": "Hello", "voice": "alloy", "responseFormat": "wav", "speed": 1.5, "instructions": "Calm."},
        {"input": "Hello", "voice": "alloy", "response_format": "wav", "speed": 1.5, "instructions": "Calm."},
        id="speech",
    ),
    pytest.param(
        "transcribeAudio", "whisper", transcribe,
        {
            "file": OUR_TALK, "language": "de", "prompt": "Zeebe", "temperature": 0.5,
            "responseFormat": "verbose_json", "timestampGranularities": ["word", "segment"],
        },
        {
            "file": THEIR_TALK, "language": "de", "prompt": "Zeebe", "temperature": 0.5,
            "response_format": "verbose_json", "timestamp_granularities": ["word", "segment"],
        },
        id="transcription",
    ),
    pytest.param(
        "transcribeAudio", "whisper", translate,
        {"file": OUR_TALK, "translate": True, "responseFormat": "vtt"}, {"file": THEIR_TALK, "response_format": "vtt"},
        id="translation", marks=pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning"),
    ),
    pytest.param("listModels", "", list_models, {}, {}, id="models"),
    pytest.param("rawRequest", "", list_models, {"path": "models"}, {}, id="models by a raw request"),
]  # fmt: skip
DATED = "2025-04-01-preview"


def asked(entry: Entry) -> dict[str, Any]:
    return {"method": entry.method, "path": entry.path, "query": dict(entry.query), "body": entry.body}


@pytest.mark.parametrize(("operation", "deployment", "ask", "given", "parameters"), CASES)
async def test_the_dated_api(
    operation: str, deployment: str, ask: Ask, given: dict[str, Any], parameters: dict[str, Any], azure: Emulator
) -> None:
    """
    Method, path, query and body are the official client's, a form's part by part, with one difference.

    The client repeats the deployment as the body's `model`, which the path names already and the dated API ignores.
    """
    azure.memory.keep({"id": "resp_1"})
    async with AsyncAzureOpenAI(azure_endpoint=azure.url, api_key=azure.key, api_version=DATED) as client:
        await ask(client, {**parameters, "model": deployment})
    theirs = asked(azure.books.last)
    if "/deployments/" in theirs["path"]:
        assert theirs["body"].pop("model") == deployment

    await result_of({**a_task_for(azure, operation, deployment, **given), "apiVersion": DATED})

    assert asked(azure.books.last) == theirs


@pytest.mark.parametrize(
    ("operation", "deployment", "ask", "given", "parameters"), [case for case in CASES if case.id != "legacy"]
)
async def test_version_1(
    operation: str, deployment: str, ask: Ask, given: dict[str, Any], parameters: dict[str, Any], azure: Emulator
) -> None:
    """
    Method, path, query and body are the official client's.

    It sends the key as a bearer token; we send Azure's own header, which takes keys alone and which gateways know.
    """
    azure.memory.keep({"id": "resp_1"})
    async with AsyncOpenAI(base_url=f"{azure.url}/openai/v1", api_key=azure.key) as client:
        await ask(client, {**parameters, "model": deployment})
    theirs = azure.books.last

    await result_of({**a_task_for(azure, operation, deployment, **given), "apiVersion": "v1"})

    ours = azure.books.last
    assert asked(ours) == asked(theirs)
    assert (theirs.headers["authorization"], ours.headers["api-key"]) == (f"Bearer {azure.key}", azure.key)


async def test_embeddings_are_asked_for_as_numbers(azure: Emulator) -> None:
    """A further difference: left alone, the client asks for base64 and decodes it; a process wants the numbers."""
    async with AsyncAzureOpenAI(azure_endpoint=azure.url, api_key=azure.key, api_version="2024-10-21") as client:
        await client.embeddings.create(model="text-embedding-3-small", input="a")
    theirs = azure.books.last.body

    await result_of(a_task_for(azure, "createEmbedding", "text-embedding-3-small", input="a"))

    assert theirs == {"input": "a", "model": "text-embedding-3-small", "encoding_format": "base64"}
    assert json.loads(json.dumps(azure.books.last.body)) == {"input": "a"}
