"""The only wiring: settings become objects, objects run, and leave in good order."""

import asyncio
import gc
import random
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from worker import __version__
from worker.azure import Azure, AzureOptions, Limiter, LimitOptions
from worker.broker import (
    SAAS_AUDIENCE,
    SAAS_TOKEN_URL,
    Basic,
    Credentials,
    GatewayOptions,
    GrpcGateway,
    JobLoop,
    LoopOptions,
    NoCredentials,
    OAuth,
    OAuthClient,
    Tls,
)
from worker.connections import Connections
from worker.connector import Access, Connector, Service
from worker.documents import DocumentFolder
from worker.event_loop import new_event_loop
from worker.events import Observe, Stopped
from worker.expressions import Expressions
from worker.extras import MissingExtra
from worker.history import Answers, MemoryStore, SqliteStore, Store
from worker.inputs import VARIABLE, wanted_lease_s
from worker.secrets import (
    CachedSecrets,
    EnvironmentSecrets,
    Files,
    FileSecrets,
    Secrets,
    SecretSource,
    StoreOptions,
    store,
)
from worker.settings import Configuration, Settings, SettingsError, configuration_of
from worker.stop import Stop
from worker.telemetry import FanOut, Logs, Oversight, Vitals

__all__ = ["Stop", "azure_options", "connector_for", "main", "run", "secrets_for"]


def main(settings: Settings, environment: Mapping[str, str]) -> None:
    """
    Work until SIGTERM or SIGINT, then drain; a second signal stops at once.

    *environment* is where secrets are looked up.
    """
    gc.freeze()  # what is loaded stays: without this a full collection stops all jobs for a tenth of a second
    logs = Logs(level=settings.worker_log_level, form=settings.worker_log_format)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_until_signalled(settings, environment, logs))


async def run(
    settings: Settings,
    environment: Mapping[str, str],
    *,
    stop: Stop,
    observe: Observe,
    oversight: Oversight | None = None,
) -> None:
    """Work until *stop* says so, then drain. Waits for a broker that is away. SettingsError for a wrong config file."""
    limiter = Limiter(_limit_options(settings))
    azure = _azure(settings, observe=observe, limiter=limiter)
    answers = _answers(settings, observe)
    connector = replace(
        connector_for(settings, environment, service=azure, observe=observe), answers_of=answers.of if answers else None
    )
    gateway = GrpcGateway(_gateway_options(settings), credentials=_credentials(settings))
    try:
        loop = JobLoop(gateway, connector.run, options=_loop_options(settings), observe=observe)
        limiter.when_room_changes = loop.make_room
        if oversight:
            vitals = Vitals(in_flight=lambda: loop.in_flight, is_connected=lambda: loop.is_connected)
            await oversight.open(vitals, observe=observe)
        await _until_drained(loop, stop, grace_s=settings.worker_drain_grace_s)
    finally:
        await gateway.close()
        await azure.close()
        if answers:
            await answers.close()
        await connector.access.close()
        if oversight:
            await oversight.close()
    observe(Stopped())


async def _until_drained(loop: JobLoop, stop: Stop, *, grace_s: float) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(loop.run())
        await stop.asked.wait()
        drain = tasks.create_task(loop.drain(grace_s))
        hurry = tasks.create_task(stop.hurried.wait())
        await asyncio.wait([drain, hurry], return_when=asyncio.FIRST_COMPLETED)
        await loop.drain(0)
        hurry.cancel()


def _azure(settings: Settings, *, observe: Observe, limiter: Limiter) -> Azure:
    try:
        return Azure(azure_options(settings), observe=observe, limiter=limiter)
    except ValueError as wrong:  # names the option: a proxy, the authorities, a range of addresses
        raise SettingsError(f"settings: {wrong}") from None


def connector_for(
    settings: Settings, environment: Mapping[str, str], *, service: Service, observe: Observe
) -> Connector:
    """The data path in front of *service*; secrets are looked up in *environment*. SettingsError for a wrong file."""
    configuration = configuration_of(settings)
    access = Access(secrets_for(settings, configuration, environment), Connections(configuration.connections))
    expressions = Expressions(now=lambda: datetime.now().astimezone(), chance=random.random)
    folder = settings.worker_document_folder
    documents = DocumentFolder(folder, base_url=settings.worker_document_base_url) if folder else None
    return Connector(service, access, expressions, documents=documents, observe=observe, clock=time.monotonic)


