"""What filling does to a whole task: nothing outside of the places where keys belong."""

import asyncio
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.made import variables
from worker.connections import Asker, TaskConnection
from worker.inputs import parse_task
from worker.secrets import EnvironmentSecrets, Redactor, Secrets, names

_NAMES = ("KEY", "OTHER", "A/B-1")
_SECRETS = Secrets(EnvironmentSecrets({f"S_{name}": f"<{name}>" for name in _NAMES}, prefix="S_"))
_ASKER = Asker("p", "<default>")
_PLACEHOLDERS = st.builds(
    lambda form, name: form.replace("N", name),
    st.sampled_from(["{{secrets.N}}", "<<secrets.N>>", "{{ secrets.N }}"]),
    st.sampled_from(_NAMES),
)
_WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="{}<>"), max_size=8).filter(
    lambda text: "secrets." not in text
)
_TEXTS = st.lists(st.one_of(_WORDS, _PLACEHOLDERS), min_size=1, max_size=4).map("".join).filter(str.strip)
_DEEP = st.recursive(_TEXTS, lambda part: st.lists(part, max_size=3) | st.dictionaries(_TEXTS, part, max_size=3))
_HEADERS = st.dictionaries(st.sampled_from(["X-A", "X-B", "x-c"]), _TEXTS, max_size=3)


def _filled(headers: dict[str, str], key: str) -> tuple[TaskConnection, Redactor]:
    authentication = {"type": "apiKey", "apiKey": key}
    given_ = {"resource": "r", "authentication": authentication, "headers": headers}
    part = TaskConnection.model_validate(given_)
    return asyncio.run(_SECRETS.fill(part, "connection", asker=_ASKER))


def _texts(connection: TaskConnection) -> dict[str, str]:
    return {name: value.get_secret_value() for name, value in connection.headers.items()}


@given(_HEADERS, _TEXTS)
def test_nothing_that_is_allowed_is_left(headers: dict[str, str], key: str) -> None:
    """No placeholder of a connection is left, and a second time changes nothing."""
    once, _ = _filled(headers, key)
    twice, _ = asyncio.run(_SECRETS.fill(once, "connection", asker=_ASKER))

    assert [] == [name for text in _texts(once).values() for name in names(text)]
    assert once == twice


@given(_HEADERS, _TEXTS)
def test_what_has_no_placeholder_is_the_same(headers: dict[str, str], key: str) -> None:
    """Names of headers stay, and so does each text that names no secret."""
    filled = _texts(_filled(headers, key)[0])

    assert list(headers) == list(filled)
    assert [] == [name for name, text in headers.items() if not names(text) and filled[name] != text]


@given(
    _TEXTS, st.recursive(_TEXTS, lambda part: st.lists(part, max_size=3) | st.dictionaries(_TEXTS, part, max_size=3))
)
def test_all_else_of_a_task_is_the_same(prompt: str, extra: Any) -> None:
    """A prompt, a body and the author's variables come out as they went in, placeholders and all."""
    given_ = {
        "operation": "chatCompletion",
        "connection": {"resource": "r", "authentication": {"type": "apiKey", "apiKey": "{{secrets.KEY}}"}},
        "deployment": "d",
        "input": {"content": f"say {prompt}"},
        "variables": {"v": extra},
        "options": {"extraBody": {"b": extra}},
    }
    task = parse_task(variables(given_))
    asyncio.run(_SECRETS.fill(task.wish.connection, "connection", asker=_ASKER))

    assert f"say {prompt}" == task.input.model_dump()["content"]
    assert json.dumps([extra, extra]) == json.dumps([task.variables["v"], task.options.extra_body["b"]])


@given(st.text(min_size=6), st.text(), st.text())
def test_what_is_masked_is_gone(value: str, before: str, after: str) -> None:
    """A value is found in any text around it, plain and in JSON."""
    redactor = Redactor([value])

    assert value not in redactor.text(f"{before}{value}{after}") or value in "***"
    assert value not in json.loads(redactor.json(json.dumps([f"{before}{value}{after}"]).encode()))[0]
