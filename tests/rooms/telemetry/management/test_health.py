from tests.made import a_job
from worker.azure.routing import EndpointState
from worker.events import BrokerLost, CallFinished, DeploymentState, DrainStarted, JobFinished, StoreFailed
from worker.outcome import Complete, Fail
from worker.telemetry.management.health import Health, Vitals
from worker.telemetry.management.page import page_of


def a_health(*, is_connected: bool = True) -> Health:
    now_s = iter(range(100, 200))
    health = Health(version="1", permits=7, wall_clock=lambda: float(next(now_s)))
    health.watch(Vitals(in_flight=lambda: 3, is_connected=lambda: is_connected))
    return health


def test_ready_while_the_broker_answers() -> None:
    """A worker is ready from its first contact on, and not before it has begun."""
    assert a_health().unready() is None
    assert a_health(is_connected=False).unready() == "broker unreachable"
    assert Health(version="1", permits=7).unready() == "starting"


def test_ready_when_the_credentials_are_there() -> None:
    """A worker whose connections lack a key would only make incidents; the reason names it."""
    health = Health(version="1", permits=7)
    health.watch(Vitals(in_flight=lambda: 0, is_connected=lambda: True, lacks=lambda: "the secret 'KEY' is missing"))

    assert health.unready() == "the secret 'KEY' is missing"


def test_how_endpoints_deployments_and_templates_stand() -> None:
    """The breaker of each endpoint, what limits each deployment, and which templates the jobs come from."""
    health = Health(version="1", permits=7)
    state = DeploymentState(deployment="d", host="h", under_way=3, waiting=2, permits=4, closed_for_s=1.5)
    endpoint = EndpointState("main", "h", "d", "open", 12.34)
    health.watch(
        Vitals(
            in_flight=lambda: 3, is_connected=lambda: True, deployments=lambda: [state], endpoints=lambda: [endpoint]
        )
    )
    health(CallFinished(deployment="d", status=200, duration_s=1, host="h", remaining_requests=9))
    job = a_job(headers={"elementTemplateId": "chat", "elementTemplateVersion": "3"})
    health(JobFinished(job=job, operation="o", outcome=Complete(), reason=None, duration_s=1))
    health(StoreFailed(cause="disk full"))
    status = health.status()

    assert status["connections"] == [
        {"connection": "main", "host": "h", "deployment": "d", "breaker": "open", "opensInSeconds": 12.3}
    ]
    assert status["deployments"] == [
        {
            "deployment": "d",
            "host": "h",
            "callsInFlight": 3,
            "callsWaiting": 2,
            "permits": 4,
            "closedForSeconds": 1.5,
            "remainingRequests": 9,
            "remainingTokens": None,
        }
    ]
    assert status["templates"] == {"chat": {"3": 1}}
    assert status["lastTroubles"] == {"answers": {"cause": "disk full", "secondsAgo": 0}}
    assert "<td>open<td>12.3" in page_of(status)


def test_not_ready_while_draining() -> None:
    """Whoever leaves takes no more jobs."""
    health = a_health()
    health(DrainStarted(in_flight=1, grace_s=1))

    assert health.unready() == "draining"


def test_the_services_limits_are_no_reason() -> None:
    """A pod that is restarted for a 429 makes it worse."""
    health = a_health()
    health(CallFinished(deployment="d", status=429, duration_s=1))
    health(BrokerLost(address="z", cause="c", retry_in_s=1))

    assert health.unready() is None


def test_the_last_error_of_each_kind() -> None:
    """It names the place to look at, and quotes nothing of what the process holds."""
    health = a_health()
    outcome = Fail(retries=0, message="it said: my prompt")
    health(JobFinished(job=a_job(), operation="o", outcome=outcome, reason="TIMEOUT", duration_s=1))
    status = health.status()

    assert status["lastErrors"] == {
        "TIMEOUT": {
            "secondsAgo": 2,
            "process": "chat-completion",
            "element": "task",
            "processInstance": "2251799813685300",
        }
    }
    assert status["jobs"] == {"inFlight": 3, "permits": 7, "complete": 0, "fail": 1, "throw": 0}
    assert "my prompt" not in str(status)
