import pytest

from worker.templates.form.words import label_of, snake


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("maxCompletionTokens", "Max completion tokens"),
        ("json_object", "JSON object"),
        ("apiKey", "API key"),
        ("n", "N"),
        ("b64_json", "Base64 JSON"),
        ("wav", "WAV"),
        ("GET", "GET"),
    ],
)
def test_a_name_becomes_a_label_in_sentence_case(name: str, label: str) -> None:
    """Only the first word begins with a capital, and short forms stay what they are."""
    assert label == label_of(name)


def test_snake_case() -> None:
    """As environment variables want it, before they shout."""
    assert snake("secondaryApiKey") == "secondary_api_key"
