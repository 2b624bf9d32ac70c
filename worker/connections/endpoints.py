"""What the operator says of one endpoint, of several under one name, and of how much they take."""

from datetime import timedelta

from pydantic import Field, SecretStr

from worker.connections.connection import Authentication, Provider
from worker.given import Given

__all__ = ["Endpoint", "Limits", "Place"]


class Place(Given):
    """
    Where calls go and as whom, in the operator's words.

    What an endpoint of a connection leaves out is the connection's own.
    """

    provider: Provider | None = None
    resource: str | None = None
    endpoint: str | None = None
    organization: str | None = None
    project: str | None = None
    authentication: Authentication | None = None
    headers: dict[str, SecretStr] = Field(default_factory=dict)
    deployment: str | None = None
    api_version: str | None = None


class Endpoint(Place):
    """
    One of a connection's endpoints.

    The lowest *priority* that can take a call gets it; among equals each gets its *weight*'s share of the calls.
    """

    priority: int = Field(default=1, ge=0, le=1000)
    weight: float = Field(default=1.0, gt=0, le=1_000_000)


class Limits(Given):
    """
    What one worker holds all tasks of a connection to, over all its endpoints; None: no limit.

    *timeout* is the longest total time of a call. Tokens are reckoned as Azure does before a call: its prompt and the
    longest answer it allows.
    """

    timeout: timedelta | None = None
    requests_per_minute: float | None = Field(default=None, gt=0)
    tokens_per_minute: float | None = Field(default=None, gt=0)
    max_calls_in_flight: int | None = Field(default=None, ge=1)

    @property
    def are_shared(self) -> bool:
        """Whether calls share something, so that one may have to wait for another."""
        return bool(self.requests_per_minute or self.tokens_per_minute or self.max_calls_in_flight)
