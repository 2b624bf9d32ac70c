from collections.abc import Callable

from worker.events import Event, ListenerFailed, Stopped, StoreRecovered
from worker.telemetry.fan_out import FanOut
from worker.telemetry.listener import Hear, Listener


class Failing(Listener):
    """A listener with a bug."""

    def of(self, _kind: type[Event]) -> Hear | None:
        """See Listener."""
        return self._fail

    def _fail(self, event: Event) -> None:
        raise ValueError(event)


class Unwritable(Listener):
    """Cannot let out what it has heard."""

    def of(self, _kind: type[Event]) -> Hear | None:
        """See Listener."""
        return lambda _: None

    def flush(self) -> None:
        """Fail, each time."""
        raise OSError


class Heard(Listener):
    """Notes what it hears, and when it is asked to let it out."""

    def __init__(self, *kinds: type[Event]) -> None:
        self.kinds = kinds
        self.heard: list[Event | None] = []

    def of(self, kind: type[Event]) -> Hear | None:
        """See Listener."""
        return self.heard.append if not self.kinds or kind in self.kinds else None

    def flush(self) -> None:
        """See Listener."""
        self.heard.append(None)


class Pause:
    """The little while until listeners are told, which ends when the test says so."""

    def __init__(self) -> None:
        self.asked: list[Callable[[], None]] = []

    def soon(self, doing: Callable[[], None]) -> None:
        """See FanOut."""
        self.asked.append(doing)

    def over(self) -> None:
        """Do what was asked for meanwhile."""
        asked, self.asked = self.asked, []
        for each in asked:
            each()


def test_each_hears_what_it_listens_to() -> None:
    """Told by itself or with others, a listener hears the kinds that it has named."""
    choosy, pause = Heard(Stopped), Pause()
    fan_out = FanOut([choosy], soon=pause.soon)
    for tell in (choosy, fan_out):
        tell(StoreRecovered())
        tell(Stopped())
    pause.over()

    assert choosy.heard == [Stopped(), None, Stopped(), None]


def test_they_are_told_together() -> None:
    """Of all that has happened meanwhile, in order, and once; what happens then is told after the next pause."""
    first, second, pause = Heard(), Heard(StoreRecovered), Pause()
    tell = FanOut([first, second], soon=pause.soon)
    tell(StoreRecovered())
    tell(Stopped())
    assert first.heard == []
    assert len(pause.asked) == 1

    pause.over()
    assert first.heard == [StoreRecovered(), Stopped(), None]
    assert second.heard == [StoreRecovered(), None]

    tell(Stopped())
    pause.over()
    assert first.heard[3:] == [Stopped(), None]


def test_what_is_left_at_the_end_is_told() -> None:
    """Also where the loop does not come back, and not once more where it does."""
    heard, pause = Heard(), Pause()
    tell = FanOut([heard], soon=pause.soon)
    tell(Stopped())
    tell.tell()
    pause.over()

    assert heard.heard.count(Stopped()) == 1


def test_one_that_is_no_listener_hears_at_once() -> None:
    """It is told of each event, in order, before whoever tells goes on."""
    heard: list[Event] = []
    tell = FanOut([heard.append], soon=Pause().soon)
    tell(StoreRecovered())
    assert heard == [StoreRecovered()]

    tell(Stopped())
    assert heard == [StoreRecovered(), Stopped()]


def test_a_listener_that_fails_harms_nobody() -> None:
    """The others go on hearing, and hear of each failure once, whether it hears later, at once or cannot write."""

    def failing(event: Event) -> None:
        raise ValueError(event)

    heard, pause = Heard(), Pause()
    tell = FanOut([Failing(), failing, Unwritable(), heard], soon=pause.soon)
    for _ in range(2):
        tell(Stopped())
        pause.over()
    pause.over()

    failures = [event.listener for event in heard.heard if isinstance(event, ListenerFailed)]
    assert sorted(failures) == ["Failing", "Unwritable", "function"]
    assert heard.heard.count(Stopped()) == 2


def test_all_of_them_fail() -> None:
    """Even then the one who tells does not hear of it, and it comes to an end."""
    pause = Pause()
    tell = FanOut([Failing(), Failing()], soon=pause.soon)
    for _ in range(3):
        tell(Stopped())
        pause.over()

    assert not pause.asked
