import json

import pytest

from worker.secrets import Redactor


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        pytest.param("s3cret", "key s3cret!", id="plain"),
        pytest.param("a/b+c d", "url a%2Fb%2Bc%20d", id="in a URL"),
        pytest.param("a/b+c d", "form a%2Fb%2Bc+d", id="in a form"),
        pytest.param('q"uote', 'json q\\"uote', id="in JSON"),
    ],
)
def test_texts_are_masked(secret: str, text: str) -> None:
    """A secret is found in every form in which it is written."""
    assert "***" in Redactor([secret]).text(text)
    assert secret not in Redactor([secret]).text(text)


def test_json_stays_json() -> None:
    """Masking inside JSON touches texts and keys, never the structure."""
    redactor = Redactor(["200", "true", "sk-1"])
    text = b'{"status": 2001, "n": 200, "ok": true, "sk-1": ["x sk-1 y"]}'

    assert json.loads(redactor.json(text)) == {"status": 2001, "n": "***", "ok": True, "***": ["x *** y"]}


def test_json_without_a_secret_is_not_copied() -> None:
    """The usual case costs one look."""
    text = b'{"a": 1}'

    assert Redactor(["sk-1"]).json(text) is text


def test_the_longer_secret_is_masked_first() -> None:
    """A secret that contains another leaves no rest."""
    assert Redactor(["abc", "abcdef"]).text("abcdef") == "***"


def test_an_empty_value_masks_nothing() -> None:
    """An empty secret would mask every gap."""
    assert Redactor([""]).text("abc") == "abc"


def test_it_cannot_be_printed() -> None:
    """A redactor's repr holds no value."""
    assert "s3cret" not in repr(Redactor(["s3cret"]))
