"""One observer made of several."""

from collections.abc import Callable, Sequence

from worker.events import Event, ListenerFailed, Observe
from worker.telemetry.listener import Hear, Listener

__all__ = ["FanOut"]


class FanOut:
    """
    Tells every listener each event. An instance is an `Observe`.

    What happens is told a little later, together with what happens until then; *soon* is asked to come back for it.
    The same few functions for many jobs in a row cost half of what they cost between the work on two
    (docs/decisions.md). An observer that is no Listener is told at once.

    A listener that fails never harms the job that the event is about, nor the other listeners: they are told of it,
    once for each listener.
    """

    def __init__(self, listeners: Sequence[Observe], *, soon: Callable[[Callable[[], None]], object]) -> None:
        self._soon = soon
        self._at_once = [each for each in listeners if not isinstance(each, Listener)]
        self._listeners = [each for each in listeners if isinstance(each, Listener)]
        self._hears: dict[type[Event], list[tuple[Listener, Hear]]] = {}
        self._untold: list[Event] = []
        self._failed: list[Observe] = []

    def __call__(self, event: Event) -> None:
        """Tell all of *event*."""
        for each in self._at_once:
            try:
                each(event)
            except Exception as error:  # noqa: BLE001 - whatever a listener's bug raises, the job goes on
                self._tell_of(each, error)
        self._untold.append(event)
        if len(self._untold) == 1:
            self._soon(self.tell)

    def tell(self) -> None:
        """Tell what has not been told yet."""
        events, self._untold = self._untold, []
        for event in events:
            hears = self._hears.get(type(event))
            for listener, hear in self._who_hears(type(event)) if hears is None else hears:
                try:
                    hear(event)
                except Exception as error:  # noqa: BLE001 - likewise
                    self._tell_of(listener, error)
        for listener in self._listeners:
            try:
                listener.flush()
            except Exception as error:  # noqa: BLE001 - likewise
                self._tell_of(listener, error)

    def _who_hears(self, kind: type[Event]) -> list[tuple[Listener, Hear]]:
        hears = [(each, each.of(kind)) for each in self._listeners]
        self._hears[kind] = found = [(each, hear) for each, hear in hears if hear is not None]
        return found

    def _tell_of(self, listener: Observe, error: Exception) -> None:
        if listener in self._failed:
            return
        self._failed.append(listener)
        self(ListenerFailed(listener=type(listener).__name__, error=error))
