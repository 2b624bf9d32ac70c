"""Whatever stands around the tasks of Camunda's templates, migration does not touch it."""

import re
from contextlib import suppress
from xml.sax.saxutils import escape, quoteattr

from hypothesis import example, given
from hypothesis import strategies as st

from tests.migration.old_tasks import OldTask
from worker.templates import Unreadable, migrated
from worker.templates.migration.source import Edit, edited, read

_XML_LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
_TEXTS = st.text(_XML_LETTERS, max_size=30)
_SPACE = st.text(" \t\n", max_size=4)
_ENDS = "</bpmn:extensionElements></bpmn:subProcess >"
_TASK = re.compile(rb"<bpmn:serviceTask id=\"ask\".*?</bpmn:serviceTask>", re.DOTALL)


@st.composite
def surroundings(draw: st.DrawFn) -> str:
    """Elements, comments, texts and instructions, in all ways of writing them."""
    text, space = draw(_TEXTS), draw(_SPACE)
    quoted = draw(st.sampled_from([quoteattr(text), quoteattr(text, {"'": "&#39;"}), "'&#x41;&gt;>'", '""']))
    return draw(
        st.sampled_from(
            [
                f"<bpmn:documentation>{escape(text)}</bpmn:documentation>",
                f"<bpmn:task{space}\n id='t' name={quoted}{space}/>",
                f"<bpmn:subProcess><bpmn:extensionElements><zeebe:input target={quoted}/>{_ENDS}",
                f"<!-- {text.replace('-', '_')} <zeebe:input target='operation'/> -->",
                f"<bpmn:script><![CDATA[{text.replace(']', ')')} < > & ]]></bpmn:script>",
                f"<?mine {text.replace('?', '!')}?>{space}",
                f"<x:y xmlns:x='urn:x' x:a={quoted} b='&amp;' />",
            ]
        )
    )


@given(
    before=st.lists(surroundings(), max_size=4),
    after=st.lists(surroundings(), max_size=4),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
@example(before=["<bpmn:task name='a > b'/>"], after=["<!-- > -->"], mark=b"")
def test_all_else_stays_byte_by_byte(before: list[str], after: list[str], mark: bytes) -> None:
    """Before the task, behind it, and between its own elements that are not the template's."""
    task = OldTask("chatCompletion", {"messageRole": "user", "messageContent": "=question"}).process().decode()
    head, middle = task.split("    <bpmn:serviceTask", 1)
    middle, tail = middle.split("</bpmn:serviceTask>", 1)
    whole = f"{head}{''.join(before)}    <bpmn:serviceTask{middle}</bpmn:serviceTask>{''.join(after)}{tail}"
    source = mark + whole.encode()

    done = migrated(source)

    assert _TASK.split(source) == _TASK.split(done.after)
    assert [None] == [report.refusal for report in done.tasks]
    assert b"io.camunda:http-json:1" not in _TASK.findall(done.after)[0]
    assert done.after == migrated(done.after).after


@given(prompt=_TEXTS, name=_TEXTS)
def test_values_mean_the_same(prompt: str, name: str) -> None:
    """A field's text is as it was written, and so is the name of its task."""
    fields = {"messageRole": "user", "messageContent": f"p{prompt.replace('secrets.', '')}"}
    source = OldTask("chatCompletion", fields).process().decode()
    source = source.replace('name="Ask"', f"name={quoteattr(name)}")

    found = list(read(migrated(source.encode()).after).all())

    [task] = [each for each in found if each.name == "serviceTask"]
    contents = [each.value("source") for each in found if each.value("target") == "azureOpenAI.input.content"]
    assert [fields["messageContent"]] == contents
    assert name == task.value("name")


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(source: bytes) -> None:
    """Nothing but Unreadable comes out of what is no BPMN, and what is read without a task of theirs stays."""
    with suppress(Unreadable):
        assert source == migrated(source).after


@given(st.binary(max_size=30), st.lists(st.tuples(st.integers(0, 30), st.binary(max_size=3)), max_size=5))
def test_edits(source: bytes, insertions: list[tuple[int, bytes]]) -> None:
    """What is only put in leaves all that was there, in its order."""
    edits = [Edit(min(place, len(source)), min(place, len(source)), text) for place, text in insertions]
    after = edited(source, edits)

    assert len(after) == len(source) + sum(len(text) for _, text in insertions)
    assert edited(source, [Edit(0, len(source), b"")]) == b""
