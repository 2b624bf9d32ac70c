"""What a visitor of the demo sees: bars while something is fetched or started, a line for what is done, the answer."""

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from worker.demo.progress import Phase, Step

__all__ = ["Display"]

_WORDS = {
    Phase.WAIT: "waiting for another installation",
    Phase.DOWNLOAD: "fetching",
    Phase.UNPACK: "unpacking",
    Phase.START: "starting",
    Phase.READY: "ready:",
}


class Display:
    """Progress on *console*, one thing at a time. A context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            DownloadColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._current: TaskID | None = None

    def step(self, step: Step) -> None:
        """Show a step of the broker's start."""
        words = f"{_WORDS[step.phase]} {step.what}"
        if step.phase is Phase.READY:
            self.done(words)
        else:
            self.doing(words, done=step.done, total=step.total)

    def doing(self, words: str, *, done: int | None = None, total: int | None = None) -> None:
        """Show what is going on; *done* and *total* are bytes, where they are known."""
        if self._current is None:
            self._current = self._bars.add_task(words, total=total)
        self._bars.update(self._current, description=words, completed=done or 0, total=total)

    def done(self, words: str) -> None:
        """Leave a line that stays."""
        if self._current is not None:
            self._bars.remove_task(self._current)
            self._current = None
        self._console.print(f"[green]✓[/green] {words}", highlight=False)

    @staticmethod
    def show(result: Mapping[str, Any], *, question: str, as_json: bool) -> None:
        """Print the result variable on standard output: as JSON, or as a person would like to read it."""
        console = Console()
        if as_json:
            console.print_json(json.dumps(result))
            return
        output = result["output"]
        console.print(Panel(question, title="question", title_align="left"))
        console.print(Panel(str(output["text"]), title="result.output.text", title_align="left", border_style="green"))
        console.print(_details(result, output))

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()


def _details(result: Mapping[str, Any], output: Mapping[str, Any]) -> Table:
    usage = output["usage"] or {}
    rows = {
        "result.status": f"{result['status']} {result['reason']}",
        "result.output.model": output["model"],
        "result.output.finishReason": output["finishReason"],
        "result.output.usage": f"{usage.get('inputTokens', 0)} tokens in, {usage.get('outputTokens', 0)} out",
        "result.output.duration": f"{output['duration']} s",
        "result.output.requestId": output["requestId"],
    }
    table = Table(show_header=False, box=None)
    for name, value in rows.items():
        table.add_row(f"[dim]{name}[/dim]", str(value))
    return table