def _answers(settings: Settings, observe: Observe) -> Answers | None:
    """Memory first, since most jobs that come again come to the same worker."""
    max_bytes, file = settings.worker_kept_answers_max_bytes, settings.worker_kept_answers_file
    if not max_bytes:
        return None
    stores: list[Store] = [MemoryStore(max_bytes=max_bytes)]
    if file:
        stores.append(SqliteStore(file, max_bytes=max_bytes, max_age_s=settings.worker_kept_answers_max_age_s))
    return Answers(stores, observe=observe)


async def _until_signalled(settings: Settings, environment: Mapping[str, str], logs: Logs) -> None:
    stop = Stop()
    stop.listen()
    oversight = _oversight(settings)
    observe = FanOut([logs, *(oversight.listeners if oversight else ())])
    await run(settings, environment, stop=stop, observe=observe, oversight=oversight)


def _oversight(settings: Settings) -> Oversight | None:
    host, port = settings.worker_management_host, settings.worker_management_port
    permits = settings.worker_max_jobs_in_flight
    return Oversight(version=__version__, permits=permits, host=host, port=port) if port else None


def azure_options(settings: Settings) -> AzureOptions:
    """How calls travel, as the operator has set it."""
    https, http = settings.https_proxy, settings.http_proxy
    return AzureOptions(
        connect_timeout_s=settings.worker_connect_timeout_s,
        read_timeout_s=settings.worker_read_timeout_s,
        max_response_bytes=settings.worker_max_response_bytes,
        max_attempts=settings.worker_max_call_attempts,
        max_wait_s=settings.worker_max_call_wait_s,
        ca_file=settings.worker_ca_file,
        https_proxy=https.get_secret_value() if https else None,
        http_proxy=http.get_secret_value() if http else None,
        no_proxy=settings.no_proxy,
        denied_addresses=settings.worker_denied_addresses,
        user_agent=f"azure-openai-worker/{__version__}",
    )


def secrets_for(settings: Settings, configuration: Configuration, environment: Mapping[str, str]) -> Secrets:
    """Every source that the operator has set up. Raises SettingsError where a package for one is missing."""
    variables = EnvironmentSecrets(
        environment,
        prefix=settings.worker_secret_prefix,
        by_tenant=settings.worker_secret_by_tenant,
        by_process=settings.worker_secret_by_process,
        tenants=settings.zeebe_tenant_ids,
    )
    try:
        others = [_source(source, settings) for source in configuration.secrets.sources]
    except MissingExtra as missing:
        raise SettingsError(f"WORKER_CONFIG_FILE: secrets.sources: {missing}") from None
    return Secrets(variables, *others, policy=configuration.secrets)


def _source(options: Files | StoreOptions, settings: Settings) -> SecretSource:
    if isinstance(options, Files):
        return FileSecrets(Path(options.folder), is_shared=options.shared)
    kept = store(options, ca_file=settings.worker_ca_file)
    return CachedSecrets(kept, ttl_s=options.ttl_s, patience_s=options.patience_s)


def _limit_options(settings: Settings) -> LimitOptions:
    return LimitOptions(
        requests_per_minute=settings.worker_requests_per_minute,
        tokens_per_minute=settings.worker_tokens_per_minute,
        max_calls=settings.worker_max_jobs_in_flight,
        max_wait_s=settings.worker_max_call_wait_s,
    )


def _gateway_options(settings: Settings) -> GatewayOptions:
    tls = Tls(ca_file=settings.zeebe_ca_certificate_path) if settings.uses_tls else None
    return GatewayOptions(address=settings.gateway, tls=tls)


def _credentials(settings: Settings) -> Credentials:
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


def _loop_options(settings: Settings) -> LoopOptions:
    return LoopOptions(
        job_types=settings.worker_job_types,
        worker_name=settings.worker_name,
        max_jobs_in_flight=settings.worker_max_jobs_in_flight,
        lease_s=settings.worker_job_lease_s,
        lease_of=wanted_lease_s,
        fetch_variables=(VARIABLE,),
        tenant_ids=settings.zeebe_tenant_ids,
        is_streaming=settings.worker_stream_enabled,
    )
