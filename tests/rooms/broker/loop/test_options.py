from dataclasses import replace
from typing import Any

import pytest

from worker.broker import LoopOptions


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param({"job_types": ()}, "job_types", id="no type"),
        pytest.param({"job_types": ("a", "a")}, "job_types", id="a type twice"),
        pytest.param({"max_jobs_in_flight": 0}, "max_jobs_in_flight", id="no permit"),
        pytest.param({"lease_s": 0}, "lease_s", id="no lease"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, Any], named: str) -> None:
    """A loop that could do nothing is not built; the text names the option."""
    options = LoopOptions(job_types=("a",), worker_name="w")

    with pytest.raises(ValueError, match=named):
        replace(options, **changes)
