"""How one setting is declared: a field that knows the variables it is read from, and the kinds of values."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.fields import FieldInfo

__all__ = ["File", "Names", "setting", "variables_of"]


def setting(default: Any, *variables: str, text: str, **limits: Any) -> Any:  # noqa: ANN401 - as pydantic's Field
    """One line of the README's table. The first of *variables* is the setting's own name, the others are aliases."""
    return Field(default, description=text, json_schema_extra={"variables": list(variables)}, **limits)


def _separated(value: object) -> object:
    """`a, b` as a tuple; anything else is left to the type check."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _readable_file(path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise ValueError("the path of a file that can be read")
    return path


Names = Annotated[tuple[str, ...], BeforeValidator(_separated)]
File = Annotated[Path | None, AfterValidator(_readable_file)]


def variables_of(field: FieldInfo) -> list[str]:
    """The environment variables that set *field*, its own name first."""
    extra = field.json_schema_extra
    names = extra.get("variables") if isinstance(extra, dict) else None
    return [str(name) for name in names] if isinstance(names, list) else []
