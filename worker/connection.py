"""Where calls go and as whom: what a task says of it, and what it comes to."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from worker.given import Given

__all__ = ["ApiKey", "Authentication", "Bearer", "Connection", "NoAuthentication", "Provider", "TaskConnection"]

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


Authentication = Annotated[ApiKey | Bearer | NoAuthentication, Field(discriminator="type")]


class Connection(Given):
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


class TaskConnection(Given):
    """
    What a task says: the *name* of a connection that the operator has defined, or all of a connection itself.

    Beside a name, a field is an override, which the operator must have allowed.
    """

    name: str | None = None
    provider: Provider | None = None
    resource: str | None = None
    endpoint: str | None = None
    organization: str | None = None
    project: str | None = None
    authentication: Authentication | None = None
    headers: dict[str, SecretStr] = Field(default_factory=dict)
