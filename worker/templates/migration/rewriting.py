"""A plan as edits of the file's bytes."""

from collections.abc import Iterator
from typing import Final

from worker.templates.catalogue import Template
from worker.templates.icon import ICON
from worker.templates.migration.plan import Plan
from worker.templates.migration.source import ZEEBE, Edit, Element, quoted

__all__ = ["edits"]

_VERSION: Final = 1  # of our template; a newer one is offered by the modeler
_SPACE: Final = b" \t\r\n"


def edits(source: bytes, task: Element, plan: Plan, *, template: Template, job_type: str) -> Iterator[Edit]:
    """What turns *task*, as it stands in *source*, into one of our *template*."""
    named = {"modelerTemplate": template.id, "modelerTemplateVersion": str(_VERSION), "modelerTemplateIcon": ICON}
    for name, value in named.items():
        yield from _set(task, f"{ZEEBE} {name}", value)
    for extensions in (child for child in task.children if child.name == "extensionElements"):
        for definition in extensions.of("taskDefinition"):
            yield from _set(definition, "type", job_type)
        for mapping in extensions.of("ioMapping"):
            yield from _inputs(source, mapping, plan)
            yield from _picks(source, extensions, mapping, plan)
        for headers in extensions.of("taskHeaders"):
            yield from _headers(headers, template)


def _inputs(source: bytes, mapping: Element, plan: Plan) -> Iterator[Edit]:
    given = [each for each in mapping.of("input") if each.value("target") in plan.changes]
    for each in given:
        name = str(each.value("target"))
        target, value = plan.changes[name]
        if name in plan.keeps:
            if target is not None:
                yield _behind(source, each, _input(each, target, value if value is not None else each.value("source")))
        elif target is None:
            yield Edit(_line_start(source, each), each.end, b"")
        else:
            yield from _set(each, "target", target)
            yield from _set(each, "source", value) if value is not None else ()
    present = {target for target, _ in plan.changes.values()}
    first = given[0]
    for target, value in plan.way.adds.items():
        if target not in present:
            yield _behind(source, first, _input(first, target, value))
    if "operation" not in plan.changes:
        yield _behind(source, first, _input(first, "azureOpenAI.operation", plan.way.operation))


def _picks(source: bytes, extensions: Element, mapping: Element, plan: Plan) -> Iterator[Edit]:
    """The choices of the template that only the modeler reads, as properties of the task."""
    colon = _prefix(mapping)
    there = next(extensions.of("properties"), None)
    texts = [
        b"<%sproperty name=%s value=%s />" % (colon, quoted(name), quoted(value))
        for name, value in plan.way.picks.items()
    ]
    outer = source[_line_start(source, mapping) : mapping.start]
    step = outer + b"  "
    if there is None:
        inside = b"".join(step + text for text in texts)
        yield Edit(
            mapping.end, mapping.end, b"%s<%sproperties>%s%s</%sproperties>" % (outer, colon, inside, outer, colon)
        )
    elif there.children:
        last = there.children[-1]
        before = source[_line_start(source, last) : last.start]
        yield Edit(last.end, last.end, b"".join(before + text for text in texts))


def _headers(headers: Element, template: Template) -> Iterator[Edit]:
    ours = {"elementTemplateId": template.id, "elementTemplateVersion": str(_VERSION)}
    for header in headers.of("header"):
        if (value := ours.get(header.value("key") or "")) is not None:
            yield from _set(header, "value", value)


def _set(element: Element, name: str, value: str) -> Iterator[Edit]:
    """The attribute's new value; nothing where there is no such attribute."""
    attribute = element.attributes.get(name)
    if attribute is not None and attribute.value != value:
        yield Edit(attribute.value_start, attribute.end, quoted(value))


def _input(like: Element, target: str, value: str | None) -> bytes:
    source = b"" if value is None else b" source=" + quoted(value)
    return b"<%sinput%s target=%s />" % (_prefix(like), source, quoted(target))


def _behind(source: bytes, element: Element, text: bytes) -> Edit:
    """*text* in a place of its own after *element*, indented likewise."""
    return Edit(element.end, element.end, source[_line_start(source, element) : element.start] + text)


def _line_start(source: bytes, element: Element) -> int:
    """Where the white space before *element* begins."""
    start = element.start
    while start and source[start - 1] in _SPACE:
        start -= 1
    return start


def _prefix(element: Element) -> bytes:
    """`zeebe:` in most files; empty where the namespace needs none."""
    before, colon, _ = element.tag.rpartition(":")
    return (before + colon).encode()
