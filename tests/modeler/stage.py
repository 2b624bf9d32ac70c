"""The real modeler in a real browser, driven through what a person sees: palette, chooser and properties panel."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, sync_playwright

from tests.applied import Property
from tests.modeler.bundle import bundled

__all__ = ["CHROMIUM", "Stage", "on_stage", "templates_of"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb", "--font-render-hinting=none",
)  # fmt: skip
_TEMPLATES = Path(__file__).resolve().parents[2] / "element-templates"
_PATIENCE_MS = 30_000
_TRIES = 10
_ENTRY = '[data-entry-id^="custom-entry-"]'


def templates_of(folder: str = "") -> list[dict[str, Any]]:
    """Our templates in a folder below `element-templates/`."""
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted((_TEMPLATES / folder).glob("*.json"))]


@contextmanager
def on_stage(modules: Path, *, width: int = 1280, height: int = 900, scale: float = 1) -> Iterator["Stage"]:
    """A browser with the modeler's page, a profile of its own, and no way out; skips where there is no browser."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium; on Debian or Ubuntu: apt install chromium fonts-liberation")
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=list(_ARGUMENTS), headless=True, offline=True,
            viewport=ViewportSize(width=width, height=height), device_scale_factor=scale,
        )  # fmt: skip
        page = context.pages[0]
        page.set_default_timeout(_PATIENCE_MS)
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(bundled(modules).as_uri())
        yield Stage(page)
        context.close()
        assert not broken, broken


class Stage:
    """The modeler's page. What it is asked to do is done by clicks and keys, unless it says otherwise."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, diagram: str, templates: Sequence[Any], version: str = "8.8.0") -> list[str]:
        """Import templates and a diagram, for a cluster of *version*; what is wrong with the templates."""
        wrong: list[str] = self.page.evaluate(
            "([diagram, templates, version]) => stage.open(diagram, templates, version)",
            [diagram, list(templates), version],
        )
        return wrong

    def select(self, element: str = "task") -> float:
        """Select an element as a click does; how many milliseconds it took until the panel showed it."""
        took_ms: float = self.page.evaluate("id => stage.select(id)", element)
        return took_ms

    def choose(self, template: str, step: str | None = None) -> None:
        """Apply a template from the chooser, and the entry of its menu."""
        self.open_chooser()
        self.entry_of_menu(template).click()
        if step is not None:
            self.entry_of_menu(step).click()
        self.page.locator(".djs-popup").wait_for(state="detached")

    def append(self, element: str, *names: str) -> None:
        """Append an element to another one: *names* lead through the menu."""
        self.select(element)
        self.page.locator('.djs-context-pad .entry[data-action="append"]').click()
        for name in names:
            self.entry_of_menu(name).click()

    def open_chooser(self) -> None:
        """Open the list of templates for the selected element."""
        self.page.locator(".bio-properties-panel-select-template-button").click()
        self.page.locator(".djs-popup .djs-popup-search input").wait_for()

    def offered(self) -> list[str]:
        """The ids of the templates that the modeler offers for the selected element."""
        ids: list[str] = self.page.evaluate("stage.offered()")
        return ids

    def update_template(self) -> None:
        """Take the newer version that the panel says there is."""
        self.page.locator(".bio-properties-panel-template-update-available").click()
        self.page.get_by_text("Update", exact=True).click()

    def entry_of_menu(self, name: str) -> Locator:
        """An entry of the open menu."""
        named = self.page.locator(
            ".djs-popup-label, .djs-popup-entry-name", has_text=re.compile(f"^{re.escape(name)}$")
        )
        return self.page.locator(".djs-popup .entry").filter(has=named).first

    def field(self, label: str) -> Locator:
        """The field of the template's form with that label."""
        named = self.page.locator("label", has_text=re.compile(rf"^{re.escape(label)}\W*$"))
        return self.page.locator(_ENTRY).filter(has=named)

    def labels(self) -> list[str]:
        """The labels of all fields, those in closed groups too, in order."""
        return [text.strip() for text in self.page.locator(f"{_ENTRY} label").all_text_contents() if text.strip()]

    def groups(self) -> list[str]:
        """The titles of the panel's groups, in order."""
        return self.page.locator(".bio-properties-panel-group-header-title").all_text_contents()

    def open_groups(self) -> list[str]:
        """The titles of those that are open."""
        titles = self.page.locator(".bio-properties-panel-group-header.open .bio-properties-panel-group-header-title")
        return titles.all_text_contents()

    def unfold(self, group: str) -> None:
        """Open a group of the template's form, by its id."""
        found = self.page.locator(f'[data-group-id="group-ElementTemplates__CustomProperties-{group}"]')
        opened = found.locator(".bio-properties-panel-group-entries.open")
        for _ in range(
            _TRIES
        ):  # a click that also ends an entry in another field can get lost while the panel is redrawn
            if opened.count():
                return
            found.get_by_title("Toggle section").first.click()
            self.page.evaluate("stage.drawn()")
        raise AssertionError(f"the group {group} does not open")

    def fill(self, each: Property, value: str) -> None:
        """Type or choose *value* in the field of a template's property."""
        self.unfold(each["group"])
        field = self.field(each["label"])
        if each["type"] == "Dropdown":
            field.locator("select").select_option(value)
        elif each["type"] == "Boolean":
            field.locator("input[type=checkbox]").set_checked(value == "true")
        elif each.get("feel") == "required":
            self.write(field, value)
        else:
            field.locator("input, textarea").first.fill(value)

    def write(self, field: Locator, expression: str) -> None:
        """Replace the text in an expression's editor."""
        field.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(expression)

    def errors(self) -> list[str]:
        """What the panel says in red below its fields."""
        self.leave()
        self.page.evaluate("stage.annotate()")
        return self.page.locator("#panel .bio-properties-panel-error").all_text_contents()

    def leave(self) -> None:
        """Leave the field that is being filled in, which is when the last of it is taken over."""
        self.page.evaluate("document.activeElement.blur()")
        self.page.evaluate("stage.drawn()")

    def xml(self) -> str:
        """The diagram, as it would be saved."""
        self.leave()
        text: str = self.page.evaluate("stage.xml()")
        return text

    def svg(self) -> str:
        """The diagram as a picture."""
        text: str = self.page.evaluate("stage.svg()")
        return text

    def lint(self, diagrams: Mapping[str, str], templates: Sequence[Any]) -> dict[str, list[dict[str, str]]]:
        """What Camunda's linter finds, with these templates, by the diagrams' names; nothing of those without flaws."""
        found: dict[str, list[dict[str, str]]] = self.page.evaluate(
            "([diagrams, templates]) => stage.lint(diagrams, templates)", [dict(diagrams), list(templates)]
        )
        return found
