"""The palette's side: what a modeler is offered, and when."""

import pytest

from tests.modeler.diagrams import blank
from tests.modeler.stage import Stage, templates_of
from worker.operations import OPERATIONS

OLDER, NEWER = "camunda-8.5", ""
ALL = [*templates_of(NEWER), *templates_of(OLDER)]
NAMES = {template["name"] for template in templates_of()}


@pytest.mark.parametrize(
    ("version", "folder"),
    [
        pytest.param("8.4.0", None, id="too old"),
        pytest.param("8.5.0", OLDER, id="oldest"),
        pytest.param("8.7.0", OLDER, id="last of the older"),
        pytest.param("8.8.0", NEWER, id="first of the newer"),
        pytest.param("8.10.0", NEWER, id="newest"),
    ],
)
def test_each_cluster_is_offered_its_own_variant(stage: Stage, version: str, folder: str | None) -> None:
    """With all of our files imported, no name is offered twice, and nothing that the cluster would refuse."""
    assert [] == stage.open(blank("offered", version), ALL, version)
    stage.select()
    wanted = [] if folder is None else sorted(template["id"] for template in templates_of(folder))

    assert wanted == sorted(stage.offered())


def test_the_chooser_shows_a_heading_and_icons(stage: Stage) -> None:
    """Ours stand together, each with our icon and a sentence."""
    stage.open(blank("chooser"), ALL)
    stage.select()
    stage.open_chooser()
    menu = stage.page.locator(".djs-popup")

    assert ["Azure OpenAI"] == menu.locator(".entry-header").all_text_contents()
    assert len(NAMES) == menu.locator(".entry img.djs-popup-entry-icon[src^='data:image/svg+xml']").count()
    assert {each["description"] for each in templates_of()} == set(
        menu.locator(".djs-popup-entry-description").all_text_contents()
    )


@pytest.mark.parametrize(
    ("word", "found"), [("embedding", "Create embedding"), ("dall-e", "Create image"), ("llm", "Chat completion")]
)
def test_a_search_finds_it(stage: Stage, word: str, found: str) -> None:
    """By what it is about, not by its name alone; the operation itself is found."""
    stage.open(blank("search"), ALL)
    stage.select()
    stage.open_chooser()
    stage.page.locator(".djs-popup-search input").press_sequentially(word)

    stage.page.locator(".djs-popup", has_text="results found").wait_for()
    stage.entry_of_menu(found).wait_for()


def test_the_menu_has_an_entry_for_each_operation(stage: Stage) -> None:
    """With a short name, and a sentence that says what it is for."""
    stage.open(blank("menu"), ALL)
    stage.select()
    stage.open_chooser()
    stage.entry_of_menu("Azure OpenAI").click()
    stage.entry_of_menu("Raw request").wait_for()
    sentences = stage.page.locator(".djs-popup .djs-popup-entry-description").all_text_contents()

    assert [operation.summary for operation in OPERATIONS.values()] == sentences


def test_an_element_can_begin_as_ours(stage: Stage) -> None:
    """From the menu that appends one: the new task has the template, its icon and the chosen operation."""
    stage.open(blank("appended"), ALL)
    stage.append("start", "Templates", "Azure OpenAI", "Create embedding")
    stage.page.locator("#panel", has_text="AZURE OPENAI").wait_for()

    assert 'source="createEmbedding" target="azureOpenAI.operation"' in stage.xml()
    assert 'zeebe:modelerTemplateIcon="data:image/svg+xml' in stage.xml()
