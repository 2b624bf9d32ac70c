"""The run's own key is found wherever it gets out, in any form; see tests/canary.py."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.canary import Canary
from worker.secrets import Redactor

_FORMS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "JSON": lambda key: json.dumps({"a": [key]}).encode(),
    "JSON in JSON in JSON": lambda key: json.dumps(json.dumps(json.dumps(key))).encode(),
    "JSON's escapes": lambda key: "".join(f"\\u{ord(letter):04x}" for letter in key).encode(),
    "URL": lambda key: quote(key, safe="").encode(),
    "URL, every letter": lambda key: "".join(f"%{ord(letter):02X}" for letter in key).encode(),
    "form": lambda key: quote_plus(key).encode(),
    "Python's repr": lambda key: repr([key.encode()]).encode(),
    "basic header": lambda key: b"Basic " + base64.b64encode(f"user:{key}".encode()),
    "base64, cut differently": lambda key: base64.b64encode(f"users:{key}".encode()),
    "URL-safe base64": lambda key: base64.urlsafe_b64encode(f"user1:{key}".encode()),
    "basic header in base64": lambda key: base64.b64encode(b"Basic " + base64.b64encode(f"user:{key}".encode())),
    "hexadecimal": lambda key: key.encode().hex().encode(),
    "capitals": lambda key: key.upper().encode(),
    "UTF-16": lambda key: key.encode("utf-16-le"),
    "backwards": lambda key: key[::-1].encode(),
}


@pytest.mark.parametrize("form", _FORMS)
def test_it_is_found(form: str) -> None:
    """Whatever way it is written."""
    canary = Canary()
    canary.saw("a log", b"before " + _FORMS[form](canary.key) + b" after")

    assert canary.told()


def test_what_is_no_key_is_none() -> None:
    """A masked key, another one and a part of it are nothing to report."""
    canary = Canary()
    masked = Redactor([canary.key]).text(f"api-key: {canary.key}")
    canary.saw("a log", f"{masked} {Canary().key} {canary.key[:12]}")

    assert ([], 1) == (canary.told(), len(canary.searched))


def test_the_header_that_it_is_for_may_hold_it() -> None:
    """And no other, nor the URL nor the body."""
    canary = Canary()
    canary.saw_request("a request", "POST", "/chat", {"Api-Key": canary.key}, {"model": "m"})
    assert [] == canary.told()
    canary.saw_request("a request", "POST", "/chat", {"X-Other": canary.key}, None)
    canary.saw_request("a request", "POST", f"/chat?key={quote(canary.key)}", {}, None)
    canary.saw_request("a request", "POST", "/chat", {}, {"messages": [canary.key]})

    assert 3 == len(canary.told())


def test_a_file_is_searched(tmp_path: Path) -> None:
    """Beyond the first page, too; what cannot be read as a file is passed over."""
    canary = Canary()
    (tmp_path / "db").write_bytes(b"\0" * 100_000 + canary.key.encode() + b"\0" * 100_000)
    (tmp_path / "empty").touch()
    for file in (tmp_path, tmp_path / "empty", tmp_path / "db"):
        canary.saw_file("a file", file)

    assert ["a file: the key, as it is or escaped, in db"] == canary.told()


def test_who_is_told_is_not_told_the_key() -> None:
    """What a failing test prints goes into logs as well."""
    canary = Canary()
    canary.saw("a log", canary.key)

    assert canary.core not in str(canary.told())
