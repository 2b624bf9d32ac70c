"""`transcribeAudio`: what is said in a recording."""

from typing import Annotated, ClassVar, Literal

import msgspec
from pydantic import Field

from worker.errors import ConnectorError, InvalidResponse
from worker.hints import Hint
from worker.operations.files import Form, InlineFile, form_body
from worker.operations.model import NULL, Answer, Asking, Batch, Conversation, InputModel, Operation, Result, Usage
from worker.wire import Call, Reply, Surface

__all__ = ["TRANSCRIBE_AUDIO", "TranscriptionInput"]


class TranscriptionInput(InputModel):
    """A recording; *response_format* srt and vtt give subtitles, verbose_json the times of words or segments."""

    not_sent: ClassVar = frozenset({"file", "timestamp_granularities"})

    file: InlineFile
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


class _Tokens(msgspec.Struct, frozen=True):
    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0


class _Transcript(msgspec.Struct, frozen=True):
    text: msgspec.Raw
    usage: _Tokens | None = None


def _build(given: TranscriptionInput, asking: Asking) -> Call:
    target, extras = asking.target, asking.extras
    model = {"model": target.deployment} if target.surface is Surface.MODEL else {}
    named = {**model, **given.api_parameters(), **extras.extra_body}
    fields = [(name, _text(value)) for name, value in named.items()]
    fields += [("timestamp_granularities[]", each) for each in given.timestamp_granularities or ()]
    body, content_type = form_body(Form(fields, [("file", given.file)]))
    return Call(path="audio/transcriptions", body=body, content_type=content_type, query=extras.extra_query)


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


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
    summary="Transcribe a recording: text, JSON or subtitles",
    input=TranscriptionInput,
    converse=_converse,
)
