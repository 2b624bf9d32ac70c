"""Whom the operator means: which processes of which tenants may use a connection or a secret."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

import msgspec

from worker.given import Given
from worker.job import Job

__all__ = ["Asker", "Audience", "matches"]


class Asker(msgspec.Struct, frozen=True):
    """On whose behalf something is asked for: the job's process and tenant."""

    process: str
    tenant: str

    @classmethod
    def of(cls, job: Job) -> "Asker":
        """The process and tenant of *job*."""
        return cls(job.bpmn_process_id, job.tenant_id)

    def __str__(self) -> str:
        return f"the process '{self.process}' of the tenant '{self.tenant}'"


class Audience(Given):
    """*processes* are BPMN process ids, *tenants* tenant ids: names or patterns such as `order-*`; all by default."""

    processes: tuple[str, ...] = ("*",)
    tenants: tuple[str, ...] = ("*",)

    def admits(self, asker: Asker) -> bool:
        """Whether both the process and the tenant of *asker* are meant."""
        return matches(asker.process, self.processes) and matches(asker.tenant, self.tenants)


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether *name* is one of *patterns*, in which `*` and `?` stand for any letters."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)
