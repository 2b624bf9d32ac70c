"""The worker's instruments as OpenTelemetry's export types: the same numbers, a second way out."""

from collections.abc import Iterable

from opentelemetry.sdk.metrics import export as sdk
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from worker.telemetry.metrics import Counter, Gauge, Histogram, Instrument, Series

__all__ = ["numbers"]


def numbers(
    instruments: Iterable[Instrument], *, resource: Resource, scope: InstrumentationScope, began_ns: int, now_ns: int
) -> sdk.MetricsData:
    """The present values of *instruments*, counted since *began_ns* (Unix time). One without a value is left out."""
    metrics = [metric for each in instruments if (metric := _metric(each, began_ns, now_ns)).data.data_points]
    of_scope = sdk.ScopeMetrics(scope=scope, metrics=metrics, schema_url="")
    return sdk.MetricsData([sdk.ResourceMetrics(resource=resource, scope_metrics=[of_scope], schema_url="")])


def _metric(instrument: Instrument, began_ns: int, now_ns: int) -> sdk.Metric:
    about = instrument.described
    points: sdk.DataT
    match instrument:
        case Counter():
            values = _values(instrument, began_ns, now_ns)
            points = sdk.Sum(values, sdk.AggregationTemporality.CUMULATIVE, is_monotonic=True)
        case Gauge():
            points = sdk.Gauge(_values(instrument, began_ns, now_ns))
        case Histogram():
            points = sdk.Histogram(_buckets(instrument, began_ns, now_ns), sdk.AggregationTemporality.CUMULATIVE)
    return sdk.Metric(name=about.name, description=about.text, unit=about.unit, data=points)


def _values(instrument: Counter | Gauge, began_ns: int, now_ns: int) -> list[sdk.NumberDataPoint]:
    names = instrument.described.attributes
    return [
        sdk.NumberDataPoint(_attributes(names, series), began_ns, now_ns, value)
        for series, value in instrument.values.items()
    ]


def _buckets(histogram: Histogram, began_ns: int, now_ns: int) -> list[sdk.HistogramDataPoint]:
    names = histogram.described.attributes
    return [
        sdk.HistogramDataPoint(
            attributes=_attributes(names, series),
            start_time_unix_nano=began_ns,
            time_unix_nano=now_ns,
            count=sum(buckets.counts),
            sum=buckets.total,
            bucket_counts=list(buckets.counts),
            explicit_bounds=histogram.bounds,
            min=buckets.least,
            max=buckets.most,
        )
        for series, buckets in histogram.values.items()
    ]


def _attributes(names: Series, values: Series) -> dict[str, str]:
    return {name: value for name, value in zip(names, values, strict=True) if value}
