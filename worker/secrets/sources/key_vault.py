"""Azure Key Vault, with Microsoft's own client."""

from pathlib import Path
from typing import Any, Final

from worker.extras import optional
from worker.identity import credential
from worker.secrets.sources.cached import StoreDown
from worker.secrets.sources.http import new_session
from worker.secrets.sources.options import KeyVault

__all__ = ["AzureKeyVault"]

_EXTRA: Final = "azure-key-vault"
_PURPOSE: Final = "the secret source azureKeyVault"


class AzureKeyVault:
    """See KeyVault. *ca_file* is trusted beside the system's authorities."""

    def __init__(self, options: KeyVault, *, ca_file: Path | None = None) -> None:
        self.label = f"Azure Key Vault {options.url}"
        self._options = options
        self._ca_file = ca_file
        self._credential: Any = None
        self._client: Any = None
        self._session: Any = None

    async def fetch(self, name: str) -> str | None:
        """See Store."""
        core: Any = optional("azure.core.exceptions", extra=_EXTRA, purpose=_PURPOSE)
        if self._client is None:
            self._open()
        try:
            value = (await self._client.get_secret(name.replace("_", "-"))).value
        except core.ResourceNotFoundError:
            return None
        except core.HttpResponseError as cause:  # ClientAuthenticationError is one
            raise StoreDown(f"it answered {cause.status_code or type(cause).__name__}") from None
        except (core.AzureError, ValueError) as cause:
            raise StoreDown(f"no answer ({type(cause).__name__})") from None
        return None if value is None else str(value)

    async def close(self) -> None:
        """See Store."""
        for opened in (self._client, self._credential, self._session):
            if opened is not None:
                await opened.close()

    def _open(self) -> None:
        secrets: Any = optional("azure.keyvault.secrets.aio", extra=_EXTRA, purpose=_PURPOSE)
        trust = {"transport": self._transport(self._ca_file)} if self._ca_file else {}
        given = self._options.authentication
        if given is not None:
            self._credential = credential(given, ca_file=self._ca_file, transport=trust.get("transport"))
        else:
            identity: Any = optional("azure.identity.aio", extra=_EXTRA, purpose=_PURPOSE)
            self._credential = identity.DefaultAzureCredential(**trust)
        self._client = secrets.SecretClient(
            self._options.url,
            self._credential,
            verify_challenge_resource=self._options.is_verified,
            retry_total=1,
            **trust,
        )

    def _transport(self, ca_file: Path) -> object:
        """Microsoft's own would trust *ca_file* alone, and a public vault no more."""
        core: Any = optional("azure.core.pipeline.transport", extra=_EXTRA, purpose=_PURPOSE)
        self._session = new_session(ca_file)
        return core.AioHttpTransport(session=self._session, session_owner=False)
