import pytest

from tests.made import a_job
from worker import events
from worker.events import Consumed, DeploymentState, Event, JobFinished
from worker.outcome import Complete, Fail, Outcome, Throw
from worker.telemetry.metrics import Metrics, exposed
from worker.telemetry.metrics.instruments import MOST_SERIES

USED = Consumed(
    model="gpt-4.1-mini-2025-04-14", input_tokens=9, output_tokens=2, cached_tokens=1, reasoning_tokens=0, cost_usd=0.5
)


def finished(outcome: Outcome, reason: str | None = None, consumed: Consumed | None = USED) -> JobFinished:
    return JobFinished(
        job=a_job(), operation="chatCompletion", outcome=outcome, reason=reason, duration_s=0.5, provider="azure",
        deployment="d", consumed=consumed,
    )  # fmt: skip


def lines_after(*happened: Event) -> list[str]:
    metrics = Metrics(version="1", permits=7)
    for event in happened:
        metrics(event)
    return exposed(metrics.instruments).splitlines()


DURATION = "azure_openai_worker_job_duration_seconds"
RETRIES = "azure_openai_worker_call_retries_total"
JOBS = "azure_openai_worker_jobs_total"
MODEL = 'model="gpt-4.1-mini-2025-04-14"'
ABOUT = (
    'gen_ai_operation_name="chat",gen_ai_provider_name="azure.ai.openai",gen_ai_request_model="d",'
    'gen_ai_response_model="gpt-4.1-mini-2025-04-14"'
)


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (finished(Complete()), JOBS + '{operation="chatCompletion",outcome="completed"} 1'),
        (
            finished(Fail(retries=0, message="m"), "TIMEOUT"),
            JOBS + '{operation="chatCompletion",outcome="incident",reason="TIMEOUT"} 1',
        ),
        (
            finished(Fail(retries=1, message="m"), "RATE_LIMITED"),
            JOBS + '{operation="chatCompletion",outcome="failed",reason="RATE_LIMITED"} 1',
        ),
        (finished(Throw(error_code="c")), JOBS + '{operation="chatCompletion",outcome="bpmn_error"} 1'),
        (events.HandlerCrashed(job=a_job(), error=ValueError()), JOBS + '{outcome="failed",reason="CRASHED"} 1'),
        (
            finished(Complete()),
            DURATION + '_bucket{operation="chatCompletion",le="0.64"} 1',
        ),
        (finished(Complete()), f'azure_openai_worker_tokens_total{{deployment="d",{MODEL},type="cached"}} 1'),
        (finished(Complete()), f'azure_openai_worker_cost_usd_total{{deployment="d",{MODEL}}} 0.5'),
        (finished(Complete()), f'gen_ai_client_token_usage_sum{{{ABOUT},gen_ai_token_type="input"}} 9'),
        (finished(Complete()), f"gen_ai_client_operation_duration_seconds_count{{{ABOUT}}} 1"),
        (
            events.CallFinished(deployment="d", status=429, duration_s=1, remaining_requests=0, remaining_tokens=40),
            'azure_openai_worker_calls_total{deployment="d",status="429"} 1',
        ),
        (
            events.CallFinished(deployment="d", status=None, duration_s=1, error="UNREACHABLE"),
            'azure_openai_worker_calls_total{deployment="d",status="none",error="UNREACHABLE"} 1',
        ),
        (
            events.CallFinished(deployment="d", status=None, duration_s=1),
            'azure_openai_worker_calls_total{deployment="d",status="none",error="BROKEN_OFF"} 1',
        ),
        (
            events.CallFinished(deployment="d", status=200, duration_s=1, remaining_requests=0),
            'azure_openai_worker_limit_remaining_requests{deployment="d"} 0',
        ),
        (
            events.CallRepeated(deployment="d", status=429, attempts=1, wait_s=1.5),
            'azure_openai_worker_call_waits_seconds_total{deployment="d",status="429"} 1.5',
        ),
        (
            events.CallQueued(deployment="d", wait_s=0.5),
            'azure_openai_worker_call_queue_seconds_total{deployment="d"} 0.5',
        ),
        (
            events.BreakerTurned(deployment="d", host="h", state="half-open"),
            'azure_openai_worker_breaker_open{deployment="d",host="h"} 0.5',
        ),
        (
            events.JobReported(job=a_job(), outcome=Complete(), took_s=0.5),
            'azure_openai_worker_job_time_to_report_seconds_bucket{outcome="completed",le="0.64"} 1',
        ),
        (events.LeaseExtended(job=a_job(), lease_s=60), "azure_openai_worker_leases_extended_total 1"),
        (events.StoreFailed(cause="c"), "azure_openai_worker_store_up 0"),
        (events.StoreRecovered(), "azure_openai_worker_store_up 1"),
        (events.HistoryFailed(cause="c"), "azure_openai_worker_history_up 0"),
        (events.HistoryRecovered(), "azure_openai_worker_history_up 1"),
        (events.HistoryLost(entries=3), "azure_openai_worker_history_lost_total 3"),
        (events.SharedLimitsFailed(cause="c"), "azure_openai_worker_limits_shared 0"),
        (events.SharedLimitsRecovered(), "azure_openai_worker_limits_shared 1"),
        (
            events.SecretSourceFailed(source="vault", cause="c"),
            'azure_openai_worker_secrets_source_up{source="vault"} 0',
        ),
        (events.SecretSourceRecovered(source="vault"), 'azure_openai_worker_secrets_source_up{source="vault"} 1'),
        (events.LeaseLost(job=a_job(), cause="c"), "azure_openai_worker_leases_lost_total 1"),
        (events.JobHandedBack(job=a_job()), "azure_openai_worker_jobs_handed_back_total 1"),
        (events.BrokerReached(address="z", away_s=2.5), "azure_openai_worker_broker_reconnects_total 1"),
        (events.BrokerReached(address="z", away_s=0), "azure_openai_worker_broker_reconnects_total 0"),
        (events.BrokerReached(address="z", away_s=0), "azure_openai_worker_broker_connected 1"),
        (events.BrokerLost(address="z", cause="c", retry_in_s=1), "azure_openai_worker_broker_connected 0"),
        (events.Stopped(), 'azure_openai_worker_build_info{version="1"} 1'),
        (events.Stopped(), "azure_openai_worker_permits 7"),
    ],
)
def test_counts(event: Event, line: str) -> None:
    """Each fact moves its number, under labels that name no job."""
    assert line in lines_after(event)


