"""Keeps generated files (images, speech) outside of the process's variables, which are too small for them."""

import asyncio
import hashlib
import os
import tempfile
from pathlib import Path

from worker.errors import DocumentNotStored
from worker.wire import File

__all__ = ["DocumentFolder"]


class DocumentFolder:
    """
    A folder, such as a mounted volume, that others can read as well.

    A file's name is made of its content, so that a task that is done twice leaves one file. *base_url* is where readers
    find the folder, for example behind a web server; without it a reference has the file's own address.
    """

    def __init__(self, folder: Path, *, base_url: str | None = None) -> None:
        self._folder = folder.absolute()
        self._base_url = (base_url or self._folder.as_uri()).rstrip("/")

    async def keep(self, file: File) -> dict[str, object]:
        """
        Write *file* and return a reference to it: Camunda's external document, with size and media type beside it.

        Raises DocumentNotStored.
        """
        name = f"{hashlib.sha256(file.content).hexdigest()[:32]}.{file.ending}"
        try:
            await asyncio.to_thread(self._write, name, file.content)
        except OSError as cause:
            said = cause.strerror or type(cause).__name__
            raise DocumentNotStored(f"the document store: {name} could not be written ({said})") from cause
        return {
            "camunda.document.type": "external",
            "url": f"{self._base_url}/{name}",
            "name": name,
            "metadata": {"contentType": file.content_type, "fileName": name, "size": len(file.content)},
        }

    def _write(self, name: str, content: bytes) -> None:
        """Readers never see half a file: it gets its name when it is whole."""
        path = self._folder / name
        if path.exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as part:
                part.write(content)
            Path(unfinished).chmod(0o644)  # mkstemp gives it to us alone; it is meant for others
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
