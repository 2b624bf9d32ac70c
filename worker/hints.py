"""How a field looks in a form: what a modeler reads about it, said beside the field itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Hint", "Pick"]


@dataclass(frozen=True, slots=True)
class Pick:
    """
    A choice that a form offers and the worker never sees: which of several fields is to be filled in.

    *choices* maps values to their names; the first one is chosen until a modeler chooses another.
    """

    name: str
    label: str
    choices: Mapping[str, str] = field(hash=False)
    tooltip: str | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """
    Metadata of an annotated field, for forms alone: nothing is validated by it.

    *label* is made from the field's name where none is given. *group* names the part of the form. *long* texts get
    several lines. *feel* says that nothing but an expression makes sense, or JSON, which is one. *when* shows the field
    for some values of a Pick alone, where it then has to be filled in if *needed*; with *fixed* it has that value and
    is not shown. *choices* offers those values for a text. *wanted* says in words what the field's pattern asks for; it
    follows "must be".
    """

    tooltip: str | None = None
    label: str | None = None
    group: str = "parameters"
    placeholder: str | None = None
    long: bool = False
    feel: bool = False
    when: tuple[Pick, str] | None = None
    needed: bool = False
    fixed: str | None = None
    choices: tuple[str, ...] = ()
    wanted: str | None = None
