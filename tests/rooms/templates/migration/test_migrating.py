import re

import pytest

from tests.migration.old_tasks import OPENAI, OldTask
from worker.templates import Unreadable, migrated
from worker.templates.migration.source import read

_CHAT = OldTask("chatCompletion", {"messageRole": "user", "messageContent": "=question", "temperature": "1"})


def refusal(task: OldTask) -> str | None:
    """Why *task* does not go over; the file is then the same."""
    before = task.process()
    done = migrated(before)
    assert (done.after == before) == (done.tasks[0].refusal is not None)
    return done.tasks[0].refusal


def notes(task: OldTask) -> list[str]:
    """What is different afterwards."""
    [report] = migrated(task.process()).tasks
    assert report.refusal is None
    return list(report.notes)


def inputs(content: bytes) -> dict[str, str | None]:
    """Sources by targets, of the only task."""
    found = [each for each in read(content).all() if each.name == "input"]
    return {each.value("target") or "": each.value("source") for each in found}


def test_a_chat() -> None:
    """Each field has its place; what only put the request together is gone; all else is the same byte by byte."""
    before = _CHAT.process()
    done = migrated(before)

    assert {
        "azureOpenAI.connection.authentication.type": "apiKey",
        "azureOpenAI.connection.provider": "azure",
        "azureOpenAI.connection.authentication.apiKey": "{{secrets.AZURE_OPENAI_API_KEY}}",
        "azureOpenAI.operation": "chatCompletion",
        "azureOpenAI.connection.resource": "my-res",
        "azureOpenAI.deployment": "gpt-4.1-mini",
        "azureOpenAI.apiVersion": "2024-02-01",
        "azureOpenAI.input.role": "user",
        "azureOpenAI.input.content": "=question",
        "azureOpenAI.input.temperature": "=1",
    } == inputs(done.after)
    [report] = done.tasks
    assert ("ask", "Azure OpenAI", "chatCompletion", ()) == (
        report.element,
        report.template,
        report.operation,
        report.notes,
    )
    assert _outside_of_the_task(before) == _outside_of_the_task(done.after)


def _outside_of_the_task(content: bytes) -> list[bytes]:
    return re.split(rb"<bpmn:serviceTask.*?</bpmn:serviceTask>", content, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("engine", "template"),
    [
        pytest.param("8.5.0", "azure-openai-worker.camunda-8.5.azure-openai", id="older"),
        pytest.param("8.8.0", "azure-openai-worker.azure-openai", id="newer"),
        pytest.param("8.10.2", "azure-openai-worker.azure-openai", id="two digits"),
    ],
)
def test_the_template_fits_the_engine(engine: str, template: str) -> None:
    """The task, and the header that metrics count by, name the template that this engine takes."""
    done = migrated(OldTask("chatCompletion", _CHAT.fields, engine=engine).process()).after.decode()

    assert f'zeebe:modelerTemplate="{template}" zeebe:modelerTemplateVersion="1"' in done
    assert f'<zeebe:header key="elementTemplateId" value="{template}" />' in done
    assert '<zeebe:taskDefinition type="azure-openai" retries="3" />' in done
    assert '<zeebe:header key="retryBackoff" value="PT30S" />' in done
    assert '<zeebe:property name="azureOpenAI.connectionBy" value="task" />' in done


def test_twice_is_once() -> None:
    """A file that was migrated is not touched again."""
    once = migrated(_CHAT.process()).after

    assert (once, ()) == (migrated(once).after, tuple(migrated(once).tasks))


@pytest.mark.parametrize(
    ("task", "says"),
    [
        pytest.param(
            OldTask("chatCompletion", _CHAT.fields, changed={"url": '="https://proxy/" + path'}),
            "its address was changed by hand",
            id="address",
        ),
        pytest.param(
            OldTask("chatCompletion", _CHAT.fields, changed={"body": '={"messages": mine, "seed": 7}'}),
            "its request was changed by hand, it also has mine, seed",
            id="request",
        ),
        pytest.param(
            OldTask("chatCompletion", _CHAT.fields, changed={"authentication.name": "Authorization"}),
            "authentication.name was changed by hand to 'Authorization'",
            id="key's name",
        ),
        pytest.param(
            OldTask("chatCompletion", {**_CHAT.fields, "messageContent": "The key is {{secrets.KEY}}"}),
            "chatCompletion_messageContent holds a secret, which is filled in a connection only",
            id="secret in a prompt",
        ),
        pytest.param(
            OldTask("chatCompletion", {**_CHAT.fields, "deploymentId": "secrets.DEPLOYMENT"}),
            "have the operator define a connection with it",
            id="secret as the deployment",
        ),
        pytest.param(
            OldTask("chatCompletion", {**_CHAT.fields, "resourceName": "my-secrets.RESOURCE"}),
            "write {{secrets.NAME}}",
            id="secret without braces",
        ),
        pytest.param(
            OldTask("completionsExtension", {"messages": "=m"}), "choose chatCompletion by hand", id="no data"
        ),
        pytest.param(
            OldTask("chatCompletion", _CHAT.fields, changed={"operation": "=which"}),
            "its operation is '=which', which is none of the template's: completion, chatCompletion",
            id="operation as an expression",
        ),
        pytest.param(
            OldTask(
                "chat",
                {"model": "m", "prompt": "p", "choices": "1"},
                template=OPENAI,
                changed={"headers": '={"X-Trace": id}'},
            ),
            "its headers were changed by hand, they also have X-Trace",
            id="headers",
        ),
    ],
)
def test_what_cannot_go_over(task: OldTask, says: str) -> None:
    """The task stays as it is, and the reason says what to do."""
    assert says in (refusal(task) or "")


