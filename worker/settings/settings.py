"""All settings, and how they are read from the environment."""

import os
import platform
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr, ValidationError

from worker.settings.cluster import Cluster
from worker.settings.declared import File, Names, setting, variables_of
from worker.settings.exported import Exported
from worker.settings.kept import Kept
from worker.settings.pace import Pace
from worker.settings.recorded import Recorded
from worker.settings.watched import Watched

__all__ = ["Settings", "SettingsError", "environment", "load", "origins"]


class SettingsError(Exception):
    """A setting is wrong. The text names it, where its value came from and what is allowed."""


class Settings(Exported, Watched, Recorded, Kept, Pace, Cluster):
    """Everything that an operator can set. Frozen: read once, at the start."""

    worker_name: str = setting(
        platform.node() or "azure-openai-worker", "WORKER_NAME", "CAMUNDA_CLIENT_WORKER_DEFAULTS_NAME",
        text="How the worker calls itself towards the broker; by default the host's name",
    )  # fmt: skip
    worker_job_types: Names = setting(
        ("azure-openai",), "WORKER_JOB_TYPES", text="Job types that are taken, separated by commas", min_length=1
    )
    worker_max_jobs_in_flight: int = setting(
        100, "WORKER_MAX_JOBS_IN_FLIGHT", "CAMUNDA_CLIENT_WORKER_DEFAULTS_MAXJOBSACTIVE",
        text="Jobs that are worked on at the same time; no more are taken from the broker", ge=1, le=100_000,
    )  # fmt: skip
    worker_processes: int = setting(
        1, "WORKER_PROCESSES", ge=1, le=64,
        text="Processes that the worker is made of, each with its share of the jobs in flight and of the quotas: one "
        "uses one core. Not on Windows",
    )  # fmt: skip
    worker_job_lease_s: float = setting(
        60.0, "WORKER_JOB_LEASE_S", ge=5, le=86_400,
        text="Seconds that the broker keeps a job for us; renewed while the call runs, so it need not cover a call",
    )  # fmt: skip
    worker_stream_enabled: bool = setting(
        True, "WORKER_STREAM_ENABLED", "CAMUNDA_CLIENT_WORKER_DEFAULTS_STREAMENABLED",
        text="Whether the broker pushes jobs as they appear; without, they are only polled for",
    )  # fmt: skip
    worker_drain_grace_s: float = setting(
        25.0, "WORKER_DRAIN_GRACE_S", ge=0, le=86_400,
        text="Seconds that running jobs have to finish after SIGTERM; what is left is handed back to the broker",
    )  # fmt: skip
    worker_connect_timeout_s: float = setting(
        10.0, "WORKER_CONNECT_TIMEOUT_S", gt=0, le=600, text="Seconds to reach the service, TLS handshake included"
    )
    worker_read_timeout_s: float | None = setting(
        None, "WORKER_READ_TIMEOUT_S", gt=0, le=86_400,
        text="Seconds without a byte from the service before a call is given up; by default only the task's time-out",
    )  # fmt: skip
    worker_max_response_bytes: int = setting(
        50 * 1024 * 1024, "WORKER_MAX_RESPONSE_BYTES", "CONNECTOR_HTTP_CLIENT_MAX_BODY_SIZE", ge=1024,
        text="Bytes of an answer, unpacked, beyond which it is cut off and refused",
    )  # fmt: skip
    worker_ca_file: File = setting(
        None, "WORKER_CA_FILE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE",
        text="PEM file of further authorities that a service's certificate may be signed by, beside the system's own",
    )  # fmt: skip
    https_proxy: SecretStr | None = setting(
        None, "HTTPS_PROXY", "https_proxy", text="URL of the proxy for services at `https://`, and for a TLS gateway"
    )
    http_proxy: SecretStr | None = setting(
        None, "HTTP_PROXY", "http_proxy", text="URL of the proxy for services at `http://`"
    )
    no_proxy: str = setting(
        "", "NO_PROXY", "no_proxy", text="Hosts, domains and ranges that are reached directly, separated by commas"
    )
    worker_denied_addresses: Names = setting(
        (), "WORKER_DENIED_ADDRESSES",
        text="Addresses that no call may reach: `loopback`, `private`, `link-local`, `metadata`, `multicast` or ranges "
        "such as `10.0.0.0/8`, separated by commas; checked on the address that is really connected to",
    )  # fmt: skip
    worker_secret_prefix: str = setting(
        "SECRET_", "WORKER_SECRET_PREFIX", "CAMUNDA_CONNECTOR_SECRETPROVIDER_ENVIRONMENT_PREFIX", min_length=1,
        text="What the name of an environment variable begins with that is a secret: `{{secrets.X}}` is `SECRET_X`",
    )  # fmt: skip
    worker_secret_by_tenant: bool = setting(
        False, "WORKER_SECRET_BY_TENANT",
        "CAMUNDA_CONNECTOR_SECRETPROVIDER_ENVIRONMENT_TENANTAWARE",
        text="Whether the tenant's id stands before the name: `SECRET_tenant_X`",
    )  # fmt: skip
    worker_secret_by_process: bool = setting(
        False, "WORKER_SECRET_BY_PROCESS",
        "CAMUNDA_CONNECTOR_SECRETPROVIDER_ENVIRONMENT_PROCESSDEFINITIONAWARE",
        text="Whether the process's id stands before the name: `SECRET_process_X`, or `SECRET_tenant_process_X`",
    )  # fmt: skip
    worker_config_file: File = setting(
        None, "WORKER_CONFIG_FILE", text="File (TOML, or YAML with the extra `yaml`) with named connections and rules"
    )
    worker_config: SecretStr | None = setting(None, "WORKER_CONFIG", text="The same as TOML text, instead of a file")
    worker_document_folder: Path | None = setting(
        None, "WORKER_DOCUMENT_FOLDER",
        text="Folder that generated images and speech are written to; without one they travel as base64 in the result",
    )  # fmt: skip
    worker_document_base_url: str | None = setting(
        None, "WORKER_DOCUMENT_BASE_URL", text="URL under which others find that folder; by default a `file:` URL"
    )


def environment() -> Mapping[str, str]:
    """The process's environment, read here and nowhere else."""
    return os.environ


def origins(given: Mapping[str, str]) -> dict[str, str]:
    """The variable in the environment *given* that each setting is read from; those that are not set are left out."""
    return {
        name: variable
        for name, field in Settings.model_fields.items()
        if (variable := next((variable for variable in variables_of(field) if given.get(variable)), None)) is not None
    }


def load(given: Mapping[str, str]) -> Settings:
    """The settings in the environment *given*. An empty variable counts as not set. Raises SettingsError."""
    origin = origins(given)
    found = {name: given[variable].strip() for name, variable in origin.items()}
    try:
        return Settings.model_validate(found)
    except ValidationError as cause:
        raise SettingsError(_sentence(cause, found, origin)) from None


def _sentence(cause: ValidationError, found: Mapping[str, str], origin: Mapping[str, str]) -> str:
    detail = cause.errors(include_url=False)[0]
    wanted = detail["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    if not detail["loc"]:
        return f"settings: got only one of two that belong together, wanted {wanted}"
    name = str(detail["loc"][0])
    field = Settings.model_fields[name]
    got = "a value" if "SecretStr" in str(field.annotation) else repr(found[name])
    return f"{variables_of(field)[0]}: got {got} from the environment variable {origin[name]}, wanted {wanted}"
