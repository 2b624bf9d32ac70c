import pytest

from worker.feel import FeelBudgetExceeded, FeelError, FeelEvaluationError, FeelSyntaxError


def test_a_syntax_error_says_where_and_what() -> None:
    """The message holds line, column, what was expected and what stands there; the facts are fields as well."""
    error = FeelSyntaxError(line=2, column=5, expected="')'", found="']'")

    assert "line 2, column 5: expected ')', found ']'" == str(error)
    assert (2, 5, "')'", "']'") == (error.line, error.column, error.expected, error.found)


def test_the_innermost_place_wins() -> None:
    """An evaluation error is given a place once."""
    error = FeelEvaluationError("no").located(1, 2).located(3, 4)

    assert "line 1, column 2: no" == str(error)


def test_a_budget_error_names_its_limit() -> None:
    """What ran out and how much there was."""
    assert "the expression needs more than 10 steps" == str(FeelBudgetExceeded("steps", 10))


@pytest.mark.parametrize("kind", [FeelBudgetExceeded, FeelEvaluationError, FeelSyntaxError])
def test_all_are_feel_errors(kind: type[Exception]) -> None:
    """One `except` catches everything this room raises."""
    assert issubclass(kind, FeelError)
