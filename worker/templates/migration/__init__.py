"""From Camunda's Azure OpenAI and OpenAI templates to ours: BPMN files are edited in place, byte by byte."""

from worker.templates.migration.migrating import Migrated, TaskReport, migrated
from worker.templates.migration.source import Unreadable

__all__ = ["Migrated", "TaskReport", "Unreadable", "migrated"]
