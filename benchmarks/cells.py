"""Which loads are measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

__all__ = ["FINAL", "FULL", "GROWTH", "QUICK", "TINY", "Cell", "taking_turns"]

_SMALL: Final = 2_000
_LARGE: Final = 1_000_000
_LENGTHS: Final = 5  # of a call until it is measured: connections are made in clumps, which come back a call later
_JOBS: Final = 500  # for a 99th percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """
    *in_flight* calls of *delay_s* each with *payload_bytes* both ways.

    Without a *rate* jobs wait at the broker in any number, so the client decides how many there are a second. With
    one they appear at that rate, and there are permits to spare. *only* names who is put under it, empty for all.
    """

    in_flight: int
    delay_s: float
    payload_bytes: int = _SMALL
    rate: float | None = None
    warm_s: float = 1.5
    window_s: float = 3.0
    only: tuple[str, ...] = ()

    @property
    def is_small(self) -> bool:
        """Whether it is about jobs, and not about bytes."""
        return self.payload_bytes == _SMALL

    @property
    def permits(self) -> int:
        """How many jobs the client may have in flight."""
        return self.in_flight if self.rate is None else self.in_flight * 2

    @property
    def name(self) -> str:
        size = "2 KB" if self.payload_bytes == _SMALL else "1 MB"
        shape = "waiting" if self.rate is None else f"{self.rate:g} a second"
        return f"{self.in_flight} in flight, {self.delay_s * 1000:g} ms, {size}, {shape}"


def _waiting(in_flight: int, delay_s: float, window_s: float = 3.0) -> Cell:
    warm_s = 1.5 + delay_s * (1.5 if delay_s > 1 else 1)
    return Cell(in_flight=in_flight, delay_s=delay_s, warm_s=warm_s, window_s=max(window_s, 2 * delay_s))


def _appearing(in_flight: int, delay_s: float) -> Cell:
    rate, warm_s = in_flight / delay_s, 1.5 + _LENGTHS * delay_s
    window_s = max(4.0, 4 * delay_s, _JOBS / rate)
    return Cell(in_flight=in_flight, delay_s=delay_s, rate=rate, warm_s=warm_s, window_s=window_s)


_OURS_AND_FLOOR: Final = ("ours", "bare floor")
_AS_BUSY: Final = replace(_appearing(50, 0.05), only=_OURS_AND_FLOOR)  # as with 2,000 calls of 2 s, by jobs a second
_HEAVY: Final = Cell(in_flight=20, delay_s=0.2, payload_bytes=_LARGE, warm_s=2.0)
FULL: Final = (
    *(_waiting(in_flight, delay_s) for delay_s in (0.0, 0.2, 2.0) for in_flight in (1, 50, 500, 2000)),
    _appearing(50, 0.2),
    _AS_BUSY,
    _appearing(50, 2.0),
    _appearing(500, 2.0),
    _appearing(2000, 2.0),
    _HEAVY,
)
GROWTH: Final = (
    *(_waiting(in_flight, 2.0) for in_flight in (10, 500, 2000)),
    _AS_BUSY,
    _appearing(50, 2.0),
    _appearing(2000, 2.0),
    _HEAVY,
)
QUICK: Final = (_waiting(50, 0.2, 2.0), _waiting(500, 0.2, 2.0), _appearing(50, 0.2))
FINAL: Final = (
    *QUICK,
    *(
        replace(cell, only=_OURS_AND_FLOOR)
        for cell in (
            _waiting(1, 0.0, 2.0),
            _waiting(500, 0.0, 2.0),
            _waiting(10, 2.0),
            _waiting(2000, 2.0),
            _AS_BUSY,
            _appearing(50, 2.0),
            _appearing(2000, 2.0),
            _HEAVY,
        )
    ),
)
TINY: Final = (
    Cell(in_flight=5, delay_s=0.01, warm_s=2.0, window_s=1.0),
)  # the first job of a busy machine takes a second


def taking_turns(cells: Sequence[Cell]) -> list[Cell]:
    """Those under which contenders can share the seconds: nothing is asked of one that stands still."""
    return [cell for cell in cells if cell.rate is None and cell.is_small and cell.in_flight > 1]
