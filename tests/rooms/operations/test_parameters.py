import pytest

from tests.made import a_target
from tests.rooms.operations.conversing import first_call
from worker.operations.parameters import streaming


@pytest.mark.parametrize(
    ("api_version", "counts"),
    [("2024-10-21", True), ("2024-09-01-preview", True), ("2024-06-01", False), (None, True), ("preview", True)],
)
def test_a_stream_counts_its_tokens_where_it_can(api_version: str | None, *, counts: bool) -> None:
    """Older api-versions refuse the wish for usage."""
    asked = streaming(a_target(api_version=api_version))

    assert asked == {"stream": True, **({"stream_options": {"include_usage": True}} if counts else {})}


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("chatCompletion", {"content": "x"}),
        ("completion", {"prompt": "x"}),
        ("completionsExtension", {"content": "x", "dataSources": [{"type": "t", "parameters": {}}]}),
    ],
)
def test_a_stream_is_asked_for_by_a_field(operation: str, given: dict[str, object]) -> None:
    """Without the field nothing is said of it."""
    plain, streamed = first_call(operation, given), first_call(operation, {**given, "stream": True})

    assert (b'"stream":true' in plain.body, b'"stream":true' in streamed.body) == (False, True)
    assert b"stream" not in plain.body
