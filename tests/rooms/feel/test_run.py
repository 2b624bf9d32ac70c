from worker.feel.limits import MAX_WARNINGS
from worker.feel.run import Run, Scope
from worker.feel.values import Function


def a_run() -> Run:
    return Run(1_000)


def test_inner_names_hide_outer_ones() -> None:
    """A name is looked up from the inside out."""
    outer = Scope({"a": 1, "b": 2}, None, a_run())
    inner = outer.inside({"a": 3})

    assert {"a": 3} == inner.holder_of("a")
    assert outer.names is inner.holder_of("b")
    assert inner.holder_of("c") is None


def test_functions_have_a_name_space_of_their_own() -> None:
    """A variable that is no function does not hide a function of the same name."""
    function = Function((), lambda _: 1)
    scope = Scope({"f": function}, None, a_run()).inside({"f": 5})

    assert function is scope.function("f")


def test_warnings_are_few_and_different() -> None:
    """The same warning is kept once, and their number is limited."""
    run = a_run()
    for number in range(2 * MAX_WARNINGS):
        run.warn("again")
        run.warn(f"number {number}")

    assert MAX_WARNINGS == len(run.warnings) == len(set(run.warnings))
