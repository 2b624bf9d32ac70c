import pytest

from worker.settings import Settings, SettingsError, environment, load, variables_of


def test_defaults_need_nothing() -> None:
    """An empty environment is a working worker beside a local cluster."""
    settings = load({})

    assert settings.zeebe_address == "localhost:26500"
    assert settings.worker_job_types == ("azure-openai",)


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        pytest.param({"ZEEBE_ADDRESS": "z:1"}, "zeebe_address", "z:1", id="own name"),
        pytest.param({"CAMUNDA_CLIENT_GRPCADDRESS": "c:1"}, "zeebe_address", "c:1", id="the ecosystem's name"),
        pytest.param(
            {"CAMUNDA_CLIENT_GRPCADDRESS": "c:1", "ZEEBE_ADDRESS": "z:1"}, "zeebe_address", "z:1", id="own wins"
        ),
        pytest.param({"ZEEBE_ADDRESS": ""}, "zeebe_address", "localhost:26500", id="empty is not set"),
        pytest.param({"WORKER_JOB_TYPES": "a, b,"}, "worker_job_types", ("a", "b"), id="a list"),
        pytest.param({"WORKER_STREAM_ENABLED": "false"}, "worker_stream_enabled", False, id="a boolean"),
        pytest.param({"WORKER_JOB_LEASE_S": "90"}, "worker_job_lease_s", 90.0, id="a number"),
    ],
)
def test_settings_are_read(given: dict[str, str], name: str, value: object) -> None:
    """Each setting is read under its own name and those of the ecosystem."""
    assert getattr(load(given), name) == value


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"WORKER_MAX_JOBS_IN_FLIGHT": "many"}, ["WORKER_MAX_JOBS_IN_FLIGHT", "'many'"], id="no number"),
        pytest.param(
            {"CAMUNDA_CLIENT_WORKER_DEFAULTS_MAXJOBSACTIVE": "0"},
            ["WORKER_MAX_JOBS_IN_FLIGHT", "CAMUNDA_CLIENT_WORKER_DEFAULTS_MAXJOBSACTIVE", "'0'"],
            id="origin is named",
        ),
        pytest.param({"WORKER_LOG_LEVEL": "loud"}, ["WORKER_LOG_LEVEL", "'loud'", "'debug'"], id="not a choice"),
        pytest.param({"WORKER_LOG_LEVELS": "moon=debug"}, ["WORKER_LOG_LEVELS", "moon", "broker"], id="no such room"),
        pytest.param({"WORKER_CA_FILE": "/nowhere.pem"}, ["WORKER_CA_FILE", "/nowhere.pem"], id="no such file"),
        pytest.param({"ZEEBE_CLIENT_ID": "me"}, ["ZEEBE_CLIENT_ID", "ZEEBE_CLIENT_SECRET"], id="half a pair"),
    ],
)
def test_a_wrong_setting_is_named(given: dict[str, str], says: list[str]) -> None:
    """One message names the setting, its value, its origin and what is allowed."""
    with pytest.raises(SettingsError) as caught:
        load(given)

    for part in says:
        assert part in str(caught.value)


def test_secrets_do_not_show() -> None:
    """Neither a settings repr nor an error text holds a secret."""
    settings = load({"ZEEBE_USERNAME": "u", "ZEEBE_PASSWORD": "s3cret-pw"})

    assert "s3cret-pw" not in repr(settings)
    with pytest.raises(SettingsError) as caught:
        load({"ZEEBE_CLIENT_SECRET": "s3cret-pw"})
    assert "s3cret-pw" not in str(caught.value)


def test_every_setting_has_a_line() -> None:
    """Each setting has a variable and a meaning, and no variable sets two settings."""
    fields = Settings.model_fields.values()
    variables = [name for field in fields for name in variables_of(field)]

    assert all(field.description and variables_of(field) for field in fields)
    assert len(variables) == len(set(variables))


def test_the_environment_is_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is exported reaches the worker."""
    monkeypatch.setenv("WORKER_NAME", "somebody")

    assert load(environment()).worker_name == "somebody"


def test_a_saas_clusters_gateway_is_derived() -> None:
    """Camunda SaaS has one address pattern, and speaks TLS."""
    settings = load({"CAMUNDA_CLUSTER_ID": "c-1", "CAMUNDA_CLUSTER_REGION": "bru-2"})

    assert settings.gateway == "c-1.bru-2.zeebe.camunda.io:443"
    assert settings.uses_tls
