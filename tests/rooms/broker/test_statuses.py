import pytest

from worker.broker import (
    GatewayBusy,
    GatewayError,
    GatewayUnavailable,
    JobGone,
    NotLeased,
    NotPermitted,
    NotSupported,
    Refused,
    TooLarge,
)
from worker.broker.rpc import RpcError
from worker.broker.rpc import StatusCode as Code
from worker.broker.statuses import ERRORS, in_our_words


def _said(code: Code, details: str) -> GatewayError:
    return in_our_words(RpcError(code, details, is_remote=True))


def test_every_status_has_its_error() -> None:
    """No status of gRPC is left without a translation."""
    assert set(ERRORS) == set(Code) - {Code.OK}


def test_every_error_has_its_status() -> None:
    """Each error that callers tell apart can happen; TooLarge is told by the text."""
    assert set(ERRORS.values()) == {
        GatewayUnavailable,
        GatewayBusy,
        NotPermitted,
        NotSupported,
        NotLeased,
        JobGone,
        Refused,
    }


@pytest.mark.parametrize(
    ("code", "details"),
    [
        pytest.param(Code.UNKNOWN, "Command 'COMPLETE' rejected with code 'EXCEEDED_BATCH_RECORD_SIZE': ", id="broker"),
        pytest.param(Code.RESOURCE_EXHAUSTED, "gRPC message exceeds maximum size 4194304: 5000023", id="gateway"),
        pytest.param(Code.RESOURCE_EXHAUSTED, "CLIENT: Received message larger than max (9 vs. 4)", id="client"),
    ],
)
def test_too_large_is_told_from_busy(code: Code, details: str) -> None:
    """A message that is too large is not mistaken for something that passes; the texts are those of Zeebe 8.5.8."""
    error = _said(code, details)

    assert type(error) is TooLarge
    assert "busy" not in str(error)


def test_what_is_wrong_on_the_way_is_told_as_it_is() -> None:
    """Our own side's words stand alone; the same status from the gateway says that it is the gateway's."""
    ours = in_our_words(RpcError(Code.UNAVAILABLE, "connection refused"))

    assert str(ours) == "connection refused"
    assert str(_said(Code.UNAVAILABLE, "no leader")) == "unavailable: no leader"


def test_the_gateways_own_text_is_passed_on_but_not_at_any_length() -> None:
    """What the gateway says is shown, on one line and cut."""
    text = str(_said(Code.INVALID_ARGUMENT, "Property 'variables'\nis invalid " + "x" * 10_000))

    assert text.startswith("invalid argument: Property 'variables' is invalid")
    assert len(text) < 400


def test_errors_without_a_text_still_say_something() -> None:
    """No error is empty."""
    for code in ERRORS:
        error = _said(code, "")
        assert isinstance(error, GatewayError)
        assert str(error)
