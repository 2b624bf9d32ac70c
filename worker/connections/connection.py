"""Where calls go and as whom: what a task says of it, and what it comes to."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from worker.given import Given
from worker.hints import Hint

__all__ = [
    "AUTHENTICATION_TYPES",
    "ApiKey",
    "Authentication",
    "Bearer",
    "ClientCertificate",
    "ClientCredentials",
    "Connection",
    "Entra",
    "ManagedIdentity",
    "NoAuthentication",
    "Provider",
    "TaskAuthentication",
    "TaskConnection",
    "WorkloadIdentity",
]

AUTHENTICATION_TYPES = (
    "apiKey",
    "bearer",
    "clientCredentials",
    "clientCertificate",
    "managedIdentity",
    "workloadIdentity",
    "none",
)
Provider = Literal["azure", "openai", "compatible"]


class ApiKey(Given):
    """Azure's `api-key` header, or a bearer token of the same value with OpenAI. *secondary* is tried on a 401."""

    type: Literal["apiKey"] = "apiKey"
    api_key: SecretStr
    secondary_api_key: SecretStr | None = None


class Bearer(Given):
    """A ready-made token, sent as `Authorization: Bearer`."""

    type: Literal["bearer"]
    token: SecretStr


class NoAuthentication(Given):
    """For servers that ask for nothing."""

    type: Literal["none"]


class ClientCredentials(Given):
    """
    A Microsoft Entra application with a client secret.

    *authority_host* is the sign-in server of a sovereign cloud, such as `login.microsoftonline.us`; *scope* what the
    token is for, by default Azure's cognitive services.
    """

    type: Literal["clientCredentials"]
    tenant_id: str
    client_id: str
    client_secret: SecretStr
    authority_host: str | None = None
    scope: str | None = None


class ClientCertificate(Given):
    """A Microsoft Entra application with a certificate: PEM text that holds the private key too."""

    type: Literal["clientCertificate"]
    tenant_id: str
    client_id: str
    certificate: SecretStr
    password: SecretStr | None = None
    authority_host: str | None = None
    scope: str | None = None


class ManagedIdentity(Given):
    """The identity of the machine or pod that the worker runs on; *client_id* picks a user-assigned one."""

    type: Literal["managedIdentity"]
    client_id: str | None = None
    scope: str | None = None


class WorkloadIdentity(Given):
    """
    The Kubernetes service account of the worker's pod, federated with Microsoft Entra.

    What is not given here stands in the variables that AKS's webhook sets. Operators only: the token file is the
    worker's own.
    """

    type: Literal["workloadIdentity"]
    tenant_id: str | None = None
    client_id: str | None = None
    token_file: str | None = None
    authority_host: str | None = None
    scope: str | None = None


Entra = ClientCredentials | ClientCertificate | ManagedIdentity | WorkloadIdentity

TaskAuthentication = Annotated[
    ApiKey | Bearer | ClientCredentials | ClientCertificate | ManagedIdentity | NoAuthentication,
    Field(discriminator="type"),
]
Authentication = Annotated[
    ApiKey | Bearer | ClientCredentials | ClientCertificate | ManagedIdentity | WorkloadIdentity | NoAuthentication,
    Field(discriminator="type"),
]


class _Filled(Given):
    """Any text of it may have come from a secret, so that its repr shows which fields are given, and no more."""

    def __repr_args__(self) -> Iterable[tuple[str, object]]:
        return [(name, ...) for name in type(self).model_fields if getattr(self, name)]


class Connection(_Filled):
    """
    One service and how to get in.

    Exactly one of *resource* ("my-res" → https://my-res.openai.azure.com) and *endpoint* (a base URL, or a whole
    deployment URL pasted from the portal) is needed, except with the provider `openai`, whose endpoint is known.
    """

    provider: Provider = "azure"
    resource: str | None = None
    endpoint: str | None = None
    organization: str | None = None
    project: str | None = None
    authentication: Authentication
    headers: dict[str, SecretStr] = Field(default_factory=dict)


class TaskConnection(_Filled):
    """
    What a task says: the *name* of a connection that the operator has defined, or all of a connection itself.

    Beside a name, a field is an override, which the operator must have allowed.
    """

    name: Annotated[
        str | None, Hint("What the operator calls it; ask for the list", label="Connection name", placeholder="main")
    ] = None
    provider: Provider | None = None
    resource: Annotated[
        str | None,
        Hint(
            "my-resource stands for https://my-resource.openai.azure.com",
            label="Resource name",
            placeholder="my-resource",
        ),
    ] = None
    endpoint: Annotated[
        str | None,
        Hint(
            "The service's URL, or a whole deployment URL from the portal",
            placeholder="https://my-resource.openai.azure.com",
        ),
    ] = None
    organization: str | None = None
    project: str | None = None
    authentication: TaskAuthentication | None = None
    headers: Annotated[
        dict[str, SecretStr],
        Hint(
            "Further headers, e.g. for API Management",
            placeholder='{"Ocp-Apim-Subscription-Key": "{{secrets.APIM_KEY}}"}',
        ),
    ] = Field(default_factory=dict)
