"""`createImage`: pictures from a prompt, by DALL-E or gpt-image."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, ClassVar, Final, Literal

import msgspec
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from worker.errors import ConnectorError, InvalidResponse
from worker.hints import Hint, Pick
from worker.operations.files import Form, InlineFile, as_field, ending_of, post_form
from worker.operations.hints import END_USER
from worker.operations.media.counted import Counted, cost_of_images, model_of
from worker.operations.model import (
    NULL,
    Answer,
    Asking,
    Batch,
    ContentFilter,
    Conversation,
    InputModel,
    Operation,
    Result,
    post,
)
from worker.operations.verdicts import categories
from worker.wire import Call, File, Reply

__all__ = ["CREATE_IMAGE", "ImageInput"]

_BEGINNINGS: Final = ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"RIFF", "image/webp"))
_DALL_E: Final = ("style", "response_format")
_GPT_IMAGE: Final = (
    "output_format", "output_compression", "background", "moderation", "images", "mask", "input_fidelity",
)  # fmt: skip


_FAMILY = Pick("imageModel", "Model family", {"any": "Any", "gptImage": "gpt-image", "dallE": "DALL-E"})


class ImageInput(InputModel):
    """
    A prompt, and what the model's family takes: *style* and *response_format* are DALL-E's, the last four gpt-image's.

    *quality* is standard or hd with DALL-E, low, medium, high or auto with gpt-image; *output_compression* in percent.
    With *images*, gpt-image draws a new one from them; *mask* is transparent where the first of them may change.
    """

    not_sent: ClassVar = frozenset({"images", "mask"})

    prompt: Annotated[Annotated[str, Field(min_length=1)], Hint("What the image shows", long=True)]
    n: Annotated[
        Annotated[int, Field(ge=1, le=10)] | None,
        Hint("How many images, up to 10; each one costs", label="Number of images"),
    ] = None
    size: Annotated[
        Annotated[str, Field(pattern=r"^(auto|\d{2,4}x\d{2,4})$")] | None,
        Hint(
            "Width and height in pixels, or auto",
            placeholder="1024x1024",
            wanted="auto, or width and height such as 1024x1024",
        ),
    ] = None
    quality: Annotated[
        Literal["standard", "hd", "low", "medium", "high", "auto"] | None,
        Hint("DALL-E knows standard and hd, gpt-image the others"),
    ] = None
    user: Annotated[str | None, END_USER] = None
    style: Annotated[Literal["vivid", "natural"] | None, Hint("Vivid or natural", when=(_FAMILY, "dallE"))] = None
    response_format: Annotated[
        Literal["url", "b64_json"] | None, Hint("How the image travels", when=(_FAMILY, "dallE"))
    ] = None
    output_format: Annotated[
        Literal["png", "jpeg", "webp"] | None, Hint("Of the image's file", when=(_FAMILY, "gptImage"))
    ] = None
    output_compression: Annotated[
        Annotated[int, Field(ge=0, le=100)] | None, Hint("In percent, for JPEG and WebP", when=(_FAMILY, "gptImage"))
    ] = None
    background: Annotated[
        Literal["transparent", "opaque", "auto"] | None, Hint("Of the image", when=(_FAMILY, "gptImage"))
    ] = None
    moderation: Annotated[
        Literal["low", "auto"] | None, Hint("How strict the filter is", when=(_FAMILY, "gptImage"))
    ] = None
    images: Annotated[
        Annotated[list[InlineFile], Field(min_length=1, max_length=16)] | None,
        Hint("To be edited: a list of {content, name} with base64", when=(_FAMILY, "gptImage")),
    ] = None
    mask: Annotated[
        InlineFile | None,
        Hint("Of the first image: {content}, transparent where it may change", when=(_FAMILY, "gptImage")),
    ] = None
    input_fidelity: Annotated[
        Literal["low", "high"] | None,
        Hint("How closely an edited image keeps to its source", when=(_FAMILY, "gptImage")),
    ] = None

    @model_validator(mode="after")
    def _images_to_edit(self) -> "ImageInput":
        if self.images is None and (self.mask is not None or self.input_fidelity is not None):
            raise PydanticCustomError("nothing_to_edit", "images to be edited, beside mask and inputFidelity")
        return self

    @model_validator(mode="after")
    def _one_family(self) -> "ImageInput":
        of_dall_e = [name for name in _DALL_E if getattr(self, name) is not None]
        of_gpt_image = [name for name in _GPT_IMAGE if getattr(self, name) is not None]
        if of_dall_e and of_gpt_image:
            raise PydanticCustomError(
                "two_families", "fields of one family: style and responseFormat are DALL-E's, outputFormat, "
                "outputCompression, background, moderation, images, mask and inputFidelity are gpt-image's",
            )  # fmt: skip
        return self


class _Image(msgspec.Struct, frozen=True):
    url: str | None = None
    b64_json: str | None = None
    revised_prompt: str | None = None
    content_filter_results: msgspec.Raw = NULL
    prompt_filter_results: msgspec.Raw = NULL


class _Images(msgspec.Struct, frozen=True):
    data: list[_Image]
    usage: Counted | None = None


class _Shown(msgspec.Struct, frozen=True, rename="camel"):
    """An image in `output.json`; its bytes are a document, or stay in the body."""

    url: str | None
    revised_prompt: str | None


def _build(given: ImageInput, asking: Asking) -> Call:
    if given.images is None:
        return post("images/generations", given.api_parameters(), asking)
    name = "image" if len(given.images) == 1 else "image[]"
    files = [(name, image) for image in given.images] + ([("mask", given.mask)] if given.mask else [])
    fields = [(name, as_field(value)) for name, value in given.api_parameters().items()]
    return post_form("images/edits", Form(fields, files), asking)


def _converse(given: ImageInput, asking: Asking) -> Conversation:
    [reply] = yield Batch(calls=[_build(given, asking)])
    if isinstance(reply, ConnectorError):
        raise reply
    try:
        reply.body.decode()
        images = msgspec.json.decode(reply.body, type=_Images)
        files = _files(images.data) if asking.stores_files else []
        body = _without_bytes(reply) if files else None
    except (msgspec.MsgspecError, binascii.Error, UnicodeDecodeError, RecursionError) as cause:
        raise InvalidResponse(f"the answer holds no images: {cause}; check the endpoint", reply=reply) from cause
    return Result(_answer(images, reply), reply, body=body, files=files)


def _answer(images: _Images, reply: Reply) -> Answer:
    first = images.data[0] if images.data else _Image()
    model = model_of(reply)
    return Answer(
        text=msgspec.Raw(_encode(first.revised_prompt)),
        json=msgspec.Raw(_encode([_Shown(image.url, image.revised_prompt) for image in images.data])),
        content_filter=_content_filter(images.data),
        model=model,
        usage=images.usage.usage if images.usage else None,
        cost=cost_of_images(model, images.usage),
    )


def _content_filter(images: Sequence[_Image]) -> ContentFilter:
    """The verdict on the first image, and whether any was blocked."""
    first = images[0] if images else _Image()
    blocked = categories(*(part for one in images for part in (one.prompt_filter_results, one.content_filter_results)))
    return ContentFilter(
        filtered=bool(blocked),
        categories=blocked,
        prompt=first.prompt_filter_results,
        answer=first.content_filter_results,
    )


def _files(images: Sequence[_Image]) -> list[File]:
    contents = [base64.b64decode(image.b64_json, validate=True) for image in images if image.b64_json]
    kinds = [_media_type(content) for content in contents]
    return [
        File(content=content, content_type=kind, ending=ending_of(kind))
        for content, kind in zip(contents, kinds, strict=True)
    ]


def _media_type(content: bytes) -> str:
    return next((kind for begin, kind in _BEGINNINGS if content.startswith(begin)), "application/octet-stream")


def _without_bytes(reply: Reply) -> bytes:
    """The body without its base64, which is in the document store."""
    body = msgspec.json.decode(reply.body)
    for image in body["data"]:
        image.pop("b64_json", None)
    return _encode(body)


_encode = msgspec.json.Encoder().encode

CREATE_IMAGE = Operation(
    name="createImage",
    summary="Create or edit images with DALL-E or gpt-image: URLs, base64, or in the document store",
    input=ImageInput,
    converse=_converse,
)
