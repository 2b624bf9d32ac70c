"""A job as the broker handed it out."""

from collections.abc import Mapping

import msgspec

__all__ = ["Job"]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """
    One activated job of a BPMN task.

    *variables* is the JSON text of the fetched variables, not decoded here. *headers* are the task headers.
    *retries* counts the attempts that are left, this one included. *deadline_s* is when the lease ends, on this
    process's monotonic clock.
    """

    key: int
    type: str
    process_instance_key: int
    bpmn_process_id: str
    process_definition_key: int
    process_definition_version: int
    element_id: str
    element_instance_key: int
    tenant_id: str
    retries: int
    deadline_s: float
    headers: Mapping[str, str]
    variables: bytes
