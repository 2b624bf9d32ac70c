"""
Microsoft Entra ID: tokens for a connection or a secret store.

azure-identity is an optional extra, and takes more than a second to import: it is loaded with the first token.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol, assert_never

from worker.connections import ClientCertificate, ClientCredentials, Entra, ManagedIdentity, WorkloadIdentity
from worker.extras import optional

__all__ = ["Credential", "SignInFailed", "Token", "Tokens", "credential"]

_AHEAD_S: Final = 300.0  # a token is good for an hour or more; it is renewed this long before its end
_BAD_REQUEST: Final = 400
_PAUSE_S: Final = 30.0  # after a renewal that failed, while the old token is still good


class SignInFailed(Exception):
    """No token. *is_refused* when Entra said no; else it could not be asked. The text holds no secret."""

    def __init__(self, text: str, *, is_refused: bool) -> None:
        self.is_refused = is_refused
        super().__init__(text)


class Token(Protocol):
    """An access token; *expires_on* in seconds since 1970."""

    token: str
    expires_on: int


class Credential(Protocol):
    """One of azure-identity's asynchronous credentials."""

    async def get_token(self, *scopes: str) -> Token: ...

    async def close(self) -> None: ...


def credential(identity: Entra, *, ca_file: Path | None = None, transport: object = None) -> Credential:
    """
    The credential for *identity*. Raises MissingExtra without the extra, ValueError for an unusable field.

    *ca_file* replaces the system's authorities towards the sign-in server. *transport* (azure-core's) carries what a
    task has a say in: the sign-in server of an application.
    """
    aio: Any = optional("azure.identity.aio", extra="azure-identity", purpose=f"authentication {identity.type}")
    options: dict[str, object] = {"connection_verify": str(ca_file)} if ca_file else {}
    if transport is not None and isinstance(identity, ClientCredentials | ClientCertificate):
        options["transport"] = transport
    if not isinstance(identity, ManagedIdentity) and identity.authority_host:
        # An authority of one's own is not known to Microsoft's list, which would be asked first
        options |= {"authority": identity.authority_host, "disable_instance_discovery": True}
    made: Credential
    match identity:
        case ClientCredentials(tenant_id=tenant, client_id=client, client_secret=secret):
            made = aio.ClientSecretCredential(tenant, client, secret.get_secret_value(), **options)
        case ClientCertificate(tenant_id=tenant, client_id=client, certificate=pem, password=password):
            options |= {"certificate_data": pem.get_secret_value().encode()}
            word = password.get_secret_value() if password else None
            try:
                made = aio.CertificateCredential(tenant, client, password=word, **options)
            except TypeError as cause:  # cryptography's word for a password that is missing, or that nothing needs
                raise ValueError("the certificate's key and its password do not belong together") from cause
        case ManagedIdentity(client_id=client):
            made = aio.ManagedIdentityCredential(client_id=client, **options)
        case WorkloadIdentity(tenant_id=tenant, client_id=client, token_file=file):
            made = aio.WorkloadIdentityCredential(tenant_id=tenant, client_id=client, token_file_path=file, **options)
        case _ as unknown:
            assert_never(unknown)
    return made


class Tokens:
    """
    The tokens of one identity for one scope. All calls share one, which is fetched once however many wait for it.

    It is renewed in the background five minutes before its end; the old one is used while it is good.
    """

    def __init__(self, make: Callable[[], Credential], scope: str, *, clock: Callable[[], float] = time.time) -> None:
        self._make = make
        self._scope = scope
        self._clock = clock
        self._credential: Credential | None = None
        self._token: str | None = None
        self._ends_s = 0.0
        self._again_s = 0.0
        self._fetching = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None

    async def token(self, *, refused: str | None = None) -> str:
        """
        A token that is good now, and is not *refused*, one that the service has just turned down.

        Raises SignInFailed.
        """
        now_s = self._clock()
        if self._token is None or self._token == refused or now_s >= self._ends_s:
            await self._get(other_than=self._token)
        elif now_s >= self._ends_s - _AHEAD_S and now_s >= self._again_s and self._renewing is None:
            self._renewing = asyncio.create_task(self._renew())
        if self._token is None:
            raise SignInFailed("no token", is_refused=False)
        return self._token

    async def close(self) -> None:
        """Forget the token and end what is under way."""
        if self._renewing is not None:
            self._renewing.cancel()
        await self._start_anew()

    async def _renew(self) -> None:
        try:
            with contextlib.suppress(SignInFailed):  # the old token is good for minutes yet
                await self._get(other_than=self._token)
        finally:
            self._again_s = self._clock() + _PAUSE_S
            self._renewing = None

    async def _get(self, *, other_than: str | None) -> None:
        async with self._fetching:
            if self._token != other_than:  # somebody else has got it while we waited
                return
            await self._start_anew()  # a credential keeps its token, and would give the same one again
            made = self._credential = self._make()
            try:
                token = await made.get_token(self._scope)
            except Exception as cause:  # noqa: BLE001 - azure-identity's, azure-core's and msal's errors have no base
                failure = _failure(cause)
            else:
                self._token, self._ends_s = token.token, float(token.expires_on)
                return
        raise failure  # outside the handler: the foreign error may hold what was sent

    async def _start_anew(self) -> None:
        old, self._credential = self._credential, None
        if old is not None:
            await old.close()


def _failure(cause: Exception) -> SignInFailed:
    """A 400 of a machine's own endpoint is a refusal too: it has no such identity, and waiting gives it none."""
    name = type(cause).__name__
    is_refused = name == "ClientAuthenticationError" or getattr(cause.__cause__, "status_code", None) == _BAD_REQUEST
    said = str(getattr(cause, "message", "") or cause).split("\n")[0][:500]
    return SignInFailed(f"{said} ({name})", is_refused=is_refused)
