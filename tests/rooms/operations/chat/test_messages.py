import json
from typing import Any

import pytest
from pydantic import ValidationError

from tests.rooms.operations.conversing import first_call
from worker.operations.chat_completion import ChatInput

URL = "https://example.org/cat.png"


def content(**given: Any) -> Any:
    return json.loads(first_call("chatCompletion", given).body)["messages"][-1]["content"]


def image(url: str, **more: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url, **more}}


@pytest.mark.parametrize(
    ("given", "part"),
    [
        pytest.param(URL, image(URL), id="an address"),
        pytest.param("data:image/png;base64,AAAA", image("data:image/png;base64,AAAA"), id="a data URL"),
        pytest.param({"url": URL, "detail": "low"}, image(URL, detail="low"), id="with detail"),
        pytest.param({"data": "AAAA"}, image("data:image/png;base64,AAAA"), id="base64"),
        pytest.param({"data": "AAAA", "mediaType": "image/jpeg"}, image("data:image/jpeg;base64,AAAA"), id="a JPEG"),
    ],
)
def test_an_image(given: Any, part: Any) -> None:
    """However it is given, it follows the text as a content part."""
    assert content(content="What is it?", images=[given]) == [{"type": "text", "text": "What is it?"}, part]


def test_images_alone() -> None:
    """An image may be all that is said, or stand behind parts of the author's own."""
    assert content(images=[URL]) == [image(URL)]
    assert content(content=[{"type": "text", "text": "x"}], images=[URL]) == [{"type": "text", "text": "x"}, image(URL)]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"images": ["cat.png"]}, "a URL", id="a file's name"),
        pytest.param({"images": [{}]}, "either url, or data", id="nothing"),
        pytest.param({"images": [{"url": URL, "data": "AAAA"}]}, "either url, or data", id="both"),
        pytest.param({"images": [{"data": "!"}]}, "in base64", id="not base64"),
        pytest.param({"images": [{"url": URL, "detail": "most"}]}, "'auto', 'low' or 'high'", id="detail"),
        pytest.param({"content": [{"text": "x"}]}, "a content part with a type", id="a part without type"),
        pytest.param({"content": []}, "at least 1 item", id="no parts"),
    ],
)
def test_what_is_refused_before_it_costs(given: dict[str, Any], says: str) -> None:
    """What the service would refuse is an error of the task."""
    with pytest.raises(ValidationError, match=says):
        ChatInput.model_validate(given)
