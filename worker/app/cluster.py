"""The cluster as the operator has set it."""

from collections.abc import Callable

from worker.broker import (
    SAAS_AUDIENCE,
    SAAS_TOKEN_URL,
    Basic,
    Credentials,
    GatewayOptions,
    GrpcGateway,
    LoopOptions,
    NoCredentials,
    OAuth,
    OAuthClient,
    Tls,
)
from worker.inputs import VARIABLE, wanted_lease_s
from worker.job import Job
from worker.proxies import Proxies
from worker.settings import Settings, SettingsError

__all__ = ["credentials", "gateway_for", "loop_options"]


def gateway_for(settings: Settings, who: Credentials) -> GrpcGateway:
    """The cluster's gateway. SettingsError where the authority's file or the proxy before it is of no use."""
    try:
        return GrpcGateway(_gateway_options(settings), credentials=who)
    except OSError as wrong:  # ssl's errors are some
        reason = wrong.strerror or "no certificate found"
        given = f"ZEEBE_CA_CERTIFICATE_PATH: got '{settings.zeebe_ca_certificate_path}'"
        raise SettingsError(f"{given}, wanted a file of PEM certificates: {reason}") from None
    except ValueError as wrong:
        raise SettingsError(f"HTTPS_PROXY: {wrong}") from None


def _gateway_options(settings: Settings) -> GatewayOptions:
    if not settings.uses_tls:  # inside the cluster, where no proxy leads to
        return GatewayOptions(address=settings.gateway)
    https = settings.https_proxy
    proxies = Proxies(http=None, https=https.get_secret_value() if https else None, no_proxy=settings.no_proxy)
    return GatewayOptions(
        address=settings.gateway,
        tls=Tls(ca_file=settings.zeebe_ca_certificate_path),
        proxy=proxies.proxy_for(f"https://{settings.gateway}"),
    )


def credentials(settings: Settings) -> Credentials:
    """As whom the worker comes to the gateway."""
    if settings.zeebe_client_id and settings.zeebe_client_secret:
        is_saas = settings.camunda_cluster_id is not None
        return OAuth(
            OAuthClient(
                token_url=settings.zeebe_authorization_server_url or SAAS_TOKEN_URL,
                client_id=settings.zeebe_client_id,
                client_secret=settings.zeebe_client_secret.get_secret_value(),
                audience=settings.zeebe_token_audience or (SAAS_AUDIENCE if is_saas else ""),
                scope=settings.zeebe_token_scope or "",
                ca_file=settings.worker_ca_file,
            )
        )
    if settings.zeebe_username and settings.zeebe_password:
        return Basic(settings.zeebe_username, settings.zeebe_password.get_secret_value())
    return NoCredentials()


def loop_options(settings: Settings, *, when_done: Callable[[Job], object]) -> LoopOptions:
    """Which jobs are taken, and how many; *when_done* hears of those that will not come again."""
    return LoopOptions(
        job_types=settings.worker_job_types,
        worker_name=settings.worker_name,
        max_jobs_in_flight=settings.worker_max_jobs_in_flight,
        lease_s=settings.worker_job_lease_s,
        lease_of=wanted_lease_s,
        when_done=when_done,
        fetch_variables=(VARIABLE,),
        tenant_ids=settings.zeebe_tenant_ids,
        is_streaming=settings.worker_stream_enabled,
    )
