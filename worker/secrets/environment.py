"""Secrets from environment variables of the worker's own process."""

from collections.abc import Mapping, Sequence

from worker.connections import Asker

__all__ = ["EnvironmentSecrets"]


class EnvironmentSecrets:
    """
    The secret NAME is the variable *prefix* + NAME of *environment* (settings hand it over; nothing else reads it).

    Without a prefix every variable of the process would be a secret that a task can ask for. As with Camunda's
    connectors, the tenant's id comes before the name where *by_tenant*, and the process's id where *by_process*:
    `SECRET_tenant_process_NAME`, for tasks alone. Of *tenants*, the ones whose jobs are taken, none can read on into
    the variables of another whose id merely begins like its own.
    """

    is_shared = False
    is_fixed = True
    label = "the environment"

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        prefix: str,
        by_tenant: bool = False,
        by_process: bool = False,
        tenants: Sequence[str] = (),
    ) -> None:
        self._values = {
            name.removeprefix(prefix): value for name, value in environment.items() if name.startswith(prefix) and value
        }
        self._prefix = prefix
        self._by_tenant = by_tenant
        self._by_process = by_process
        self._tenants = tenants

    async def get(self, name: str, asker: Asker | None) -> str | None:
        """The secret's value, None where there is no such secret."""
        key = self._key(name, asker)
        return None if self._belongs_to_another(key, asker) else self._values.get(key)

    def advice(self, name: str, asker: Asker | None) -> str:
        """What an operator does so that the secret is found."""
        return f"set the environment variable {self._prefix}{self._key(name, asker)} for the worker"

    async def close(self) -> None:
        """Nothing is open."""

    def _key(self, name: str, asker: Asker | None) -> str:
        if asker is None:
            return name
        tenant = (asker.tenant,) if self._by_tenant else ()
        process = (asker.process,) if self._by_process else ()
        return "_".join((*tenant, *process, name))

    def _belongs_to_another(self, key: str, asker: Asker | None) -> bool:
        """`a_b_KEY` is the tenant `a_b`'s KEY, and not the tenant a's `b_KEY`."""
        if asker is None or not self._by_tenant:
            return False
        longer = (tenant for tenant in self._tenants if tenant.startswith(f"{asker.tenant}_"))
        return any(key.startswith(f"{tenant}_") for tenant in longer)

    def __repr__(self) -> str:
        return f"EnvironmentSecrets(prefix={self._prefix!r}, {len(self._values)} found)"
