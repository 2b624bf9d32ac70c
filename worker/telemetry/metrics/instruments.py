"""
Counters, gauges and histograms: what is counted, by which attributes.

Named and described as in OpenTelemetry, held as plain numbers: docs/decisions.md says what its SDK would take.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

__all__ = [
    "MOST_SERIES",
    "Amount",
    "Buckets",
    "Counter",
    "Described",
    "Gauge",
    "Histogram",
    "Instrument",
    "Read",
    "Series",
]

MOST_SERIES: Final = 500
OTHER: Final = "other"

Series = tuple[str, ...]
"""The values of an instrument's attributes, in the order in which it names them."""


@dataclass(frozen=True, slots=True)
class Described:
    """*unit* is OpenTelemetry's: `s`, `By`, `USD`, or a word in braces for things that are counted."""

    name: str
    unit: str
    text: str
    attributes: tuple[str, ...] = ()


class _Bounded:
    """
    Values by series, of which there are at most MOST_SERIES.

    A deployment's name comes from a process: one that makes up names must not fill the memory. What is too much is
    counted together, every attribute being `other`.
    """

    def __init__(self, described: Described) -> None:
        self.described = described
        self._other = (OTHER,) * len(described.attributes)

    def _kept(self, series: Series, held: Mapping[Series, object]) -> Series:
        return series if series in held or len(held) < MOST_SERIES else self._other


Read = Callable[[], float | Mapping[Series, float]]
"""Gives the one number, or one for each series."""


class Amount:
    """One series of a counter or a gauge."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0.0


class _Number(_Bounded):
    def __init__(self, described: Described, read: Read | None = None) -> None:
        super().__init__(described)
        self._held: dict[Series, Amount] = {}
        self._read = read

    def of(self, *series: str) -> Amount:
        """What *series* is at, to be changed by whoever knows it."""
        return self._held.get(series) or self._held.setdefault(self._kept(series, self._held), Amount())

    @property
    def values(self) -> Mapping[Series, float]:
        """What each series is at now."""
        if self._read is None:
            return {series: amount.value for series, amount in self._held.items()}
        now = self._read()
        return dict(islice(now.items(), MOST_SERIES)) if isinstance(now, Mapping) else {(): now}


class Counter(_Number):
    """Only grows: by what is added, or as *read* tells when it is asked for."""

    kind: Final = "counter"

    def __init__(self, described: Described, read: Read | None = None) -> None:
        super().__init__(described, read)
        if not described.attributes:
            self.of()  # so that a rate can be taken before the first one

    def add(self, amount: float = 1, *series: str) -> None:
        """Count *amount* more."""
        self.of(*series).value += amount


class Gauge(_Number):
    """Goes up and down: as it is set, or as *read* tells when it is asked for."""

    kind: Final = "gauge"

    def set(self, value: float, *series: str) -> None:
        """It is *value* now."""
        self.of(*series).value = value


class Buckets:
    """One series of a histogram: how often a value was at most each bound, beyond the last at the end."""

    __slots__ = ("_bounds", "counts", "least", "most", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0
        self.least = float("inf")
        self.most = float("-inf")
        self._bounds = bounds

    def record(self, value: float) -> None:
        """Count *value*."""
        self.counts[bisect_left(self._bounds, value)] += 1
        self.total += value
        if not self.least <= value <= self.most:  # hardly ever, once there are some
            self.least, self.most = min(self.least, value), max(self.most, value)


class Histogram(_Bounded):
    """How often values fell between *bounds*."""

    kind: Final = "histogram"

    def __init__(self, described: Described, bounds: tuple[float, ...]) -> None:
        super().__init__(described)
        self.bounds = bounds
        self.values: dict[Series, Buckets] = {}

    def record(self, value: float, *series: str) -> None:
        """Count *value*."""
        self.of(*series).record(value)

    def of(self, *series: str) -> Buckets:
        """The buckets of *series*, for whoever knows it to record in."""
        return self.values.get(series) or self.values.setdefault(self._kept(series, self.values), Buckets(self.bounds))


Instrument = Counter | Gauge | Histogram
