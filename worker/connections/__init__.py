"""Where calls may go and as whom: what a task says, what the operator has defined, and for whom."""

from worker.connections.audience import Asker, Audience, matches
from worker.connections.chosen import Choice, Node, choose
from worker.connections.connection import (
    AUTHENTICATION_TYPES,
    ApiKey,
    Authentication,
    Bearer,
    ClientCertificate,
    ClientCredentials,
    Connection,
    Entra,
    ManagedIdentity,
    NoAuthentication,
    Provider,
    TaskAuthentication,
    TaskConnection,
    WorkloadIdentity,
)
from worker.connections.endpoints import Endpoint, Limits
from worker.connections.named import INCOMPLETE, Connections, NamedConnection, Overridable, Wish, check_headers
from worker.connections.route import Route, Routes

__all__ = [
    "AUTHENTICATION_TYPES",
    "INCOMPLETE",
    "ApiKey",
    "Asker",
    "Audience",
    "Authentication",
    "Bearer",
    "Choice",
    "ClientCertificate",
    "ClientCredentials",
    "Connection",
    "Connections",
    "Endpoint",
    "Entra",
    "Limits",
    "ManagedIdentity",
    "NamedConnection",
    "NoAuthentication",
    "Node",
    "Overridable",
    "Provider",
    "Route",
    "Routes",
    "TaskAuthentication",
    "TaskConnection",
    "Wish",
    "WorkloadIdentity",
    "check_headers",
    "choose",
    "matches",
]
