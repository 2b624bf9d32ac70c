"""One observer made of several."""

from collections.abc import Sequence

from worker.events import Event, ListenerFailed, Observe

__all__ = ["FanOut"]


class FanOut:
    """
    Tells every listener each event. An instance is an `Observe`.

    A listener that fails never harms the job that the event is about, nor the other listeners: they are told of it,
    once for each listener.
    """

    def __init__(self, listeners: Sequence[Observe]) -> None:
        self._listeners = tuple(listeners)
        self._failed: set[int] = set()

    def __call__(self, event: Event) -> None:
        """Tell all of *event*."""
        for number, listener in enumerate(self._listeners):
            try:
                listener(event)
            except Exception as error:  # noqa: BLE001 - whatever a listener's bug raises, the job goes on
                self._tell_of(number, error)

    def _tell_of(self, number: int, error: Exception) -> None:
        if number in self._failed:
            return
        self._failed.add(number)
        name = type(self._listeners[number]).__name__
        self(ListenerFailed(listener=name, error=error))
