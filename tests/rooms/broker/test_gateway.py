import worker.broker
from worker.broker import gateway


def test_the_door_shows_every_error_and_value() -> None:
    """Whoever writes another gateway finds what it needs at the room's door."""
    inner = {"Activated"}  # a union for annotations

    assert set(gateway.__all__) - inner <= set(worker.broker.__all__)


def test_errors_are_drawn_as_they_are() -> None:
    """The tree in the docstring names every error, each below its parent."""
    drawn = gateway.__doc__ or ""

    for name in gateway.__all__:
        kind = getattr(gateway, name)
        if isinstance(kind, type) and issubclass(kind, gateway.GatewayError):
            parent = kind.__mro__[1].__name__
            assert name in drawn
            assert kind is gateway.GatewayError or drawn.index(parent) < drawn.index(name)
