"""What images and sound are counted in, and which model made them: their replies say it in ways of their own."""

from typing import Final

import msgspec

from worker import prices
from worker.operations.model import Usage
from worker.wire import Reply

__all__ = ["Counted", "cost_of_images", "cost_of_sound", "model_of"]

_SERVED: Final = "x-ms-served-model"


class _Details(msgspec.Struct, frozen=True):
    text_tokens: int = 0
    image_tokens: int = 0
    audio_tokens: int = 0


class Counted(msgspec.Struct, frozen=True):
    """The `usage` of an image or a transcript: tokens, or the *seconds* of a recording."""

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    seconds: float | None = None
    input_tokens_details: _Details | None = None  # of images
    output_tokens_details: _Details | None = None
    input_token_details: _Details | None = None  # of sound

    @property
    def usage(self) -> Usage | None:
        """The tokens; None where none were counted."""
        if not self.total_tokens:
            return None
        return Usage(input_tokens=self.input_tokens, output_tokens=self.output_tokens, total_tokens=self.total_tokens)


def model_of(reply: Reply) -> str | None:
    """The model that Azure says it has served in a header; None where it does not say."""
    return reply.header(_SERVED) or None


def cost_of_images(model: str | None, counted: Counted | None) -> float | None:
    """US dollars at the list price; what is not said to be text is taken for image tokens of the answer."""
    if counted is None:
        return None
    prompt, drawn = counted.input_tokens_details or _Details(), counted.output_tokens_details or _Details()
    return prices.cost_of_units_usd(
        model,
        {
            "input_tokens": counted.input_tokens,
            "input_image_tokens": prompt.image_tokens,
            "output_tokens": counted.output_tokens,
            "output_image_tokens": counted.output_tokens - drawn.text_tokens,
        },
    )


def cost_of_sound(model: str | None, counted: Counted | None) -> float | None:
    """US dollars at the list price, by tokens or by seconds; what is not said to be text is taken for sound."""
    if counted is None:
        return None
    if counted.seconds is not None:
        return prices.cost_of_units_usd(model, {"audio_seconds": counted.seconds})
    heard = counted.input_token_details or _Details()
    return prices.cost_of_units_usd(
        model,
        {
            "input_tokens": counted.input_tokens,
            "input_audio_tokens": counted.input_tokens - heard.text_tokens,
            "output_tokens": counted.output_tokens,
        },
    )
