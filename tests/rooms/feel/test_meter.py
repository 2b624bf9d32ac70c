import pytest

from worker.feel import FeelBudgetExceeded
from worker.feel.meter import Meter


def test_the_budget_is_exact() -> None:
    """The last step is free to use, the next one is not."""
    meter = Meter(3)
    meter.spend(3)

    with pytest.raises(FeelBudgetExceeded, match="more than 3 steps"):
        meter.spend()


@pytest.mark.parametrize(
    ("charge", "size", "steps"),
    [
        pytest.param("spend_copy", 0, 1, id="an empty copy"),
        pytest.param("spend_copy", 160, 11, id="a copy of 160 items"),
        pytest.param("spend_text", 6_400, 101, id="a text of 6,400 characters"),
    ],
)
def test_bulk_is_cheap_but_not_free(charge: str, size: int, steps: int) -> None:
    """Copies and texts cost a fraction of a step for each item."""
    meter = Meter(1_000)
    getattr(meter, charge)(size)

    assert 1_000 - steps == meter.steps_left
