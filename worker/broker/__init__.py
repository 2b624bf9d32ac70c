"""
The broker edge: takes jobs from a Zeebe gateway, keeps them ours while they are worked on, reports what became of them.

`GrpcGateway` is the door to the broker, `JobLoop` goes in and out through it. Which outcome a job gets is decided
elsewhere.
"""

from worker.broker.credentials import (
    SAAS_AUDIENCE,
    SAAS_TOKEN_URL,
    Basic,
    Credentials,
    NoCredentials,
    OAuth,
    OAuthClient,
)
from worker.broker.gateway import (
    FlawedJob,
    Gateway,
    GatewayBusy,
    GatewayError,
    GatewayUnavailable,
    JobGone,
    JobStream,
    NotLeased,
    NotPermitted,
    NotSupported,
    Refused,
    Subscription,
    TooLarge,
    Topology,
)
from worker.broker.grpc_gateway import GrpcGateway
from worker.broker.loop import JobLoop, LoopOptions, Timing
from worker.broker.options import GatewayOptions, Tls

__all__ = [
    "SAAS_AUDIENCE",
    "SAAS_TOKEN_URL",
    "Basic",
    "Credentials",
    "FlawedJob",
    "Gateway",
    "GatewayBusy",
    "GatewayError",
    "GatewayOptions",
    "GatewayUnavailable",
    "GrpcGateway",
    "JobGone",
    "JobLoop",
    "JobStream",
    "LoopOptions",
    "NoCredentials",
    "NotLeased",
    "NotPermitted",
    "NotSupported",
    "OAuth",
    "OAuthClient",
    "Refused",
    "Subscription",
    "Timing",
    "Tls",
    "TooLarge",
    "Topology",
]
