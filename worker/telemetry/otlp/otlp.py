"""What is sent when: spans in batches from a thread of the SDK's, metrics at intervals."""

import asyncio
import logging
import re
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from worker.events import ExportFailed, Observe
from worker.telemetry.exporting import ExportOptions
from worker.telemetry.metrics import Instrument
from worker.telemetry.otlp.numbers import numbers
from worker.telemetry.otlp.spans import Spans

__all__ = ["Otlp"]

_SERVICE: Final = "azure-openai-worker"
_UNNAMED: Final = "unknown_service"  # what the SDK says where nobody has named the service
_LAST_S: Final = 5.0  # a collector that is away must not hold up the end
_SAID_AT_MOST: Final = 300
_URL: Final = re.compile(r" with url: \S+")  # which may hold a key


class Otlp:
    """
    Sends spans and metrics as *options* say; *instruments* gives the latter. Nothing waits for a collector.

    *listeners* are to hear all events.
    """

    def __init__(self, options: ExportOptions, instruments: Callable[[], Sequence[Instrument]]) -> None:
        self._options = options
        self._instruments = instruments
        self._resource = _resource(options)
        self._scope = InstrumentationScope(_SERVICE, options.version)
        self._began_ns = time.time_ns()
        self._heard = _Heard(options.collector)
        self._batches = BatchSpanProcessor(OTLPSpanExporter()) if options.traces else None
        self._metrics = OTLPMetricExporter() if options.metrics else None
        self._sending: asyncio.Task[None] | None = None
        batches = self._batches
        spans = [Spans(batches.on_end, resource=self._resource, scope=self._scope)] if batches else []
        self.listeners: Sequence[Observe] = tuple(spans)

    async def open(self, *, observe: Observe) -> None:
        """Begin to send. What does not get through is told to *observe* as ExportFailed."""
        self._heard.tell(observe, asyncio.get_running_loop())
        if self._metrics:
            self._sending = asyncio.create_task(self._send_metrics())

    async def close(self) -> None:
        """Send what is left, for a few seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_S):
                if self._sending:
                    self._sending.cancel()
                    await self._send_once()
                if self._batches:
                    await _aside(self._batches.shutdown)
        self._heard.close()

    async def _send_metrics(self) -> None:
        while True:
            await asyncio.sleep(self._options.metrics_every_s)
            await self._send_once()

    async def _send_once(self) -> None:
        if self._metrics is None:
            return
        made = numbers(
            self._instruments(),
            resource=self._resource,
            scope=self._scope,
            began_ns=self._began_ns,
            now_ns=time.time_ns(),
        )
        await _aside(partial(self._metrics.export, made))


async def _aside(work: Callable[[], object]) -> None:
    """Do *work* in a thread that the process does not wait for when it ends, as it does for those of the loop's own."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def through() -> None:
        work()
        with suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=through, name="otlp", daemon=True).start()
    await done.wait()


class _Heard(logging.Handler):
    """Hears what the SDK logs of exports that failed, from whichever thread; in place of lines of its own kind."""

    def __init__(self, collector: str) -> None:
        super().__init__(logging.ERROR)
        self._collector = collector
        self._observe: Observe | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._logger = logging.getLogger("opentelemetry")
        self._logger.addHandler(self)
        self._logger.propagate = False

    def tell(self, observe: Observe, loop: asyncio.AbstractEventLoop) -> None:
        """Tell *observe* on *loop* from now on."""
        self._observe, self._loop = observe, loop

    def emit(self, record: logging.LogRecord) -> None:
        """Pass the SDK's sentence on, without the URL that it may name."""
        if self._observe is not None and self._loop is not None:
            said = _URL.sub("", record.getMessage())[:_SAID_AT_MOST]
            failed = ExportFailed(cause=f"{self._collector}: {said}")
            with suppress(RuntimeError):  # the loop has been closed: nobody listens any more
                self._loop.call_soon_threadsafe(self._observe, failed)

    def close(self) -> None:
        """Hear no more."""
        self._logger.removeHandler(self)
        super().close()


def _resource(options: ExportOptions) -> Resource:
    """Who sends: as OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say, else by our own name."""
    found = Resource.create({SERVICE_VERSION: options.version, SERVICE_INSTANCE_ID: options.instance})
    named = str(found.attributes[SERVICE_NAME])
    if options.service is None and not named.startswith(_UNNAMED):
        return found
    return found.merge(Resource({SERVICE_NAME: options.service or _SERVICE}))
