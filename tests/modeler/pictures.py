"""
The pictures of docs/: each operation's form, filled in, and each example. Made by `python3 dev.py pictures`.

The same browser and the same hand draw them as in the tests; fonts are the machine's own, so no test compares them byte
for byte.
"""

import re
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.filled import FILLED, form_of
from tests.modeler.diagrams import blank
from tests.modeler.stage import Stage, on_stage, templates_of
from tests.modeler.walk import filled_in
from tests.node import installed

__all__ = ["FOLDER", "wanted"]

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "images" / "modeler"
_HIGH = 3_000  # pixels: no form scrolls


def wanted() -> dict[str, Path]:
    """Every picture, by what it shows."""
    examples = {f"example {file.stem}": FOLDER / f"{file.stem}.svg" for file in _examples()}
    forms = {f"form {operation}": FOLDER / f"{operation}.png" for operation in FILLED}
    return {"chooser": FOLDER / "chooser.png", "menu": FOLDER / "menu.png", **forms, **examples}


def _draw() -> None:
    """Make them all anew, and say how quick the panel was."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    took_ms = []
    with on_stage(installed(), width=1100, height=_HIGH) as stage:
        for operation in FILLED:
            filled_in(stage, operation, form_of("azure-openai.json", operation))
            stage.leave()
            _shoot(stage, FOLDER / f"{operation}.png", panel=True)
            stage.select("start")
            took_ms.append(stage.select("task"))
        for file in _examples():
            stage.open(file.read_text(encoding="utf-8"), templates_of())
            (FOLDER / f"{file.stem}.svg").write_text(_settled(stage.svg()), encoding="utf-8")
    with on_stage(installed(), width=1100, height=640) as stage:
        _draw_menus(stage)
    size_kb = sum(path.stat().st_size for path in FOLDER.iterdir()) // 1024
    took = f"the panel opened in {statistics.median(took_ms):.0f} ms (median), {max(took_ms):.0f} ms at most"
    sys.stdout.write(f"{len(wanted())} pictures, {size_kb} KB; {took}\n")


def _draw_menus(stage: Stage) -> None:
    stage.open(blank("menus"), templates_of())
    stage.select()
    stage.open_chooser()
    _shoot(stage, FOLDER / "chooser.png")
    stage.entry_of_menu("Azure OpenAI").click()
    stage.entry_of_menu("Completion").wait_for()
    _shoot(stage, FOLDER / "menu.png")


def _shoot(stage: Stage, path: Path, *, panel: bool = False) -> None:
    """A picture of the page, or of the panel down to its last group."""
    stage.page.mouse.move(1, 1)
    if not panel:
        stage.page.screenshot(path=path, animations="disabled")
        return
    top = stage.page.locator("#panel").bounding_box()
    last = stage.page.locator("#panel .bio-properties-panel-group").last.bounding_box()
    assert top is not None
    assert last is not None
    height = last["y"] + last["height"]
    stage.page.screenshot(path=path, animations="disabled", clip={**top, "height": height})


def _settled(svg: str) -> str:
    """The same picture with ids that are not drawn by lot, so that it changes only when its diagram does."""
    drawn = dict.fromkeys(re.findall(r"marker-\w{20,}|djs-grid-pattern-\d+", svg))
    for number, each in enumerate(drawn):
        svg = svg.replace(each, f"{each.rpartition('-')[0]}-{number}")
    return svg


def _examples() -> Iterator[Path]:
    yield from sorted((ROOT / "bpmn").glob("*.bpmn"))


if __name__ == "__main__":
    _draw()
