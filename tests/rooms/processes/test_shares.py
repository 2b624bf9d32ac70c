import pytest

from worker.processes.shares import share_of, shared_environment
from worker.settings import load


@pytest.mark.parametrize(
    ("whole", "shares"),
    [
        pytest.param(100, [50, 50], id="even"),
        pytest.param(100, [34, 33, 33], id="uneven"),
        pytest.param(1, [1, 1], id="fewer than there are processes"),
    ],
)
def test_shares(whole: int, shares: list[int]) -> None:
    """Together they are the whole, and nobody goes without."""
    count = len(shares)

    assert shares == [share_of(whole, number, count) for number in range(1, count + 1)]


def test_the_operators_numbers_are_for_the_whole_worker() -> None:
    """Jobs, quotas and kept answers are divided; what else stands in the environment stays as it is."""
    given = {
        "WORKER_PROCESSES": "4",
        "WORKER_NAME": "w",
        "WORKER_MAX_JOBS_IN_FLIGHT": "10",
        "WORKER_REQUESTS_PER_MINUTE": "60",
        "WORKER_TOKENS_PER_MINUTE": "1000",
        "WORKER_KEPT_ANSWERS_MAX_BYTES": "4000",
        "SECRET_KEY": "k",
    }
    shares = load(shared_environment(load(given), given, number=2, count=4))

    assert (1, "w-2", 3) == (shares.worker_processes, shares.worker_name, shares.worker_max_jobs_in_flight)
    assert (15, 250) == (shares.worker_requests_per_minute, shares.worker_tokens_per_minute)
    assert 1000 == shares.worker_kept_answers_max_bytes
    assert "k" == shared_environment(load(given), given, number=1, count=4)["SECRET_KEY"]


def test_what_is_off_stays_off() -> None:
    """No quota and no kept answers are divided into none."""
    given = {"WORKER_KEPT_ANSWERS_MAX_BYTES": "0"}
    shares = load(shared_environment(load(given), given, number=1, count=2))

    assert (0, None, None) == (
        shares.worker_kept_answers_max_bytes,
        shares.worker_requests_per_minute,
        shares.worker_tokens_per_minute,
    )


def test_limits_that_workers_keep_together() -> None:
    """They are for all processes of all workers, and so stay whole."""
    given = {"WORKER_SHARED_LIMITS_URL": "redis://localhost:6379", "WORKER_REQUESTS_PER_MINUTE": "60"}

    assert "60" == shared_environment(load(given), given, number=1, count=2)["WORKER_REQUESTS_PER_MINUTE"]
