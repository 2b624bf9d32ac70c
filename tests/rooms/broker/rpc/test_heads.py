import hpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.broker.rpc.calling import ask
from tests.rooms.broker.rpc.peer import Peer
from tests.rooms.broker.rpc.raw import block, frames_in
from worker.broker.rpc import Channel
from worker.broker.rpc.http2.frames import opened
from worker.broker.rpc.http2.heads import head_of, headers_in

Fields = list[tuple[str, str]]

_printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=300)


def _decoded(head: bytes) -> Fields:
    decoder = hpack.Decoder()
    decoder.header_table_size = decoder.max_allowed_table_size = 0
    return [(name.decode(), value.decode()) for name, value in decoder.decode(head, raw=True)]


def _head(*, authorization: str | None = None, timeout_ms: int = 1000, is_tls: bool = False) -> bytes:
    return head_of(path="/s/M", authority="g:1", is_tls=is_tls, timeout_ms=timeout_ms, authorization=authorization)


def _wanted(path: str, authority: str, authorization: str) -> Fields:
    return [
        (":method", "POST"),
        (":scheme", "https"),
        (":path", path),
        (":authority", authority),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        ("user-agent", "azure-openai-worker"),
        ("grpc-timeout", "1500m"),
        ("authorization", authorization),
    ]


@settings(max_examples=100, deadline=None)
@given(path=_printable, authority=_printable, authorization=_printable)
def test_any_head_is_read_as_it_was_meant(path: str, authority: str, authorization: str) -> None:
    """Another implementation reads exactly the fields that gRPC demands, the pseudo headers first."""
    head = head_of(path=path, authority=authority, is_tls=True, timeout_ms=1500, authorization=authorization)

    assert _wanted(path, authority, authorization) == _decoded(head)


@pytest.mark.parametrize("size", [0, 126, 127, 128, 254, 255, 4096, 20_000])
def test_long_values_are_read(size: int) -> None:
    """The length of a value is written right, also where it takes several bytes."""
    assert ("authorization", "x" * size) == _decoded(_head(authorization="x" * size))[-1]


def test_without_authorization_there_is_no_such_field() -> None:
    """Nobody's credentials are not an empty field, and plain text is not called https."""
    fields = dict(_decoded(_head()))

    assert "authorization" not in fields
    assert fields[":scheme"] == "http"


def test_authorization_is_never_indexed() -> None:
    """No table between here and the gateway keeps a token; nothing else is marked so."""
    fields = hpack.Decoder().decode(_head(authorization="Bearer t"), raw=True)

    assert [b"authorization"] == [field[0] for field in fields if isinstance(field, hpack.NeverIndexedHeaderTuple)]


def test_nothing_enters_a_table() -> None:
    """No field leaves anything behind in the peer's table."""
    decoder = hpack.Decoder()
    decoder.decode(_head(authorization="Bearer t"), raw=True)

    assert 0 == len(decoder.header_table.dynamic_entries)


@pytest.mark.parametrize(
    ("timeout_ms", "said"),
    [
        (0, "0m"),
        (1, "1m"),
        (99_999_999, "99999999m"),
        (100_000_000, "100000S"),
        (99_999_999_000, "99999999S"),
        (10**15, "99999999S"),
    ],
)
def test_a_timeout_has_at_most_eight_digits(timeout_ms: int, said: str) -> None:
    """Longer times are told in seconds."""
    assert said == dict(_decoded(_head(timeout_ms=timeout_ms)))["grpc-timeout"]


@pytest.mark.parametrize("authorization", ["Bearer ü", "Bearer a\r\nb", "Bearer \0"])
def test_what_no_header_can_hold_is_refused(authorization: str) -> None:
    """A header that cannot be written is told before anything is sent."""
    with pytest.raises(ValueError, match="no header can hold"):
        _head(authorization=authorization)


@pytest.mark.parametrize("size", [0, 1, 4096, 16_384, 16_385, 20_000, 32_768, 40_000])
def test_a_large_head_takes_several_frames(size: int) -> None:
    """A block of any size goes out in frames that every peer takes, the last of which is marked."""
    head = bytes(size)
    sent = frames_in(opened(7, head))

    assert head == b"".join(vars(frame)["data"] for frame in sent)
    assert all(frame.stream_id == 7 and frame.body_len <= 16_384 for frame in sent)
    assert ["HeadersFrame", *["ContinuationFrame"] * (len(sent) - 1)] == [type(frame).__name__ for frame in sent]
    assert [len(sent) - 1] == [at for at, frame in enumerate(sent) if "END_HEADERS" in frame.flags]


@pytest.mark.parametrize("size", [4096, 20_000])
async def test_a_long_token_arrives(peer: Peer, channel: Channel, size: int) -> None:
    """A token of any size reaches the gateway, and calls go on after it."""
    call = await channel.call("/s/M", b"q", timeout_s=20, authorization="t" * size)

    assert await call.reply() == b"q"
    assert "t" * size == peer.exchanges[0].headers["authorization"]
    assert await ask(channel, b"next") == b"next"


async def test_the_gateway_sees_what_grpc_demands(peer: Peer, channel: Channel) -> None:
    """The request's head is complete, and its time is the call's."""
    await ask(channel, timeout_s=20)
    fields = peer.exchanges[0].headers

    assert (fields[":method"], fields[":scheme"], fields[":path"]) == ("POST", "http", "/s/M")
    assert (fields[":authority"], fields["te"]) == (peer.address, "trailers")
    assert (fields["content-type"], fields["grpc-timeout"]) == ("application/grpc", "20000m")


@pytest.mark.parametrize("message", ["ok", "Größe%20" * 10, "x" * 2000])
def test_responses_are_read(message: str) -> None:
    """A response's block is read, Huffman-coded or not, short enough to be remembered or not."""
    fields = [(":status", "200"), ("grpc-status", "5"), ("grpc-message", message)]

    assert dict(fields) == headers_in(block(fields))
    assert dict(fields) == headers_in(block(fields))


def test_a_table_is_not_believed_in() -> None:
    """A block that leans on an earlier one is refused: our settings leave no table."""
    encoder = hpack.Encoder()
    fields = [("x-own", "value")]
    first, second = encoder.encode(fields), encoder.encode(fields)

    assert dict(fields) == headers_in(first)
    with pytest.raises(hpack.HPACKError):
        headers_in(second)


def test_a_table_is_not_made() -> None:
    """A peer that makes itself a table after all is refused."""
    with pytest.raises(hpack.HPACKError):
        headers_in(b"\x3f\xe1\x1f" + block([(":status", "200")]))


def test_too_many_headers_are_refused() -> None:
    """A small block that swells to much more than anybody needs is not unpacked."""
    with pytest.raises(hpack.HPACKError):
        headers_in(block([("x-own", "0" * 90_000)]))
