import pytest

from worker import errors
from worker.errors import ConnectorError, leaves


@pytest.mark.parametrize("leaf", [pytest.param(leaf, id=leaf.__name__) for leaf in leaves()])
def test_every_error_has_its_row(leaf: type[ConnectorError]) -> None:
    """A reason, a code, a verdict and a sentence for the person who meets it."""
    assert leaf.reason.isupper()
    assert leaf.retry in errors.Retry
    assert (leaf.__doc__ or "").strip().endswith(".")
    assert leaf.__name__ in (errors.__doc__ or "")


def test_reasons_are_unique() -> None:
    """One word stands for one error."""
    reasons = [leaf.reason for leaf in leaves()]

    assert len(reasons) == len(set(reasons))
