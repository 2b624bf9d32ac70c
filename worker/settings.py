"""
The worker's settings: the only reader of the environment.

Each field of Settings is one line of the README's table: name, type, default, unit and meaning. The first variable of
a field is its own name; the others are names that the ecosystem already uses for the same thing.
"""

import os
import platform
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo

__all__ = ["Settings", "SettingsError", "environment", "load", "variables_of"]


class SettingsError(Exception):
    """A setting is wrong. The text names it, where its value came from and what is allowed."""


def _setting(default: Any, *variables: str, text: str, **limits: Any) -> Any:  # noqa: ANN401 - as pydantic's Field
    return Field(default, description=text, json_schema_extra={"variables": list(variables)}, **limits)


def _separated(value: object) -> object:
    """`a, b` as a tuple; anything else is left to the type check."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _readable_file(path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise ValueError("the path of a file that can be read")
    return path


_GATEWAY = re.compile(r"(?:(?P<scheme>https?|grpcs?)://)?(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(?P<port>\d{1,5}))?/?")


def _gateway(address: str) -> str:
    if not _GATEWAY.fullmatch(address):
        raise ValueError("host:port, with or without https:// or grpcs:// before it")
    return address


Address = Annotated[str, AfterValidator(_gateway)]
Names = Annotated[tuple[str, ...], BeforeValidator(_separated)]
File = Annotated[Path | None, AfterValidator(_readable_file)]


class Settings(BaseModel):
    """Everything that an operator can set. Frozen: read once, at the start."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zeebe_address: Address = _setting(
        "localhost:26500", "ZEEBE_ADDRESS", "CAMUNDA_CLIENT_GRPCADDRESS", "ZEEBE_GATEWAY_ADDRESS",
        text="Gateway of the cluster, `host:port`; `https://` or `grpcs://` before it asks for TLS",
    )  # fmt: skip
    zeebe_plaintext: bool | None = _setting(
        None, "ZEEBE_INSECURE_CONNECTION", "ZEEBE_PLAINTEXT", "CAMUNDA_SECURE_CONNECTION_DISABLED",
        text="Whether the gateway is spoken to without TLS; by default TLS is used for SaaS, `https://` and an own CA",
    )  # fmt: skip
    zeebe_ca_certificate_path: File = _setting(
        None, "ZEEBE_CA_CERTIFICATE_PATH", "CAMUNDA_CLIENT_CACERTIFICATEPATH",
        text="PEM file of the authority that signed the gateway's certificate",
    )  # fmt: skip
    zeebe_client_id: str | None = _setting(
        None, "ZEEBE_CLIENT_ID", "CAMUNDA_CLIENT_ID", "CAMUNDA_CLIENT_AUTH_CLIENTID", text="OAuth client of the cluster"
    )
    zeebe_client_secret: SecretStr | None = _setting(
        None, "ZEEBE_CLIENT_SECRET", "CAMUNDA_CLIENT_SECRET", "CAMUNDA_CLIENT_AUTH_CLIENTSECRET",
        text="The OAuth client's secret",
    )  # fmt: skip
    zeebe_authorization_server_url: str | None = _setting(
        None, "ZEEBE_AUTHORIZATION_SERVER_URL", "CAMUNDA_OAUTH_URL", "CAMUNDA_CLIENT_AUTH_TOKENURL",
        text="Token endpoint; Camunda's own with a SaaS cluster",
    )  # fmt: skip
    zeebe_token_audience: str | None = _setting(
        None, "ZEEBE_TOKEN_AUDIENCE", "CAMUNDA_TOKEN_AUDIENCE", "CAMUNDA_CLIENT_AUTH_AUDIENCE",
        text="Audience of the token; `zeebe.camunda.io` with a SaaS cluster",
    )  # fmt: skip
    zeebe_token_scope: str | None = _setting(
        None, "ZEEBE_TOKEN_SCOPE", "CAMUNDA_TOKEN_SCOPE", "CAMUNDA_CLIENT_AUTH_SCOPE",
        text="Scope of the token, where the server wants one (Microsoft Entra: `{client id}/.default`)",
    )  # fmt: skip
    zeebe_username: str | None = _setting(
        None, "ZEEBE_USERNAME", "CAMUNDA_BASIC_AUTH_USERNAME", "CAMUNDA_CLIENT_AUTH_USERNAME",
        text="User of a cluster with basic authentication",
    )  # fmt: skip
    zeebe_password: SecretStr | None = _setting(
        None,
        "ZEEBE_PASSWORD",
        "CAMUNDA_BASIC_AUTH_PASSWORD",
        "CAMUNDA_CLIENT_AUTH_PASSWORD",
        text="That user's password",
    )
    camunda_cluster_id: str | None = _setting(
        None, "CAMUNDA_CLUSTER_ID", "CAMUNDA_CLIENT_CLOUD_CLUSTERID", "ZEEBE_CLIENT_CLOUD_CLUSTERID",
        text="Camunda SaaS: the cluster; takes the place of ZEEBE_ADDRESS",
    )  # fmt: skip
    camunda_cluster_region: str = _setting(
        "bru-2", "CAMUNDA_CLUSTER_REGION", "CAMUNDA_CLIENT_CLOUD_REGION", "ZEEBE_CLIENT_CLOUD_REGION",
        text="Camunda SaaS: the cluster's region",
    )  # fmt: skip
    zeebe_tenant_ids: Names = _setting(
        (), "ZEEBE_TENANT_IDS", "CAMUNDA_CLIENT_WORKER_DEFAULTS_TENANTIDS", "CAMUNDA_TENANT_ID",
        text="Tenants whose jobs are taken, separated by commas; the default tenant if empty",
    )  # fmt: skip
    worker_name: str = _setting(
        platform.node() or "azure-openai-worker", "WORKER_NAME", "CAMUNDA_CLIENT_WORKER_DEFAULTS_NAME",
        text="How the worker calls itself towards the broker; by default the host's name",
    )  # fmt: skip
    worker_job_types: Names = _setting(
        ("azure-openai",), "WORKER_JOB_TYPES", text="Job types that are taken, separated by commas", min_length=1
    )
    worker_max_jobs_in_flight: int = _setting(
        100, "WORKER_MAX_JOBS_IN_FLIGHT", "CAMUNDA_CLIENT_WORKER_DEFAULTS_MAXJOBSACTIVE",
        text="Jobs that are worked on at the same time; no more are taken from the broker", ge=1, le=100_000,
    )  # fmt: skip
    worker_job_lease_s: float = _setting(
        60.0, "WORKER_JOB_LEASE_S", ge=5, le=86_400,
        text="Seconds that the broker keeps a job for us; renewed while the call runs, so it need not cover a call",
    )  # fmt: skip
    worker_stream_enabled: bool = _setting(
        True, "WORKER_STREAM_ENABLED",  # noqa: FBT003 - a default, read beside its name "CAMUNDA_CLIENT_WORKER_DEFAULTS_STREAMENABLED",
        text="Whether the broker pushes jobs as they appear; without, they are only polled for",
    )  # fmt: skip
    worker_drain_grace_s: float = _setting(
        25.0, "WORKER_DRAIN_GRACE_S", ge=0, le=86_400,
        text="Seconds that running jobs have to finish after SIGTERM; what is left is handed back to the broker",
    )  # fmt: skip
    worker_connect_timeout_s: float = _setting(
        10.0, "WORKER_CONNECT_TIMEOUT_S", gt=0, le=600, text="Seconds to reach the service, TLS handshake included"
    )
    worker_read_timeout_s: float | None = _setting(
        None, "WORKER_READ_TIMEOUT_S", gt=0, le=86_400,
        text="Seconds without a byte from the service before a call is given up; by default only the task's time-out",
    )  # fmt: skip
    worker_max_response_bytes: int = _setting(
        50 * 1024 * 1024, "WORKER_MAX_RESPONSE_BYTES", "CONNECTOR_HTTP_CLIENT_MAX_BODY_SIZE", ge=1024,
        text="Bytes of an answer, unpacked, beyond which it is cut off and refused",
    )  # fmt: skip
    worker_ca_file: File = _setting(
        None, "WORKER_CA_FILE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE",
        text="PEM file of further authorities that a service's certificate may be signed by, beside the system's own",
    )  # fmt: skip
    https_proxy: SecretStr | None = _setting(
        None, "HTTPS_PROXY", "https_proxy", text="URL of the proxy for services at `https://`"
    )
    http_proxy: SecretStr | None = _setting(
        None, "HTTP_PROXY", "http_proxy", text="URL of the proxy for services at `http://`"
    )
    no_proxy: str = _setting(
        "", "NO_PROXY", "no_proxy", text="Hosts, domains and ranges that are reached directly, separated by commas"
    )
    worker_secret_prefix: str = _setting(
        "SECRET_", "WORKER_SECRET_PREFIX", "CAMUNDA_CONNECTOR_SECRETPROVIDER_ENVIRONMENT_PREFIX", min_length=1,
        text="What the name of an environment variable begins with that is a secret: `{{secrets.X}}` is `SECRET_X`",
    )  # fmt: skip
    worker_log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "info", "WORKER_LOG_LEVEL", text="Least level that is logged"
    )
    worker_log_format: Literal["json", "pretty"] = _setting(
        "json", "WORKER_LOG_FORMAT", text="One JSON object a line, or lines for people"
    )

    @property
    def gateway(self) -> str:
        """The gateway as `host:port`; Camunda's own for a SaaS cluster."""
        if self.camunda_cluster_id:
            return f"{self.camunda_cluster_id}.{self.camunda_cluster_region}.zeebe.camunda.io:443"
        given = _GATEWAY.fullmatch(self.zeebe_address)
        default_port = "443" if self.uses_tls else "26500"
        return f"{given['host']}:{given['port'] or default_port}" if given else self.zeebe_address

    @property
    def uses_tls(self) -> bool:
        """Whether the gateway is spoken to with TLS: as it is set, else for SaaS, `https://` and an own authority."""
        if self.zeebe_plaintext is not None:
            return not self.zeebe_plaintext
        secure = self.zeebe_address.startswith(("https://", "grpcs://"))
        return bool(self.camunda_cluster_id or self.zeebe_ca_certificate_path or secure)

    @model_validator(mode="after")
    def _secret_with_client(self) -> Self:
        if (self.zeebe_client_id is None) != (self.zeebe_client_secret is None):
            raise ValueError("ZEEBE_CLIENT_ID and ZEEBE_CLIENT_SECRET together, or neither")
        if self.zeebe_client_id and not (self.zeebe_authorization_server_url or self.camunda_cluster_id):
            raise ValueError("ZEEBE_AUTHORIZATION_SERVER_URL or CAMUNDA_CLUSTER_ID with ZEEBE_CLIENT_ID")
        if (self.zeebe_username is None) != (self.zeebe_password is None):
            raise ValueError("ZEEBE_USERNAME and ZEEBE_PASSWORD together, or neither")
        return self


def variables_of(field: FieldInfo) -> list[str]:
    """The environment variables that set *field*, its own name first."""
    extra = field.json_schema_extra
    names = extra.get("variables") if isinstance(extra, dict) else None
    return [str(name) for name in names] if isinstance(names, list) else []


def environment() -> Mapping[str, str]:
    """The process's environment, read here and nowhere else."""
    return os.environ


def load(given: Mapping[str, str]) -> Settings:
    """The settings in the environment *given*. An empty variable counts as not set. Raises SettingsError."""
    found: dict[str, str] = {}
    origin: dict[str, str] = {}
    for name, field in Settings.model_fields.items():
        variable = next((variable for variable in variables_of(field) if given.get(variable)), None)
        if variable is not None:
            found[name], origin[name] = given[variable].strip(), variable
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
    got = "a value" if field.annotation == SecretStr | None else repr(found[name])
    return f"{variables_of(field)[0]}: got {got} from the environment variable {origin[name]}, wanted {wanted}"
