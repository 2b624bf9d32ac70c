"""The cluster whose jobs are taken, and as whom."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, model_validator

from worker.settings.declared import File, Names, setting

__all__ = ["Cluster"]

_GATEWAY = re.compile(r"(?:(?P<scheme>https?|grpcs?)://)?(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(?P<port>\d{1,5}))?/?")


def _gateway(address: str) -> str:
    if not _GATEWAY.fullmatch(address):
        raise ValueError("host:port, with or without https:// or grpcs:// before it")
    return address


Address = Annotated[str, AfterValidator(_gateway)]


class Cluster(BaseModel):
    """What an operator can set about the cluster."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zeebe_address: Address = setting(
        "localhost:26500", "ZEEBE_ADDRESS", "CAMUNDA_CLIENT_GRPCADDRESS", "ZEEBE_GATEWAY_ADDRESS",
        text="Gateway of the cluster, `host:port`; `https://` or `grpcs://` before it asks for TLS",
    )  # fmt: skip
    zeebe_plaintext: bool | None = setting(
        None, "ZEEBE_INSECURE_CONNECTION", "ZEEBE_PLAINTEXT", "CAMUNDA_SECURE_CONNECTION_DISABLED",
        text="Whether the gateway is spoken to without TLS; by default TLS is used for SaaS, `https://` and an own CA",
    )  # fmt: skip
    zeebe_ca_certificate_path: File = setting(
        None, "ZEEBE_CA_CERTIFICATE_PATH", "CAMUNDA_CLIENT_CACERTIFICATEPATH",
        text="PEM file of the authority that signed the gateway's certificate",
    )  # fmt: skip
    zeebe_client_id: str | None = setting(
        None, "ZEEBE_CLIENT_ID", "CAMUNDA_CLIENT_ID", "CAMUNDA_CLIENT_AUTH_CLIENTID", text="OAuth client of the cluster"
    )
    zeebe_client_secret: SecretStr | None = setting(
        None, "ZEEBE_CLIENT_SECRET", "CAMUNDA_CLIENT_SECRET", "CAMUNDA_CLIENT_AUTH_CLIENTSECRET",
        text="The OAuth client's secret",
    )  # fmt: skip
    zeebe_authorization_server_url: str | None = setting(
        None, "ZEEBE_AUTHORIZATION_SERVER_URL", "CAMUNDA_OAUTH_URL", "CAMUNDA_CLIENT_AUTH_TOKENURL",
        text="Token endpoint; Camunda's own with a SaaS cluster",
    )  # fmt: skip
    zeebe_token_audience: str | None = setting(
        None, "ZEEBE_TOKEN_AUDIENCE", "CAMUNDA_TOKEN_AUDIENCE", "CAMUNDA_CLIENT_AUTH_AUDIENCE",
        text="Audience of the token; `zeebe.camunda.io` with a SaaS cluster",
    )  # fmt: skip
    zeebe_token_scope: str | None = setting(
        None, "ZEEBE_TOKEN_SCOPE", "CAMUNDA_TOKEN_SCOPE", "CAMUNDA_CLIENT_AUTH_SCOPE",
        text="Scope of the token, where the server wants one (Microsoft Entra: `{client id}/.default`)",
    )  # fmt: skip
    zeebe_username: str | None = setting(
        None, "ZEEBE_USERNAME", "CAMUNDA_BASIC_AUTH_USERNAME", "CAMUNDA_CLIENT_AUTH_USERNAME",
        text="User of a cluster with basic authentication",
    )  # fmt: skip
    zeebe_password: SecretStr | None = setting(
        None,
        "ZEEBE_PASSWORD",
        "CAMUNDA_BASIC_AUTH_PASSWORD",
        "CAMUNDA_CLIENT_AUTH_PASSWORD",
        text="That user's password",
    )
    camunda_cluster_id: str | None = setting(
        None, "CAMUNDA_CLUSTER_ID", "CAMUNDA_CLIENT_CLOUD_CLUSTERID", "ZEEBE_CLIENT_CLOUD_CLUSTERID",
        text="Camunda SaaS: the cluster; takes the place of ZEEBE_ADDRESS",
    )  # fmt: skip
    camunda_cluster_region: str = setting(
        "bru-2", "CAMUNDA_CLUSTER_REGION", "CAMUNDA_CLIENT_CLOUD_REGION", "ZEEBE_CLIENT_CLOUD_REGION",
        text="Camunda SaaS: the cluster's region",
    )  # fmt: skip
    zeebe_tenant_ids: Names = setting(
        (), "ZEEBE_TENANT_IDS", "CAMUNDA_CLIENT_WORKER_DEFAULTS_TENANTIDS", "CAMUNDA_TENANT_ID",
        text="Tenants whose jobs are taken, separated by commas; the default tenant if empty",
    )  # fmt: skip

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
