"""The status as a page that a person reads: one table within the other, no script, no picture."""

import html
from collections.abc import Mapping, Sequence
from typing import Final

__all__ = ["page_of"]

_NOTHING: Final = "none"
_STYLE: Final = (
    "body{font:14px/1.5 system-ui,sans-serif;margin:2em;color-scheme:light dark}table{border-collapse:collapse}"
    "th,td{text-align:left;vertical-align:top;padding:.15em 1.2em .15em 0}th{font-weight:600}td th{opacity:.7}"
)


def page_of(status: Mapping[str, object]) -> str:
    """The whole page; it loads itself again every five seconds."""
    title = html.escape(f"azure-openai-worker {status['version']}")
    head = f'<meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>{title}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="en">{head}<h1>{title}</h1>{_of(status)}</html>'


def _of(value: object) -> str:
    match value:
        case Mapping():
            rows = (f"<tr><th>{html.escape(str(name))}<td>{_of(each)}" for name, each in value.items())
            return f"<table>{''.join(rows)}</table>" if value else _NOTHING
        case list():
            return _rows([row for row in value if isinstance(row, Mapping)])
        case None:
            return _NOTHING
        case bool():
            return "yes" if value else "no"
        case _:
            return html.escape(str(value))


def _rows(values: Sequence[Mapping[str, object]]) -> str:
    if not values:
        return _NOTHING
    heads = "".join(f"<th>{html.escape(name)}" for name in values[0])
    cells = ("".join(f"<td>{_of(row[name])}" for name in values[0]) for row in values)
    return f"<table><tr>{heads}<tr>{'<tr>'.join(cells)}</table>"
