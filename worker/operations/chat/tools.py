"""Tools that the model may call."""

import re
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, JsonValue
from pydantic_core import PydanticCustomError

__all__ = ["Tool", "ToolChoice", "as_tool_choice"]

_MODES: Final = frozenset({"none", "auto", "required"})
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OF_A_FUNCTION: Final = ("name", "description", "parameters", "strict")


def _nested(tool: object) -> object:
    """The Responses API writes a function's fields beside its type; chat wants them under `function`."""
    if not isinstance(tool, dict) or "function" in tool or "name" not in tool:
        return tool
    if tool.get("type", "function") != "function":
        return tool
    return {"type": "function", "function": {name: tool[name] for name in _OF_A_FUNCTION if name in tool}}


def _is_a_tool(tool: dict[str, JsonValue]) -> dict[str, JsonValue]:
    kind, function = tool.get("type"), tool.get("function")
    if not isinstance(kind, str):
        raise PydanticCustomError("no_type", "a tool with a type, such as function")
    if kind != "function":
        return tool
    if not isinstance(function, dict) or not _NAME.fullmatch(str(function.get("name") or "")):
        raise PydanticCustomError(
            "no_name", "a function with a name of up to 64 letters, digits, hyphens and underscores"
        )
    if not isinstance(function.get("parameters", {}), dict):
        raise PydanticCustomError("no_schema", "a function whose parameters are a JSON schema")
    return tool


Tool = Annotated[dict[str, JsonValue], BeforeValidator(_nested), AfterValidator(_is_a_tool)]
"""`{type: "function", function: {name, description, parameters, strict}}`; the inner fields alone are enough."""

ToolChoice = str | dict[str, JsonValue]
"""`none`, `auto`, `required`, a tool's name, or the API's own object."""


def as_tool_choice(choice: ToolChoice, tools: Sequence[Tool]) -> ToolChoice:
    """
    *choice* as the API has it.

    Raises PydanticCustomError where it names no tool among *tools*: for use in a validator.
    """
    if isinstance(choice, dict) or choice in _MODES:
        return choice
    functions = [tool.get("function") for tool in tools]
    names = [function.get("name") for function in functions if isinstance(function, dict)]
    if choice not in names:
        raise PydanticCustomError(
            "no_such_tool", "for toolChoice: none, auto, required or the name of one of the tools"
        )
    return {"type": "function", "function": {"name": choice}}
