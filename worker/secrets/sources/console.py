"""The connector secrets of a Camunda SaaS cluster, as its Console keeps them."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from worker.secrets.sources.cached import StoreDown
from worker.secrets.sources.http import Http
from worker.secrets.sources.options import Console

__all__ = ["CamundaConsole"]

_ALL_FOR_S: Final = 20.0  # one answer holds all secrets; Camunda's connectors ask as often
_AHEAD_S: Final = 30.0
_REFUSED: Final = 401


class CamundaConsole:
    """See Console. One answer holds all secrets, and serves every name for 20 seconds."""

    def __init__(self, options: Console, http: Http, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.label = "the cluster's secrets in Camunda Console"
        self._options = options
        self._http = http
        self._clock = clock
        self._token = ""
        self._token_ends_s = 0.0
        self._all: Mapping[str, Any] = {}
        self._all_until_s = 0.0

    async def fetch(self, name: str) -> str | None:
        """See Store."""
        if self._clock() >= self._all_until_s:
            headers = {"Authorization": f"Bearer {await self._get_token()}"}
            try:
                _, said = await self._http.ask("GET", self._options.endpoint, headers=headers)
            except StoreDown as down:
                if down.status == _REFUSED:
                    self._token_ends_s = 0.0  # whoever asks next signs in anew
                raise
            if not isinstance(said, dict):
                raise StoreDown("its answer is no list of secrets")
            self._all, self._all_until_s = said, self._clock() + _ALL_FOR_S
        value = self._all.get(name)
        return None if value is None else str(value)

    async def close(self) -> None:
        """See Store."""
        await self._http.close()

    async def _get_token(self) -> str:
        if self._clock() < self._token_ends_s:
            return self._token
        asked_s = self._clock()
        body = {
            "grant_type": "client_credentials",
            "audience": self._options.audience,
            "client_id": self._options.client_id,
            "client_secret": self._options.client_secret.get_secret_value(),
        }
        _, said = await self._http.ask("POST", self._options.token_url, body=body)
        try:
            self._token = str(said["access_token"])
            self._token_ends_s = asked_s + float(said.get("expires_in", 300)) - _AHEAD_S
        except (KeyError, TypeError, ValueError):
            raise StoreDown("it gave no token") from None
        return self._token
