"""The example processes, and a client to deploy and start them with."""

from pathlib import Path

import pyzeebe
from pyzeebe import ZeebeClient

from worker.settings import Settings

__all__ = ["client_for", "example", "examples"]

_PACKAGED = Path(__file__).parent / "bpmn"  # where an installed wheel keeps them
_CHECKOUT = Path(__file__).parents[2] / "bpmn"


def examples() -> list[Path]:
    """Every example process, by name."""
    return sorted((_PACKAGED if _PACKAGED.is_dir() else _CHECKOUT).glob("*.bpmn"))


def example(name: str) -> Path:
    """The file of the example process *name*."""
    return next(path for path in examples() if path.stem == name)


def client_for(settings: Settings) -> ZeebeClient:
    """A client of the cluster that *settings* describe. Belongs to the running event loop."""
    if settings.zeebe_client_id is None or settings.zeebe_client_secret is None:
        return ZeebeClient(pyzeebe.create_insecure_channel(settings.zeebe_address))
    secret = settings.zeebe_client_secret.get_secret_value()
    if settings.camunda_cluster_id is not None:
        return ZeebeClient(
            pyzeebe.create_camunda_cloud_channel(
                client_id=settings.zeebe_client_id,
                client_secret=secret,
                cluster_id=settings.camunda_cluster_id,
                region=settings.camunda_cluster_region,
            )
        )
    return ZeebeClient(
        pyzeebe.create_oauth2_client_credentials_channel(
            grpc_address=settings.zeebe_address,
            client_id=settings.zeebe_client_id,
            client_secret=secret,
            authorization_server=settings.zeebe_authorization_server_url or "",
            audience=settings.zeebe_token_audience,
            scope=settings.zeebe_token_scope,
        )
    )
