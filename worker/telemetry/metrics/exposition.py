"""The text that Prometheus scrapes, version 0.0.4, with the names that OpenTelemetry's rules give."""

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Final

from worker.telemetry.metrics.instruments import Counter, Described, Gauge, Histogram, Instrument, Series

__all__ = ["CONTENT_TYPE", "exposed", "exposed_name"]

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_UNITS: Final = {"s": "_seconds", "By": "_bytes", "USD": "_usd"}
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def exposed(instruments: Iterable[Instrument]) -> str:
    """The present values of *instruments*."""
    return "".join(f"{line}\n" for instrument in instruments for line in _lines(instrument))


def exposed_name(described: Described, kind: str) -> str:
    """`a.b` in seconds is `a_b_seconds`; what is counted ends in `_total`."""
    name = described.name.replace(".", "_") + _UNITS.get(described.unit, "")
    return f"{name}_total" if kind == "counter" else name


def _lines(instrument: Instrument) -> Iterator[str]:
    described = instrument.described
    name = exposed_name(described, instrument.kind)
    labels = tuple(re.sub(r"\W", "_", attribute) for attribute in described.attributes)
    yield f"# HELP {name} {described.text.translate(_ESCAPES)}"
    yield f"# TYPE {name} {instrument.kind}"
    match instrument:
        case Counter() | Gauge():
            for series, value in instrument.values.items():
                yield f"{name}{_labelled(labels, series)} {_number(value)}"
        case Histogram():
            yield from _buckets(name, labels, instrument)


def _buckets(name: str, labels: Series, histogram: Histogram) -> Iterator[str]:
    bounds = [*map(_number, histogram.bounds), "+Inf"]
    for series, buckets in histogram.values.items():
        sums = list(accumulate(buckets.counts))
        for bound, count in zip(bounds, sums, strict=True):
            yield f"{name}_bucket{_labelled((*labels, 'le'), (*series, bound))} {count}"
        yield f"{name}_sum{_labelled(labels, series)} {_number(buckets.total)}"
        yield f"{name}_count{_labelled(labels, series)} {sums[-1]}"


def _labelled(names: Series, values: Series) -> str:
    pairs = (f'{name}="{value.translate(_ESCAPES)}"' for name, value in zip(names, values, strict=True) if value)
    inside = ",".join(pairs)
    return f"{{{inside}}}" if inside else ""


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))
