"""`transcribeAudio`: what is said in a recording."""

from typing import Annotated, ClassVar, Literal

import msgspec
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from worker.errors import ConnectorError, InvalidResponse
from worker.hints import Hint
from worker.operations.files import Form, InlineFile, as_field, post_form
from worker.operations.media.counted import Counted, cost_of_sound, model_of
from worker.operations.model import Answer, Asking, Batch, Conversation, InputModel, Operation, Result
from worker.wire import Call, Reply

__all__ = ["TRANSCRIBE_AUDIO", "TranscriptionInput"]


class TranscriptionInput(InputModel):
    """
    A recording; *response_format* srt and vtt give subtitles, verbose_json the times of words or segments.

    With *translate* the text comes in English, whatever was spoken.
    """

    not_sent: ClassVar = frozenset({"file", "timestamp_granularities", "translate"})

    file: InlineFile
    translate: Annotated[bool, Hint("Whether the text comes in English, whatever was spoken", label="Into English")] = (
        False
    )
    language: Annotated[str | None, Hint("Of the recording, as two letters", placeholder="en")] = None
    prompt: Annotated[str | None, Hint("Names and words that occur", long=True)] = None
    response_format: Annotated[
        Literal["json", "text", "srt", "verbose_json", "vtt"] | None,
        Hint("SRT and VTT are subtitles; verbose JSON has times", label="Transcript format", group="answer"),
    ] = None
    temperature: Annotated[Annotated[float, Field(ge=0, le=1)] | None, Hint("From 0 to 1", group="sampling")] = None
    timestamp_granularities: Annotated[
        Annotated[list[Literal["word", "segment"]], Field(min_length=1)] | None,
        Hint("Of what times are given, as a list", placeholder='["word"]', group="answer"),
    ] = None

    @model_validator(mode="after")
    def _of_a_translation(self) -> "TranscriptionInput":
        if self.translate and (self.language is not None or self.timestamp_granularities is not None):
            raise PydanticCustomError(
                "of_a_transcription", "no language and no timestampGranularities beside translate: its text is English"
            )
        return self


class _Transcript(msgspec.Struct, frozen=True):
    text: msgspec.Raw
    usage: Counted | None = None
    duration: float | None = None


def _build(given: TranscriptionInput, asking: Asking) -> Call:
    fields = [(name, as_field(value)) for name, value in given.api_parameters().items()]
    fields += [("timestamp_granularities[]", each) for each in given.timestamp_granularities or ()]
    path = "audio/translations" if given.translate else "audio/transcriptions"
    return post_form(path, Form(fields, [("file", given.file)]), asking)


def _converse(given: TranscriptionInput, asking: Asking) -> Conversation:
    [reply] = yield Batch(calls=[_build(given, asking)])
    if isinstance(reply, ConnectorError):
        raise reply
    try:
        if given.response_format in {"text", "srt", "vtt"}:
            text = msgspec.json.encode(reply.body.decode())
            return Result(Answer(text=msgspec.Raw(text), model=model_of(reply)), reply, body=text)
        reply.body.decode()
        return Result(_read(reply), reply)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as cause:
        raise InvalidResponse(f"the answer is no transcript: {cause}; check the endpoint", reply=reply) from cause


def _read(reply: Reply) -> Answer:
    heard = msgspec.json.decode(reply.body, type=_Transcript)
    model, counted = model_of(reply), heard.usage or (Counted(seconds=heard.duration) if heard.duration else None)
    return Answer(
        text=heard.text, model=model, usage=counted.usage if counted else None, cost=cost_of_sound(model, counted)
    )


TRANSCRIBE_AUDIO = Operation(
    name="transcribeAudio",
    summary="Transcribe or translate a recording: text, JSON or subtitles",
    input=TranscriptionInput,
    converse=_converse,
)
