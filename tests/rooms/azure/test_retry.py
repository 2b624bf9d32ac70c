import pytest

from tests.made import a_reply
from worker.azure.retry import is_worth_it, next_delay_s
from worker.errors import CallError, InvalidResponse, TimedOut, Unreachable
from worker.wire import Reply

_BUSY = a_reply(503, "")


def broken(error: CallError) -> CallError:
    error.broke_off = True
    return error


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_what_may_pass_is_worth_it(status: int) -> None:
    """The service's own trouble is tried again."""
    assert is_worth_it(a_reply(status, ""), broken_off=0)


@pytest.mark.parametrize("status", [200, 204, 302, 400, 401, 403, 404, 413, 422])
def test_what_waiting_does_not_mend_is_not(status: int) -> None:
    """An answer, and a fault that only a person can mend, are not asked for again."""
    assert not is_worth_it(a_reply(status, ""), broken_off=0)


@pytest.mark.parametrize(
    ("reply", "is_worth"),
    [
        pytest.param(a_reply(429, "", x_should_retry="false"), False, id="no to a rate limit"),
        pytest.param(a_reply(503, "", X_Should_Retry="False"), False, id="no in another spelling"),
        pytest.param(a_reply(400, "", x_should_retry="true"), True, id="yes to a bad request"),
        pytest.param(a_reply(503, "", x_should_retry="maybe"), True, id="neither"),
        pytest.param(a_reply(200, "", x_should_retry="true"), False, id="an answer is an answer"),
    ],
)
def test_the_service_has_the_last_word(reply: Reply, *, is_worth: bool) -> None:
    """`x-should-retry` beats the status."""
    assert is_worth_it(reply, broken_off=0) is is_worth


@pytest.mark.parametrize("field", ["code", "type"])
def test_no_budget_is_no_rate_limit(field: str) -> None:
    """A 429 for an empty account is not waited out."""
    assert not is_worth_it(a_reply(429, {"error": {field: "insufficient_quota"}}), broken_off=0)


@pytest.mark.parametrize(
    ("error", "broken_off", "is_worth"),
    [
        pytest.param(Unreachable("refused"), 0, True, id="never sent"),
        pytest.param(Unreachable("refused"), 3, True, id="never sent, after others that were"),
        pytest.param(broken(Unreachable("reset")), 1, True, id="broken off once"),
        pytest.param(broken(Unreachable("reset")), 2, False, id="broken off twice"),
        pytest.param(broken(TimedOut("silent")), 1, True, id="silent"),
        pytest.param(broken(InvalidResponse("cut off")), 1, True, id="cut off"),
        pytest.param(InvalidResponse("too large"), 0, False, id="too large"),
    ],
)
def test_network(error: CallError, broken_off: int, *, is_worth: bool) -> None:
    """What was never sent is sent again; what broke in the middle may be charged for, so it is repeated once only."""
    assert is_worth_it(error, broken_off=broken_off) is is_worth


@pytest.mark.parametrize(
    ("attempt", "jitter", "delay_s"),
    [(1, 0.0, 0.5), (2, 0.0, 1.0), (3, 0.0, 2.0), (5, 0.0, 8.0), (6, 0.0, 8.0), (5_000, 0.0, 8.0), (2, 0.5, 0.875)],
)
def test_our_own_curve(attempt: int, jitter: float, delay_s: float) -> None:
    """Without a word from the service delays double up to 8 s, shortened by up to a quarter."""
    assert delay_s == next_delay_s(attempt, _BUSY, left_s=60, most_s=60, jitter=jitter)


@pytest.mark.parametrize(
    ("headers", "left_s", "most_s", "delay_s"),
    [
        pytest.param({"retry_after": "7"}, 60.0, 60.0, 7.0, id="as asked"),
        pytest.param({"retry_after": "1", "retry_after_ms": "0"}, 60.0, 60.0, 1.0, id="the longer one"),
        pytest.param({"retry_after_ms": "0"}, 60.0, 60.0, 0.5, id="an asked 0 is no answer"),
        pytest.param({"retry_after": "7"}, 7.0, 60.0, None, id="leaves no time"),
        pytest.param({"retry_after": "7"}, 60.0, 5.0, None, id="longer than we wait"),
        pytest.param({}, 0.4, 60.0, None, id="our own does not fit"),
        pytest.param({"retry_after": "86400"}, 1e6, 60.0, None, id="a day"),
    ],
)
def test_asked_delays(headers: dict[str, str], left_s: float, most_s: float, delay_s: float | None) -> None:
    """The service's own delay is kept to the second, or the call is given up."""
    reply = a_reply(429, "", **headers)

    assert delay_s == next_delay_s(
        1, reply, left_s=left_s, most_s=most_s, jitter=0.9 if headers.get("retry_after") else 0
    )
