"""The values of the language and what can be done with any of them."""

from worker.feel.values import arithmetic, utf16
from worker.feel.values.compare import equal, frozen, order
from worker.feel.values.json_values import Json, to_json
from worker.feel.values.key_order import listed
from worker.feel.values.numbers import as_number, read_number
from worker.feel.values.texts import write_json, write_text
from worker.feel.values.types import Context, Function, Number, Range, Truth, Value, kind_of

__all__ = [
    "Context",
    "Function",
    "Json",
    "Number",
    "Range",
    "Truth",
    "Value",
    "arithmetic",
    "as_number",
    "equal",
    "frozen",
    "kind_of",
    "listed",
    "order",
    "read_number",
    "to_json",
    "utf16",
    "write_json",
    "write_text",
]
