"""Secrets from environment variables of the worker's own process."""

from collections.abc import Mapping

__all__ = ["EnvironmentSecrets"]


class EnvironmentSecrets:
    """
    The secret NAME is the variable *prefix* + NAME of *environment* (settings hand it over; nothing else reads it).

    Without a prefix every variable of the process would be a secret that a task can ask for.
    """

    def __init__(self, environment: Mapping[str, str], *, prefix: str) -> None:
        self._values = {
            name.removeprefix(prefix): value for name, value in environment.items() if name.startswith(prefix) and value
        }
        self._prefix = prefix

    def get(self, name: str) -> str | None:
        """The secret's value, None where there is no such secret."""
        return self._values.get(name)

    def advice(self, name: str) -> str:
        """What an operator does so that the secret is found."""
        return f"set the environment variable {self._prefix}{name} for the worker, or correct the name"

    def __repr__(self) -> str:
        return f"EnvironmentSecrets(prefix={self._prefix!r}, {len(self._values)} found)"
