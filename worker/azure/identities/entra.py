"""Connections that sign in with Microsoft Entra ID: their tokens, kept and shared."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from msgspec.structs import replace
from pydantic import SecretStr

from worker.connections import (
    Bearer,
    ClientCertificate,
    ClientCredentials,
    Connection,
    Entra,
    ManagedIdentity,
    WorkloadIdentity,
)
from worker.errors import InputError, SignInRefused, Unreachable
from worker.extras import MissingExtra
from worker.identity import Credential, SignInFailed, Tokens
from worker.wire import Reply, Target

__all__ = ["Identities", "entra_of", "masked"]

_AT_MOST: Final = 256  # identities: tasks may bring their own
_MASK: Final = b"***"
# Sovereign clouds by the end of the service's host: what a token is for there, and who gives it
_CLOUDS: Final = {
    ".azure.us": ("https://cognitiveservices.azure.us/.default", "login.microsoftonline.us"),
    ".azure.cn": ("https://cognitiveservices.azure.cn/.default", "login.chinacloudapi.cn"),
}
_WANTED: Final = {
    "clientCredentials": "tenantId, clientId and clientSecret of an application",
    "clientCertificate": "tenantId, clientId and certificate: PEM text with its RSA key too, and that key's password "
    "where it has one",
    "managedIdentity": "the clientId of an identity of this machine, or none for its own",
    "workloadIdentity": "tenantId, clientId and tokenFile, or what AKS sets in their place: AZURE_TENANT_ID, "
    "AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE",
}
_SCOPE: Final = "https://cognitiveservices.azure.com/.default"


def entra_of(connection: Connection) -> Entra | None:
    """The connection's identity, None where it has a key, a ready-made token or nothing."""
    given = connection.authentication
    return (
        given if isinstance(given, ClientCredentials | ClientCertificate | ManagedIdentity | WorkloadIdentity) else None
    )


class Identities:
    """The tokens of all identities; *make* makes the credential of one, on its first use."""

    def __init__(self, make: Callable[[Entra], Credential]) -> None:
        self._make = make
        self._tokens: OrderedDict[tuple[Entra, str], Tokens] = OrderedDict()

    async def signed_in(
        self, connection: Connection, target: Target, *, refused: Connection | None = None
    ) -> Connection:
        """
        *connection* with a token in place of its identity, a new one where the token in *refused* was turned down.

        Others come back as they are. Raises SignInRefused, Unreachable, or InputError where the extra is missing.
        """
        identity = entra_of(connection)
        if identity is None:
            return connection
        old = refused.authentication if refused is not None else None
        try:
            tokens = await self._tokens_of(identity, target)
            token = await tokens.token(refused=old.token.get_secret_value() if isinstance(old, Bearer) else None)
        except MissingExtra as missing:
            raise InputError(
                path="connection.authentication.type", got=f"'{identity.type}'", wanted=f"another one: {missing}"
            ) from None
        except ValueError:  # its text may quote the certificate
            raise InputError(
                path="connection.authentication", got="an unusable field", wanted=_WANTED[identity.type]
            ) from None
        except SignInFailed as failed:
            if failed.is_refused:
                raise SignInRefused(f"Microsoft Entra ID refused: {failed}") from None
            raise Unreachable(f"no token from Microsoft Entra ID: {failed}") from None
        return connection.model_copy(update={"authentication": Bearer(type="bearer", token=SecretStr(token))})

    async def close(self) -> None:
        """Forget every token."""
        for tokens in self._tokens.values():
            await tokens.close()
        self._tokens.clear()

    async def _tokens_of(self, identity: Entra, target: Target) -> Tokens:
        identity, scope = _in_its_cloud(identity, target)
        key = identity, scope
        if key not in self._tokens:
            self._tokens[key] = Tokens(lambda: self._make(identity), scope)
            if len(self._tokens) > _AT_MOST:
                _, oldest = self._tokens.popitem(last=False)
                await oldest.close()
        self._tokens.move_to_end(key)
        return self._tokens[key]


def masked(reply: Reply, signed_in: Connection) -> Reply:
    """*reply* without the token of *signed_in*: nobody else knows what to mask when the service echoes it."""
    if not isinstance(signed_in.authentication, Bearer):
        return reply
    token = signed_in.authentication.token.get_secret_value()
    headers = tuple((name, value.replace(token, _MASK.decode())) for name, value in reply.headers)
    return replace(reply, headers=headers, body=reply.body.replace(token.encode(), _MASK))


def _in_its_cloud(identity: Entra, target: Target) -> tuple[Entra, str]:
    """The identity and scope, what is not given filled in by the service's cloud."""
    host = urlsplit(target.base_url).hostname or ""
    cloud = next((cloud for ending, cloud in _CLOUDS.items() if host.endswith(ending)), None)
    if cloud is None:
        return identity, identity.scope or _SCOPE
    scope, authority = cloud
    if not isinstance(identity, ManagedIdentity) and identity.authority_host is None:
        identity = identity.model_copy(update={"authority_host": authority})
    return identity, identity.scope or scope
