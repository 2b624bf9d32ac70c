import pytest
from msgspec.structs import replace

from tests.made import a_reply
from worker.azure.facts.fact import Circumstances, fact_of
from worker.errors import Unreachable
from worker.trace import Trace

TRACE = Trace(trace_id=1, span_id=2)
AROUND = Circumstances("d", "https://my-res.openai.azure.com/openai/x?api-version=v1", 2, 0.5, TRACE)


def test_an_answer() -> None:
    """What the service says is reported beside its status: the request's id, and what is left of its limits."""
    headers = {
        "Apim_Request_Id": "r",
        "x_request_id": "other",
        "x_ratelimit_remaining_requests": "9",
        "X_RateLimit_Remaining_Tokens": "4000",
    }
    fact = fact_of(a_reply(429, {}, **headers), AROUND)

    assert (fact.deployment, fact.status, fact.attempt, fact.duration_s, fact.trace) == ("d", 429, 2, 0.5, TRACE)
    assert (fact.host, fact.request_id) == ("my-res.openai.azure.com", "r")
    assert (fact.remaining_requests, fact.remaining_tokens, fact.error) == (9, 4000, None)


@pytest.mark.parametrize("left", ["", "-1", "soon", "²"])
def test_a_limit_that_is_no_number(left: str) -> None:
    """What cannot be counted is not reported."""
    assert fact_of(a_reply(200, {}, x_ratelimit_remaining_tokens=left), AROUND).remaining_tokens is None


def test_no_answer() -> None:
    """The reason stands in place of a status; what was broken off has neither."""
    assert fact_of(Unreachable("no route"), AROUND).error == "UNREACHABLE"
    assert (fact_of(None, AROUND).status, fact_of(None, AROUND).error) == (None, None)


def test_what_is_kept_secret() -> None:
    """A host and a deployment may be secrets of the operator's, and a service may repeat a key in its request id."""
    around = replace(AROUND, mask=lambda text: text.replace("my-res", "***").replace("d", "***").replace("k3y", "***"))
    fact = fact_of(a_reply(200, {}, x_request_id="r-k3y"), around)

    assert (fact.host, fact.deployment, fact.request_id) == ("***.openai.azure.com", "***", "r-***")
