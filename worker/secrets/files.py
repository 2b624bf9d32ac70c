"""Secrets in mounted files, one for each: Kubernetes and Docker secrets, a CSI driver's folder."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from worker.connections import Asker
from worker.errors import SecretsUnreachable

__all__ = ["FileSecrets"]

_AT_MOST: Final = 64 * 1024  # bytes: a key or a certificate, not a file that was mounted by mistake
_LOOKED_S: Final = 1.0  # a file is looked at again after this long; Kubernetes itself takes up to a minute

_Seen = tuple[int, int, int]


class FileSecrets:
    """
    The secret NAME is the text of *folder*/NAME, without the line break at its end.

    A file that was replaced, or a folder whose link was turned to another as Kubernetes does it, is read anew. A name
    cannot leave the folder: its parts are letters and digits, so none is `..`. *is_shared*: see SecretSource.
    """

    is_fixed = False

    def __init__(self, folder: Path, *, is_shared: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self.is_shared = is_shared
        self.label = f"the folder {folder}"
        self._folder = folder
        self._clock = clock
        self._kept: dict[str, tuple[float, _Seen, str]] = {}

    async def get(self, name: str, _asker: Asker | None, /) -> str | None:
        """The secret's value, None where there is no such file. SecretsUnreachable for one that cannot be read."""
        kept = self._kept.get(name)
        if kept is not None and self._clock() - kept[0] < _LOOKED_S:
            return kept[2]
        return await asyncio.to_thread(self._look, name)

    def advice(self, name: str, _asker: Asker | None, /) -> str:
        """What an operator does so that the secret is found."""
        return f"mount the file {self._folder / name}"

    async def close(self) -> None:
        """Forget what was read."""
        self._kept.clear()

    def _look(self, name: str) -> str | None:
        path = self._folder / name
        try:
            with path.open("rb") as file:
                seen = _seen(os.fstat(file.fileno()))
                kept = self._kept.get(name)
                value = kept[2] if kept is not None and kept[1] == seen else _text(file.read(_AT_MOST + 1))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            self._kept.pop(name, None)
            return None
        except (OSError, ValueError) as cause:
            reason = cause.strerror if isinstance(cause, OSError) else str(cause)
            raise SecretsUnreachable(f"the secret '{name}' cannot be read: {path}: {reason}") from None
        self._kept[name] = (self._clock(), seen, value)
        return value

    def __repr__(self) -> str:
        return f"FileSecrets({str(self._folder)!r})"


def _seen(status: os.stat_result) -> _Seen:
    return status.st_ino, status.st_mtime_ns, status.st_size


def _text(raw: bytes) -> str:
    if len(raw) > _AT_MOST:
        raise ValueError(f"it is larger than {_AT_MOST} bytes")
    try:
        return raw.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise ValueError("it is no UTF-8 text") from None
