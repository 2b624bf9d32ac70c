"""Every operation's form, filled in as a modeler would: plain texts, numbers and pasted JSON."""

import json
from dataclasses import dataclass, field

from tests.applied import Form

__all__ = ["CONNECTIONS", "FILLED", "FORMS", "PROPOSAL", "Filled", "form_of"]

TOOLS = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}]
PROPOSAL = {
    "targetField": "mail",
    "sourceFields": ["e-mail"],
    "transformation": None,
    "confidence": 0.9,
    "reason": "Alike",
}
DEPLOYMENTS = {
    "chat/completions": "gpt-4.1-mini",
    "responses": "gpt-4.1-mini",
    "completions": "gpt-35-turbo-instruct",
    "embeddings": "text-embedding-3-small",
    "images/generations": "gpt-image-1-mini",
    "audio/speech": "gpt-4o-mini-tts",
    "audio/transcriptions": "whisper",
}


@dataclass(frozen=True)
class Filled:
    """What is typed into the form, what the service sees of it, and where in the result there has to be something."""

    given: dict[str, str]
    asks: str = "chat/completions"
    sees: dict[str, object] = field(default_factory=dict)
    leaves: str = "output.text"


FILLED = {
    "chatCompletion": Filled(
        {
            "input.content": "Two and two?",
            "input.temperature": "0.5",
            "input.store": "false",
            "answerFormat": "jsonObject",
        },
        sees={"temperature": 0.5, "store": False, "response_format": {"type": "json_object"}},
    ),
    "completion": Filled({"input.prompt": "Once"}, asks="completions", sees={"prompt": "Once"}),
    "completionsExtension": Filled(
        {
            "input.content": "Terms?",
            "input.dataSources": '[{"type": "azure_search", "parameters": {"index_name": "a"}}]',
        },
        sees={"data_sources": [{"type": "azure_search", "parameters": {"index_name": "a"}}]},
    ),
    "multipleChatCompletions": Filled(
        {"input.prompts": '["One?"]', "input.tools": json.dumps(TOOLS)}, sees={"tools": TOOLS}, leaves="output.texts"
    ),
    "createResponse": Filled({"input.input": "Two and two?"}, asks="responses", sees={"input": "Two and two?"}),
    "generalQuery": Filled({"input.question": "Who?", "input.maxTokens": "50"}, sees={"max_tokens": 50}),
    "summarizeText": Filled({"input.text": "A long text.", "input.length": "short"}),
    "mapData": Filled(
        {
            "input.records": '[{"e-mail": "ann@example.org"}]',
            "mappingTarget": "targetFields",
            "input.targetFields": '[{"name": "mail"}]',
        },
        leaves="output.json.mappings",
    ),
    "createEmbedding": Filled(
        {"input.input": "one"}, asks="embeddings", sees={"input": "one"}, leaves="output.embedding"
    ),
    "createImage": Filled(
        {"input.prompt": "A bicycle", "input.size": "1024x1024"}, asks="images/generations", leaves="body.data"
    ),
    "createSpeech": Filled({"input.input": "Hello", "input.voice": "alloy"}, asks="audio/speech", leaves="body"),
    "transcribeAudio": Filled(
        {"input.file.content": "UklGRiQAAABXQVZF", "input.file.name": "a.wav"}, asks="audio/transcriptions"
    ),
    "listModels": Filled({}, asks="models", leaves="output.json"),
    "rawRequest": Filled({"input.path": "models"}, asks="models", leaves="body.data"),
}

_SINGLE = {
    "general-query": "generalQuery",
    "summarize-text": "summarizeText",
    "map-data": "mapData",
    "create-image": "createImage",
}
FORMS = [("azure-openai", name) for name in FILLED] + list(_SINGLE.items())
"""Every template with every operation that it offers."""
CONNECTIONS = """
[connections.main]
endpoint = "{{secrets.AZURE_OPENAI_ENDPOINT}}"
authentication = { type = "apiKey", apiKey = "{{secrets.AZURE_OPENAI_API_KEY}}" }
"""
"""What the operator has set up: the connection that the forms name."""


def form_of(file: str, operation: str) -> Form:
    """The form of *file*, filled in for *operation*: with a deployment that can do it, where it needs one."""
    filled = FILLED[operation]
    deployment = DEPLOYMENTS.get(filled.asks)
    given = {"connection.name": "main", **filled.given}
    if file.endswith("azure-openai.json"):
        given["operation"] = operation
    if deployment is not None:
        given["deployment"] = deployment
    return Form.of(file, given)
