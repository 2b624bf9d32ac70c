"""How entries are shown: to people, as JSON, as lines of JSON and as CSV."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from worker.history.prompts import Entry

__all__ = ["CsvLines", "JsonLines", "entry_text", "plain", "table"]

_TEXTS: Final = ("message", "request", "answer")
_HEADS: Final = ("id", "ended", "process", "element", "operation", "deployment", "outcome", "tokens", "cost $")
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would take a text that begins so for a formula


def plain(entry: "Entry") -> dict[str, Any]:
    """The entry as a JSON object; its end as RFC 3339."""
    return {**asdict(entry), "ended_at": _moment(entry.ended_at)}


def table(entries: Sequence["Entry"]) -> list[str]:
    """One line for each entry, below a head; columns are as wide as their widest."""
    rows = [_HEADS, *map(_cells, entries)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEADS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def entry_text(entry: "Entry") -> list[str]:
    """All of an entry, its texts last."""
    facts = {name: value for name, value in plain(entry).items() if value is not None and name not in _TEXTS}
    lines = [_harmless_text(f"{name:<18}{value}") for name, value in facts.items()]
    for name in _TEXTS:
        text = getattr(entry, name)
        lines += ["", f"--- {name}", _harmless_text(text)] if text else []
    return lines


class JsonLines:
    """Writes one JSON object a line."""

    def __init__(self, to: TextIO) -> None:
        self._to = to

    def write(self, entry: "Entry") -> None:
        """One more."""
        self._to.write(json.dumps(plain(entry), ensure_ascii=False) + "\n")


class CsvLines:
    """Writes a head and one row for each entry, as RFC 4180 has it; what looks like a formula gets a `'` before it."""

    def __init__(self, to: TextIO) -> None:
        from worker.history.prompts import Entry

        self._rows = csv.DictWriter(to, [field.name for field in fields(Entry)])
        self._rows.writeheader()

    def write(self, entry: "Entry") -> None:
        """One more."""
        self._rows.writerow(_harmless(plain(entry)))


def _harmless(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: f"'{value}" if _is_risky(value) else value for name, value in row.items()}


def _is_risky(value: object) -> bool:
    return isinstance(value, str) and value.startswith(_RISKY)


def _harmless_text(text: str) -> str:
    """Without letters that command a terminal: a model may have written them."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else f"\\x{ord(letter):02x}" for letter in text)


def _cells(entry: "Entry") -> tuple[str, ...]:
    tokens = "" if entry.input_tokens is None else f"{entry.input_tokens}+{entry.output_tokens or 0}"
    cost = "" if entry.cost_usd is None else f"{entry.cost_usd:.6f}"
    named = (entry.process, entry.element, entry.operation or "", entry.deployment or "")
    outcome = f"{entry.outcome} {entry.reason}" if entry.reason else entry.outcome
    return (entry.id, _moment(entry.ended_at)[:19], *map(_harmless_text, named), outcome, tokens, cost)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
