import pytest

from tests.made import a_job, a_reply
from worker.errors import ConnectorError, InputError, ResultTooLarge, TimedOut, Unreachable
from worker.expressions import BpmnError, IgnoreError, JobError
from worker.outcome import Complete, Fail, Throw
from worker.refusals import refusal
from worker.verdict import VARIABLES_AT_MOST, completed, failed, ruled


def limited(**headers: str) -> ConnectorError:
    return refusal(a_reply(429, "", **headers))


@pytest.mark.parametrize(
    ("error", "own_s", "retries", "backoff_s"),
    [
        pytest.param(InputError(path="input.n", got="0", wanted="1"), 30.0, 0, 0.0, id="bad input: an incident"),
        pytest.param(refusal(a_reply(401, "")), 30.0, 0, 0.0, id="wrong key: an incident"),
        pytest.param(refusal(a_reply(404, "")), 30.0, 0, 0.0, id="not found: an incident"),
        pytest.param(refusal(a_reply(503, "")), 30.0, 2, 30.0, id="service down: counted"),
        pytest.param(TimedOut("late"), 30.0, 2, 30.0, id="time-out: counted"),
        pytest.param(Unreachable("gone"), None, 2, 10.0, id="network, no back-off given"),
        pytest.param(limited(), 30.0, 3, 30.0, id="rate limit: free"),
        pytest.param(limited(Retry_After="90"), 30.0, 3, 90.0, id="the service asks for longer"),
        pytest.param(limited(Retry_After="5"), 30.0, 3, 30.0, id="the task asks for longer"),
        pytest.param(refusal(a_reply(503, "")), 0.0, 2, 0.0, id="the task wants none"),
    ],
)
def test_failures(error: ConnectorError, own_s: float | None, retries: int, backoff_s: float) -> None:
    """Only what waiting can mend is tried again, and a rate limit costs no retry."""
    outcome = failed(a_job(retries=3), error, message="m", variables=b"{}", backoff_s=own_s)

    assert (outcome.retries, outcome.backoff_s) == (retries, backoff_s)


def test_retries_end_at_zero() -> None:
    """A job without retries left does not go below zero."""
    assert failed(a_job(retries=0), TimedOut("late"), message="m", variables=b"{}", backoff_s=1.0).retries == 0


def test_a_message_is_cut() -> None:
    """An incident stays readable."""
    outcome = failed(a_job(), TimedOut("late"), message="x" * 10_000, variables=b"{}", backoff_s=None)

    assert len(outcome.message) == 6_000


def test_success() -> None:
    """The variables go into the process as they are."""
    assert completed(b'{"a":1}') == Complete(variables=b'{"a":1}')


def test_a_result_that_the_broker_would_refuse() -> None:
    """Better a clear incident than a job that is done over and over."""
    big = b"x" * VARIABLES_AT_MOST
    with pytest.raises(ResultTooLarge, match=r"4000022 bytes.*the biggest is 'big' with 4000002"):
        completed(b'{"small":[1],"big":"' + big + b'"}')


def test_what_an_expression_asks_for() -> None:
    """Each ruling has its outcome."""
    assert ruled(BpmnError(code="c", message="m", variables={"a": 1})) == Throw(
        error_code="c", message="m", variables=b'{"a":1}'
    )
    assert ruled(JobError(message="m", variables={"a": 1}, retries=2, backoff_s=5.0)) == Fail(
        retries=2, message="m", backoff_s=5.0, variables=b'{"a":1,"error":"m"}'
    )
    assert ruled(IgnoreError(variables={"a": 1})) == Complete(variables=b'{"a":1}')
