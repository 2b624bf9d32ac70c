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
        pytest.param("schlüssel", "json schl\\u00fcssel", id="in JSON for ASCII"),
        pytest.param("a/b+c d", "url a%2fb%2bc%20d", id="in a URL, in small letters"),
        pytest.param("s3cret-key", "Basic czNjcmV0LWtleQ==", id="in base64"),
        pytest.param("s3cret-key", "Basic dXNlcjpzM2NyZXQta2V5", id="in a basic header, as the password"),
        pytest.param("s3cret-key", "Basic YXM6czNjcmV0LWtleQ", id="in a basic header, cut in another place"),
        pytest.param("s3cret-key", "Basic YWJzM2NyZXQta2V5LW1vcmU=", id="in base64, with something behind"),
    ],
)
def test_texts_are_masked(secret: str, text: str) -> None:
    """A secret is found in every form in which it is written."""
    masked = Redactor([secret]).text(text)

    assert "***" in masked
    assert secret not in masked


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


def test_two_are_one() -> None:
    """What a task and what the operator brought is masked alike."""
    assert (Redactor(["abc"]) | Redactor(["xyz"])).text("abc xyz") == "*** ***"


@pytest.mark.parametrize("write", [r"\u0073-1", r"s\u002d1", r"\u0073\u002D\u0031"])
def test_json_may_escape_any_letter(write: str) -> None:
    """What a service spells otherwise is found all the same, and no answer that holds it is kept."""
    text = b'{"a": ["x ' + write.encode() + b'"]}'

    assert Redactor(["s-1"]).is_in(text)
    assert json.loads(Redactor(["s-1"]).json(text)) == {"a": ["x ***"]}
    assert not Redactor(["other"]).is_in(text)


def test_a_host_is_asked_in_lower_case() -> None:
    """A resource's name that is kept as a secret is masked as it is asked, too."""
    assert Redactor(["My-Res"]).text("https://my-res.openai.azure.com My-Res") == "https://***.openai.azure.com ***"
