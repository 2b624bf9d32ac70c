"""The few HTTP requests that stores without a client of their own need."""

import importlib
import ssl
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import msgspec

from worker.secrets.sources.cached import StoreDown

if TYPE_CHECKING:
    from aiohttp import ClientSession, StreamReader

__all__ = ["Http", "new_session"]

_TIMEOUT_S: Final = 10.0
_AT_MOST: Final = 1024 * 1024
_NOT_FOUND: Final = 404
_SUCCESS: Final = range(200, 300)


class Http:
    """Asks for JSON. *ca_file* is trusted beside the system's authorities. Opened with the first request."""

    def __init__(self, ca_file: Path | None = None) -> None:
        self._ca_file = ca_file
        self._session: ClientSession | None = None

    async def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> tuple[int, Any]:
        """
        Status and JSON of the answer; None for one that is not there (404).

        Raises StoreDown for any other refusal, without the answer's text: it may echo what was sent.
        """
        aiohttp = _aiohttp()
        try:
            if self._session is None:
                self._session = new_session(self._ca_file)
            async with self._session.request(
                method, url, headers=headers, json=body, allow_redirects=False
            ) as response:
                status, raw = response.status, await _whole(response.content)
        except (aiohttp.ClientError, TimeoutError, OSError) as cause:
            raise StoreDown(f"no answer ({type(cause).__name__})") from None
        if status == _NOT_FOUND:
            return status, None
        if status not in _SUCCESS:
            raise StoreDown(f"it answered {status}", status=status)
        try:
            return status, msgspec.json.decode(raw)
        except msgspec.MsgspecError:
            raise StoreDown("its answer is no JSON") from None

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()


def new_session(ca_file: Path | None) -> "ClientSession":
    """An aiohttp session that trusts the system's authorities, and those of *ca_file* (PEM) as well."""
    aiohttp = _aiohttp()
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    timeout, connector = aiohttp.ClientTimeout(total=_TIMEOUT_S), aiohttp.TCPConnector(ssl=context)
    session: ClientSession = aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=True)
    return session


async def _whole(content: "StreamReader") -> bytes:
    """All of a body, which may come in many pieces. Raises StoreDown where it is too large to be a few secrets."""
    whole = bytearray()
    async for piece in content.iter_any():
        whole += piece
        if len(whole) > _AT_MOST:
            raise StoreDown(f"its answer is larger than {_AT_MOST} bytes")
    return bytes(whole)


def _aiohttp() -> ModuleType:
    """A fifth of a second and 15 MB that only a worker with such a store should pay."""
    return importlib.import_module("aiohttp")
