from worker.feel.functions import BUILTINS
from worker.feel.syntax.names import CALLABLE, COMPOSED, RESERVED


def test_every_function_with_a_reserved_word_is_known() -> None:
    """Else it could not be called without back-ticks."""
    composed = {name for name in BUILTINS if " " in name and RESERVED.intersection(name.split(" "))}

    assert composed == set(COMPOSED)
    assert set(CALLABLE) <= BUILTINS.keys()
