"""Images: a picture of one pixel, whatever size is asked for."""

import base64
import hashlib
import struct
import zlib
from collections.abc import Mapping
from typing import Final

from worker.demo.emulator.operations import checks
from worker.demo.emulator.operations.exchange import Exchange, Operation, Reply
from worker.demo.emulator.shapes import filter_results, invalid

__all__ = ["EDITS", "IMAGES"]

_MOST_IMAGES: Final = 10
_TOKENS_PER_IMAGE: Final = 272  # what gpt-image-1 takes for a small one of low quality
_ONLY_DALL_E: Final = ("response_format", "style")


def _answer(exchange: Exchange) -> Reply:
    prompt = exchange.body.get("prompt")
    if not isinstance(prompt, str) or not prompt:
        raise invalid("prompt", "missing_required_parameter", "Missing required parameter: 'prompt'.")
    checks.check_prompt(exchange, prompt, len(prompt.split()))
    is_dall_e = exchange.deployment.model.startswith("dall-e")
    count = _count(exchange)
    if not 1 <= count <= (1 if is_dall_e else _MOST_IMAGES):
        raise invalid("n", "invalid_value", "Invalid 'n': the model does not make that many images at once.")
    for name in () if is_dall_e else _ONLY_DALL_E:
        if name in exchange.body:
            raise invalid(name, "unknown_parameter", f"Unknown parameter: '{name}'.")
    data = [_image(exchange, f"{prompt} {index}", is_dall_e=is_dall_e) for index in range(count)]
    body: dict[str, object] = {"created": exchange.created, "data": data}
    if is_dall_e:
        return Reply(body=body)
    tokens, made = len(prompt.split()), _TOKENS_PER_IMAGE * count
    used = {"input_tokens": tokens, "output_tokens": made, "total_tokens": tokens + made}
    body |= {"background": "opaque", "output_format": "png", "quality": "low", "size": "1024x1024", "usage": used}
    return Reply(body=body, prompt_tokens=tokens, completion_tokens=made)


def _count(exchange: Exchange) -> int:
    """A form says it as text."""
    text = str(exchange.body.get("n", 1))
    return int(text) if text.isdecimal() else 0


def _edit(exchange: Exchange) -> Reply:
    if not isinstance(exchange.body.get("image", exchange.body.get("image[]")), Mapping | list):
        raise invalid("image", "missing_required_parameter", "Missing required parameter: 'image'.")
    return _answer(exchange)


def _image(exchange: Exchange, subject: str, *, is_dall_e: bool) -> dict[str, object]:
    name = hashlib.sha256(subject.encode()).hexdigest()[:16]
    bytes_wanted = not is_dall_e or exchange.body.get("response_format") == "b64_json"
    image = {"b64_json": base64.b64encode(_png(name)).decode()} if bytes_wanted else {"url": _url(name)}
    if not is_dall_e:
        return {**image}
    found = {"content_filter_results": filter_results(), "prompt_filter_results": filter_results()}
    return {**image, "revised_prompt": f"A sample picture of: {exchange.body['prompt']}", **found}


def _url(name: str) -> str:
    return f"https://images.emulator.example/{name}/image.png"


def _png(name: str) -> bytes:
    """A picture of one pixel in the colour that *name* begins with."""
    colour = bytes.fromhex(name[:6])
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0" + colour)),
        (b"IEND", b""),
    )
    parts = (struct.pack(">I", len(c)) + kind + c + struct.pack(">I", zlib.crc32(kind + c)) for kind, c in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


IMAGES: Final = Operation(path="images/generations", name="imageGenerations", answer=_answer)
EDITS: Final = Operation(path="images/edits", name="imageEdits", answer=_edit)
