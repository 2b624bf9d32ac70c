"""Element templates, made from the models that type the tasks: what a modeler fills in is what the worker reads."""

from worker.templates.catalogue import Template, catalogue, rendered
from worker.templates.migration import Migrated, TaskReport, Unreadable, migrated
from worker.templates.shelf import Volume, given_out, keep, volumes
from worker.templates.validation import flaws

__all__ = [
    "Migrated",
    "TaskReport",
    "Template",
    "Unreadable",
    "Volume",
    "catalogue",
    "flaws",
    "given_out",
    "keep",
    "migrated",
    "rendered",
    "volumes",
]
