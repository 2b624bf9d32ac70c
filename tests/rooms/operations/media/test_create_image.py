import base64
import json
from typing import Any

import pytest
from pydantic import ValidationError

from tests.forms import parts_of
from tests.made import a_reply
from tests.rooms.operations.conversing import first_call, result
from worker.errors import InvalidResponse

PNG = b"\x89PNG\r\n\x1a\nrest"
BYTES: dict[str, Any] = {
    "created": 1,
    "data": [{"b64_json": base64.b64encode(PNG).decode(), "revised_prompt": "A red one"}],
}
ADDRESS = {"created": 1, "data": [{"url": "https://images.example/1.png"}]}


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"n": 1, "size": "1792x1024", "quality": "hd", "style": "vivid", "responseFormat": "url"}, id="3"),
        pytest.param(
            {"n": 10, "size": "auto", "quality": "low", "outputFormat": "jpeg", "outputCompression": 80}, id="gpt-image"
        ),
        pytest.param({"size": "3840x2160", "background": "transparent", "moderation": "low"}, id="any size"),
    ],
)
def test_the_parameters_of_both_families(given: dict[str, Any]) -> None:
    """They are sent under the API's names, and nothing else."""
    call = first_call("createImage", {"prompt": "a bicycle", **given})

    assert call.path == "images/generations"
    assert len(json.loads(call.body)) == len(given) + 1


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="no prompt"),
        pytest.param({"prompt": "x", "n": 11}, id="too many"),
        pytest.param({"prompt": "x", "size": "big"}, id="no size"),
        pytest.param({"prompt": "x", "style": "vivid", "background": "opaque"}, id="two families"),
        pytest.param({"prompt": "x", "outputCompression": 101}, id="more than all"),
        pytest.param({"prompt": "x", "mask": {"content": "iVBORw0K"}}, id="a mask for no image"),
        pytest.param({"prompt": "x", "inputFidelity": "high"}, id="faithful to no image"),
        pytest.param({"prompt": "x", "images": [], "quality": "low"}, id="no images"),
        pytest.param({"prompt": "x", "images": [{"content": "iVBORw0K"}], "style": "vivid"}, id="DALL-E edits none"),
    ],
)
def test_what_no_model_takes(given: dict[str, Any]) -> None:
    """It is refused before anything is billed."""
    with pytest.raises(ValidationError):
        first_call("createImage", given)


def test_without_a_store_the_body_is_the_services_own() -> None:
    """Its base64 stands where the API puts it."""
    come_to = result("createImage", {"prompt": "x"}, a_reply(body=BYTES))

    assert (come_to.body, list(come_to.files)) == (None, [])
    assert json.loads(bytes(come_to.answer.json)) == [{"url": None, "revisedPrompt": "A red one"}]
    assert json.loads(bytes(come_to.answer.text)) == "A red one"


def test_with_a_store_the_bytes_leave_the_body() -> None:
    """The file has the type that its content has."""
    come_to = result("createImage", {"prompt": "x"}, a_reply(body=BYTES), stores_files=True)

    [file] = come_to.files
    assert (file.content, file.content_type, file.ending) == (PNG, "image/png", "png")
    assert json.loads(come_to.body or b"") == {"created": 1, "data": [{"revised_prompt": "A red one"}]}


def test_an_address_is_no_file() -> None:
    """Nothing is fetched from where the service says; the address is the answer."""
    come_to = result("createImage", {"prompt": "x"}, a_reply(body=ADDRESS), stores_files=True)

    assert list(come_to.files) == []
    assert come_to.body is None
    assert json.loads(bytes(come_to.answer.json))[0]["url"] == "https://images.example/1.png"


@pytest.mark.parametrize("body", ["{}", "<html>", '{"data": [{"b64_json": "%%%"}]}'])
def test_what_holds_no_images(body: str) -> None:
    """An answer that is none is an error that says where to look."""
    with pytest.raises(InvalidResponse, match="no images"):
        result("createImage", {"prompt": "x"}, a_reply(body=body), stores_files=True)


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        pytest.param({}, [("prompt", None), ("image", "cat.png")], id="one"),
        pytest.param(
            {"mask": {"content": "iVBORw0K", "name": "mask.png"}, "n": 2},
            [("n", None), ("prompt", None), ("image", "cat.png"), ("mask", "mask.png")],
            id="masked",
        ),
    ],
)
def test_an_image_is_edited(given: dict[str, Any], parts: list[tuple[str, str | None]]) -> None:
    """With images the request is a form, at a place of its own."""
    images = [{"content": base64.b64encode(PNG).decode(), "name": "cat.png"}]

    call = first_call("createImage", {"prompt": "a hat", "images": images, **given})

    seen = parts_of(call.body, call.content_type)
    assert (call.path, [(name, file) for name, file, _ in seen]) == ("images/edits", parts)
    assert ("image", "cat.png", PNG) in seen


def test_an_image_that_the_filter_touched() -> None:
    """The verdict names what was blocked in any of the images."""
    found = {"violence": {"filtered": True, "severity": "high"}, "hate": {"filtered": False}}
    data = [*BYTES["data"], {"url": None, "content_filter_results": found}]

    verdict = result("createImage", {"prompt": "x"}, a_reply(body={**BYTES, "data": data})).answer.content_filter

    assert (verdict.filtered, verdict.categories) == (True, ["violence"])


@pytest.mark.parametrize(
    ("model", "usage", "usd"),
    [
        pytest.param(
            "gpt-image-1.5",
            {"input_tokens": 110, "output_tokens": 300, "total_tokens": 410,
             "input_tokens_details": {"text_tokens": 10, "image_tokens": 100}},
            10 * 5e-6 + 100 * 8e-6 + 300 * 32e-6, id="an edited image",
        ),
        pytest.param("dall-e-3", None, None, id="an image that is not counted"),
        pytest.param(None, {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}, None, id="no model named"),
    ],
)  # fmt: skip
def test_what_an_image_costs(model: str | None, usage: dict[str, Any] | None, usd: float | None) -> None:
    """It is known where tokens are counted and the service tells which model it has served."""
    told = a_reply(body={**BYTES, "usage": usage}, x_ms_served_model=model or "")
    answer = result("createImage", {"prompt": "x"}, told).answer

    assert (answer.model, answer.usage is None) == (model, usage is None)
    assert answer.cost == (None if usd is None else pytest.approx(usd))
