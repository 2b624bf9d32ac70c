"""What the operator's file says of each source."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from worker.connections import Entra
from worker.given import Given

__all__ = ["Aws", "Console", "Files", "Google", "HashiCorp", "KeyVault", "StoreOptions"]


class Files(Given):
    """A folder with one file for each secret, as Kubernetes and Docker mount them. Shared ones need the allow-list."""

    type: Literal["files"]
    folder: str
    shared: bool = False


class _Remote(Given):
    """A value is used for *ttl_s* seconds before it is asked for again, a first one waited for *patience_s* seconds."""

    ttl_s: float = Field(default=300.0, ge=1, alias="ttlS")
    patience_s: float = Field(default=20.0, ge=0, alias="patienceS")


class KeyVault(_Remote):
    """
    Azure Key Vault at *url*; underscores of a name become hyphens there.

    Without *authentication* azure-identity's default is used: environment, workload identity, managed identity.
    *is_verified* false is for vaults under a name of one's own, whose challenge names another.
    """

    type: Literal["azureKeyVault"]
    url: str
    authentication: Annotated[Entra, Field(discriminator="type")] | None = None
    is_verified: bool = Field(default=True, alias="verifyChallenge")


class HashiCorp(_Remote):
    """
    HashiCorp Vault or OpenBao, KV version 2.

    With *path* its fields are the secrets, without, each secret's field `value`. The token is given, or is got with
    *role*: by Kubernetes' service account, or by AppRole where *role_secret* is given.
    """

    type: Literal["vault"]
    url: str
    mount: str = "secret"
    path: str | None = None
    namespace: str | None = None
    token: SecretStr | None = None
    role: str | None = None
    role_secret: SecretStr | None = None
    token_file: str = Field(default="/var/run/secrets/kubernetes.io/serviceaccount/token")


class Aws(_Remote):
    """AWS Secrets Manager, or the parameter store of Systems Manager. *prefix* comes before each name."""

    type: Literal["awsSecretsManager", "awsParameterStore"]
    region: str
    prefix: str = ""
    endpoint_url: str | None = None


class Google(_Remote):
    """Google Secret Manager: the latest version of each secret of *project*, with application default credentials."""

    type: Literal["googleSecretManager"]
    project: str
    endpoint: str = "https://secretmanager.googleapis.com"


class Console(_Remote):
    """The connector secrets of a Camunda SaaS cluster, with the cluster's own client."""

    type: Literal["camundaConsole"]
    client_id: str
    client_secret: SecretStr
    endpoint: str = "https://cluster-api.cloud.camunda.io/secrets"
    token_url: str = Field(default="https://login.cloud.camunda.io/oauth/token")
    audience: str = "secrets.camunda.io"


StoreOptions = Annotated[KeyVault | HashiCorp | Aws | Google | Console, Field(discriminator="type")]
