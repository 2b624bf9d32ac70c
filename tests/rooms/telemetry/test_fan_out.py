from worker.events import Event, ListenerFailed, Stopped, StoreRecovered
from worker.telemetry.fan_out import FanOut
from worker.telemetry.listener import Hear, Listener


class Failing:
    """A listener with a bug."""

    def __call__(self, event: Event) -> None:
        """Fail, whatever the event."""
        raise ValueError(event)


class Choosy(Listener):
    """Hears of the end, and of nothing else."""

    def __init__(self) -> None:
        self.heard: list[Event] = []

    def of(self, kind: type[Event]) -> Hear | None:
        """See Listener."""
        return self.heard.append if kind is Stopped else None


def test_each_hears_what_it_listens_to() -> None:
    """Told by itself or with others, a listener hears the kinds that it has named."""
    choosy = Choosy()
    for tell in (choosy, FanOut([choosy])):
        tell(StoreRecovered())
        tell(Stopped())

    assert [Stopped()] * 2 == choosy.heard


def test_everyone_hears_everything() -> None:
    """Each listener is told each event, in order."""
    first: list[Event] = []
    second: list[Event] = []
    FanOut([first.append, second.append])(Stopped())

    assert [Stopped()] == first == second


def test_a_listener_that_fails_harms_nobody() -> None:
    """The others go on hearing, and hear of the failure once."""
    heard: list[Event] = []
    tell = FanOut([Failing(), heard.append])
    tell(Stopped())
    tell(Stopped())

    failures = [event for event in heard if isinstance(event, ListenerFailed)]
    assert [failure.listener for failure in failures] == ["Failing"]
    assert heard.count(Stopped()) == 2


def test_all_of_them_fail() -> None:
    """Even then the one who tells does not hear of it."""
    tell = FanOut([Failing(), Failing()])
    tell(Stopped())
    tell(Stopped())
