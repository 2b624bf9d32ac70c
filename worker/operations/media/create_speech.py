"""`createSpeech`: a text, spoken."""

from typing import Annotated, Literal

from pydantic import Field

from worker import prices
from worker.errors import ConnectorError, InvalidResponse
from worker.hints import Hint
from worker.operations.files import binary_result
from worker.operations.media.counted import model_of
from worker.operations.model import Answer, Asking, Batch, Conversation, InputModel, Operation, post

__all__ = ["CREATE_SPEECH", "SpeechInput"]

_MEDIA_TYPES = {"mp3": "audio/mpeg", "opus": "audio/opus", "aac": "audio/aac", "flac": "audio/flac", "wav": "audio/wav"}


class SpeechInput(InputModel):
    """A text of at most 4096 characters and a *voice* such as alloy. *instructions* are for models that take a tone."""

    input: Annotated[
        Annotated[str, Field(min_length=1, max_length=4096)],
        Hint("What is spoken, up to 4096 characters", label="Text", long=True),
    ]
    voice: Annotated[str, Hint("The name of a voice", placeholder="alloy")]
    response_format: Annotated[
        Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] | None,
        Hint("Of the audio's file", label="Audio format", group="answer"),
    ] = None
    speed: Annotated[
        Annotated[float, Field(ge=0.25, le=4)] | None, Hint("From 0.25 to 4; 1 is usual", group="answer")
    ] = None
    instructions: Annotated[str | None, Hint("In which tone, with models that take one", label="Tone", long=True)] = (
        None
    )


def _converse(given: SpeechInput, asking: Asking) -> Conversation:
    [reply] = yield Batch(calls=[post("audio/speech", given.api_parameters(), asking)])
    if isinstance(reply, ConnectorError):
        raise reply
    said = (reply.header("content-type") or "").partition(";")[0].strip().lower()
    if not reply.body or said.startswith("text/") or said == "application/json":
        got = f"{said or 'no content type'}, {len(reply.body)} bytes"
        raise InvalidResponse(f"the answer is no audio ({got}); check the endpoint", reply=reply)
    usual = _MEDIA_TYPES.get(given.response_format or "mp3", "audio/pcm")
    model = model_of(reply)
    cost = prices.cost_of_units_usd(model, {"input_characters": len(given.input)})
    return binary_result(
        Answer(model=model, cost=cost), reply, asking, content_type=said if said.startswith("audio/") else usual
    )


CREATE_SPEECH = Operation(
    name="createSpeech",
    summary="Speak a text: audio as base64, or in the document store",
    input=SpeechInput,
    converse=_converse,
    default_api_version="2025-04-01-preview",  # no dated version but previews has speech
)
