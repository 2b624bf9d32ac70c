import asyncio

import pytest
from hyperframe.frame import PingFrame

from tests.rooms.broker.rpc.clock import Clock
from tests.rooms.broker.rpc.raw import HELLO, RESPONSE, Bench, headers
from tests.rooms.broker.waiting import quiet
from worker.broker.options import GatewayOptions
from worker.broker.rpc import RpcError, StatusCode
from worker.broker.rpc.http2.frames import ACK, PING, frame
from worker.broker.rpc.http2.pulse import Pulse

OPTIONS = GatewayOptions(keepalive_s=30, keepalive_timeout_s=10)
ANSWER = frame(PING, ACK, 0, bytes(8))


class Patient:
    """What a pulse is felt of."""

    def __init__(self) -> None:
        self.is_needed = True
        self.pings = 0
        self.causes: list[str] = []
        self.pulse = Pulse(OPTIONS, is_needed=lambda: self.is_needed, ping=self._ping, stop=self.causes.append)
        self.pulse.begin()

    def _ping(self) -> None:
        self.pings += 1


async def test_a_long_silence_is_broken_by_a_ping(clock: Clock) -> None:
    """A ping goes out after the silence, not before."""
    patient = Patient()
    await clock.passes(29)
    before = patient.pings
    await clock.passes(2)

    assert (before, patient.pings, patient.causes) == (0, 1, [])


async def test_silence_after_a_ping_is_the_end(clock: Clock) -> None:
    """When nothing answers in time, the connection is given up, once."""
    patient = Patient()
    await clock.passes(31)
    await clock.passes(9)
    before = list(patient.causes)
    await clock.passes(2)

    assert before == []
    assert ["the connection went silent"] == patient.causes
    assert patient.pings == 1


async def test_an_answer_keeps_it_alive(clock: Clock) -> None:
    """As long as something comes back, pings go on for ever."""
    patient = Patient()
    for _ in range(5):
        await clock.passes(31)
        patient.pulse.felt()
        await clock.passes(11)

    assert (5, []) == (patient.pings, patient.causes)


async def test_nobody_pings_a_peer_that_talks(clock: Clock) -> None:
    """What comes in by itself is sign enough."""
    patient = Patient()
    for _ in range(10):
        await clock.passes(20)
        patient.pulse.felt()

    assert (0, []) == (patient.pings, patient.causes)


async def test_nobody_pings_for_nothing(clock: Clock) -> None:
    """Without a call there is no ping, and the first call after a long rest gets its pings as any."""
    patient = Patient()
    patient.is_needed = False
    for _ in range(5):
        await clock.passes(31)
    idle = patient.pings
    patient.is_needed = True
    await clock.passes(31)

    assert (idle, patient.pings) == (0, 1)


async def test_an_end_is_an_end(clock: Clock) -> None:
    """After its end a pulse does nothing, whether it was waiting for an answer or not."""
    first, second = Patient(), Patient()
    first.pulse.end()
    await clock.passes(31)
    second.pulse.end()
    await clock.passes(100)

    assert (0, [], 1, []) == (first.pings, first.causes, second.pings, second.causes)


def _pings(bench: Bench) -> int:
    return bytes(bench.wire.written).count(PingFrame(0, b"\0" * 8).serialize())


async def test_a_dead_connection_ends_its_calls(clock: Clock) -> None:
    """All calls of a connection that went silent end as UNAVAILABLE and say why; it takes no more."""
    bench = Bench(OPTIONS)
    bench.hear(HELLO)
    calls = [bench.call(timeout_s=600) for _ in range(3)]
    await clock.passes(31)
    await clock.passes(11)

    for call in calls:
        with pytest.raises(RpcError, match="the connection went silent") as caught:
            await call.reply()
        assert caught.value.code is StatusCode.UNAVAILABLE
    assert (1, True, False) == (_pings(bench), bench.wire.is_closed, bench.connection.is_open)


async def test_a_living_connection_keeps_its_calls(clock: Clock) -> None:
    """A stream on which nothing happens lives as long as pings are answered."""
    bench = Bench(OPTIONS)
    bench.hear(HELLO, headers(1, RESPONSE))
    reading = asyncio.create_task(bench.call(timeout_s=600).read())
    for _ in range(4):
        await clock.passes(31)
        bench.hear(ANSWER)
        await clock.passes(11)

    assert (4, False, False) == (_pings(bench), reading.done(), bench.wire.is_closed)
    reading.cancel()
    await quiet()


async def test_a_connection_at_rest_is_left_alone(clock: Clock) -> None:
    """No pings without calls: gateways hang up on those who ping for nothing."""
    bench = Bench(OPTIONS)
    bench.hear(HELLO)
    await clock.passes(31)
    await clock.passes(3600)

    assert (0, True) == (_pings(bench), bench.connection.is_open)