@pytest.mark.parametrize(
    ("task", "says"),
    [
        pytest.param(
            OldTask("completion", {"prompt": "p"}), "asked for a stream here, against its own setting", id="stream"
        ),
        pytest.param(
            OldTask("completion", {"prompt": "p", "echo": "true", "stream": "true"}), "echo was chosen", id="echo"
        ),
        pytest.param(OldTask("chatCompletion", {**_CHAT.fields, "stream": "true"}), "stream was chosen", id="chat"),
        pytest.param(
            OldTask("chatCompletion", _CHAT.fields, more={"readTimeoutInSeconds": "=t"}),
            "is read by nobody",
            id="time-out",
        ),
        pytest.param(
            OldTask("chatCompletion", {**_CHAT.fields, "contentPart": "=p"}), "no form shows it", id="no form has it"
        ),
    ],
)
def test_what_is_different(task: OldTask, says: str) -> None:
    """The task goes over, and a note says what changes."""
    assert any(says in note for note in notes(task))


def test_what_was_added_by_hand() -> None:
    """What the REST connector also reads has a place; a local variable of the author's own stays where it is."""
    more = {"readTimeoutInSeconds": "90", "headers": '={"x-a": "b"}', "queryParameters": "=q", "mine": "=42"}
    found = inputs(migrated(OldTask("chatCompletion", _CHAT.fields, more=more).process()).after)

    assert ("PT90S", '={"x-a": "b"}', "=q", "=42") == (
        found["azureOpenAI.options.timeout"],
        found["azureOpenAI.connection.headers"],
        found["azureOpenAI.options.extraQuery"],
        found["mine"],
    )
    assert not more.keys() - {"mine"} & found.keys()


def test_what_another_expression_reads_stays() -> None:
    """A field of the old template that the author uses elsewhere is kept beside the new one."""
    task = OldTask("chatCompletion", _CHAT.fields, more={"shown": '="You asked: " + chatCompletion_messageContent'})
    done = migrated(task.process())
    found = inputs(done.after)

    assert "=question" == found["chatCompletion_messageContent"] == found["azureOpenAI.input.content"]
    assert ["the input chatCompletion_messageContent stays as well, since another expression reads it"] == list(
        done.tasks[0].notes
    )


def test_what_such_an_expression_needs_stays_too() -> None:
    """An output that shows what was asked keeps the request, and all that it is put together of."""
    output = b'<zeebe:output source="=body" target="asked" />\n        </zeebe:ioMapping>'
    before = _CHAT.process()
    found = inputs(migrated(before.replace(b"</zeebe:ioMapping>", output)).after)

    assert inputs(before)["body"] == found["body"]
    assert {"chatCompletion_messageContent", "chatCompletion_messageRole", "chatCompletion_temperature"} < found.keys()
    assert "url" not in found


def test_a_choice_that_other_properties_have() -> None:
    """A task that has properties gets ours among them."""
    own = b'<zeebe:properties>\n          <zeebe:property name="a" value="b" />\n        </zeebe:properties>\n        '
    before = _CHAT.process().replace(b"<zeebe:taskHeaders>", own + b"<zeebe:taskHeaders>")
    after = migrated(before).after

    mine, ours = b'name="a" value="b" />', b'<zeebe:property name="azureOpenAI.connectionBy" value="task" />'
    assert 1 == after.count(b"<zeebe:properties>")
    assert mine + b"\n          " + ours in after


@pytest.mark.parametrize(
    ("source", "says"),
    [
        pytest.param(b"", "no element found", id="empty"),
        pytest.param(b"<a><b></a>", "line 1", id="no XML"),
        pytest.param("<a/>".encode("utf-16"), "UTF-16", id="UTF-16"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "DOCTYPE", id="entities"),
    ],
)
def test_what_is_no_bpmn(source: bytes, says: str) -> None:
    """The error says what is wrong with the file."""
    with pytest.raises(Unreadable, match=says):
        migrated(source)


def test_other_prefixes_quotes_and_encodings() -> None:
    """However the file is written: Zeebe's namespace under another name, single quotes, Latin-1, end tags."""
    text = _CHAT.process().decode()
    text = text.replace("zeebe:", "z:").replace("xmlns:zeebe", "xmlns:z").replace('"UTF-8"', "'ISO-8859-1'")
    text = text.replace('name="Ask"', "name='Für \"dich\" > alle'").replace(
        'target="operation" />', "target='operation' ></z:input>"
    )
    done = migrated(text.encode("latin-1"))

    assert None is done.tasks[0].refusal
    after = done.after.decode("latin-1")
    assert "name='Für \"dich\" > alle'" in after
    assert '<z:input source="chatCompletion" target="azureOpenAI.operation" ></z:input>' in after
    assert '<z:input source="azure" target="azureOpenAI.connection.provider" />' in after
    assert "zeebe:" not in after
