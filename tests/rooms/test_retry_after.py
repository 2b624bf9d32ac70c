import pytest

from tests.made import a_reply
from worker.retry_after import asked_delay_s


@pytest.mark.parametrize(
    ("headers", "delay_s"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"Retry_After": "7"}, 7, id="seconds"),
        pytest.param({"retry_after_ms": "1500"}, 1.5, id="milliseconds"),
        pytest.param({"Retry_After": "1", "Retry_After_Ms": "0"}, 1, id="as recorded: the longer wins"),
        pytest.param({"retry_after": "1", "retry_after_ms": "2500"}, 2.5, id="the longer is in ms"),
        pytest.param({"retry_after": "soon"}, None, id="no number"),
        pytest.param({"retry_after": "-3"}, None, id="negative"),
        pytest.param({"retry_after": "nan"}, None, id="nan"),
        pytest.param({"retry_after": "inf"}, None, id="infinite"),
        pytest.param(
            {"retry_after": "Sat, 21 Nov 2026 10:00:30 GMT", "date": "Sat, 21 Nov 2026 10:00:00 GMT"}, 30, id="date"
        ),
        pytest.param({"retry_after": "Sat, 21 Nov 2026 10:00:30 GMT"}, None, id="date without a date"),
    ],
)
def test_asked_delay(headers: dict[str, str], delay_s: float | None) -> None:
    """The service's own delay: the longer of its two headers."""
    assert asked_delay_s(a_reply(429, "", **headers)) == delay_s
