"""Messages, and the images that go with them."""

import binascii
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from worker.given import Given

__all__ = ["Content", "Image", "Message", "Role", "content_with_images"]

Role = Literal["developer", "system", "user", "assistant", "tool", "function"]


def _is_a_part(part: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if not isinstance(part.get("type"), str):
        raise PydanticCustomError("no_type", "a content part with a type, such as text or image_url")
    return part


Part = Annotated[dict[str, JsonValue], AfterValidator(_is_a_part)]
Content = str | Annotated[list[Part], Field(min_length=1)]


class Message(BaseModel):
    """One message of a conversation, in the API's own shape; what is not named here is passed on."""

    model_config = ConfigDict(frozen=True, extra="allow")

    role: Role
    content: Content | None = None

    def as_sent(self) -> dict[str, object]:
        """What was given of it; all that it can hold is JSON already."""
        is_given = self.content is not None or "content" in self.model_fields_set
        given = vars(self) if is_given else {"role": self.role}
        return {**given, **(self.model_extra or {})}


class _Picture(Given):
    """Exactly one of *url* and *data* (base64 of *media_type*)."""

    url: str | None = None
    data: str | None = None
    media_type: str = "image/png"
    detail: Literal["auto", "low", "high"] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "_Picture":
        if (self.url is None) == (self.data is None):
            raise PydanticCustomError("one_source", "either url, or data in base64")
        if self.url is not None:
            _is_an_address(self.url)
        if self.data is not None:
            _is_base64(self.data)
        return self


def _is_an_address(url: str) -> None:
    if not url.lower().startswith(("https://", "http://", "data:image/")):
        raise PydanticCustomError("no_address", "a URL, a data: URL of an image, or an object {data, mediaType}")


def _is_base64(text: str) -> None:
    try:
        binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        raise PydanticCustomError("no_base64", "the image in base64") from None


def _as_picture(image: object) -> object:
    return {"url": image} if isinstance(image, str) else image


Image = Annotated[_Picture, BeforeValidator(_as_picture)]
"""A URL, or `{url | data, mediaType, detail}`."""


def content_with_images(content: Content | None, images: Sequence[Image]) -> Content | None:
    """The content of one message, with *images* as parts behind its text."""
    if not images:
        return content
    said: list[Part] = [{"type": "text", "text": content}] if isinstance(content, str) else list(content or ())
    return [*said, *(_part(image) for image in images)]


def _part(image: Image) -> Part:
    url = image.url or f"data:{image.media_type};base64,{image.data}"
    detail: dict[str, JsonValue] = {"detail": image.detail} if image.detail else {}
    return {"type": "image_url", "image_url": {"url": url, **detail}}
