"""Files inside a task and inside a result: base64 or data URLs, and the multipart form that carries them."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from worker.given import Given
from worker.hints import Hint
from worker.operations.model import Answer, Asking, Result
from worker.wire import Call, File, Reply, Surface

__all__ = ["Form", "InlineFile", "as_field", "binary_result", "ending_of", "form_body", "post_form"]

_DATA_URL: Final = re.compile(r"data:(?P<type>[^;,]*)(?:;[^,;]*)*;base64,(?P<content>.*)", re.DOTALL)
_QUOTED: Final = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})  # as browsers write names in a form
_ENDINGS: Final = {
    "application/json": "json", "application/pdf": "pdf", "application/zip": "zip", "audio/aac": "aac",
    "audio/flac": "flac", "audio/mp4": "m4a", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/opus": "opus",
    "audio/pcm": "pcm", "audio/wav": "wav", "audio/webm": "webm", "audio/x-wav": "wav", "image/gif": "gif",
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "text/csv": "csv", "text/plain": "txt",
}  # fmt: skip


def ending_of(content_type: str) -> str:
    """The usual ending of a file of that media type, without a dot; `bin` where it is not known."""
    return _ENDINGS.get(content_type.partition(";")[0].strip().lower(), "bin")


def _is_base64(text: str) -> str:
    _decoded(text)
    return text


def _decoded(text: str) -> bytes:
    match = _DATA_URL.fullmatch(text)
    try:
        return base64.b64decode("".join((match["content"] if match else text).split()), validate=True)
    except (binascii.Error, ValueError):
        raise PydanticCustomError("no_file", "the file's bytes as base64, or a data URL (data:…;base64,…)") from None


class InlineFile(Given):
    """
    A file that the task holds itself.

    *content* is base64 or a data URL. *name* and *content_type* default to what the data URL says; services go by the
    ending of the name.
    """

    content: Annotated[
        Annotated[str, Field(min_length=4), AfterValidator(_is_base64)],
        Hint("Base64 or a data URL", label="File content", long=True),
    ]
    name: Annotated[str | None, Hint("Its ending tells the format", label="File name", placeholder="recording.mp3")] = (
        None
    )
    content_type: Annotated[str | None, Hint("Its media type", placeholder="audio/mpeg")] = None

    @property
    def bytes(self) -> bytes:
        """The file's content."""
        return _decoded(self.content)

    @property
    def media_type(self) -> str:
        """What the file is, as far as the task says."""
        found = _DATA_URL.fullmatch(self.content)
        return self.content_type or (found["type"] if found else "") or "application/octet-stream"

    @property
    def file_name(self) -> str:
        """Its name, or one with the usual ending."""
        return self.name or f"file.{ending_of(self.media_type)}"


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart form: text fields, and files under the name of their field. Names may come more than once."""

    fields: Iterable[tuple[str, str]]
    files: Iterable[tuple[str, InlineFile]]


def form_body(form: Form) -> tuple[bytes, str]:
    """
    *form* as bytes, and its content type.

    The boundary is made of the content, so that the same form is the same request and no number has to be drawn.
    """
    parts = [(f'name="{_name(name)}"', "", value.encode()) for name, value in form.fields]
    for name, file in form.files:
        where = f'name="{_name(name)}"; filename="{_name(file.file_name)}"'
        parts.append((where, f"Content-Type: {_line(file.media_type)}\r\n", file.bytes))
    digest = hashlib.sha256(b"\0".join(content for *_, content in parts))
    boundary = f"form-{digest.hexdigest()[:40]}"
    heads = ((f"--{boundary}\r\nContent-Disposition: form-data; {where}\r\n{kind}\r\n", c) for where, kind, c in parts)
    body = b"".join(head.encode() + content + b"\r\n" for head, content in heads)
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def post_form(path: str, form: Form, asking: Asking) -> Call:
    """A request that is a form: *form*, and as in a JSON request the deployment where it belongs there, and extras."""
    target, extras = asking.target, asking.extras
    model = {"model": target.deployment} if target.surface is Surface.MODEL else {}
    own = [(name, value) for name, value in form.fields if name not in extras.extra_body]
    fields = [*model.items(), *own, *((name, as_field(value)) for name, value in extras.extra_body.items())]
    body, content_type = form_body(Form(fields, form.files))
    return Call(path=path, body=body, content_type=content_type, query=extras.extra_query)


def as_field(value: object) -> str:
    """A parameter as a form writes it: `true` and 3 without quotes."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def binary_result(answer: Answer, reply: Reply, asking: Asking, *, content_type: str) -> Result:
    """A reply that is no text: stored where there is a store, base64 as the result's body where there is none."""
    if asking.stores_files:
        file = File(content=reply.body, content_type=content_type, ending=ending_of(content_type))
        return Result(answer, reply, body=b"null", files=(file,))
    return Result(answer, reply, body=msgspec.json.encode(base64.b64encode(reply.body).decode()))


def _name(text: str) -> str:
    return text.translate(_QUOTED)


def _line(text: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "", text)
