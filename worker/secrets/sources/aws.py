"""AWS Secrets Manager, and the parameter store of Systems Manager. boto3 blocks, so it works in threads."""

import asyncio
import threading
from typing import Any, Final

from worker.extras import optional
from worker.secrets.sources.cached import StoreDown
from worker.secrets.sources.options import Aws

__all__ = ["AwsStore"]

_MISSING: Final = frozenset({"ResourceNotFoundException", "ParameterNotFound", "ValidationException"})


class AwsStore:
    """See Aws. Credentials are found as every AWS client finds them: variables, profile, pod or machine role."""

    def __init__(self, options: Aws) -> None:
        kinds = {"awsSecretsManager": "AWS Secrets Manager", "awsParameterStore": "AWS Systems Manager's parameters"}
        self.label = f"{kinds[options.type]} in {options.region}"
        self._options = options
        self._client: Any = None
        self._opening = threading.Lock()

    async def fetch(self, name: str) -> str | None:
        """See Store."""
        return await asyncio.to_thread(self._fetch, f"{self._options.prefix}{name}")

    async def close(self) -> None:
        """See Store."""
        if self._client is not None:
            await asyncio.to_thread(self._client.close)

    def _fetch(self, name: str) -> str | None:
        botocore: Any = optional("botocore.exceptions", extra="aws", purpose=f"the secret source {self._options.type}")
        self._open()
        client = self._client
        try:
            if self._options.type == "awsSecretsManager":
                said = client.get_secret_value(SecretId=name)
                return str(said["SecretString"]) if "SecretString" in said else str(said["SecretBinary"], "utf-8")
            return str(client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
        except botocore.ClientError as cause:
            code = cause.response.get("Error", {}).get("Code", "")
            if code in _MISSING:
                return None
            raise StoreDown(f"it answered {code}") from None
        except botocore.BotoCoreError as cause:
            raise StoreDown(f"no answer ({type(cause).__name__})") from None

    def _open(self) -> None:
        with self._opening:
            if self._client is None:
                boto3: Any = optional("boto3", extra="aws", purpose=f"the secret source {self._options.type}")
                config: Any = optional("botocore.config", extra="aws", purpose="AWS")
                kind = "secretsmanager" if self._options.type == "awsSecretsManager" else "ssm"
                limits = config.Config(connect_timeout=5, read_timeout=10, retries={"max_attempts": 1})
                self._client = boto3.client(
                    kind, region_name=self._options.region, endpoint_url=self._options.endpoint_url, config=limits
                )
