"""Whether the cluster lets the worker in, and what it is."""

import re
from typing import Final

from worker import app
from worker.broker import (
    GatewayError,
    GatewayUnavailable,
    NotPermitted,
    Subscription,
    Topology,
)
from worker.cli.doctor.finding import Finding
from worker.settings import Settings, SettingsError

__all__ = ["cluster"]

_RENEWS_SINCE: Final = (8, 4)
_NOBODYS: Final = "azure-openai-worker-doctor"  # a job type that no process has

_SIGN_IN: Final = (
    "check ZEEBE_CLIENT_ID, ZEEBE_CLIENT_SECRET, ZEEBE_TOKEN_AUDIENCE and ZEEBE_AUTHORIZATION_SERVER_URL; on SaaS the "
    "client needs the scope Zeebe"
)
_REACH: Final = (
    "check that the cluster is up, ZEEBE_ADDRESS (the gRPC port, not the web one), and whether it speaks TLS "
    "(https:// before the address, ZEEBE_CA_CERTIFICATE_PATH for an authority of your own)"
)
_RIGHTS: Final = "give this client or user the right to see the cluster and to activate and update jobs"


async def cluster(settings: Settings) -> list[Finding]:
    """Who the worker is to the cluster, whether it answers, its version, and whether it hands out jobs."""
    credentials = app.credentials(settings)
    kind = type(credentials).__name__
    try:
        await credentials.authorization()
    except GatewayError as error:
        return [Finding("broker", "authentication", "failed", f"{kind}: {error}", _SIGN_IN)]
    findings = [Finding("broker", "authentication", "ok", _as_whom(settings))]
    try:
        gateway = app.gateway_for(settings, credentials)
    except SettingsError as wrong:
        return [*findings, Finding("broker", settings.gateway, "failed", str(wrong), "set it as the text says")]
    try:
        seen = await gateway.topology()
        findings += _of(seen, settings)
        await gateway.activate(
            Subscription(
                job_type=_NOBODYS, worker=settings.worker_name, lease_s=5.0, tenant_ids=settings.zeebe_tenant_ids
            ),
            max_jobs=1,
            wait_s=0,
        )
        types = ", ".join(settings.worker_job_types)
        findings.append(Finding("broker", "jobs", "ok", f"may be taken; the worker takes {types}"))
    except NotPermitted as error:
        findings.append(Finding("broker", "rights", "failed", str(error), _RIGHTS))
    except GatewayError as error:
        mend = _REACH if isinstance(error, GatewayUnavailable) else "the text says what the gateway found wrong"
        findings.append(Finding("broker", gateway.address, "failed", str(error), mend))
    finally:
        await gateway.close()
    return findings


def _as_whom(settings: Settings) -> str:
    if settings.zeebe_client_id:
        return f"OAuth client {settings.zeebe_client_id}, which has got a token"
    return f"user {settings.zeebe_username}" if settings.zeebe_username else "none is set, none was asked for"


def _of(seen: Topology, settings: Settings) -> list[Finding]:
    tls = "TLS" if settings.uses_tls else "without TLS"
    says = f"version {seen.gateway_version}, {len(seen.brokers)} brokers, {seen.partitions} partitions, {tls}"
    found = [Finding("broker", settings.gateway, "ok", says)]
    if not seen.brokers:
        mend = "wait for the brokers, or check that the gateway finds them"
        found = [Finding("broker", settings.gateway, "failed", f"{says}: a gateway without a broker", mend)]
    if _version(seen.gateway_version) < _RENEWS_SINCE:
        mend = "update to 8.4 or newer, or let WORKER_JOB_LEASE_S cover the longest call with all its retries"
        found.append(Finding("broker", "leases", "warning", "cannot be renewed before 8.4", mend))
    return found


def _version(text: str) -> tuple[int, ...]:
    found = re.match(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else _RENEWS_SINCE
