"""HashiCorp Vault and OpenBao: the key-value store, version 2, over its plain HTTP interface."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote

from worker.secrets.sources.cached import StoreDown
from worker.secrets.sources.http import Http
from worker.secrets.sources.options import HashiCorp

__all__ = ["HashiCorpVault"]

_AHEAD_S: Final = 30.0
_FORBIDDEN: Final = 403


class HashiCorpVault:
    """See HashiCorp. A token that was got by signing in is got anew before its lease ends."""

    def __init__(self, options: HashiCorp, http: Http, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.label = f"Vault at {options.url}"
        self._options = options
        self._http = http
        self._clock = clock
        self._token: str | None = None
        self._ends_s = 0.0
        self._signing_in = asyncio.Lock()

    async def fetch(self, name: str) -> str | None:
        """See Store."""
        options = self._options
        path = options.path if options.path is not None else name
        url = f"{options.url.rstrip('/')}/v1/{quote(options.mount)}/data/{quote(path)}"
        headers = {**self._always(), "X-Vault-Token": await self._get_token()}
        try:
            _, said = await self._http.ask("GET", url, headers=headers)
        except StoreDown as down:
            if down.status == _FORBIDDEN:  # revoked, perhaps: Vault says nothing else of a token that it does not know
                self._token = None
            raise
        if said is None:
            return None
        try:
            value = said["data"]["data"].get(name if options.path is not None else "value")
        except (KeyError, TypeError, AttributeError):
            raise StoreDown("its answer is not that of a key-value store, version 2; check `mount`") from None
        return None if value is None else str(value)

    async def close(self) -> None:
        """See Store."""
        await self._http.close()

    def _always(self) -> dict[str, str]:
        namespace = {"X-Vault-Namespace": self._options.namespace} if self._options.namespace else {}
        return {"X-Vault-Request": "true", **namespace}

    async def _get_token(self) -> str:
        if self._options.token is not None:
            return self._options.token.get_secret_value()
        async with self._signing_in:
            if self._token is None or self._clock() >= self._ends_s:
                self._token = await self._sign_in()
            return self._token

    async def _sign_in(self) -> str:
        options, asked_s = self._options, self._clock()
        if options.role is None:
            raise StoreDown("the worker's file gives neither token nor role")
        if options.role_secret is not None:
            method, body = "approle", {"role_id": options.role, "secret_id": options.role_secret.get_secret_value()}
        else:
            method, body = "kubernetes", {"role": options.role, "jwt": await asyncio.to_thread(self._read_jwt)}
        url = f"{options.url.rstrip('/')}/v1/auth/{method}/login"
        _, said = await self._http.ask("POST", url, headers=self._always(), body=body)
        try:
            token, lease_s = str(said["auth"]["client_token"]), float(said["auth"]["lease_duration"])
        except (KeyError, TypeError, ValueError):
            raise StoreDown("it gave no token") from None
        self._ends_s = asked_s + max(lease_s - _AHEAD_S, lease_s / 2)
        return token

    def _read_jwt(self) -> str:
        try:
            return Path(self._options.token_file).read_text(encoding="utf-8").strip()
        except OSError as cause:
            raise StoreDown(f"{self._options.token_file}: {cause.strerror}") from None
