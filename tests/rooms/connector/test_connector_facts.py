"""What the data path reports of a job."""

from tests.made import a_job, a_reply, a_task
from tests.rooms.connecting import FakeService, Lab
from worker.events import Consumed, JobFinished
from worker.trace import Trace


async def test_the_job_is_reported_as_a_fact() -> None:
    """Telemetry hears of every job once, with what came of it and how long it took."""
    lab = Lab()

    outcome = await lab.run(a_job())

    [event] = lab.events
    assert event == JobFinished(
        job=a_job(),
        operation="chatCompletion",
        outcome=outcome,
        reason=None,
        duration_s=1,
        provider="azure",
        deployment="gpt-4.1-mini",
        consumed=Consumed(
            model="gpt-4.1-mini-2025-04-14",
            input_tokens=9,
            output_tokens=2,
            cached_tokens=1,
            reasoning_tokens=0,
            cost_usd=6.5e-06,
        ),
        trace=Trace(trace_id=128, span_id=64),
    )


async def test_an_answer_is_counted_also_when_the_job_fails_on_it() -> None:
    """It has been paid for; and whoever looks for it finds the service's request id."""
    lab = Lab(FakeService(a_reply(x_request_id="r-1")))
    await lab.run(a_job(headers={"resultExpression": "= 1 +"}))

    [event] = lab.events
    assert isinstance(event, JobFinished)
    assert (event.reason, event.request_id) == ("INVALID_EXPRESSION", "r-1")
    assert event.consumed


async def test_a_job_goes_on_in_the_trace_of_its_process() -> None:
    """The task says where it stands, and its calls are made below the job's span."""
    above = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    lab = Lab()
    await lab.run(a_job(a_task(options={"traceparent": above, "tracestate": "v=1"})))

    [event] = lab.events
    expected = Trace(
        trace_id=int(above[3:35], 16), span_id=64, parent_id=int(above[36:52], 16), is_sampled=True, state="v=1"
    )
    assert isinstance(event, JobFinished)
    assert [expected] == [event.trace] == lab.service.traces
