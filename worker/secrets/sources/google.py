"""
Google Secret Manager, over its REST interface with google-auth's tokens.

Its own client takes two seconds to import.
"""

import asyncio
import base64
import threading
from typing import Any, Final
from urllib.parse import quote

from worker.extras import optional
from worker.secrets.sources.cached import StoreDown
from worker.secrets.sources.http import Http
from worker.secrets.sources.options import Google

__all__ = ["GoogleSecretManager"]

_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_PURPOSE: Final = "the secret source googleSecretManager"


class GoogleSecretManager:
    """See Google."""

    def __init__(self, options: Google, http: Http) -> None:
        self.label = f"Google Secret Manager, project {options.project}"
        self._options = options
        self._http = http
        self._credentials: Any = None
        self._signing_in = threading.Lock()

    async def fetch(self, name: str) -> str | None:
        """See Store."""
        token = await asyncio.to_thread(self._token)
        place = f"projects/{quote(self._options.project, safe='')}/secrets/{quote(name, safe='')}/versions/latest"
        url = f"{self._options.endpoint.rstrip('/')}/v1/{place}:access"
        _, said = await self._http.ask("GET", url, headers={"Authorization": f"Bearer {token}"})
        if said is None:
            return None
        try:
            return base64.b64decode(said["payload"]["data"]).decode()
        except (KeyError, TypeError, ValueError):
            raise StoreDown("its answer holds no payload") from None

    async def close(self) -> None:
        """See Store."""
        await self._http.close()

    def _token(self) -> str:
        auth: Any = optional("google.auth", extra="google", purpose=_PURPOSE)
        transport: Any = optional("google.auth.transport.requests", extra="google", purpose=_PURPOSE)
        with self._signing_in:
            try:
                if self._credentials is None:
                    self._credentials, _ = auth.default(scopes=[_SCOPE])
                if not self._credentials.valid:
                    self._credentials.refresh(transport.Request())
            except auth.exceptions.GoogleAuthError as cause:
                raise StoreDown(f"no token ({type(cause).__name__})") from None
            return str(self._credentials.token)
