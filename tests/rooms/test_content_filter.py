from typing import Any

import pytest

from worker.content_filter import blocked_by, named

HATE = {"hate": {"filtered": True, "severity": "high"}, "sexual": {"filtered": False, "severity": "safe"}}


@pytest.mark.parametrize(
    ("findings", "blocked"),
    [
        pytest.param(HATE, [("hate", "high")], id="by category"),
        pytest.param([{"prompt_index": 0, "content_filter_results": HATE}], [("hate", "high")], id="of a prompt"),
        pytest.param([{"blocked": True, "content_filter_results": HATE}], [("hate", "high")], id="of a response"),
        pytest.param({"jailbreak": {"detected": True, "filtered": True}}, [("jailbreak", None)], id="no severity"),
        pytest.param(
            {"custom_blocklists": [{"id": "x", "filtered": True}]}, [("custom_blocklists", None)], id="a list"
        ),
        pytest.param({"custom_blocklists": {"filtered": True, "details": []}}, [("custom_blocklists", None)], id="new"),
        pytest.param(
            {"hate": {"filtered": "yes"}, "error": {"code": "content_filter_error"}}, [], id="nothing blocked"
        ),
        pytest.param(None, [], id="no findings"),
        pytest.param("hate", [], id="a text"),
    ],
)
def test_what_was_blocked(findings: Any, blocked: list[tuple[str, str | None]]) -> None:
    """The categories are found in every form that findings have."""
    assert list(blocked_by(findings)) == blocked


def test_each_category_is_named_once() -> None:
    """However many findings name it."""
    assert named(HATE, [{"content_filter_results": HATE}]) == ["hate"]
