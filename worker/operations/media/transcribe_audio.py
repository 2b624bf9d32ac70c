"""`transcribeAudio`: what is said in a recording."""

from typing import Annotated, ClassVar, Literal

import msgspec
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from worker.errors import ConnectorError, InvalidResponse
from worker.hints import Hint
from worker.operations.files import Form, InlineFile, as_field, post_form
from worker.operations.model import NULL, Answer, Asking, Batch, Conversation, InputModel, Operation, Result, Usage
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


class _Tokens(msgspec.Struct, frozen=True):
    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0


class _Transcript(msgspec.Struct, frozen=True):
    text: msgspec.Raw
    usage: _Tokens | None = None


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
            return Result(Answer(text=msgspec.Raw(text)), reply, body=text)
        reply.body.decode()
        return Result(_read(reply), reply)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as cause:
        raise InvalidResponse(f"the answer is no transcript: {cause}; check the endpoint", reply=reply) from cause


def _read(reply: Reply) -> Answer:
    heard = msgspec.json.decode(reply.body, type=_Transcript)
    used = heard.usage
    tokens = (
        None
        if used is None or not used.total_tokens
        else Usage(input_tokens=used.input_tokens, output_tokens=used.output_tokens, total_tokens=used.total_tokens)
    )
    return Answer(text=heard.text, json=NULL, usage=tokens)


TRANSCRIBE_AUDIO = Operation(
    name="transcribeAudio",
    summary="Transcribe or translate a recording: text, JSON or subtitles",
    input=TranscriptionInput,
    converse=_converse,
)
