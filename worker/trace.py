"""Where a job and its calls stand in a distributed trace: W3C Trace Context, level 1."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

__all__ = ["Draw", "Sampling", "Trace", "begin"]

Draw = Callable[[int], int]
"""Gives a random number of as many bits as it is asked for."""

_TRACEPARENT: Final = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_STATE: Final = re.compile(r"[\x20-\x7e]{1,512}")  # what a header can hold, and as long as it need be passed on
_SAMPLED: Final = 1
_TRACE_ID_BYTES: Final = 16
_SPAN_ID_BYTES: Final = 8
_HALF_OF_ID: Final = 1 << 64  # what OpenTelemetry's own sampler looks at, so that all services keep the same traces


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """
    Which traces have their spans kept: a *ratio* of those that begin with a job.

    One that goes on from a process is kept as its parent says, or by the same ratio where it does not *follow_parent*.
    """

    ratio: float = 0.0
    follows_parent: bool = True

    def keeps(self, trace_id: int, *, parent: bool | None = None) -> bool:
        """Whether the spans of that trace are kept; *parent* is what its parent says, None where it has none."""
        if parent is not None and self.follows_parent:
            return parent
        return self.ratio > 0 and trace_id % _HALF_OF_ID < self.ratio * _HALF_OF_ID


_NONE: Final = Sampling()


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """
    One span's place. *parent_id* is 0 at a trace's beginning. *is_sampled*: whether spans of this trace are kept.

    *state* is the `tracestate` that came with it, passed on as it is.
    """

    trace_id: int
    span_id: int
    parent_id: int = 0
    is_sampled: bool = False
    state: str = ""

    def child(self, draw: Draw) -> "Trace":
        """A span below this one."""
        return Trace(
            trace_id=self.trace_id,
            span_id=draw(64) or 1,
            parent_id=self.span_id,
            is_sampled=self.is_sampled,
            state=self.state,
        )

    def ids(self) -> tuple[str, str]:
        """The trace's and the span's, in digits as the standard has them."""
        return self.trace_id.to_bytes(_TRACE_ID_BYTES).hex(), self.span_id.to_bytes(_SPAN_ID_BYTES).hex()

    def headers(self) -> dict[str, str]:
        """What tells whoever is called where it stands."""
        trace_id, span_id = self.ids()
        line = f"00-{trace_id}-{span_id}-{'01' if self.is_sampled else '00'}"
        return {"traceparent": line, "tracestate": self.state} if self.state else {"traceparent": line}


def begin(draw: Draw, *, traceparent: str | None = None, state: str | None = None, sampling: Sampling = _NONE) -> Trace:
    """
    The span of a job: below *traceparent*, else the first of a trace of its own.

    What is not a valid `traceparent` counts as none, as the standard wants it; *state* is worth nothing without one.
    """
    given = _TRACEPARENT.fullmatch(traceparent) if traceparent else None
    trace_id, parent_id = (int(given[1], 16), int(given[2], 16)) if given else (0, 0)
    if given is None or not trace_id or not parent_id:
        trace_id = draw(128) or 1
        return Trace(trace_id=trace_id, span_id=draw(64) or 1, is_sampled=sampling.keeps(trace_id))
    kept = state if state and _STATE.fullmatch(state) else ""
    sampled = sampling.keeps(trace_id, parent=bool(int(given[3], 16) & _SAMPLED))
    return Trace(trace_id=trace_id, span_id=draw(64) or 1, parent_id=parent_id, is_sampled=sampled, state=kept)
