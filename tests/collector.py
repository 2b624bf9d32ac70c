"""A collector of OTLP over HTTP on loopback: keeps what it receives."""

import gzip
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics_service
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as trace_service
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@dataclass(frozen=True)
class Received:
    """A span as it came; ids in hexadecimal, empty for none."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    began_ns: int
    ended_ns: int
    attributes: Mapping[str, Any]
    service: str
    is_client: bool
    is_error: bool


@dataclass
class Collector:
    """
    Answers 200 to `/v1/traces` and `/v1/metrics` as long as no other *status* is set.

    *metrics* are the latest of each name; *headers* those of the last request.
    """

    status: int = 200
    spans: list[Received] = field(default_factory=list)
    metrics: dict[str, Metric] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes([web.post("/v1/traces", self._traces), web.post("/v1/metrics", self._metrics)])
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def sum_of(self, name: str, **attributes: str) -> float:
        """The sum of a counter's or a histogram's points that have *attributes*; 0 where there are none."""
        metric = self.metrics.get(name)
        if metric is None:
            return 0.0
        points: list[Any] = [*metric.sum.data_points, *metric.histogram.data_points, *metric.gauge.data_points]
        return sum(_value(point) for point in points if attributes.items() <= _plain(point.attributes).items())

    def count_of(self, name: str) -> int:
        """How many values a histogram holds."""
        metric = self.metrics.get(name)
        return sum(point.count for point in metric.histogram.data_points) if metric else 0

    async def _traces(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        if self.status == 200:
            self.spans += _spans(trace_service.ExportTraceServiceRequest.FromString(body))
        return web.Response(status=self.status)

    async def _metrics(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        if self.status == 200:
            sent = metrics_service.ExportMetricsServiceRequest.FromString(body)
            scopes = [scope for resource in sent.resource_metrics for scope in resource.scope_metrics]
            self.metrics |= {metric.name: metric for scope in scopes for metric in scope.metrics}
        return web.Response(status=self.status)

    async def _body(self, request: web.Request) -> bytes:
        self.asked[request.path] += 1
        self.headers = dict(request.headers)
        body = await request.read()
        return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def _value(point: Any) -> float:
    if hasattr(point, "sum"):
        return float(point.sum)
    return float(point.as_double or point.as_int)


def _spans(sent: trace_service.ExportTraceServiceRequest) -> Iterator[Received]:
    for resource in sent.resource_spans:
        service = str(_plain(resource.resource.attributes)["service.name"])
        for span in (span for scope in resource.scope_spans for span in scope.spans):
            yield Received(
                name=span.name,
                trace_id=span.trace_id.hex(),
                span_id=span.span_id.hex(),
                parent_id=span.parent_span_id.hex(),
                began_ns=span.start_time_unix_nano,
                ended_ns=span.end_time_unix_nano,
                attributes=_plain(span.attributes),
                service=service,
                is_client=span.kind == Span.SPAN_KIND_CLIENT,
                is_error=span.status.code == 2,
            )


def _plain(attributes: Any) -> dict[str, Any]:
    pairs: list[KeyValue] = list(attributes)
    return {pair.key: _of(pair.value) for pair in pairs}


def _of(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_of(each) for each in value.array_value.values]
    return getattr(value, kind) if kind else None
