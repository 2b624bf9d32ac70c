"""
One random key for the whole run, and every byte that leaves a worker searched for it.

Loaded as a pytest plugin. The emulated service lets this key in, so every test with a worker uses it. What a worker
logs, prints, reports, stores, shows or sends is handed to `CANARY.saw`, by the helpers in `tests.lab` for most of it;
a test whose worker lets the key out fails, and the run fails for what is only found at its end: files, the broker's
records. A feature with a new way out is watched with one line: `CANARY.saw("where", its bytes)`.
"""

import base64
import mmap
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

__all__ = ["CANARY", "CREDENTIALS", "OPERATORS_OWN", "Canary"]

CREDENTIALS: Final = frozenset({"api-key", "authorization"})  # the headers that the key is for
OPERATORS_OWN: Final = "operators-own"  # a folder of this name is where a test keeps secrets for its worker
_SEARCHED_AT_MOST: Final = 2**30  # bytes of one file


class Canary:
    """
    A *key* that is known to be secret, and whoever lets it out.

    Around its core stand the letters that JSON, URLs, forms and HTML write in another way: a masking that knows the
    plain key alone leaves the core behind. The core is what is searched for, since hexadecimal digits are the same in
    all of these; what changes them (base64 and others) is searched for as well.
    """

    def __init__(self, core: str | None = None) -> None:
        self.core = core or secrets.token_hex(12)
        self.key = f'c4n/+"{self.core}\\&%<='
        self.searched: Counter[str] = Counter()
        self.leaks: list[str] = []
        self._forms = dict(_forms(self.core))

    def is_in(self, text: bytes | mmap.mmap) -> str | None:
        """The first form of the key that *text* holds, None where it holds none."""
        return next((form for form, what in self._forms.items() if text.find(what) >= 0), None)

    def saw(self, where: str, text: bytes | str) -> None:
        """Search *text*, which has left a worker by way of *where*."""
        raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        self.searched[where] += len(raw)
        if form := self.is_in(raw):
            self.leaks.append(f"{where}: the key, {form}")

    def saw_request(self, where: str, method: str, path: str, headers: Mapping[str, str], body: object) -> None:
        """Search a request that was sent somewhere; the header that the key is for may hold it."""
        rest = {name: value for name, value in headers.items() if name.lower() not in CREDENTIALS}
        self.saw(where, f"{method} {path} {rest!r} {body!r}")

    def saw_file(self, where: str, file: Path) -> None:
        """Search a *file*, however large."""
        if not file.is_file() or not 0 < file.stat().st_size <= _SEARCHED_AT_MOST:
            return
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as text:
            self.searched[where] += len(text)
            if form := self.is_in(text):
                self.leaks.append(f"{where}: the key, {form}, in {file.name}")

    def told(self) -> list[str]:
        """The leaks that nobody has been told of yet."""
        told, self.leaks = self.leaks, []
        return told


def _forms(core: str) -> Iterator[tuple[str, bytes]]:
    raw = core.encode()
    yield "as it is or escaped", raw
    yield "in capitals", core.upper().encode()
    yield "reversed", raw[::-1]
    yield "in hexadecimal", raw.hex().encode()
    yield "as UTF-16", core.encode("utf-16-le")
    yield "in JSON's escapes", "".join(f"\\u{ord(letter):04x}" for letter in core).encode()
    yield "in percent-escapes", "".join(f"%{ord(letter):02X}" for letter in core).encode()
    for cut, inner in enumerate(_base64(raw)):
        yield f"in base64 ({cut})", inner
        for again, outer in enumerate(_base64(inner)):
            yield f"in base64 of base64 ({cut}, {again})", outer


def _base64(raw: bytes) -> list[bytes]:
    """*raw* inside of a longer text: a letter is six bits, so what stands before decides on the cut."""
    return [base64.b64encode(b"\0" * before + raw)[4:-4] for before in range(3)]


CANARY: Final = Canary()


@pytest.fixture(autouse=True)
def _keeps_the_key() -> Iterator[None]:
    """A test whose worker lets the key out fails."""
    yield

    assert [] == CANARY.told()


@pytest.fixture(scope="session", autouse=True)
def _keeps_the_key_to_the_end(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What workers have stored is searched at the end, and what was only found then fails the run."""
    yield
    for file in tmp_path_factory.getbasetemp().rglob("*"):
        if OPERATORS_OWN not in file.parts:
            CANARY.saw_file("a file", file)

    assert [] == CANARY.told()
