"""The base of everything that a task gives us."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel

__all__ = ["Given"]


class Given(BaseModel):
    """
    Frozen, camelCase outside and the API's snake_case inside, and no unknown fields.

    A field that is null or an empty text counts as not given: a modeler's empty form field, which Azure would refuse.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_fields(cls, given: Any) -> Any:  # noqa: ANN401 - whatever the task holds, not typed yet
        if type(given) is not dict and not isinstance(given, Mapping):  # asking for the type alone is much cheaper
            return given
        values = given.values()
        if None not in values and "" not in values:  # mostly; a tenth of what it costs to copy them
            return given
        return {name: value for name, value in given.items() if value is not None and value != ""}
