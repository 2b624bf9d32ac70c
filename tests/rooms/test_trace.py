import itertools

import pytest
from msgspec.structs import replace

from worker.trace import Sampling, Trace, begin

ABOVE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
TRACE_ID, PARENT_ID = 0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7


def drawn(bits: int) -> int:
    return bits  # 128 for a trace, 64 for a span


def test_goes_on_below_what_is_given() -> None:
    """A job whose process says where it stands is a span below that, and sampled as that was."""
    found = begin(drawn, traceparent=ABOVE, state="vendor=1")

    assert Trace(trace_id=TRACE_ID, span_id=64, parent_id=PARENT_ID, is_sampled=True, state="vendor=1") == found


def test_what_is_not_sampled_above_is_not_sampled_here() -> None:
    """Whoever began the trace has decided."""
    assert not begin(drawn, traceparent=ABOVE[:-1] + "0", sampling=Sampling(ratio=1)).is_sampled


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="nothing"),
        pytest.param("", id="empty"),
        pytest.param("abc", id="no such thing"),
        pytest.param(ABOVE.upper(), id="capitals"),
        pytest.param("ff" + ABOVE[2:], id="a version that cannot be"),
        pytest.param(f"00-{'0' * 32}-{'1' * 16}-01", id="no trace"),
        pytest.param(f"00-{'1' * 32}-{'0' * 16}-01", id="no span"),
        pytest.param(ABOVE + "\r\nevil: 1", id="a second header"),
    ],
)
def test_begins_anew(text: str | None) -> None:
    """What is no `traceparent` counts as none, with the state beside it."""
    found = begin(drawn, traceparent=text, state="vendor=1", sampling=Sampling(ratio=1))

    assert Trace(trace_id=128, span_id=64, is_sampled=True) == found


def test_a_state_that_no_header_can_hold_is_left_out() -> None:
    """Whatever a process variable holds, it is one header or none."""
    assert begin(drawn, traceparent=ABOVE, state="a=1\r\nevil: 1").headers().keys() == {"traceparent"}


def test_tells_the_next_where_it_stands() -> None:
    """A call's headers name the call's own span, below the job's."""
    numbers = itertools.count(1)
    job = replace(begin(drawn, traceparent=ABOVE, state="vendor=1"), span_id=7)
    call = job.child(lambda _: next(numbers))

    assert (call.trace_id, call.parent_id) == (TRACE_ID, 7)
    assert call.headers() == {"traceparent": ABOVE[:36] + "0000000000000001-01", "tracestate": "vendor=1"}


@pytest.mark.parametrize(
    ("sampling", "above", "kept"),
    [
        pytest.param(Sampling(), {}, 0, id="off"),
        pytest.param(Sampling(), {"parent": True}, 1000, id="off, but the parent is kept"),
        pytest.param(Sampling(ratio=1), {}, 1000, id="all"),
        pytest.param(Sampling(ratio=1), {"parent": False}, 0, id="all, but not the parent"),
        pytest.param(Sampling(ratio=1, follows_parent=False), {"parent": False}, 1000, id="all, whatever the parent"),
        pytest.param(Sampling(ratio=0.25), {}, 250, id="a quarter"),
    ],
)
def test_which_traces_are_kept(sampling: Sampling, above: dict[str, bool], kept: int) -> None:
    """A ratio of those that begin here, the same ones at every service; a parent decides where it is followed."""
    spread = [number * (1 << 64) // 1000 for number in range(1000)]

    assert kept == sum(sampling.keeps(trace_id, **above) for trace_id in spread)
