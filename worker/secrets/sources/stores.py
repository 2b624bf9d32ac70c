"""From the operator's file to the store that it means."""

from pathlib import Path
from typing import Final, assert_never

from worker.extras import require
from worker.secrets.sources.aws import AwsStore
from worker.secrets.sources.cached import Store
from worker.secrets.sources.console import CamundaConsole
from worker.secrets.sources.google import GoogleSecretManager
from worker.secrets.sources.hashicorp import HashiCorpVault
from worker.secrets.sources.http import Http
from worker.secrets.sources.key_vault import AzureKeyVault
from worker.secrets.sources.options import Aws, Console, Google, HashiCorp, KeyVault, StoreOptions

__all__ = ["store"]

_NEEDS: Final = {
    "azureKeyVault": ("azure.keyvault.secrets", "azure-key-vault"),
    "awsSecretsManager": ("boto3", "aws"),
    "awsParameterStore": ("boto3", "aws"),
    "googleSecretManager": ("google.auth", "google"),
}


def store(options: StoreOptions, *, ca_file: Path | None = None) -> Store:
    """The store of *options*; nothing is opened or imported yet. Raises MissingExtra where its extra is not there."""
    if options.type in _NEEDS:
        module, extra = _NEEDS[options.type]
        require(module, extra=extra, purpose=f"the secret source {options.type}")
    match options:
        case KeyVault():
            return AzureKeyVault(options, ca_file=ca_file)
        case HashiCorp():
            return HashiCorpVault(options, Http(ca_file))
        case Aws():
            return AwsStore(options)
        case Google():
            return GoogleSecretManager(options, Http(ca_file))
        case Console():
            return CamundaConsole(options, Http(ca_file))
        case _ as unknown:
            assert_never(unknown)
