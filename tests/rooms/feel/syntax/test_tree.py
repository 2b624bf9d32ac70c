import dataclasses

import pytest

from worker.feel import parse
from worker.feel.syntax.tree import Invocation, Variable


def test_nodes_are_frozen() -> None:
    """A compiled expression can be shared."""
    field = "name"
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(Variable("a"), field, "b")


def test_places_are_no_part_of_the_tree() -> None:
    """Two texts with other white space have equal trees."""
    assert parse("f( 1 )+  2") == parse("f(1) + 2")
    assert Invocation("f", offset=3) == Invocation("f", offset=5)
