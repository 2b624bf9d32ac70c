"""The properties panel's side: what a modeler sees and can get wrong."""

import pytest

from tests.applied import Form
from tests.filled import form_of
from tests.modeler.stage import Stage
from tests.modeler.walk import applied, filled_in

CHAT = form_of("azure-openai.json", "chatCompletion")
FIELDS = {each["id"]: each for each in CHAT.template["properties"]}


@pytest.fixture
def chat(stage: Stage) -> Stage:
    """A task with a filled-in chat completion, in which nothing is red."""
    filled_in(stage, "chat", CHAT)
    assert [] == stage.errors()
    return stage


def test_what_is_missing_is_said(stage: Stage) -> None:
    """A new task says what it needs, and nothing else is red: no key, no address."""
    applied(stage, "new", CHAT)

    assert ["Connection name must not be empty.", "Message must not be empty."] == stage.errors()


def test_groups_stand_in_order(stage: Stage) -> None:
    """What every task needs is open and on top; what few need is folded below."""
    applied(stage, "groups", CHAT)
    groups = [title for title in stage.groups() if title not in {"General", "Documentation", "Execution listeners"}]
    form = ["Operation", "Connection", "Parameters", "Model behaviour", "Form of the answer", "Tools", "Advanced"]

    assert ["Template", *form, "Request", "Output mapping", "Error handling", "Retries"] == groups
    assert ["Operation", "Connection", "Parameters", "Output mapping"] == stage.open_groups()


def test_fields_come_and_go_with_the_choice_above_them(chat: Stage) -> None:
    """With their values: what is not shown is not part of the model either."""
    assert "JSON schema" not in chat.labels()

    chat.fill(FIELDS["answerFormat"], "jsonSchema")
    assert "Json schema must not be empty." in [each.capitalize() for each in chat.errors()]
    chat.fill(FIELDS["input_jsonSchema"], '{"type": "object"}')
    assert 'target="azureOpenAI.input.jsonSchema"' in chat.xml()

    chat.fill(FIELDS["answerFormat"], "text")
    assert "JSON schema" not in chat.labels()
    assert "jsonSchema" not in chat.xml()


def test_a_connection_of_the_tasks_own(chat: Stage) -> None:
    """Entered in the task it asks for service, address and a secret's name; by name for nothing but the name."""
    chat.fill(FIELDS["connectionBy"], "task")
    shown = chat.labels()
    chat.fill(FIELDS["authenticationType"], "managedIdentity")

    assert {"Service", "Resource name", "Authentication", "API key"} <= set(shown)
    assert "Connection name" not in shown
    assert "API key" not in chat.labels()
    assert "apiKey" not in chat.xml()


def test_another_operation_keeps_what_both_have(chat: Stage) -> None:
    """Who changes the operation does not type the connection and the deployment again."""
    chat.fill(FIELDS["operation"], "createEmbedding")
    xml = chat.xml()

    assert 'source="main" target="azureOpenAI.connection.name"' in xml
    assert 'target="azureOpenAI.deployment"' in xml
    assert "azureOpenAI.input.content" not in xml
    assert "Message" not in chat.labels()


@pytest.mark.parametrize(
    ("operation", "field", "typed", "said", "right"),
    [
        pytest.param(
            "chatCompletion", "apiVersion", "latest one", "API version must be v1, or a date", "v1", id="version"
        ),
        pytest.param("chatCompletion", "timeout", "30 seconds", "Time-out must be a duration", "PT30S", id="duration"),
        pytest.param("chatCompletion", "retryCount", "often", "Retries must be a whole number", "5", id="count"),
        pytest.param("createImage", "input_size", "large", "Size must be auto, or width and height", "auto", id="size"),
    ],
)
def test_a_wrong_value_is_flagged(stage: Stage, operation: str, field: str, typed: str, said: str, right: str) -> None:
    """In words that say what it has to be; with a right one the red goes away."""
    form = form_of("azure-openai.json", operation)
    filled_in(stage, "wrong", form)
    each = next(each for each in form.template["properties"] if each["id"] == field)
    stage.fill(each, typed)
    flagged = stage.errors()
    stage.fill(each, right)

    assert [True] == [error.startswith(said) for error in flagged]
    assert [] == stage.errors()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param("0a1b2c3d4e5f", ["API key must be a placeholder such as"], id="a key"),
        pytest.param("{{secrets.AZURE_OPENAI_API_KEY}}", [], id="a secret's name"),
    ],
)
def test_a_key_does_not_get_into_a_model(stage: Stage, typed: str, said: list[str]) -> None:
    """Where a secret belongs, a bare key is red."""
    own = {"connectionBy": "task", "connection.resource": "my-res", "deployment": "gpt", "input.content": "Hello"}
    filled_in(stage, "key", Form.of("azure-openai.json", {**own, "connection.authentication.apiKey": typed}))

    assert said == [each[: len(said[0])] for each in stage.errors()]


def test_a_field_takes_an_expression(chat: Stage) -> None:
    """One click turns a text into FEEL, and back."""
    message = chat.field("Message")
    message.get_by_title("Click to set a dynamic value with FEEL expression").click()
    chat.write(message, '"Summarise " + ticket.text')

    assert "=&#34;Summarise &#34; + ticket.text" in chat.xml()
    assert [] == chat.errors()

    message.get_by_title("Click to remove dynamic value with FEEL expression").click()

    assert 'source="&#34;Summarise &#34; + ticket.text"' in chat.xml()


def test_a_broken_expression_is_flagged(chat: Stage) -> None:
    """A moment after it was typed; once it is mended the red goes away."""
    red = chat.page.locator("#panel .bio-properties-panel-error")
    chat.fill(FIELDS["input_messages"], "[{")
    red.wait_for()
    said = red.all_text_contents()
    chat.fill(FIELDS["input_messages"], "[]")
    red.wait_for(state="detached")

    assert ["Unparsable FEEL expression."] == said


def test_opening_the_panel_is_quick(chat: Stage) -> None:
    """The whole form is drawn within a second; the best of five tries counts on a busy machine."""
    took_ms = []
    for _ in range(5):
        chat.select("start")
        took_ms.append(chat.select("task"))

    assert min(took_ms) < 1_000
