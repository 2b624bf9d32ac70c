"""How calls travel: time-outs, limits, trust and proxies. Whoever reads the settings fills this in."""

from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["AzureOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureOptions:
    """
    Everything about a call that is not the task's own business.

    *connect_timeout_s* covers name, proxy, TCP and TLS together. *read_timeout_s* is the longest silence between two
    bytes; None leaves it to the call's total time, since a long answer is silent until it is complete.
    *max_response_bytes* counts after decompression. *ca_file* (PEM) is trusted in addition to the system's own
    authorities. *no_proxy* is the usual comma-separated list of hosts, domains, addresses and CIDR ranges.
    *denied_addresses* are what no call may reach; see AddressGuard. *keepalive_s* should be shorter than the service's
    own limit, so that we hang up first. After *connection_age_most_s* a connection is not used again: a service whose
    name has another address by then is found there, although the old one still answers. *max_connections* 0 means no
    limit: the worker's permits are the limit.
    *max_attempts* counts every time that one call is sent, the first included; *max_wait_s* is the longest wait between
    two of them: for longer ones the job goes back to the broker. *describes_exchanges* lets CallFinished say what the
    exchange was about, where its trace is kept.
    """

    connect_timeout_s: float = 10.0
    read_timeout_s: float | None = None
    max_response_bytes: int = 50 * 1024 * 1024
    ca_file: Path | None = None
    http_proxy: str | None = field(default=None, repr=False)  # may hold a password
    https_proxy: str | None = field(default=None, repr=False)  # likewise
    no_proxy: str = ""
    denied_addresses: tuple[str, ...] = ()
    user_agent: str = "azure-openai-worker"
    keepalive_s: float = 60.0
    connection_age_most_s: float = 300.0
    dns_cache_s: int = 60
    max_connections: int = 0
    max_attempts: int = 6
    max_wait_s: float = 60.0
    describes_exchanges: bool = False
