"""When the lease of a job ends, on this process's own clock."""

from collections.abc import Callable

__all__ = ["Deadlines"]

_PARTITION_SHIFT = 51  # Zeebe puts the partition's number above the 51 bits of a key's counter
_WINDOW_S = 60.0
_NEVER = float("-inf")


class Deadlines:
    """
    Turns the broker's deadlines (its wall clock) into ours (monotonic), without trusting that the two agree.

    A job was activated somewhere between the command (*sent_s*; unknown for a stream) and its arrival. Taking the
    arrival is too late by the time that the job lay in a buffer: seconds to minutes behind a stream that was not
    read. So the broker's own deadline is used to see how long it lay: the offset between the clocks is at least that
    of the job that travelled fastest lately, as NTP reckons. It is forgotten after one to two minutes, so a
    clock that is set back cannot make all jobs look old for ever; and kept per partition, since each has its own
    leader on its own machine. A deadline is never outside of what command and arrival allow.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._fastest: dict[int, tuple[float, float]] = {}  # by partition: largest offset in this window and the last
        self._window_ends_s = 0.0

    def of(self, key: int, *, broker_deadline_ms: int, lease_s: float, sent_s: float | None) -> float:
        """Seconds on our clock at which the lease of the job *key*, that has arrived just now, ends at the latest."""
        now_s = self._clock()
        if now_s >= self._window_ends_s:
            self._turn(now_s)
        deadline_s = broker_deadline_ms / 1000
        offset_s = deadline_s - lease_s - now_s
        partition = key >> _PARTITION_SHIFT
        current, last = self._fastest.get(partition, (_NEVER, _NEVER))
        if offset_s > current:
            current = offset_s
            self._fastest[partition] = (current, last)
        ends_s = min(deadline_s - max(current, last), now_s + lease_s)
        if sent_s is not None and ends_s < sent_s + lease_s:  # impossible: the broker's clock was set back
            self._fastest[partition] = (offset_s, _NEVER)
            ends_s = sent_s + lease_s
        return ends_s

    def _turn(self, now_s: float) -> None:
        self._window_ends_s = now_s + _WINDOW_S
        self._fastest = {partition: (_NEVER, current) for partition, (current, _) in self._fastest.items()}
