"""The data path as the operator has set it: the service, secrets, connections, documents."""

import random
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from worker import __version__
from worker.azure import Azure, AzureOptions, Limiter, LimitOptions, RedisStore, SharedLimits
from worker.connections import Connections
from worker.connector import Access, Connector, Service
from worker.documents import DocumentFolder
from worker.events import Observe
from worker.expressions import Expressions
from worker.extras import MissingExtra
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
from worker.trace import Sampling

__all__ = ["azure_for", "azure_options", "connector_for", "limit_options", "secrets_for"]


def azure_for(settings: Settings, *, observe: Observe, limiter: Limiter) -> Azure:
    """The service's client. Raises SettingsError where an option of it is wrong."""
    try:
        return Azure(azure_options(settings), observe=observe, limiter=limiter)
    except ValueError as wrong:  # names the option: a proxy, the authorities, a range of addresses
        raise SettingsError(f"settings: {wrong}") from None


def connector_for(
    settings: Settings, environment: Mapping[str, str], *, service: Service, observe: Observe
) -> Connector:
    """The data path in front of *service*; secrets are looked up in *environment*. SettingsError for a wrong file."""
    configuration = configuration_of(settings)
    secrets = secrets_for(settings, configuration, environment, observe=observe)
    access = Access(secrets, Connections(configuration.connections))
    expressions = Expressions(now=lambda: datetime.now().astimezone(), chance=random.random)
    folder = settings.worker_document_folder
    documents = DocumentFolder(folder, base_url=settings.worker_document_base_url) if folder else None
    return Connector(
        service,
        access,
        expressions,
        documents=documents,
        observe=observe,
        clock=time.monotonic,
        sampling=Sampling(ratio=settings.sampled_ratio, follows_parent=settings.follows_parent),
    )


def azure_options(settings: Settings) -> AzureOptions:
    """How calls travel, as the operator has set it."""
    https, http = settings.https_proxy, settings.http_proxy
    return AzureOptions(
        connect_timeout_s=settings.worker_connect_timeout_s,
        read_timeout_s=settings.worker_read_timeout_s,
        max_response_bytes=settings.worker_max_response_bytes,
        max_attempts=settings.worker_max_call_attempts,
        max_wait_s=settings.worker_max_call_wait_s,
        describes_exchanges=settings.exports_traces,
        ca_file=settings.worker_ca_file,
        https_proxy=https.get_secret_value() if https else None,
        http_proxy=http.get_secret_value() if http else None,
        no_proxy=settings.no_proxy,
        denied_addresses=settings.worker_denied_addresses,
        user_agent=f"azure-openai-worker/{__version__}",
    )


def secrets_for(
    settings: Settings,
    configuration: Configuration,
    environment: Mapping[str, str],
    *,
    observe: Observe = lambda _event: None,
) -> Secrets:
    """Every source that the operator has set up. Raises SettingsError where a package for one is missing."""
    variables = EnvironmentSecrets(
        environment,
        prefix=settings.worker_secret_prefix,
        by_tenant=settings.worker_secret_by_tenant,
        by_process=settings.worker_secret_by_process,
        tenants=settings.zeebe_tenant_ids,
    )
    try:
        others = [_source(source, settings, observe) for source in configuration.secrets.sources]
    except MissingExtra as missing:
        raise SettingsError(f"WORKER_CONFIG_FILE: secrets.sources: {missing}") from None
    return Secrets(variables, *others, policy=configuration.secrets)


def _source(options: Files | StoreOptions, settings: Settings, observe: Observe) -> SecretSource:
    if isinstance(options, Files):
        return FileSecrets(Path(options.folder), is_shared=options.shared)
    kept = store(options, ca_file=settings.worker_ca_file)
    cached = CachedSecrets(kept, ttl_s=options.ttl_s, patience_s=options.patience_s)
    cached.observe = observe
    return cached


def limit_options(settings: Settings, *, observe: Observe) -> LimitOptions:
    """The quotas that calls are kept within. Raises SettingsError where they cannot be shared as it is set."""
    return LimitOptions(
        requests_per_minute=settings.worker_requests_per_minute,
        tokens_per_minute=settings.worker_tokens_per_minute,
        max_calls=settings.worker_max_jobs_in_flight,
        max_wait_s=settings.worker_max_call_wait_s,
        shared=_shared_limits(settings, observe),
    )


def _shared_limits(settings: Settings, observe: Observe) -> SharedLimits | None:
    url = settings.worker_shared_limits_url
    if url is None:
        return None
    try:
        return SharedLimits(RedisStore(url.get_secret_value()), observe=observe, clock=time.monotonic)
    except MissingExtra as missing:
        raise SettingsError(f"WORKER_SHARED_LIMITS_URL: {missing}") from None
    except ValueError:  # its text may quote the URL, which may hold a password
        raise SettingsError("WORKER_SHARED_LIMITS_URL: wanted redis://host:port, rediss:// or unix://") from None
