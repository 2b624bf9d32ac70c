import pytest

from tests.made import a_reply
from worker.azure.limits.budgets import Pace, Quota, Window, estimated_tokens, stated
from worker.wire import Call


def gone(pace: Pace, *, until_s: float) -> int:
    """How many calls go when there is always one that waits, looked at every 5 ms."""
    count, now_s = 0, 0.0
    while now_s < until_s:
        while pace.opens_s() <= now_s:
            pace.take(now_s)
            count += 1
        now_s += 0.005
    return count


@pytest.mark.parametrize("per_minute", [6, 60, 600, 6_000])
def test_a_pace_uses_its_rate_and_never_more(per_minute: int) -> None:
    """In each minute at least nine tenths of the quota go, and no more than it allows."""
    pace = Pace(Quota(per_minute))

    assert 0.9 * per_minute <= gone(pace, until_s=60.0) <= per_minute + 1


def test_a_pace_is_even() -> None:
    """No second gets more than its share and a tenth of it: shorter windows are what services count."""
    assert gone(Pace(Quota(600)), until_s=1.0) <= 11


def test_an_idle_pace_saves_nothing() -> None:
    """What was not used before is not made up for later."""
    pace = Pace(Quota(60))
    pace.take(0.0)
    pace.take(100.0)

    assert pace.opens_s() > 100.5


@pytest.mark.parametrize(
    ("used", "tokens", "opens_s"),
    [
        pytest.param([], 500, 50, id="empty"),
        pytest.param([(10, 900)], 100, 50, id="just fits"),
        pytest.param([(10, 900)], 101, 70, id="waits for what was used to come back"),
        pytest.param([(10, 500), (20, 500)], 600, 80, id="waits for both"),
        pytest.param([(10, 500), (20, 400)], 5_000, 80, id="larger than the budget: when it is empty"),
        pytest.param([], 5_000, 50, id="larger than the budget, at once when it is empty"),
    ],
)
def test_a_window(used: list[tuple[float, float]], tokens: float, opens_s: float) -> None:
    """Tokens of the last minute count, each comes back a minute later."""
    window = Window(Quota(1_000))
    for now_s, amount in used:
        window.take(amount, now_s)

    assert opens_s == window.opens_s(tokens, 50)


@pytest.mark.parametrize(
    ("headers", "quota"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"x_ratelimit_limit_requests": "60"}, (60, 60), id="per minute"),
        pytest.param(
            {"X_RateLimit_Limit_Requests": "10", "x_ratelimit_renewalperiod_requests": "10"}, (10, 10), id="own period"
        ),
        pytest.param({"x_ratelimit_limit_requests": "-1"}, None, id="negative"),
        pytest.param({"x_ratelimit_limit_requests": "0"}, None, id="zero"),
        pytest.param({"x_ratelimit_limit_requests": "many"}, None, id="no number"),
    ],
)
def test_stated_quotas(headers: dict[str, str], quota: tuple[float, float] | None) -> None:
    """What the service states about its quota is read where it makes sense."""
    found = stated(a_reply(429, "", **headers), "requests")

    assert quota == (found and (found.amount, found.period_s))


@pytest.mark.parametrize(
    ("body", "tokens"),
    [
        pytest.param(b"", 0, id="none"),
        pytest.param(b"x" * 400, 100, id="a prompt"),
        pytest.param(b'{"max_tokens": 1000}', 1_005, id="the longest answer"),
        pytest.param(b'{"max_completion_tokens":10}', 17, id="its newer name"),
        pytest.param(b'{"url":"data:image/png;base64,' + b"A" * 9_000 + b'"}', 2, id="an image by itself"),
    ],
)
def test_estimates(body: bytes, tokens: float) -> None:
    """A call is reckoned before it is sent, as the service does."""
    assert tokens == pytest.approx(estimated_tokens(Call(path="x", body=body)), abs=1)
