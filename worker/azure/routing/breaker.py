"""Whether one endpoint is asked at the moment. Pure: the time is an argument, in seconds of one clock."""

from typing import Final, Literal

__all__ = ["Breaker", "State"]

State = Literal["closed", "half-open", "open"]

_FAILURES: Final = 3  # in a row
_OPEN_S: Final = (5.0, 10.0, 20.0, 40.0, 60.0)  # longer after each probe that failed
_MOST_S: Final = 600.0  # a service that asks for a day may have forgotten it by then
_PROBE_S: Final = 30.0  # a probe that takes longer does not keep the next one away
_LOOK_S: Final = 1.0  # how soon a call that could go nowhere else asks again for the probe's outcome


class Breaker:
    """
    Closed while the endpoint works; open after failures in a row, or as long as the service asks to be left alone.

    Once that time is over one call goes as a probe (half-open), and what comes of it decides. *began_s* is when the
    call went of which something is told: one that was under way before it opened says nothing of the endpoint since.
    """

    __slots__ = ("_failures", "_opened", "_opened_s", "_opens_s", "_probe_ends_s", "is_limited")

    def __init__(self) -> None:
        self._failures = 0
        self._opened = 0  # times in a row, 0 when closed
        self._opened_s = self._opens_s = 0.0
        self._probe_ends_s: float | None = None
        self.is_limited = False  # opened last because the service asked for it

    @property
    def state(self) -> State:
        """How it stands."""
        if not self._opened:
            return "closed"
        return "open" if self._probe_ends_s is None else "half-open"

    def wait_s(self, now_s: float) -> float:
        """Seconds until a call may go, or is worth asking for again; 0 when it may go now."""
        if not self._opened:
            return 0.0
        if self._probe_ends_s is None:
            return max(0.0, self._opens_s - now_s)
        return min(_LOOK_S, max(0.0, self._probe_ends_s - now_s))

    def begin(self, now_s: float) -> None:
        """A call goes, which is the probe where the breaker is open."""
        if self._opened:
            self._probe_ends_s = now_s + _PROBE_S

    def succeeded(self, *, began_s: float) -> None:
        """The endpoint has answered, with whatever it is not to blame for."""
        if not self._is_old(began_s):
            self._failures = self._opened = 0
            self._probe_ends_s = None

    def failed(self, now_s: float, *, began_s: float) -> None:
        """The endpoint failed, or could not be reached."""
        if self._is_old(began_s):
            return
        self._failures += 1
        if self._opened or self._failures >= _FAILURES:
            self._open(now_s, _OPEN_S[min(self._opened, len(_OPEN_S) - 1)], is_limited=False)

    def limited(self, now_s: float, wait_s: float, *, began_s: float) -> None:
        """The service wants to be left alone for so long."""
        opens_s = now_s + min(wait_s, _MOST_S)
        if self._is_old(began_s):  # sent before the first refusal: of all that were asked for, the longest holds
            self._opens_s = max(self._opens_s, opens_s)
        else:
            self._open(now_s, opens_s - now_s, is_limited=True)

    def let_go(self, *, began_s: float) -> None:
        """The call was broken off by us: nothing is known, and the next one probes."""
        if not self._is_old(began_s):
            self._probe_ends_s = None

    def _open(self, now_s: float, for_s: float, *, is_limited: bool) -> None:
        self._opened += 1
        self.is_limited = is_limited
        self._opened_s, self._opens_s, self._probe_ends_s = now_s, now_s + for_s, None

    def _is_old(self, began_s: float) -> bool:
        return bool(self._opened) and began_s < self._opened_s