def test_how_deployments_stand() -> None:
    """What limits a deployment is read when somebody asks."""
    state = DeploymentState(deployment="d", host="h", under_way=3, waiting=2, permits=4, closed_for_s=1.5)
    metrics = Metrics(version="1", permits=7)
    metrics.read_deployments(lambda: [state])

    lines = exposed(metrics.instruments).splitlines()

    where = '{deployment="d",host="h"}'
    assert f"azure_openai_worker_deployment_calls_in_flight{where} 3" in lines
    assert f"azure_openai_worker_deployment_calls_waiting{where} 2" in lines
    assert f"azure_openai_worker_deployment_permits{where} 4" in lines
    assert f"azure_openai_worker_deployment_closed_for_seconds{where} 1.5" in lines


def test_a_model_without_a_price_is_counted() -> None:
    """A sum of costs that misses some says so."""
    used = Consumed(model="x", input_tokens=1, output_tokens=0, cached_tokens=0, reasoning_tokens=0, cost_usd=None)

    lines = lines_after(finished(Complete(), consumed=used))

    assert 'azure_openai_worker_jobs_unpriced_total{deployment="d",model="x"} 1' in lines
    assert not [line for line in lines if line.startswith("azure_openai_worker_cost_usd_total{")]


def test_a_process_that_makes_up_names_does_not_fill_the_memory() -> None:
    """Beyond a number of series the rest is counted together."""
    names = [f"d{number}" for number in range(MOST_SERIES + 8)]
    repeated = [events.CallRepeated(deployment=name, status=429, attempts=1, wait_s=0.5) for name in names]

    lines = lines_after(*repeated)

    assert RETRIES + '{deployment="other",status="other"} 8' in lines
    assert len([line for line in lines if line.startswith(RETRIES + "{")]) == MOST_SERIES + 1


def test_a_name_cannot_break_out_of_its_label() -> None:
    """Quotes, backslashes and line breaks in a deployment's name are escaped."""
    lines = lines_after(events.CallRepeated(deployment='a"b\\c\nd', status=500, attempts=1, wait_s=1))

    assert r'azure_openai_worker_call_retries_total{deployment="a\"b\\c\nd",status="500"} 1' in lines
