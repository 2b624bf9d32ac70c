"""One observer made of several."""

from collections.abc import Sequence

from worker.events import Event, ListenerFailed, Observe
from worker.telemetry.listener import Hear, Listener

__all__ = ["FanOut"]


class FanOut:
    """
    Tells every listener each event. An instance is an `Observe`.

    A listener that fails never harms the job that the event is about, nor the other listeners: they are told of it,
    once for each listener.
    """

    def __init__(self, listeners: Sequence[Observe]) -> None:
        self._listeners = tuple(listeners)
        self._told: dict[type[Event], list[tuple[int, Hear]]] = {}
        self._failed: set[int] = set()

    def __call__(self, event: Event) -> None:
        """Tell all of *event*."""
        kind = type(event)
        told = self._told.get(kind)
        if told is None:
            told = self._told[kind] = self._whom_to_tell(kind)
        for number, hear in told:
            try:
                hear(event)
            except Exception as error:  # noqa: BLE001 - whatever a listener's bug raises, the job goes on
                self._tell_of(number, error)

    def _whom_to_tell(self, kind: type[Event]) -> list[tuple[int, Hear]]:
        hears = [each.of(kind) if isinstance(each, Listener) else each for each in self._listeners]
        return [(number, hear) for number, hear in enumerate(hears) if hear is not None]

    def _tell_of(self, number: int, error: Exception) -> None:
        if number in self._failed:
            return
        self._failed.add(number)
        name = type(self._listeners[number]).__name__
        self(ListenerFailed(listener=name, error=error))
