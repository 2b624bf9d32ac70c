"""A whole file: each task of Camunda's templates is planned and rewritten, or left as it is with the reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from worker.templates.catalogue import FOR_OLDER_ENGINES, Template, catalogue
from worker.templates.migration.origins import ORIGINS
from worker.templates.migration.plan import Plan, Refused, planned, sources
from worker.templates.migration.rewriting import edits
from worker.templates.migration.source import ZEEBE, Edit, Element, edited, read

__all__ = ["Migrated", "TaskReport", "migrated"]

_TEMPLATE: Final = f"{ZEEBE} modelerTemplate"
_PLATFORM: Final = "http://camunda.org/schema/modeler/1.0 executionPlatformVersion"
_FIRST_NEW: Final = (8, 8)  # the first version that takes our template for newer engines
_JOB_TYPE: Final = "io.camunda:http-json:1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReport:
    """
    What became of the task with the id *element*, whose *template* was the one of that name.

    *operation* is ours, None where the task was left as it is; *refusal* then says why. *notes* say what is different.
    """

    element: str
    template: str
    operation: str | None
    refusal: str | None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """A file, *after* it was edited, and the *tasks* of it that were looked at, in order."""

    after: bytes
    tasks: Sequence[TaskReport]


def migrated(source: bytes, *, job_type: str = "azure-openai") -> Migrated:
    """*source*, a BPMN file, with our template in place of Camunda's; all else untouched. Raises Unreadable."""
    whole = read(source)
    template = _template(whole)
    all_edits: list[Edit] = []
    tasks = []
    for task in whole.all():
        if task.value(_TEMPLATE) in ORIGINS:
            report, some = _gone_over(source, task, template, job_type)
            tasks.append(report)
            all_edits += some
    return Migrated(after=edited(source, all_edits), tasks=tasks)


def _gone_over(source: bytes, task: Element, template: Template, job_type: str) -> tuple[TaskReport, list[Edit]]:
    origin = str(task.value(_TEMPLATE))
    element, name = task.value("id") or "?", ORIGINS[origin].name
    try:
        plan = _plan(task, origin)
    except Refused as refusal:
        return TaskReport(element=element, template=name, operation=None, refusal=str(refusal)), []
    report = TaskReport(
        element=element, template=name, operation=plan.way.operation, refusal=None, notes=tuple(plan.notes)
    )
    return report, list(edits(source, task, plan, template=template, job_type=job_type))


def _plan(task: Element, origin: str) -> Plan:
    extensions = [child for child in task.children if child.name == "extensionElements"]
    kinds = [kind.value("type") for each in extensions for kind in each.of("taskDefinition")]
    if kinds != [_JOB_TYPE]:
        raise Refused(f"its job type is {kinds[0] if kinds else 'missing'!r}, not {_JOB_TYPE!r}: changed by hand")
    mappings = [mapping for each in extensions for mapping in each.of("ioMapping")]
    inputs = sources(child for mapping in mappings for child in mapping.of("input"))
    outputs = [child.value("source") or "" for mapping in mappings for child in mapping.of("output")]
    if len(mappings) != 1 or not inputs:
        raise Refused("it has no inputs")
    return planned(origin, inputs, outputs)


def _template(whole: Element) -> Template:
    """The template of every operation, in the form that the file's engine takes."""
    version = (whole.value(_PLATFORM) or "8.8").split(".")
    numbers = tuple(int(part) for part in version[:2] if part.isdecimal())
    wants_older = len(numbers) == len(_FIRST_NEW) and numbers < _FIRST_NEW
    return next(each for each in _main_templates() if each.for_older_engines == wants_older)


def _main_templates() -> Iterator[Template]:
    return (each for each in catalogue() if each.file.removeprefix(f"{FOR_OLDER_ENGINES}/") == "azure-openai.json")
