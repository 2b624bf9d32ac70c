import asyncio

import pytest
from h2.events import PingAckReceived, SettingsAcknowledged

from tests.rooms.broker.rpc.calling import ask, begun, failure_of
from tests.rooms.broker.rpc.peer import Exchange, Peer
from tests.rooms.broker.waiting import eventually
from worker.broker.rpc import Channel, RpcError, StatusCode
from worker.broker.rpc.http2.frames import frame


async def test_a_call_is_answered(peer: Peer, channel: Channel) -> None:
    """A request arrives whole, and so does its answer."""
    assert await ask(channel, b"question") == b"question"
    assert peer.exchanges[0].is_whole


async def test_an_empty_request_is_one_too(channel: Channel) -> None:
    """A message without bytes is a message."""
    assert await ask(channel) == b""


async def test_a_status_ends_the_call(peer: Peer, channel: Channel) -> None:
    """What the trailers say is raised, though a message came first."""

    def fail(exchange: Exchange) -> None:
        exchange.begin()
        exchange.send(b"something")
        exchange.end("5", grpc_message="no%20such%20job")

    peer.serve = fail
    error = await failure_of(channel)

    assert (StatusCode.NOT_FOUND, "no such job", True) == (error.code, error.details, error.is_remote)


async def test_a_refusal_is_one_block_of_headers(peer: Peer, channel: Channel) -> None:
    """A response that is its own end is read like any other."""
    peer.serve = lambda exchange: exchange.refuse("8", "busy")
    error = await failure_of(channel)

    assert (StatusCode.RESOURCE_EXHAUSTED, "busy") == (error.code, error.details)


async def test_many_calls_at_once(peer: Peer, channel: Channel) -> None:
    """Each of 200 calls gets its own answer over the one connection, in whatever order they come."""
    held: list[Exchange] = []
    peer.serve = held.append
    calls = [asyncio.create_task(ask(channel, b"%d" % n)) for n in range(200)]
    await eventually(lambda: len(held) == 200)
    for exchange in reversed(held):
        exchange.answer(exchange.message)

    assert [b"%d" % n for n in range(200)] == await asyncio.gather(*calls)
    assert len(peer.sessions) == 1


async def test_a_deadline_ends_the_call_at_both_ends(peer: Peer, channel: Channel) -> None:
    """A call that takes too long ends here, and the peer hears of it."""
    peer.serve = lambda _: None

    with pytest.raises(RpcError) as caught:
        await ask(channel, timeout_s=0.02)

    assert (StatusCode.DEADLINE_EXCEEDED, False) == (caught.value.code, caught.value.is_remote)
    await eventually(lambda: peer.exchanges[0].reset_code == 8)


async def test_a_cancelled_call_ends_at_both_ends(peer: Peer, channel: Channel) -> None:
    """Whoever waits for a call that is cancelled hears so, and the peer too."""
    peer.serve = lambda _: None
    call = await begun(channel)
    reading = asyncio.create_task(call.read())
    await eventually(lambda: peer.exchanges)
    call.cancel()
    call.cancel()

    with pytest.raises(RpcError) as caught:
        await reading

    assert caught.value.code is StatusCode.CANCELLED
    await eventually(lambda: peer.exchanges[0].reset_code == 8)


async def test_a_cancelled_task_leaves_its_call(peer: Peer, channel: Channel) -> None:
    """When the one who waits for a reply is cancelled, the peer need not work on."""
    peer.serve = lambda _: None
    asking = asyncio.create_task(ask(channel))
    await eventually(lambda: peer.exchanges)
    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    await eventually(lambda: peer.exchanges[0].reset_code == 8)


async def test_a_reader_may_come_back(peer: Peer, channel: Channel) -> None:
    """Giving up waiting for a message loses nothing: the next reader gets it."""
    peer.serve = lambda exchange: exchange.begin()
    call = await begun(channel)
    reading = asyncio.create_task(call.read())
    await eventually(lambda: peer.exchanges)
    reading.cancel()
    await asyncio.wait([reading])
    peer.exchanges[0].send(b"late")

    assert await call.read() == b"late"


async def test_a_finished_call_is_not_reset(peer: Peer, channel: Channel) -> None:
    """To cancel what is over says nothing to anybody."""
    call = await begun(channel, b"q")

    assert [b"q", None, None] == [await call.read() for _ in range(3)]
    call.cancel()
    await ask(channel)
    assert peer.exchanges[0].reset_code is None


@pytest.mark.parametrize(
    ("error_code", "code"),
    [(0x7, StatusCode.UNAVAILABLE), (0x8, StatusCode.CANCELLED), (0x2, StatusCode.INTERNAL)],
)
async def test_a_reset_by_the_peer(peer: Peer, channel: Channel, error_code: int, code: StatusCode) -> None:
    """A stream that the peer resets ends its call alone."""
    peer.serve = lambda exchange: exchange.drop(error_code)
    other = asyncio.create_task(ask(channel, b"other"))
    error = await failure_of(channel)
    await eventually(lambda: len(peer.exchanges) == 2)
    peer.serve = lambda exchange: exchange.answer(b"ok")

    assert (code, True) == (error.code, error.is_remote)
    assert await ask(channel) == b"ok"
    assert len(peer.sessions) == 1
    with pytest.raises(RpcError):
        await other


@pytest.mark.parametrize("sent", [(), (b"a", b"b")])
async def test_a_reply_is_one_message(peer: Peer, channel: Channel, sent: tuple[bytes, ...]) -> None:
    """A good end with no message, or with several, is no reply."""
    peer.serve = lambda exchange: exchange.answer(*sent)
    error = await failure_of(channel)

    assert (StatusCode.INTERNAL, f"wanted one message, got {len(sent)}") == (error.code, error.details)


async def test_an_interim_answer_is_passed_over(peer: Peer, channel: Channel) -> None:
    """A 103 before the response changes nothing."""

    def hint(exchange: Exchange) -> None:
        exchange.begin(((":status", "103"), ("link", "</x>")))
        exchange.answer(b"ok")

    peer.serve = hint
    assert await ask(channel) == b"ok"


async def test_padding_is_taken_off(peer: Peer, channel: Channel) -> None:
    """Padding is not part of the message, whatever its length."""

    def pad(exchange: Exchange) -> None:
        exchange.begin()
        for at, byte in enumerate(b"\0\0\0\0\x03abc"):
            exchange.session.h2.send_data(exchange.number, bytes((byte,)), pad_length=at * 30)
        exchange.end()

    peer.serve = pad
    assert await ask(channel) == b"abc"


async def test_unknown_frames_are_passed_over(peer: Peer, channel: Channel) -> None:
    """Frames of kinds that nobody has heard of, or that matter to nobody, change nothing."""

    def babble(exchange: Exchange) -> None:
        for kind in (0x2, 0xA, 0x10, 0xFF):
            exchange.session.transport.write(frame(kind, 0xFF, exchange.number, b"01234"))
        exchange.answer(b"ok")

    peer.serve = babble
    assert await ask(channel) == b"ok"


async def test_pings_are_answered(peer: Peer, channel: Channel) -> None:
    """A ping comes back with what it held, and settings are acknowledged."""
    await ask(channel)
    session = peer.sessions[0]
    session.h2.ping(b"12345678")
    session.flush()
    await eventually(lambda: session.heard(PingAckReceived))

    (pong,) = session.heard(PingAckReceived)
    assert isinstance(pong, PingAckReceived)
    assert pong.ping_data == b"12345678"
    assert len(session.heard(SettingsAcknowledged)) == 1
