import json

import pytest

from tests.made import a_target
from tests.rooms.operations.conversing import first_call

SOURCE = {"type": "azure_search", "parameters": {"endpoint": "https://s", "index_name": "i"}}
GIVEN = {"content": "x", "dataSources": [SOURCE]}


@pytest.mark.parametrize(
    ("api_version", "path", "key"),
    [
        pytest.param("2024-10-21", "chat/completions", "data_sources", id="today"),
        pytest.param(
            "2024-02-15-preview", "chat/completions", "data_sources", id="the first without a path of its own"
        ),
        pytest.param("2023-12-01-preview", "extensions/chat/completions", "dataSources", id="the last with one"),
        pytest.param(None, "chat/completions", "data_sources", id="none"),
    ],
)
def test_the_path_follows_the_api_version(api_version: str | None, path: str, key: str) -> None:
    """Old api-versions had a path and a spelling of their own."""
    call = first_call("completionsExtension", GIVEN, target=a_target(api_version=api_version))

    assert call.path == path
    assert json.loads(call.body)[key] == [SOURCE]
