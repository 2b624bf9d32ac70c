"""The only wiring: settings become objects, objects run, and leave in good order."""

from worker.app.app import main, run
from worker.app.cluster import credentials, gateway_for
from worker.app.data_path import azure_options, connector_for, secrets_for
from worker.app.stores import register_for, stores_for
from worker.stop import Stop

__all__ = [
    "Stop",
    "azure_options",
    "connector_for",
    "credentials",
    "gateway_for",
    "main",
    "register_for",
    "run",
    "secrets_for",
    "stores_for",
]
