"""From what a job holds to a typed task. Everything that is wrong is one InputError that names the field."""

from worker.inputs.headers import TaskHeaders, parse_headers, wanted_lease_s
from worker.inputs.task import VARIABLE, Options, Task, parse_task

__all__ = ["VARIABLE", "Options", "Task", "TaskHeaders", "parse_headers", "parse_task", "wanted_lease_s"]
