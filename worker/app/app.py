"""From settings to a running worker, and to a drained one."""

import asyncio
import gc
import socket
from collections.abc import Mapping
from functools import partial

from worker import __version__
from worker.app.cluster import credentials, gateway_for, loop_options
from worker.app.data_path import azure_for, connector_for, limit_options
from worker.app.readiness import Credentials
from worker.app.stores import stores_for
from worker.azure import Azure, Limiter
from worker.broker import JobLoop
from worker.event_loop import new_event_loop
from worker.events import Observe, Stopped
from worker.extras import MissingExtra
from worker.settings import Settings, SettingsError, configuration_of, placeholders_in
from worker.stop import Stop
from worker.telemetry import ExportOptions, FanOut, Logs, Oversight, Vitals

__all__ = ["main", "run"]

# Jobs leave no rings behind (tests/rooms/broker/loop/test_rings.py): a collection finds nothing but after faults, and
# looks at all jobs in flight for nothing, each time for 0.1 s where there are 2,000 (measured). Python counts what is
# made and not freed again: jobs that come into flight, of some 95 objects each, are not to bring a collection about.
_COLLECTED_AFTER = 50_000  # objects beside those of jobs in flight
_OBJECTS_OF_A_JOB = 120

_TOGETHER_S = 0.01  # log and metrics hear together of what has happened within it


def main(
    settings: Settings,
    environment: Mapping[str, str],
    *,
    listener: socket.socket | None = None,
    lives_with: int | None = None,
) -> None:
    """
    Work until SIGTERM or SIGINT, then drain; a second signal stops at once.

    *environment* is where secrets are looked up. *listener* takes the place of the management port; the end of the file
    *lives_with* asks for the drain as a signal does.
    """
    gc.freeze()  # what is loaded stays: without this a full collection stops all jobs for a tenth of a second
    gc.set_threshold(_COLLECTED_AFTER + _OBJECTS_OF_A_JOB * settings.worker_max_jobs_in_flight, 10, 10)
    gc.enable()
    logs = Logs(level=settings.worker_log_level, form=settings.worker_log_format, rooms=settings.worker_log_levels)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_until_signalled(settings, environment, logs, listener, lives_with))


async def run(
    settings: Settings,
    environment: Mapping[str, str],
    *,
    stop: Stop,
    observe: Observe,
    oversight: Oversight | None = None,
) -> None:
    """
    Work until *stop* says so, then drain; whoever made *oversight* closes it.

    Waits for a broker that is away. SettingsError for a wrong config file.
    """
    limiter = Limiter(limit_options(settings, observe=observe))
    azure = azure_for(settings, observe=observe, limiter=limiter)
    stores = stores_for(settings, observe)
    connector = stores.behind(connector_for(settings, environment, service=azure, observe=observe))
    gateway = gateway_for(settings, credentials(settings))
    named = placeholders_in(configuration_of(settings)) if oversight else ()
    secrets = Credentials(connector.access, named)
    loading = asyncio.create_task(secrets.load())
    try:
        loop = JobLoop(gateway, connector.run, options=loop_options(settings, when_done=stores.done), observe=observe)
        limiter.when_room_changes = loop.make_room
        loop.make_room(limiter.room)  # what the operator's quotas allow, before the first job tells of a deployment
        if oversight:
            await oversight.open(_vitals(loop, secrets, limiter, azure), observe=observe)
        await stores.open()
        await _until_drained(loop, stop, grace_s=settings.worker_drain_grace_s)
    finally:
        loading.cancel()
        await gateway.close()
        await azure.close()
        await limiter.close()
        await stores.close()
        await connector.access.close()
    observe(Stopped())


def _vitals(loop: JobLoop, secrets: Credentials, limiter: Limiter, azure: Azure) -> Vitals:
    return Vitals(
        in_flight=lambda: loop.in_flight,
        is_connected=lambda: loop.is_connected,
        lacks=secrets.lacks,
        deployments=limiter.states,
        endpoints=azure.endpoints,
    )


async def _until_drained(loop: JobLoop, stop: Stop, *, grace_s: float) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(loop.run())
        await stop.asked.wait()
        drain = tasks.create_task(loop.drain(grace_s))
        hurry = tasks.create_task(stop.hurried.wait())
        await asyncio.wait([drain, hurry], return_when=asyncio.FIRST_COMPLETED)
        await loop.drain(0)
        hurry.cancel()


async def _until_signalled(
    settings: Settings,
    environment: Mapping[str, str],
    logs: Logs,
    listener: socket.socket | None,
    lives_with: int | None,
) -> None:
    stop = Stop()
    stop.listen()
    if lives_with is not None:
        stop.live_with(lives_with)
    oversight = _oversight(settings, listener)
    heard_by = oversight.listeners if oversight else ()
    soon = partial(asyncio.get_running_loop().call_later, _TOGETHER_S)
    observe = FanOut([logs, *heard_by], soon=soon)
    try:
        await run(settings, environment, stop=stop, observe=observe, oversight=oversight)
    finally:
        observe.tell()  # before the last export
        if oversight:
            await oversight.close()
        observe.tell()


def _oversight(settings: Settings, listener: socket.socket | None) -> Oversight | None:
    host, port = settings.worker_management_host, settings.worker_management_port
    export = ExportOptions(
        traces=settings.exports_traces,
        metrics=settings.exports_metrics,
        metrics_every_s=settings.otel_metric_export_interval / 1000,
        collector=settings.collector,
        service=settings.otel_service_name,
        version=__version__,
        instance=settings.worker_name,
    )
    if not (port or export.traces or export.metrics):
        return None
    permits = settings.worker_max_jobs_in_flight
    try:
        return Oversight(version=__version__, permits=permits, host=host, port=port, export=export, listener=listener)
    except MissingExtra as missing:
        raise SettingsError(f"OTEL_EXPORTER_OTLP_ENDPOINT: {missing}") from None
